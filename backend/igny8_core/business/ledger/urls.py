"""Routes of the ledger: the account's, the operators' under `admin/billing/`, and credits under `admin/accounts/`."""

from django.urls import path

from igny8_core.business.ledger import operator_views, views

account_urlpatterns = [
    path("balance/", views.BalanceView.as_view(), name="balance"),
    path("credits/balance/", views.CreditsView.as_view(), name="credits"),
    path("credits/transactions/", views.CreditTransactionsView.as_view(), name="credit-transactions"),
]

operator_urlpatterns = [
    path("ledger/trial-balance/", operator_views.TrialBalanceView.as_view(), name="trial-balance"),
    path("ledger/accounts/<uuid:account_id>/", operator_views.AccountStatementView.as_view(), name="ledger-account"),
]

credit_urlpatterns = [
    path("<uuid:account_id>/credits/consume/", operator_views.ConsumeCreditsView.as_view(), name="credits-consume"),
    path("<uuid:account_id>/credits/adjust/", operator_views.AdjustCreditsView.as_view(), name="credits-adjust"),
]
