"""Routes of banking, under `/api/v1/admin/billing/`."""

from django.urls import path

from igny8_core.business.banking.operator_views.bank_accounts import BankAccountViewSet, CsvProfileViewSet
from igny8_core.business.banking.operator_views.lines import LineViewSet
from igny8_core.business.banking.operator_views.statements import StatementViewSet

DECISIONS = ("accept", "reject", "assign", "split", "ignore", "park", "undo")

operator_urlpatterns = [
    path("statements/", StatementViewSet.as_view({"get": "list", "post": "create"}), name="statements"),
    path("statements/auto-match/", StatementViewSet.as_view({"post": "match_all_again"}), name="match-all-again"),
    path("statements/lines/", LineViewSet.as_view({"get": "list"}), name="statement-lines"),
    path("statements/lines/<uuid:line_id>/", LineViewSet.as_view({"get": "retrieve"}), name="statement-line"),
    path(
        "statements/lines/<uuid:line_id>/candidates/",
        LineViewSet.as_view({"get": "candidates"}),
        name="line-candidates",
    ),
    *[
        path(f"statements/lines/<uuid:line_id>/{name}/", LineViewSet.as_view({"post": name}), name=f"line-{name}")
        for name in DECISIONS
    ],
    path("statements/<uuid:import_id>/", StatementViewSet.as_view({"get": "retrieve"}), name="statement"),
    path(
        "statements/<uuid:import_id>/confirm/", StatementViewSet.as_view({"post": "confirm"}), name="confirm-statement"
    ),
    path(
        "statements/<uuid:import_id>/discard/", StatementViewSet.as_view({"post": "discard"}), name="discard-statement"
    ),
    path(
        "statements/<uuid:import_id>/auto-match/", StatementViewSet.as_view({"post": "match_again"}), name="match-again"
    ),
    path("bank-accounts/", BankAccountViewSet.as_view({"get": "list", "post": "create"}), name="bank-accounts"),
    path(
        "bank-accounts/<uuid:bank_account_id>/",
        BankAccountViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="bank-account",
    ),
    path("csv-profiles/", CsvProfileViewSet.as_view({"get": "list", "post": "create"}), name="csv-profiles"),
    path("csv-profiles/preview/", CsvProfileViewSet.as_view({"post": "preview"}), name="csv-profile-preview"),
    path(
        "csv-profiles/<uuid:profile_id>/",
        CsvProfileViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="csv-profile",
    ),
]
