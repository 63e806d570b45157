"""Ids and keys of the filled rows: made of numbers, so that a row can be named without having been read.

Each is given twice: as a value for our requests, and as SQL for the fill and for pgbench. Rows of a kind that is used
up are numbered from zero over all accounts: row n belongs to account n % accounts + 1.
"""

from dataclasses import dataclass
from uuid import UUID

KINDS = {"account": 1, "key": 2, "head": 3, "invoice": 4, "payment": 5, "fresh": 6, "waiting": 7, "chained": 8}
LARGE_ACCOUNT = 0
"""The account of very many payments; the others are counted from one, and `chained` rows are all the first one's."""
HOT_INVOICE = 1
HOT_REFERENCE = "FT HOT"


@dataclass(frozen=True, slots=True)
class Name:
    """A row's id as SQL, from SQL that says the kind's account and number."""

    kind: str
    account: str
    number: str

    @property
    def sql(self) -> str:
        """The expression, of type uuid."""
        return (
            f"('0190{KINDS[self.kind]:04x}-0000-7000-8' || lpad(to_hex({self.account}), 3, '0') || '-'"
            f" || lpad(to_hex({self.number}), 12, '0'))::uuid"
        )


def row_id(kind: str, account: int, number: int = 0) -> UUID:
    """The id of a filled row."""
    return UUID(f"0190{KINDS[kind]:04x}-0000-7000-8{account:03x}-{number:012x}")


def key_of(account: int) -> str:
    """The API key of a filled account (an owner's)."""
    return f"igk_bench-account-{account:04d}-aaaaaaaaaaaaaaaaaaaaa"


def key_digest_sql(account: str) -> str:
    """What is stored of that key, as SQL."""
    return f"sha256(convert_to('igk_bench-account-' || lpad(({account})::text, 4, '0') || '-{'a' * 21}', 'UTF8'))"
