"""What a page of the console asks of the database: few queries, however much there is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from igny8_core.accounts.roles import OperatorRole
from tests.cast import Cast
from tests.console.desk_client import CONSOLE, at_desk

FRAME = 6
"""The session, the operator and the transactions' own statements."""
WIDGETS = {
    "": 4,
    "approvals/": 8,
    "waiting/": 6,
    "figures/?currency=PKR": 3,
    "billing/payment/": 3,
    "billing/invoice/": 3,
    "events/event/": 3,
}


@pytest.mark.parametrize("page", WIDGETS)
def test_a_page_costs_the_same_however_much_is_shown(cast: Cast, page: str) -> None:
    desk, _ = at_desk(OperatorRole.ADMIN)
    for number in range(6):
        cast.submit(cast.invoice(), f"FT {number}")
    with CaptureQueriesContext(connection) as caught:
        assert desk.get(CONSOLE + page).status_code == 200
    asked = [query["sql"][:120] for query in caught if not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT"))]
    assert len(asked) <= FRAME + WIDGETS[page], "\n".join(asked)
