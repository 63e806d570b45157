"""How a statement's letters are encoded: as the file declares, or judged by its text. Pure.

A wrong guess turns a payer into a stranger, so a letter that cannot be decided makes its line unreadable.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from igny8_core.business.banking.domain.reading import UNDECIDED, Source

HEAD_BYTES = 65_536
_CENTRAL = ("cp1250", "cp852", "iso8859-2")
_CYRILLIC = ("cp1251", "cp866", "koi8-r")
_WESTERN = ("cp1252", "cp850", "cp437")
# The encodings that banks use where a currency is at home, the most frequent first.
_BY_CURRENCY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("HUF", "PLN", "CZK", "RON", "HRK", "BAM", "ALL"), _CENTRAL),
    **dict.fromkeys(("RUB", "UAH", "BYN", "BGN", "MKD", "KZT", "KGS"), _CYRILLIC),
    **{"RSD": (*_CENTRAL, *_CYRILLIC), "TRY": ("cp1254", "cp857"), "CNY": ("gb18030",), "JPY": ("cp932", "euc-jp")},
    **{"KRW": ("cp949",), "TWD": ("big5",), "HKD": ("big5", "gb18030"), "ILS": ("cp1255",), "THB": ("cp874",)},
    **dict.fromkeys(
        ("AED", "SAR", "EGP", "QAR", "KWD", "BHD", "OMR", "JOD", "IQD", "MAD", "PKR"), ("cp1256", "cp1252")
    ),
}
_CURRENCY = re.compile(rb":6[02][FM]:[CD]\d{6}([A-Z]{3})|:34F:([A-Z]{3})|<CURDEF>\s*([A-Za-z]{3})")
_CHARSET = re.compile(rb"CHARSET\s*:\s*(?:ISO-|CP-?|WINDOWS-)?([\w-]+)", re.IGNORECASE)
_ENCODING = re.compile(rb"(?:\AOFXHEADER[^<]*?ENCODING\s*:\s*|<\?xml[^>]*?encoding\s*=\s*[\"'])([\w-]+)", re.IGNORECASE)
_CODECS = {"936": "gb18030", "932": "cp932", "950": "big5", "949": "cp949", "gbk": "gb18030", "gb2312": "gb18030"}
_WORD = re.compile(r"[^\W\d_]+")
_HARMLESS = set(" \u00a0€£§°©®™«»„“”‘’‚–—…·¿¡ªº²³µ´`¨½¼¾×÷±¬¤¥¢¦¶¸¯")


class Peeked:
    """A source whose first bytes were looked at, and are read again."""

    def __init__(self, source: Source) -> None:
        self._source = source
        pieces = []
        size = 0
        while size < HEAD_BYTES and (piece := source.read(HEAD_BYTES - size)):
            pieces.append(piece)
            size += len(piece)
        self.head = b"".join(pieces)
        self._rest = self.head

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        if self._rest:
            cut = size if size >= 0 else len(self._rest)
            given, self._rest = self._rest[:cut], self._rest[cut:]
            return given
        return self._source.read(size)


def encodings_of(head: bytes, named: str = "") -> tuple[str, ...]:
    """The encodings to try, in this order: what a person named, or the file declares, or its text shows.

    UTF-8 comes first, because banks declare an encoding of one byte a letter and write UTF-8. A named encoding of
    several bytes a letter comes before it.
    """
    chosen = ("" if named in ("utf-8", "utf-16") else named) or _declared(head)
    if chosen in _MULTIBYTE:
        return (chosen, "utf-8")
    return ("utf-8", chosen or _judged(head))


def decoded(line: bytes, encodings: tuple[str, ...]) -> str:
    """A part of the file in the first encoding that fits; otherwise each letter that cannot be read is `UNDECIDED`."""
    if line.isascii():
        return line.decode("ascii")
    for codec in encodings:
        try:
            return line.decode(codec)
        except UnicodeDecodeError:
            continue
    if "cp1252" in encodings:
        return line.decode("latin-1")  # the five bytes that Windows-1252 leaves free are control characters, no letters
    return line.decode(encodings[-1], "replace").replace("\ufffd", UNDECIDED)


_MULTIBYTE = frozenset({"gb18030", "cp932", "euc-jp", "big5", "cp949", "shift_jis", "euc_jp", "euc_kr"})


def _declared(head: bytes) -> str:
    for pattern in (_CHARSET, _ENCODING):
        match = pattern.search(head[:2_000])
        if match is not None:
            codec = _codec(match[1].decode("ascii").lower())
            if codec not in ("", "ascii"):
                return codec
    return ""


def _codec(name: str) -> str:
    for candidate in (_CODECS.get(name, ""), f"cp{name}", f"iso-{name}", name):
        try:
            # 8859-1 is what banks call Windows-1252, which has the same letters and more.
            found = codecs.lookup(candidate).name
        except (LookupError, ValueError):
            continue
        if found not in ("utf-8", "utf-7", "idna", "punycode") and _is_text_codec(found):
            return "cp1252" if found == "iso8859-1" else found
    return ""


def _is_text_codec(name: str) -> bool:
    try:
        return b"a".decode(name) == "a"
    except (LookupError, UnicodeError, TypeError, ValueError):
        return False


def _judged(head: bytes) -> str:
    """The candidate in which the fewest words look wrong; the most frequent one of equals."""
    lines = head.splitlines()
    # The last line of a longer file may be cut within a letter.
    whole = lines[:-1] if len(head) == HEAD_BYTES else lines
    samples = [line for line in whole if not _is_utf8(line)]
    match = _CURRENCY.search(head)
    currency = b"".join(filter(None, match.groups())).decode("ascii").upper() if match else ""
    candidates = _BY_CURRENCY.get(currency, _WESTERN)
    if not samples:
        return candidates[0]
    faults = {codec: sum(_faults(line, codec) for line in samples) for codec in candidates}
    best = min(candidates, key=faults.__getitem__)
    return best if faults[best] == 0 else "ascii"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _faults(line: bytes, codec: str) -> int:
    """How much of a line cannot be what somebody wrote, if it is in that encoding."""
    text = decoded(line, (codec,))
    strange = sum(_is_strange(character) for character in text)
    return (
        strange
        + sum(_looks_wrong(word, codec) for word in _WORD.findall(text))
        + sum(1 for _ in _SYMBOL_IN_WORD.finditer(text))
    )


def _is_strange(character: str) -> bool:
    """A frame of DOS, a sign of mathematics, a control character, or nothing at all."""
    if character.isascii() or character in _HARMLESS:
        return False
    return unicodedata.category(character) in ("So", "Sm", "Sk", "No", "Co", "Cn", "Cc", "Cf")


_SYMBOL_IN_WORD = re.compile(
    r"[^\W\d_][£³¹²¯¿¡¼½¾¤¥¢¦¬±×÷¨¸ªº°§‹›†‡‰„‚€®©][^\W\d_]|(?<!\w)[£³¹²¯¼½¾¤¥¢¦¬±×÷¨¸][^\W\d_]{2}"
)


_ACCENTS_IN_A_ROW = re.compile(r"[^\W\d_\x00-\x7f]{3}")


def _looks_wrong(word: str, codec: str) -> bool:
    """Letters of two scripts, a capital that is not ASCII after a small letter, the reverse between capitals, or three
    accented letters in a row, which no Western language has.
    """
    if word.isascii():
        return False
    if len(set(_scripts(word))) > 1 or (codec in _WESTERN and _ACCENTS_IN_A_ROW.search(word)):
        return True
    for before, letter in pairwise(word):
        if not letter.isascii() and letter.isupper() and before.islower():
            return True
        if not letter.isascii() and letter.islower() and before.isupper() and word[-1].isupper():
            return True
    return False


def _scripts(word: str) -> Iterator[str]:
    """The script of each letter, by the first word of its name; the scripts of Japanese count as one."""
    for letter in word:
        script = unicodedata.name(letter, "UNKNOWN").split()[0]
        yield "CJK" if script in ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC") else script
