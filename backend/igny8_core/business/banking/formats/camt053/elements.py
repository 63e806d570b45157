"""Finds ISO 20022 elements regardless of their namespace, which depends on the message's version."""

from typing import Any

from igny8_core.business.banking.domain.reading import Unreadable, clean, compact, unsigned_minor

type Element = Any
"""An lxml element; lxml has no type annotations."""


def child(element: Element, *path: str) -> Element | None:
    """The first child with that name, then its first child with the next name, and so on."""
    for name in path:
        element = next(element.iterchildren("{*}" + name), None)
        if element is None:
            return None
    return element


def children(element: Element, name: str) -> list[Element]:
    return list(element.iterchildren("{*}" + name))


def text(element: Element, *path: str) -> str:
    """The cleaned text of the element found, or an empty text."""
    found = child(element, *path)
    return "" if found is None else clean(found.text)


def texts(element: Element, *paths: tuple[str, ...]) -> str:
    """The text of the first of several elements that is not empty."""
    return next(filter(None, (text(element, *path) for path in paths)), "")


def account_number(account: Element | None) -> str:
    """The IBAN or the bank's own number in an `Acct`, `DbtrAcct` or `CdtrAcct`."""
    if account is None:
        return ""
    return compact(texts(account, ("Id", "IBAN"), ("Id", "Othr", "Id"), ("Id", "PrtryAcct", "Id")))


def amount(element: Element) -> tuple[str, int]:
    """Currency and unsigned minor units of an `Amt`; raises `Unreadable`."""
    currency = element.get("Ccy", "")
    return currency, unsigned_minor(clean(element.text), currency)


def sign(indicator: str) -> int:
    """The sign of a `CdtDbtInd`: 1 or -1; raises `Unreadable`."""
    if indicator not in ("CRDT", "DBIT"):
        raise Unreadable("it says neither credit nor debit (CdtDbtInd)")
    return 1 if indicator == "CRDT" else -1
