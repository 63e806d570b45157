"""The tables that the console shows."""

from igny8_core.accounts.models import AccessKey, Account, Invitation, User
from igny8_core.business.billing.models import CreditPackage, Invoice, Payment, PaymentMethodConfig, Refund
from igny8_core.business.ledger.models import Journal
from igny8_core.console.pages.invitations import InvitationPage
from igny8_core.console.pages.money import InvoicePage, JournalPage, PaymentPage, RefundPage
from igny8_core.console.pages.platform import AccessKeyPage, AccountPage, EventPage, UserPage
from igny8_core.console.pages.setup import CreditPackagePage, MethodConfigPage
from igny8_core.events.models import Event

TABLES = (
    (Invoice, InvoicePage),
    (Payment, PaymentPage),
    (Refund, RefundPage),
    (Journal, JournalPage),
    (PaymentMethodConfig, MethodConfigPage),
    (CreditPackage, CreditPackagePage),
    (Account, AccountPage),
    (User, UserPage),
    (Invitation, InvitationPage),
    (AccessKey, AccessKeyPage),
    (Event, EventPage),
)
