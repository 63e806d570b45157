"""A person's own password: changed by somebody who knows the old one, or reset with a mailed link."""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.core import signing
from django.db import connection
from django.db.models import Q

from igny8_core.accounts.locks import lock_login
from igny8_core.accounts.lookups import Login, look_up_login
from igny8_core.accounts.models import ResetRequest, User, normalise_email
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.domain.errors import ResetLinkExpired
from igny8_core.business.platform.services.passwords import refuse_common_password
from igny8_core.business.platform.services.sessions import acting, end_sessions
from igny8_core.business.platform.services.standing import hold, mark_of
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM, EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import NotFound, ValidationError
from igny8_core.kit.locks import conditional_update

RESET_LIFETIME = timedelta(hours=1)
RESET_SALT = "platform.password-reset"
RESET_BATCH = 100
REQUEST_RESET = """INSERT INTO accounts_resetrequest (email_normalised, request_id, requested_at) VALUES (%s, %s, %s)"""


@dataclass(frozen=True, slots=True)
class ResetLink:
    """What the mail needs: the recipient, and the secret part of the link."""

    email: str
    token: str


def change_password(*, user_id: UUID, current: str, new: str, keep_key_id: UUID) -> None:
    """Change your own password and end your other sessions; inside a unit of work. Raises `ValidationError`."""
    login = _own_login(User.objects.get(id=user_id).email_normalised, password=current, field="current")
    hashed = _hashed(new, field="new")
    hold(people=Q(id=user_id))
    if lock_login(user_id).password != login.password:
        raise wrong_password_error("current")
    _replace(login, hashed, keep_key_id=keep_key_id)


def confirm_password(*, user_id: UUID, account_id: UUID, password: str) -> Login:
    """Check the password of a signed-in person, before any lock is taken. Raises `ValidationError`."""
    with unit_of_work.read(Scope.of(account_id)):
        email = User.objects.values_list("email_normalised", flat=True).get(id=user_id)
    return _own_login(email, password=password, field="password")


def require_new_password(*, user_id: UUID) -> User:
    """Invalidate a person's password, end their sessions, and have a link mailed to set a new one.

    For admin operators, who learn no password this way. Inside a unit of work. Raises `NotFound`.
    """
    people, _ = hold(people=Q(id=user_id))
    if user_id not in people:
        raise NotFound
    login = lock_login(user_id)
    conditional_update(User.objects.filter(id=user_id), password=make_password(None))
    end_sessions(user_id)
    _record(EventType.USER_PASSWORD_TAKEN, login)
    _record(EventType.USER_PASSWORD_RESET_REQUESTED, login)
    return User.objects.get(id=user_id)


def request_reset(*, email: str, request_id: UUID | None) -> None:
    """Record that somebody asked for a link: one statement, which does not check whether the address is known."""
    with connection.cursor() as cursor:
        cursor.execute(REQUEST_RESET, [normalise_email(email), request_id, clock.now()])


def handle_reset_requests() -> int:
    """Look up the requested addresses, and record each request that belongs to a person; returns how many requests
    there were.

    For the worker. Each request is handled in a separate unit of work, by one worker only.
    """
    with unit_of_work.read(Scope.operators()):
        waiting = list(ResetRequest.objects.order_by("id")[:RESET_BATCH])
    for reset in waiting:
        unit_of_work.run(partial(_take, reset), scope=Scope.operators(), actor=SYSTEM, request_id=reset.request_id)
    return len(waiting)


def _take(reset: ResetRequest) -> None:
    taken, _ = ResetRequest.objects.filter(id=reset.id).delete()
    login = look_up_login(reset.email_normalised)
    too_late = clock.now() - reset.requested_at > RESET_LIFETIME
    if taken and not too_late and login is not None and not login.refusal:
        _record(EventType.USER_PASSWORD_RESET_REQUESTED, login)


def reset_link(*, user_id: UUID) -> ResetLink | None:
    """A user's reset link, created by the worker; None if the user was suspended. Inside a unit of work."""
    user = User.objects.get(id=user_id)
    login = look_up_login(user.email_normalised)
    if login is None or login.refusal:
        return None
    document = {"email": user.email_normalised, "password": mark_of(login.password)}
    return ResetLink(user.email, signing.dumps(document, salt=RESET_SALT))


def is_good(token: str) -> bool:
    """Whether the link would still be accepted."""
    try:
        _login_of(token)
    except ResetLinkExpired:
        return False
    return True


def reset_password(*, token: str, new: str, request_id: UUID | None) -> None:
    """Set a new password with a mailed link, once, and end every session.

    Raises `ResetLinkExpired`, `ValidationError`.
    """
    login = _login_of(token)
    hashed = _hashed(new, field="password")

    def operation() -> None:
        if lock_login(login.user_id) != login:
            raise ResetLinkExpired
        _replace(login, hashed, keep_key_id=None)

    unit_of_work.run(
        operation,
        scope=Scope.of(login.account_id),
        actor=acting(login.user_id, login.account_id),
        request_id=request_id,
    )


def _own_login(email_normalised: str, *, password: str, field: str) -> Login:
    login = look_up_login(email_normalised)
    if login is None or not check_password(password, login.password):
        raise wrong_password_error(field)
    return login


def wrong_password_error(field: str) -> ValidationError:
    """The error for a wrong password of your own."""
    return ValidationError(fields={field: ["This is not your password."]})


def _login_of(token: str) -> Login:
    """A link expires after an hour, and when the password it was issued for changes."""
    try:
        document: dict[str, str] = signing.loads(token, salt=RESET_SALT, max_age=RESET_LIFETIME)
    except signing.BadSignature as error:
        raise ResetLinkExpired from error
    login = look_up_login(document["email"])
    if login is None or login.refusal or not hmac.compare_digest(document["password"], mark_of(login.password)):
        raise ResetLinkExpired
    return login


def _hashed(new: str, *, field: str) -> str:
    """The hash of a new password, computed before any lock is taken because it is slow on purpose. Raises
    `ValidationError`.
    """
    try:
        refuse_common_password(new)
    except ValidationError as error:
        raise ValidationError(fields={field: error.fields["password"]}) from error
    return make_password(new)


def _replace(login: Login, hashed: str, *, keep_key_id: UUID | None) -> None:
    conditional_update(User.objects.filter(id=login.user_id), password=hashed)
    end_sessions(login.user_id, but=keep_key_id)
    _record(EventType.USER_PASSWORD_CHANGED, login)


def _record(fact: EventType, login: Login) -> None:
    record(fact, account_id=login.account_id, subject_type="user", subject_id=login.user_id)
