"""The fixed texts of documents, in the active language. Templates contain none."""

from django.utils.translation import gettext, pgettext

from igny8_core.business.billing.domain.methods import PaymentMethod


def labels() -> dict[str, str]:
    """Every fixed text on an invoice or a receipt."""
    return {
        "invoice": gettext("Invoice"),
        "receipt": gettext("Receipt"),
        "from": pgettext("who sells", "From"),
        "bill_to": gettext("Bill to"),
        "received_from": gettext("Received from"),
        "description": gettext("Description"),
        "quantity": gettext("Qty"),
        "unit_price": gettext("Unit price"),
        "tax": gettext("Tax"),
        "amount": gettext("Amount"),
        "amount_received": gettext("Amount received"),
        "applied_to": gettext("Applied to"),
        "how_to_pay": gettext("How to pay"),
        "scan_to_pay": gettext("Scan to pay"),
    }


def instruction_labels() -> dict[str, str]:
    """The fields of payment instructions, in display order."""
    return {
        "payee_name": gettext("Payee"),
        "bank_name": gettext("Bank"),
        "iban": "IBAN",
        "bic": "BIC",
        "account_number": gettext("Account number"),
        "sort_code": gettext("Sort code"),
        "routing_number": gettext("Routing number"),
        "branch_code": gettext("Branch code"),
        "ifsc": "IFSC",
        "wallet_name": gettext("Wallet"),
        "wallet_number": gettext("Wallet number"),
        "payee_id": gettext("Payee ID"),
    }


def method_name(method: str) -> str:
    """The display name of a payment method."""
    names = {
        PaymentMethod.BANK_TRANSFER: gettext("Bank transfer"),
        PaymentMethod.LOCAL_WALLET: gettext("Mobile wallet"),
    }
    return names.get(PaymentMethod(method), PaymentMethod(method).value.title())
