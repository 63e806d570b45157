"""A person's own password: changed by who knows the old one, or set anew through a mailed link."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.core import signing
from django.db.models import Q

from igny8_core.accounts.keys import SIGN_IN_KINDS
from igny8_core.accounts.lookups import Login, look_up_login
from igny8_core.accounts.models import AccessKey, User, normalise_email
from igny8_core.business.platform.domain.errors import ResetLinkExpired
from igny8_core.business.platform.services.passwords import refuse_common_password
from igny8_core.business.platform.services.sessions import acting, scope_of
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import ValidationError
from igny8_core.kit.locks import conditional_update

RESET_LIFETIME = timedelta(hours=1)
RESET_SALT = "platform.password-reset"


@dataclass(frozen=True, slots=True)
class ResetLink:
    """What the mail needs: to whom, and the secret part of the address."""

    email: str
    token: str


def change_password(*, user_id: UUID, current: str, new: str, keep_key_id: UUID) -> None:
    """Change one's password and end one's other sessions; inside a unit of work. Raises `ValidationError`."""
    login = _own_login(User.objects.get(id=user_id).email_normalised, password=current, field="current")
    _set_password(login, new, keep_key_id=keep_key_id, field="new")


def confirm_password(*, user_id: UUID, account_id: UUID | None, password: str) -> None:
    """Let who is signed in show that it is really them. Raises `ValidationError`."""
    with unit_of_work.read(scope_of(account_id)):
        email = User.objects.values_list("email_normalised", flat=True).get(id=user_id)
    _own_login(email, password=password, field="password")


def request_reset(*, email: str, request_id: UUID | None) -> None:
    """Note that somebody asked for a link; the worker mails it. An unknown address gives nothing away."""
    login = look_up_login(normalise_email(email))
    if login is None or login.refusal:
        return
    unit_of_work.run(
        lambda: _record(EventType.USER_PASSWORD_RESET_REQUESTED, login),
        scope=scope_of(login.account_id), actor=acting(login.user_id, login.account_id), request_id=request_id,
    )  # fmt: skip


def reset_link(*, user_id: UUID) -> ResetLink | None:
    """The link of a user, made by the worker; None for who was suspended. Inside a unit of work."""
    user = User.objects.get(id=user_id)
    login = look_up_login(user.email_normalised)
    if login is None or login.refusal:
        return None
    document = {"email": user.email_normalised, "password": _fingerprint(login)}
    return ResetLink(user.email, signing.dumps(document, salt=RESET_SALT))


def is_good(token: str) -> bool:
    """Whether the link would still be accepted."""
    try:
        _login_of(token)
    except ResetLinkExpired:
        return False
    return True


def reset_password(*, token: str, new: str, request_id: UUID | None) -> None:
    """Set a new password by a mailed link, once, and end every session.

    Raises `ResetLinkExpired`, `ValidationError`.
    """
    login = _login_of(token)
    unit_of_work.run(
        lambda: _set_password(login, new, keep_key_id=None, field="password"),
        scope=scope_of(login.account_id), actor=acting(login.user_id, login.account_id), request_id=request_id,
    )  # fmt: skip


def _own_login(email_normalised: str, *, password: str, field: str) -> Login:
    login = look_up_login(email_normalised)
    if login is None or not check_password(password, login.password):
        raise ValidationError(fields={field: ["This is not your password."]})
    return login


def _login_of(token: str) -> Login:
    """A link dies with its hour, and with the password it was made for."""
    try:
        document = signing.loads(token, salt=RESET_SALT, max_age=RESET_LIFETIME)
    except signing.BadSignature as error:
        raise ResetLinkExpired from error
    login = look_up_login(document["email"])
    if login is None or login.refusal or not hmac.compare_digest(document["password"], _fingerprint(login)):
        raise ResetLinkExpired
    return login


def _fingerprint(login: Login) -> str:
    return hashlib.sha256(login.password.encode()).hexdigest()[:32]


def _set_password(login: Login, new: str, *, keep_key_id: UUID | None, field: str) -> None:
    try:
        refuse_common_password(new)
    except ValidationError as error:
        raise ValidationError(fields={field: error.fields["password"]}) from error
    conditional_update(User.objects.filter(id=login.user_id), password=make_password(new))
    others = AccessKey.objects.filter(user_id=login.user_id, kind__in=SIGN_IN_KINDS, revoked_at=None)
    others.filter(~Q(id=keep_key_id)).update(revoked_at=clock.now())
    _record(EventType.USER_PASSWORD_CHANGED, login)


def _record(fact: EventType, login: Login) -> None:
    record(fact, account_id=login.account_id, subject_type="user", subject_id=login.user_id)
