"""Field 86, which every country fills in differently: who paid, and what they wrote."""

import re
from dataclasses import dataclass, replace

from igny8_core.business.banking.domain.reading import clean, compact, reference
from igny8_core.business.banking.formats.mt940.fields import joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Information:
    name: str = ""
    account: str = ""
    end_to_end_id: str = ""
    structured_reference: str = ""
    remittance: str = ""
    is_return: bool = False


def read_information(lines: list[str]) -> Information:
    """A field 86 in the German form (`166?20…`), with SWIFT code words (`/REMI/…`), or as free text."""
    in_one = "".join(lines)
    if _GERMAN.match(in_one):
        return _german(in_one)
    text = joined(lines)
    if _CODED.match(text.lstrip()):
        return _coded(text.lstrip())
    return Information(remittance=clean(text))


def with_own_field(told: Information, lines: list[str]) -> Information:
    """What field 86 says, completed by the bank's own field NS: numbered lines with the payer's text (01 to 14), name
    (15, 16), kind of booking (17) and account (34). Lines without a number belong to the text.
    """
    numbered: dict[int, str] = {}
    free = []
    for line in lines:
        match = _OWN_LINE.match(line)
        if match is None:
            free.append(line)
        else:
            numbered[int(match[1])] = numbered.get(int(match[1])) or match[2]
    texts = (told.remittance, *map(clean, (_pieces(numbered, _OWN_TEXT), *free)))
    return replace(
        told,
        name=told.name or clean(_pieces(numbered, _OWN_NAME)),
        account=told.account or compact(numbered.get(34)),
        remittance=" ".join(filter(None, texts)) or clean(numbered.get(17)),
    )


_OWN_LINE = re.compile(r"(\d\d)(.*)\Z", re.ASCII)
_OWN_TEXT = tuple(range(1, 15))
_OWN_NAME = (15, 16)


# Germany: the DK's format (Anlage 3 of the DFÜ-Abkommen), a business code and two-digit subfields.
_SIGNS = "?<>~@^|!"
_GERMAN = re.compile(rf"\s*(\d{{3}})([{_SIGNS}])(?=\d\d)", re.ASCII)
_SUBFIELDS = {sign: re.compile(re.escape(sign) + r"(\d\d)") for sign in _SIGNS}
"""Split by the character that begins each subfield of this text."""
_SUBFIELD_LENGTH = 27
_TEXT = (*range(20, 30), *range(60, 64))
_NAME = (32, 33)
# Business codes of returned transfers and direct debits.
_RETURN_CODES = frozenset({"108", "109", "159", "181", "184"})
_KEYWORD = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP)\+")


def _german(text: str) -> Information:
    head = _GERMAN.match(text)
    assert head is not None
    parts = _SUBFIELDS[head[2]].split(text[head.end(1) :])
    subfields: dict[int, str] = {}
    for number, content in zip(parts[1::2], parts[2::2], strict=True):
        subfields[int(number)] = subfields.get(int(number)) or content
    keyed = _keyed(_pieces(subfields, _TEXT))
    written = " ".join(filter(None, (keyed.get("", ""), keyed.get("SVWZ", ""))))
    return Information(
        name=clean(_pieces(subfields, _NAME)) or keyed.get("ABWA", ""),
        account=compact(subfields.get(31)) or compact(keyed.get("IBAN")),
        end_to_end_id=reference(keyed.get("EREF")),
        remittance=written or clean(subfields.get(0)),
        is_return=head[1] in _RETURN_CODES,
    )


def _pieces(subfields: dict[int, str], numbers: tuple[int, ...]) -> str:
    """Joins a text split into subfields; a full subfield continues in the middle of a word."""
    text = ""
    for number in numbers:
        piece = subfields.get(number, "")
        text += piece if len(piece) >= _SUBFIELD_LENGTH else piece + "\n"
    return text


def _keyed(text: str) -> dict[str, str]:
    """SEPA's keywords with the text after each; text without a keyword is under an empty one.

    A reference ends with its line; only the payer's text (SVWZ) continues over several lines.
    """
    parts = _KEYWORD.split(text)
    found: dict[str, str] = {}
    others = [parts[0]]
    for keyword, content in zip(parts[1::2], parts[2::2], strict=True):
        value, _, rest = (content, "", "") if keyword == "SVWZ" else content.partition("\n")
        found[keyword] = _added(found.get(keyword, ""), clean(value), is_text=keyword == "SVWZ")
        others.append(rest)
    return found | {"": clean(" ".join(others))}


def _added(before: str, more: str, *, is_text: bool) -> str:
    """A value that banks may write twice: the first that is not empty, or both if it is the payer's text."""
    return " ".join(filter(None, (before, more))) if is_text else before or more


# SWIFT's code words, as used by Dutch banks and others.
_CODES = (
    "ACCT|ADDR|BENM|BIC|CHGS|CNTP|CREF|CSID|EREF|EXCH|IBAN|IREF|ISDT|KREF|MARF|NAME|OCMT|ORDP|PREF|PURP|REMI|RREF"
    "|RTRN|SVCL|TRCD|TRTP|TYPE|ULTB|ULTC|ULTD"
)
_CODED = re.compile(rf"/({_CODES})/")


def _coded(text: str) -> Information:
    parts = _CODED.split(text)
    found: dict[str, str] = {}
    for code, content in zip(parts[1::2], parts[2::2], strict=True):
        found[code] = _added(found.get(code, ""), content.strip().strip("/"), is_text=code == "REMI")
    # CNTP is account/BIC/name/city.
    other = [*found.get("CNTP", "").split("/"), "", "", ""]
    structured, remittance = _remittance(found.get("REMI", ""))
    return Information(
        name=clean(found.get("NAME") or other[2]),
        account=compact(found.get("IBAN") or found.get("ACCT") or other[0]),
        end_to_end_id=reference(found.get("EREF")),
        structured_reference=structured,
        remittance=remittance or clean(found.get("TRTP")),
        is_return="RTRN" in found,
    )


def _remittance(text: str) -> tuple[str, str]:
    """The structured reference and the free text of a REMI: `USTD//text`, `STRD/CUR/reference`, or just text."""
    kind, _, rest = text.partition("/")
    if kind == "USTD":
        return "", clean(rest.strip("/"))
    if kind == "STRD":
        return reference(rest.rpartition("/")[2]), ""
    return "", clean(text)
