"""The platform is an account too. It owns operators, their credentials, and events about the platform itself.

Its row exists in `accounts_account` from the first migration on, so that `account_id` is never null. It is not a
customer: `Account.objects` leaves it out, answers show null instead of its id, and no transaction is bound to it. Only
operators work on its rows.
"""

from uuid import UUID

PLATFORM_ID = UUID("00000000-0000-7000-8000-000000000000")


def customer_id(account_id: UUID) -> UUID | None:
    """An account id as answers show it: null for the platform's own account."""
    return None if account_id == PLATFORM_ID else account_id
