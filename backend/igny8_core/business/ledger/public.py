"""What other rooms and the pages may use of this room: services, selectors and their result types."""

from igny8_core.business.ledger.selectors.balances import (
    credit_lines,
    credits_of,
    holdings,
    money_balances,
    owed_by_currency,
    own_lines,
)
from igny8_core.business.ledger.selectors.verification import NEW_LINES, Books, Recount, recount
from igny8_core.business.ledger.services import credits
from igny8_core.business.ledger.services.posting import lock_balances, locked_balance, post
from igny8_core.business.ledger.services.verified import remember_ledger

__all__ = [
    "NEW_LINES",
    "Books",
    "Recount",
    "credit_lines",
    "credits",
    "credits_of",
    "holdings",
    "lock_balances",
    "locked_balance",
    "money_balances",
    "owed_by_currency",
    "own_lines",
    "post",
    "recount",
    "remember_ledger",
]
