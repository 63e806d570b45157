"""How fast a large statement is imported and matched against many open invoices: `python -m bench.statements_import`.

Fills a database of its own with open invoices, writes CAMT.053 files of lines as payers send them, and measures their
import by the product's own services under the worker's login: read and stored, then looked at. A short file against
a tenth of the invoices, the same against all of them, and a long file: what a line costs may grow with neither. What
is certain is then booked line by line for some seconds, which is a rate of its own. Ends with 1 where a limit is
missed; the seconds, only at full size.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
from demo.camt import write
from igny8_core.business.banking.domain.lines import StatementKind, StatementLine, StatementStart
from igny8_core.business.billing.domain.references import creditor_reference
from igny8_core.env import Environment as Env
from igny8_core.env import ensure_secrets, load, socket_dir
from igny8_core.kit.embedded_postgres import EmbeddedPostgres

PROJECT = Path(__file__).resolve().parents[1]
SECONDS_LIMIT, MEGABYTES_LIMIT, GROWTH_LIMIT = 60.0, 500.0, 1.5
FULL_INVOICES, FULL_LINES = 1_000_000, 100_000
NUMBER = "PK36SCBL0000001123456702"
DAY = date(2026, 11, 20)

ACCOUNTS_SQL = """INSERT INTO accounts_account (id, code, name, country, billing_currency, time_zone, language,
 address, tax_id, status, created_at, updated_at) SELECT
 ('00000000-0000-7000-8000-' || lpad(to_hex(a), 12, '0'))::uuid, 'B' || lpad(a::text, 5, '0'),
 'Trading House ' || md5(a::text), 'PK', 'PKR', 'UTC', '', '', '', 'active', now(), now()
 FROM generate_series(1, %(accounts)s::int) a"""
HEADS_SQL = """INSERT INTO events_chainhead (id, account_id, seq, prev_hash, hash) SELECT gen_random_uuid(), id, 0,
 decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex') FROM accounts_account WHERE kind = 'customer'"""
# RF, check digits by ISO 7064 MOD 97-10 (R = 27, F = 15), ten digits.
INVOICES_SQL = """INSERT INTO billing_invoice (id, account_id, number, creditor_reference, currency, status,
 amount_total_minor, amount_tax_minor, amount_settled_minor, cycle, credits_granted, created_at, updated_at,
 finalized_at) SELECT gen_random_uuid(),
 ('00000000-0000-7000-8000-' || lpad(to_hex(n %% %(accounts)s + 1), 12, '0'))::uuid,
 'B' || lpad((n %% %(accounts)s + 1)::text, 5, '0') || '-' || lpad((n / %(accounts)s + 1)::text, 6, '0'),
 'RF' || lpad((98 - ((lpad(n::text, 10, '0') || '271500')::numeric %% 97))::text, 2, '0') || lpad(n::text, 10, '0'),
 'PKR', 'pending', 100000 + n %% 5000 * 100, 0, 0, 0, 0, now(), now(), now()
 FROM generate_series(%(first)s::int, %(last)s::int) n"""


@dataclass(frozen=True, slots=True)
class Figures:
    """One import: seconds of its two parts, the highest resident size, what was found."""

    invoices: int
    lines: int
    read_seconds: float
    match_seconds: float
    megabytes: float
    certain: int
    booked_per_second: float

    @property
    def seconds(self) -> float:
        """Parsed and matched."""
        return self.read_seconds + self.match_seconds

    @property
    def seconds_a_line(self) -> float:
        """What may grow neither with the lines nor with the invoices."""
        return self.seconds / self.lines


def main() -> int:
    """Fill, import three files, print, compare."""
    small = os.environ.get("BENCH_SCALE") == "small"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=100_000 if small else FULL_INVOICES)
    parser.add_argument("--lines", type=int, default=16_000 if small else FULL_LINES)
    options = parser.parse_args()
    data_dir = Path(tempfile.mkdtemp(prefix="igny8-bench-"))
    os.environ |= {"IGNY8_DATA_DIR": str(data_dir), "IGNY8_PROCESS": "owner"}
    server = EmbeddedPostgres(data_dir, secrets=ensure_secrets(data_dir), sockets=socket_dir(data_dir))
    server.initialise()
    server.start()
    try:
        server.ensure_owner()
        environment = load(os.environ)
        _manage("migrate", "--verbosity", "0")
        found = list(_measured(data_dir, environment, options.invoices, options.lines))
    finally:
        server.stop()
        subprocess.run(["rm", "-rf", str(data_dir)], check=False)
    return tell(found)


def _measured(data_dir: Path, environment: Env, invoices: int, lines_: int) -> Iterator[Figures]:
    """A short file against a tenth of the invoices, then a short and a long one against all of them."""
    few, short = invoices // 10, lines_ // 4
    accounts = max(1, invoices // 100)
    begin(environment.owner_url, accounts)
    fill(environment.owner_url, accounts, first=1, last=few)
    yield measured(data_dir, environment.worker_url, short, first=0, accounts=accounts, invoices=few)
    fill(environment.owner_url, accounts, first=few + 1, last=invoices)
    for count, first in ((short, short), (lines_, 2 * short)):
        yield measured(data_dir, environment.worker_url, count, first=first, accounts=accounts, invoices=invoices)


def begin(url: str, accounts: int) -> None:
    """Accounts, the bank account that all files are of, and no limit of four eyes, by SQL as the owner."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(ACCOUNTS_SQL, {"accounts": accounts})
        connection.execute(HEADS_SQL)
        connection.execute(
            "INSERT INTO banking_bankaccount (id, name, number, currency, payment_method, created_at, updated_at)"
            " VALUES (gen_random_uuid(), 'Bench', %s, 'PKR', 'bank_transfer', now(), now())",
            [NUMBER],
        )
        connection.execute(
            "INSERT INTO billing_approvallimit (id, currency, updated_at) VALUES (gen_random_uuid(), 'PKR', now())"
        )


def fill(url: str, accounts: int, *, first: int, last: int) -> None:
    """Open invoices, spread over the accounts."""
    with psycopg.connect(url, autocommit=True) as connection:
        for begun in range(first, last + 1, 100_000):
            until = min(last, begun + 99_999)
            connection.execute(INVOICES_SQL, {"accounts": accounts, "first": begun, "last": until})
        for table in ("accounts_account", "billing_invoice"):
            connection.execute(f"VACUUM (ANALYZE) {table}")


def lines(count: int, *, first: int, accounts: int, invoices: int) -> Iterator[StatementLine]:
    """A tenth unknown, a tenth with another amount, a tenth by amount alone; of the rest half by number, half by RF."""
    for index in range(count):
        n = (first + index) % invoices + 1
        amount, text, structured = 100_000 + n % 5000 * 100, "", ""
        match index % 10:
            case 0:
                amount, text = 77, f"standing order {index}"
            case 1:
                amount, structured = amount - 7_00, creditor_reference(n)
            case 2:
                text = f"monthly {index}"
            case kind if kind % 2:
                text = f"Inv B{n % accounts + 1:05d}/{n // accounts + 1} thanks"
            case _:
                structured = creditor_reference(n)
        yield StatementLine(
            position=index + 1,
            amount_minor=amount,
            currency="PKR",
            booking_date=DAY,
            value_date=DAY,
            counterparty_name=f"Payer {n % accounts}",
            counterparty_account=f"PK{n % accounts:022d}",
            remittance=text,
            structured_reference=structured,
            bank_reference=f"BK{first + index:09d}",
        )


def measured(data_dir: Path, url: str, count: int, *, first: int, accounts: int, invoices: int) -> Figures:
    """Write a file and import it in a process of its own, whose memory is nobody else's."""
    path = data_dir / f"{first}.xml"
    total = sum(line.amount_minor for line in lines(count, first=first, accounts=accounts, invoices=invoices))
    start = StatementStart(
        kind=StatementKind.STATEMENT, account=NUMBER, currency="PKR", identification=f"B{first}", opening_minor=0
    )
    with path.open("wb") as file:
        content = lines(count, first=first, accounts=accounts, invoices=invoices)
        file.writelines(write(start, content, closing_minor=total, created_at=datetime.now(UTC)))
    environment = {key: value for key, value in os.environ.items() if not key.endswith("DATABASE_URL")}
    environment |= {"IGNY8_PROCESS": "worker", "IGNY8_WORKER_DATABASE_URL": url}
    environment |= {"DJANGO_SETTINGS_MODULE": "igny8_core.settings", "IGNY8_ROLE_PREFIX": load(os.environ).role_prefix}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bench.statements_worker", str(path)],
        cwd=PROJECT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    read, match, megabytes, certain, rate = map(float, done.stdout.split())  # lint: float-ok seconds and megabytes
    return Figures(invoices, count, read, match, megabytes, int(certain), rate)


def tell(found: list[Figures]) -> int:
    """Print what was measured; 1 where a limit is missed."""
    few, short, long = found
    print("CAMT.053 against open invoices, by the worker's services:")
    for one in found:
        print(
            f"  {one.lines:>7,} lines, {one.invoices:>9,} invoices: read and stored {one.read_seconds:5.1f} s,"
            f" matched {one.match_seconds:5.1f} s, together {one.seconds:5.1f} s; {one.megabytes:.0f} MB;"
            f" {one.certain:,} certain, booked at {one.booked_per_second:.0f} a second"
        )
    by_lines, by_invoices = (one.seconds_a_line / other.seconds_a_line for one, other in ((long, short), (short, few)))
    print(
        f"  a line costs {by_lines:.2f} of one in a quarter of it, {by_invoices:.2f} of one at a tenth of the invoices"
    )
    limits = [
        ("MB", long.megabytes, MEGABYTES_LIMIT),
        ("growth with the lines", by_lines, GROWTH_LIMIT),
        ("growth with the invoices", by_invoices, GROWTH_LIMIT),
    ]
    if (long.lines, long.invoices) == (FULL_LINES, FULL_INVOICES):
        limits.append(("seconds", long.seconds, SECONDS_LIMIT))
    missed = [f"{name}: {value:.1f}, at most {limit:g}" for name, value, limit in limits if value > limit]
    for sentence in missed:
        print(f"MISSED: {sentence}")
    return 1 if missed else 0


def _manage(*arguments: str) -> None:
    subprocess.run([sys.executable, "-W", "ignore", "manage.py", *arguments], cwd=PROJECT / "backend", check=True)


if __name__ == "__main__":
    sys.exit(main())
