"""One transaction of an entry (`TxDtls`): who paid, what they wrote, and its share of the entry."""

from dataclasses import dataclass

from lxml import etree

from igny8_core.business.banking.domain.reading import clean, raw_text, reference
from igny8_core.business.banking.formats.camt053.elements import (
    Element,
    account_number,
    amount,
    child,
    children,
    sign,
    text,
    texts,
)


@dataclass(frozen=True, slots=True)
class Party:
    name: str = ""
    account: str = ""


NOBODY = Party()


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """The content of a transaction; amounts are unsigned minor units, each with its currency."""

    amounts: tuple[tuple[str, int], ...] = ()
    """The amounts that may be its share of the entry, the most exact first."""
    sign: int | None = None
    charges_minor: int = 0
    debtor: Party = NOBODY
    creditor: Party = NOBODY
    end_to_end_id: str = ""
    structured_reference: str = ""
    remittance: str = ""
    bank_reference: str = ""
    is_return: bool = False
    raw: str


def read_details(transaction: Element) -> Details:
    """The content of a transaction; raises `Unreadable` for an amount or a sign that cannot be read."""
    indicator = text(transaction, "CdtDbtInd")
    return Details(
        amounts=_amounts(transaction),
        sign=sign(indicator) if indicator else None,
        charges_minor=charges(transaction),
        debtor=_party(transaction, "Dbtr"),
        creditor=_party(transaction, "Cdtr"),
        end_to_end_id=reference(text(transaction, "Refs", "EndToEndId")),
        structured_reference=_structured_reference(transaction),
        remittance=_remittance(transaction),
        bank_reference=reference(texts(transaction, ("Refs", "AcctSvcrRef"), ("Refs", "TxId"))),
        is_return=child(transaction, "RtrInf") is not None or is_return(transaction),
        raw=raw_text(etree.tostring(transaction, encoding="unicode", with_tail=False)),
    )


# ISO 20022 external code set "bank transaction sub-family": unpaid, returned or reversed transactions.
_RETURNS = frozenset({"RRTN", "ARET", "UPDD", "UPCQ", "UPCT", "PRDD", "RCDD", "RPCR"})


def is_return(element: Element) -> bool:
    """Whether the bank transaction code of an entry or transaction marks a return."""
    return text(element, "BkTxCd", "Domn", "Fmly", "SubFmlyCd") in _RETURNS


def charges(element: Element) -> int:
    """The charges deducted in `Chrgs`, in minor units: from the records, their total, or the older form."""
    taken = 0
    for group in children(element, "Chrgs"):
        records = children(group, "Rcrd") or [group]
        for record in records:
            found = child(record, "Amt")
            if found is None:
                found = child(record, "TtlChrgsAndTaxAmt")
            if found is not None:
                _, minor = amount(found)
                taken += -minor if text(record, "CdtDbtInd") == "CRDT" else minor
    return taken


def _amounts(transaction: Element) -> tuple[tuple[str, int], ...]:
    """`Amt` since version 03; before that `AmtDtls` with the booked amount, or the instructed one."""
    paths = (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt"))
    found = (child(transaction, *path) for path in paths)
    return tuple(amount(element) for element in found if element is not None)


def _party(transaction: Element, role: str) -> Party:
    """`Nm` is directly in the party until version 07, and in its `Pty` since then; some banks only name the ultimate
    party.
    """
    parties = child(transaction, "RltdPties")
    if parties is None:
        return NOBODY
    ultimate = f"Ultmt{role}"
    name = texts(parties, (role, "Nm"), (role, "Pty", "Nm"), (ultimate, "Nm"), (ultimate, "Pty", "Nm"))
    return Party(name=name, account=account_number(child(parties, f"{role}Acct")))


def _structured_reference(transaction: Element) -> str:
    """The creditor reference (`CdtrRefInf`); the first that is not empty."""
    remittance = child(transaction, "RmtInf")
    if remittance is None:
        return ""
    found = (reference(text(structured, "CdtrRefInf", "Ref")) for structured in children(remittance, "Strd"))
    return next(filter(None, found), "")


def _remittance(transaction: Element) -> str:
    """What the payer wrote, unstructured or structured; otherwise the bank's additional information."""
    parts = []
    remittance = child(transaction, "RmtInf")
    if remittance is not None:
        parts += [clean(free.text) for free in children(remittance, "Ustrd")]
        first = True
        for structured in children(remittance, "Strd"):
            creditor_reference = text(structured, "CdtrRefInf", "Ref")
            parts += [] if first and creditor_reference else [creditor_reference]
            first = first and not creditor_reference
            parts += [text(document, "Nb") for document in children(structured, "RfrdDocInf")]
            parts += [clean(more.text) for more in children(structured, "AddtlRmtInf")]
    return " ".join(filter(None, parts)) or text(transaction, "AddtlTxInf")
