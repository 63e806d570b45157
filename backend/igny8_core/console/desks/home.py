"""The console's first page: what waits, what arrived, what is overdue. Its charts load their figures
from one address.
"""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from igny8_core.accounts.roles import OperatorRole
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.banking.public import open_line_sums
from igny8_core.business.billing.public import figures as sums
from igny8_core.console.amounts import money
from igny8_core.console.desks.frame import desk
from igny8_core.events import unit_of_work
from igny8_core.kit import clock
from igny8_core.kit.currencies import CURRENCIES
from igny8_core.kit.money import format_amount

DAYS = 120


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The content of the first page before its charts have their figures."""
    today = clock.now().date()
    awaiting, overdue = sums.awaiting_by_age(), sums.overdue_by_age(today=today)
    collected = sums.collected_by_day(since=today - timedelta(days=DAYS - 1))
    currencies = sorted({row[0] for row in (*awaiting, *overdue, *collected)})
    return {
        **context,
        "title": "Home",
        "days": DAYS,
        "currencies": currencies,
        "awaiting": _totals((one[0], one[2], one[3]) for one in awaiting),
        "undecided": _totals(open_line_sums()),
        "overdue": _totals((one[0], one[2], one[3]) for one in overdue),
        "collected": _totals((one[0], one[3], one[4]) for one in collected),
    }


@desk(OperatorRole.SUPPORT)
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """The figures of one currency for the charts: decimal text and counts."""
    currency = request.GET.get("currency", "")
    if currency not in CURRENCIES:
        return JsonResponse({"error": "Name a currency."}, status=400)
    with unit_of_work.read(Scope.operators()):
        today = clock.now().date()
        since = today - timedelta(days=DAYS - 1)
        awaiting = _buckets(sums.awaiting_by_age(), sums.AWAITING_BUCKETS, currency)
        overdue = _buckets(sums.overdue_by_age(today=today), sums.OVERDUE_BUCKETS, currency)
        rows = [row for row in sums.collected_by_day(since=since) if row[0] == currency]
    days = [(since + timedelta(days=offset)) for offset in range(DAYS)]
    by_method: dict[str, dict[Any, int]] = defaultdict(dict)
    for _, day, method, _, amount in rows:
        by_method[method][day] = amount
    return JsonResponse(
        {
            "currency": currency,
            "awaiting": awaiting,
            "overdue": overdue,
            "collected": {
                "days": [day.isoformat() for day in days],
                "methods": {
                    method: [format_amount(amounts.get(day, 0), currency) for day in days]
                    for method, amounts in sorted(by_method.items())
                },
            },
        }
    )


def _totals(rows: Any) -> dict[str, Any]:
    """The number of items, and their sum per currency."""
    count, amounts = 0, defaultdict[str, int](int)
    for currency, number, amount in rows:
        count += number
        amounts[currency] += amount
    texts = [money(amount, currency) for currency, amount in sorted(amounts.items())]
    return {"count": count, "amounts": texts}


def _buckets(rows: list[Any], names: tuple[str, ...], currency: str) -> list[dict[str, Any]]:
    found = {bucket: (count, amount) for code, bucket, count, amount in rows if code == currency}
    return [
        {
            "name": name,
            "count": found.get(index, (0, 0))[0],
            "amount": format_amount(int(found.get(index, (0, 0))[1]), currency),
        }
        for index, name in enumerate(names)
    ]
