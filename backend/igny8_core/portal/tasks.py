"""Jobs of the portal: the mail with the link to set a new password."""

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.services.credentials import ResetLink, reset_link
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import EventType
from igny8_core.events.selectors import subject_of
from igny8_core.events.subscriptions import on


@on(EventType.USER_PASSWORD_RESET_REQUESTED)
@app.task(name="portal.mail_reset_link", retry=5)
def mail_reset_link(event_id: str, account_id: str | None) -> None:
    """Mail the link; a second run mails another that is as good. The SMTP server is called outside the transaction."""
    scope = Scope.operators() if account_id is None else Scope.tenant(UUID(account_id))
    with unit_of_work.read(scope):
        link = reset_link(user_id=subject_of(UUID(event_id)))
    if link is not None:
        reset_mail(link).send()


def reset_mail(link: ResetLink) -> EmailMessage:
    """The mail, in plain text."""
    address = settings.ENV.base_url + reverse("portal:reset", args=[link.token])
    lines = [
        _("Somebody asked for a new password for your sign-in at IGNY8 Billing."),
        _("If that was you, set it here within one hour:"),
        address,
        _("If it was not you, do nothing: your password stays as it is."),
    ]
    return EmailMessage(subject=_("Set a new password"), body="\n\n".join(lines), to=[link.email])
