"""Rows that banks print among the lines of a table: balances and totals, which move no money. Pure."""

import re
from enum import StrEnum


class Summary(StrEnum):
    """What a row sums up."""

    BALANCE = "balance"
    TOTAL = "total"


_BALANCES = (
    *("(?:opening|closing|starting|ending|beginning|previous|new|current|final) (?:balance|bal)", "balance"),
    *("(?:(?:balance|bal) )?(?:brought|carried) (?:forward|fwd|down)", "(?:(?:balance|bal) )?[bc]/?f(?:wd)?"),
    *("(?:balance|bal) forward", "anfangssaldo|endsaldo|saldovortrag|eröffnungssaldo|schlusssaldo|übertrag"),
    *("(?:alter|neuer|letzter|aktueller) (?:saldo|kontostand)", "kontostand", "saldo"),
    *(
        "(?:ancien|nouveau) solde",
        "solde(?: (?:initial|final|précédent))?",
        "beginsaldo|eindsaldo|(?:vorig|nieuw) saldo",
    ),
    *("saldo (?:inicial|final|anterior|iniziale|finale|precedente|do dia|del día|początkowe|końcowe)",),
    *("(?:počáteční|konečný) zůstatek", "(?:nyitó|záró) egyenleg", "(?:ingående|utgående) saldo"),
    *("(?:açılış|kapanış|devir) bakiyesi", "(?:входящий|исходящий) остаток"),
)
_TOTALS = (
    *("(?:grand |sub[ -]?)?totals?", "total (?:debits?|credits?|général|geral|general)", "sum", "summe", "gesamt"),
    *("(?:gesamt|zwischen)summe", "totale", "totaal", "totaux", "suma", "razem", "összesen", "celkem", "toplam"),
    *("yhteensä", "итого", "всего"),
)
# A day, an amount or a currency may follow the name.
_JOINING = "on|as|at|of|am|zum|vom|per|le|au|del|al|em|a|do|na|eur|usd|gbp|pkr|inr|chf|pln|huf|czk|brl"
_REST = rf"(?:[\W\d_]|\b(?:{_JOINING})\b)*"
_NAMES = {
    Summary.BALANCE: re.compile(rf"\A\W*(?:{'|'.join(_BALANCES)}){_REST}"),
    Summary.TOTAL: re.compile(rf"\A\W*(?:{'|'.join(_TOTALS)}){_REST}"),
}
_LONGEST = 60


def summary_named(text: str) -> Summary | None:
    """What a cell calls its row, if it says nothing else: `Opening balance 01/09/2026`, but not `Total Energies`."""
    if len(text) > _LONGEST:
        return None
    folded = text.casefold()
    return next((kind for kind, name in _NAMES.items() if name.fullmatch(folded)), None)
