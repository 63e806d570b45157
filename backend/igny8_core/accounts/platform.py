"""The platform is an account, too: operators, what they sign in with and facts about the platform itself are its rows.

Its row stands in `accounts_account` from the first migration on, so that `account_id` is never null. It is no customer:
`Account.objects` leaves it out, answers show null where it owns something, and no transaction is bound to it. Who works
on its rows is an operator.
"""

from uuid import UUID

PLATFORM_ID = UUID("00000000-0000-7000-8000-000000000000")


def customer_id(account_id: UUID) -> UUID | None:
    """An account as answers name it: null where it is the platform's own."""
    return None if account_id == PLATFORM_ID else account_id
