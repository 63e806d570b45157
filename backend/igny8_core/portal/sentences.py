"""The portal's wording for what other rooms report: errors by code, statuses, notices.

The domain's own sentences are English and for developers; codes listed here are translated for the reader.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from igny8_core.kit.errors import AppError

REFUSALS: dict[str, Promise] = {
    "invoice_already_paid": _("This invoice is already paid."),
    "invoice_not_payable": _("This invoice cannot be paid."),
    "method_not_available": _("This payment method cannot be used for this invoice or amount. Choose another one."),
    "card_not_usable": _("This card cannot be charged any more. Choose another way to pay."),
    "duplicate_submission": _("You have already told us about a payment with this reference."),
    "amount_exceeds_due": _("This is more than what is left to pay on this invoice."),
    "invalid_transition": _("This payment has changed in the meantime, so this is no longer possible."),
    "package_not_offered": _("This package is not sold in your currency."),
    "already_taken": _("This is already in use."),
    "already_invited": _("This address already has an open invitation. Send it again, or revoke it first."),
    "invitation_over": _(
        "This invitation is no longer valid. Use the link in the latest e-mail, or ask for a new one."
    ),
    "address_in_use": _(
        "This address already signs in to another account. Ask to be invited with a different address."
    ),
    "too_many_invitations": _("Five invitations were sent to this address within a day. Try again tomorrow."),
    "cannot_change_self": _("You cannot suspend yourself or lower your own role. Ask another owner."),
    "last_owner": _("Your account needs at least one active owner. Make somebody else an owner first."),
    "invalid_credentials": _("The e-mail address or the password is wrong."),
    "authentication_required": _("Your sign-in has changed in the meantime. Please sign in again."),
    "invalid_code": _("This code is wrong or has already been used."),
    "second_factor_required": _("Please sign in again and enter the code from your authenticator app."),
    "second_factor_locked": _("Too many wrong codes. Please try again later."),
    "reset_link_expired": _("This link is no longer valid. Ask for a new one."),
    "account_suspended": _("Your company's account is suspended. Please contact us."),
    "user_suspended": _("Your sign-in is suspended. Ask an owner of your company's account."),
    "account_required": _("This portal is for customers. Operators use the operator console."),
    "no_receipt": _("A receipt is available once the payment has arrived."),
    "permission_denied": _("Your role does not allow this. Ask an owner of your company's account."),
    "not_found": _("This page does not exist, or you do not have access to it."),
    "throttled": _("You have tried too often in a short time. Please wait a minute."),
    "unavailable": _("We are very busy at the moment. Please try again."),
    "request_in_progress": _("Your first click is still being processed. Please wait a moment."),
    "idempotency_key_reused": _("This form was already sent with different content. Check it and send it again."),
    "proof_required": _("This payment method needs proof of payment."),
    "duplicate_proof": _("This file is already attached to this payment."),
    "too_many_proofs": _("This payment already has the maximum number of proofs."),
    "invalid_passkey": _("This passkey was not accepted. Please try again."),
    "too_many_passkeys": _("You have reached the maximum number of passkeys. Remove one first."),
    "body_too_large": _("This is too large."),
}

# Other rooms' sentences that appear at a field: listed here so that the catalogues contain them.
AT_FIELDS = (
    gettext_noop("This password is too common."),
    gettext_noop("This is not your password."),
    gettext_noop("This person can already sign in."),
    gettext_noop("Use only plain letters in this address."),
    gettext_noop("This address is too long."),
    gettext_noop("The amount must be greater than zero."),
    gettext_noop("This is not a valid reference."),
    gettext_noop("Written out in full, this reference has more than 256 characters."),
    gettext_noop("Write this on one line."),
    gettext_noop("Control characters are not allowed."),
    gettext_noop("Characters that change the direction of writing are not allowed."),
    gettext_noop("This address is too long."),
    gettext_noop("The picture is too large. The limit is 25 million pixels, or 100 million for a JPEG."),
    gettext_noop("The document must have between 1 and 20 pages."),
    gettext_noop("The document is encrypted. Send it without a password."),
    gettext_noop("The document contains scripts, forms or attachments. Print it to a plain PDF and send that."),
    gettext_noop("The document unpacks to far more than its size. Print it to a plain PDF and send that."),
    gettext_noop("This file takes too long to check. Send a smaller picture."),
    gettext_noop("The file is too large after processing. Send a smaller one."),
    gettext_noop("The file is damaged, or its type does not match its name."),
    gettext_noop("Send a PNG, JPEG, WebP or PDF file whose name has the matching extension."),
    gettext_noop("The file is larger than 5 MB."),
    gettext_noop("This is in the past."),
)

INVOICE_STATUS: dict[str, Promise] = {
    "pending": _("To pay"),
    "paid": _("Paid"),
    "void": _("Void"),
    "uncollectible": _("Written off"),
    "draft": _("Draft"),
}

PAYMENT_STATUS: dict[str, Promise] = {
    "pending": _("Started"),
    "pending_approval": _("Being checked"),
    "processing": _("In progress"),
    "succeeded": _("Received"),
    "failed": _("Not accepted"),
    "refunded": _("Refunded"),
    "cancelled": _("Cancelled"),
}

PAYMENT_METHOD: dict[str, Promise] = {
    "bank_transfer": _("Bank transfer"),
    "local_wallet": _("Mobile wallet"),
    "stripe": _("Card"),
    "paypal": _("PayPal"),
}

PAY_WITH: dict[str, Promise] = {
    "stripe": _("Card"),
    "paypal": _("Pay with PayPal"),
}
"""What the button of a gateway says."""

ROLE: dict[str, Promise] = {
    "viewer": _("Viewer"),
    "member": _("Member"),
    "admin": _("Admin"),
    "owner": _("Owner"),
}

ROLE_MEANING: dict[str, Promise] = {
    "viewer": _("Can view invoices and payments."),
    "member": _("Can also pay invoices."),
    "admin": _("Can also buy credits and save ways to pay."),
    "owner": _("Can also manage people and API keys."),
}

OPERATOR_ROLE: dict[str, Promise] = {
    "support": _("Support"),
    "approver": _("Approver"),
    "finance": _("Finance"),
    "admin": _("Admin"),
}

INSTRUCTION: dict[str, Promise] = {
    "payee_name": _("Pay to"),
    "iban": _("IBAN"),
    "account_number": _("Account number"),
    "bank_name": _("Bank"),
    "bic": _("BIC / SWIFT"),
    "branch_code": _("Branch code"),
    "routing_number": _("Routing number"),
    "sort_code": _("Sort code"),
    "ifsc": _("IFSC"),
    "wallet_name": _("Wallet"),
    "wallet_number": _("Wallet number"),
    "payee_id": _("Payee ID"),
}

JOURNAL: dict[str, Promise] = {
    "invoice_issued": _("Invoice issued"),
    "invoice_voided": _("Invoice voided"),
    "invoice_written_off": _("Invoice written off"),
    "payment_settled": _("Payment received"),
    "payment_reversed": _("Payment returned by the bank"),
    "balance_applied": _("Paid from your balance"),
    "balance_unapplied": _("Taken back to your balance"),
    "refund_to_balance": _("Refund to your balance"),
    "refund_requested": _("Refund requested"),
    "refund_paid": _("Refund paid out"),
    "refund_cancelled": _("Refund cancelled"),
    "dispute_reinstated": _("Disputed payment returned"),
    "credits_granted": _("Credits bought"),
    "credits_taken_back": _("Credits taken back"),
    "credits_restored": _("Credits restored"),
    "credits_consumed": _("Credits used"),
    "credits_adjusted": _("Credits adjusted"),
}

NOTICES: dict[str, Promise] = {
    "submitted": _("Thank you. We have your payment details and are checking them."),
    "cancelled": _("The payment was cancelled."),
    "purchased": _("Your order was placed. You get the credits when you pay this invoice."),
    "saved": _("Saved."),
    "removed": _("Removed."),
    "invited": _("The invitation is on its way."),
    "invitation_revoked": _("This invitation is no longer valid."),
    "revoked": _("This key no longer works."),
    "password": _("Your password was changed. Other devices were signed out."),
    "reset": _("Your new password is set. Sign in with it."),
    "proof": _("Your file has arrived."),
    "passkey_added": _("Your passkey is ready. You can sign in with it from now on."),
    "passkey_removed": _("This passkey no longer works."),
    "sign_in_ended": _("That device is signed out."),
    "sign_ins_ended": _("You are signed out on all other devices."),
    "two_step_off": _("Two-step sign-in is off."),
    "signed_out": _("You are signed out."),
    "begin_again": _("Your sign-in has changed in the meantime. Please sign in again."),
}


def refusal(error: AppError) -> str:
    """An error as a sentence for the reader."""
    return str(REFUSALS.get(error.code, error.message))
