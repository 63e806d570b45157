"""The console's sidebar, organised by task rather than by table."""

from typing import Any

from django.urls import reverse_lazy

from igny8_core.accounts.roles import OperatorRole
from igny8_core.console.operators import Operator


def _at_least(role: OperatorRole) -> Any:
    """Whether the reader may open the page."""
    return lambda request: isinstance(request.user, Operator) and request.user.may(role)


def _table(title: str, icon: str, model: str, role: OperatorRole = OperatorRole.SUPPORT) -> dict[str, Any]:
    link = reverse_lazy(f"admin:{model}_changelist")
    return {"title": title, "icon": icon, "link": link, "permission": _at_least(role)}


def _desk(title: str, icon: str, name: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{name}")}


NAVIGATION: list[dict[str, Any]] = [
    {
        "items": [
            _desk("Home", "space_dashboard", "index"),
            _desk("Approvals", "fact_check", "approvals"),
            _desk("Waiting for a second person", "group_add", "waiting"),
            _desk("Reconciliation", "rule", "reconciliation"),
        ]
    },
    {
        "title": "Money",
        "separator": True,
        "items": [
            _table("Payments", "payments", "billing_payment"),
            _table("Invoices", "receipt_long", "billing_invoice"),
            _table("Refunds", "undo", "billing_refund"),
            _table("Journals", "menu_book", "ledger_journal"),
        ],
    },
    {
        "title": "Set-up",
        "separator": True,
        "items": [
            _table("Ways to pay", "account_balance", "billing_paymentmethodconfig", OperatorRole.FINANCE),
            _table("Credit packages", "toll", "billing_creditpackage"),
        ],
    },
    {
        "title": "Platform",
        "separator": True,
        "items": [
            _table("Accounts", "apartment", "accounts_account"),
            _table("People", "group", "accounts_user", OperatorRole.ADMIN),
            _table("Invitations", "mail", "accounts_invitation", OperatorRole.ADMIN),
            _table("API keys", "key", "accounts_accesskey", OperatorRole.ADMIN),
            _table("Events", "history", "events_event"),
        ],
    },
]
