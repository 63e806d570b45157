"""Jobs of the portal: mails about a person's own sign-in, and invitations."""

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.public import InvitationMail, ResetLink, get_person, new_mail, reset_link
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM, EventType
from igny8_core.events.selectors import subject_of
from igny8_core.events.subscriptions import on
from igny8_core.kit.locales import DEFAULT_LANGUAGE


@on(EventType.USER_PASSWORD_RESET_REQUESTED)
@app.task(name="portal.mail_reset_link", retry=5)
def mail_reset_link(event_id: str, account_id: str) -> None:
    """Mail the link; a second run mails another valid one. The SMTP server is contacted outside the transaction."""
    with unit_of_work.read(Scope.of(UUID(account_id))):
        link = reset_link(user_id=subject_of(UUID(event_id)))
    if link is not None:
        reset_mail(link).send()


@on(EventType.USER_SECOND_FACTOR_LOCKED)
@app.task(name="portal.mail_second_factor_locked", retry=5)
def mail_second_factor_locked(event_id: str, account_id: str) -> None:
    """Warn the person whose second step is being attacked; a second run warns again."""
    with unit_of_work.read(Scope.of(UUID(account_id))):
        email = get_person(subject_of(UUID(event_id))).email
    locked_mail(email).send()


def locked_mail(email: str) -> EmailMessage:
    """The mail as plain text: wrong codes were entered, and somebody knows the password."""
    lines = [
        _("Somebody entered several wrong codes in a row for the second step of your sign-in at IGNY8 Billing."),
        _("For a while we do not accept any code. After that you can sign in as usual."),
        _("If that was not you, somebody knows your password. Set another one here:"),
        settings.ENV.base_url + reverse("portal:forgotten"),
    ]
    return EmailMessage(subject=_("Wrong codes entered at your sign-in"), body="\n\n".join(lines), to=[email])


def reset_mail(link: ResetLink) -> EmailMessage:
    """The mail as plain text."""
    address = settings.ENV.base_url + reverse("portal:reset", args=[link.token])
    lines = [
        _("Somebody asked for a new password for your sign-in at IGNY8 Billing."),
        _("If that was you, set it here within one hour:"),
        address,
        _("If it was not you, do nothing: your password stays as it is."),
    ]
    return EmailMessage(subject=_("Set a new password"), body="\n\n".join(lines), to=[link.email])


@on(EventType.INVITATION_CREATED, EventType.INVITATION_SENT_AGAIN)
@app.task(name="portal.mail_invitation", retry=5)
def mail_invitation(event_id: str, account_id: str) -> None:
    """Create the link and mail it; a second run mails another one and invalidates the older link."""
    scope = Scope.of(UUID(account_id))
    mail = unit_of_work.run(lambda: new_mail(invitation_id=subject_of(UUID(event_id))), scope=scope, actor=SYSTEM)
    if mail is not None:
        invitation_mail(mail).send()


def invitation_mail(mail: InvitationMail) -> EmailMessage:
    """The mail as plain text in the account's language; it contains nothing that the inviter typed."""
    with translation.override(mail.language or DEFAULT_LANGUAGE):
        company = " ".join(mail.company.split())
        lines = [
            _("%(company)s invites you to its account at IGNY8 Billing.") % {"company": company}
            if company
            else _("You are invited to work as an operator of IGNY8 Billing."),
            *(_accept_lines(mail.token) if mail.token else _known_lines()),
        ]
        subject = _("You are invited to IGNY8 Billing")
    return EmailMessage(subject=subject, body="\n\n".join(lines), to=[mail.email])


def _accept_lines(token: str) -> list[str]:
    return [
        _("Accept within seven days, with a password or a passkey of your own:"),
        settings.ENV.base_url + reverse("portal:invitation", args=[token]),
        _("If you did not expect this, do nothing: nobody can sign in with your address unless you accept."),
    ]


def _known_lines() -> list[str]:
    return [
        _("You already sign in to IGNY8 Billing with this address, and an address can belong to one account only."),
        _(
            "To accept, ask them to invite another address of yours. Only you are told this; the person who "
            "invited you is not."
        ),
    ]
