"""Turns a text into a mail: plain text and HTML, with the document attached."""

from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from igny8_core.accounts.models import Account
from igny8_core.business.billing.public import invoice_facts, payment_facts
from igny8_core.business.documents.domain.letters import LetterKind
from igny8_core.business.documents.models import Letter
from igny8_core.business.documents.services.letter_texts import Text, invoice_text, payment_text
from igny8_core.kit.errors import NotFound
from igny8_core.kit.locales import is_right_to_left

ABOUT_INVOICES = frozenset({LetterKind.INVOICE_SENT, LetterKind.REMINDER})


def compose(letter: Letter) -> EmailMultiAlternatives | None:
    """The mail for the current state; None if there is nothing left to say."""
    account = Account.objects.get(id=letter.account_id)
    with translation.override(account.spoken_language):
        text = _text(letter, account)
        return None if text is None else _mail(letter, account, text)


def _text(letter: Letter, account: Account) -> Text | None:
    kind = LetterKind(letter.kind)
    try:
        if kind in ABOUT_INVOICES:
            return invoice_text(kind, invoice_facts(invoice_id=letter.subject_id, account_id=account.id), account)
        return payment_text(kind, payment_facts(payment_id=letter.subject_id, account_id=account.id), account)
    except NotFound:
        return None


def _mail(letter: Letter, account: Account, text: Text) -> EmailMultiAlternatives:
    seller = settings.ENV.seller
    context = {
        "text": text,
        "language": account.spoken_language,
        "direction": "rtl" if is_right_to_left(account.spoken_language) else "ltr",
        "greeting": _("Hello,"),
        "account": account.name,
        "seller": seller,
        "footer": _("You are receiving this message because you look after %(account)s.") % {"account": account.name},
    }
    mail = EmailMultiAlternatives(
        subject=text.subject,
        body=render_to_string("documents/letter.txt", context),
        from_email=_sender(seller.name),
        to=[letter.recipient],
        headers={
            "Message-ID": f"<{letter.id}@{_domain()}>",
            "Auto-Submitted": "auto-generated",  # RFC 3834: suppresses automatic replies
        },
    )
    mail.attach_alternative(render_to_string("documents/letter.html", context), "text/html")
    if text.attachment is not None:
        mail.attach(text.attachment.name, text.attachment.content, "application/pdf")
    return mail


def _sender(name: str) -> str:
    address: str = settings.DEFAULT_FROM_EMAIL
    return address if "<" in address else formataddr((name, address))


def _domain() -> str:
    """The right half of our Message-IDs: stays the same for a letter that is sent again."""
    return urlsplit(settings.ENV.base_url).hostname or "localhost"
