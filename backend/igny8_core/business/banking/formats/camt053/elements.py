"""Finding things in an element of ISO 20022, whatever its namespace, which names the message's version."""

from typing import Any

from igny8_core.business.banking.domain.reading import Unreadable, clean, compact, unsigned_minor

type Element = Any
"""An element of lxml, which has no types of its own."""


def child(element: Element, *path: str) -> Element | None:
    """The first child of that name, and its first child of the next name, and so on."""
    for name in path:
        element = next(element.iterchildren("{*}" + name), None)
        if element is None:
            return None
    return element


def children(element: Element, name: str) -> list[Element]:
    return list(element.iterchildren("{*}" + name))


def text(element: Element, *path: str) -> str:
    """The cleaned text of the element found, or nothing."""
    found = child(element, *path)
    return "" if found is None else clean(found.text)


def texts(element: Element, *paths: tuple[str, ...]) -> str:
    """The first of several elements that says something."""
    return next(filter(None, (text(element, *path) for path in paths)), "")


def account_number(account: Element | None) -> str:
    """IBAN or the bank's own number of an `Acct`, `DbtrAcct` or `CdtrAcct`."""
    if account is None:
        return ""
    return compact(texts(account, ("Id", "IBAN"), ("Id", "Othr", "Id"), ("Id", "PrtryAcct", "Id")))


def amount(element: Element) -> tuple[str, int]:
    """Currency and unsigned minor units of an `Amt`; raises `Unreadable`."""
    currency = element.get("Ccy", "")
    return currency, unsigned_minor(clean(element.text), currency)


def sign(indicator: str) -> int:
    """Of a `CdtDbtInd`: 1 or -1; raises `Unreadable`."""
    if indicator not in ("CRDT", "DBIT"):
        raise Unreadable("it says neither credit nor debit (CdtDbtInd)")
    return 1 if indicator == "CRDT" else -1
