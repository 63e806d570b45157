"""Account (the tenant), User (a person of an account, or an operator), AccessKey (what they present), Invitation."""

import uuid
from typing import ClassVar

from babel import Locale
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from igny8_core.accounts.keys import KeyKind
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.roles import AccountRole, OperatorRole, Role
from igny8_core.kit.ids import uuid7
from igny8_core.kit.locales import LANGUAGES, default_language, locale_of
from igny8_core.kit.models import NextValue


class Status(models.TextChoices):
    """Of an account or a user: a suspended one is refused everywhere."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class AccountKind(models.TextChoices):
    """Whether an account is a customer's or the platform's own, of which there is one."""

    CUSTOMER = "customer"
    PLATFORM = "platform"


class InvitationOutcome(models.TextChoices):
    """How an invitation ended; an open one has none."""

    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


class AccountManager(models.Manager["Account"]):
    """Queries of customers. The platform's own account is met where a row of its own names it, and nowhere else."""

    def get_queryset(self) -> models.QuerySet["Account"]:
        """Every account but the platform's."""
        return super().get_queryset().filter(kind=AccountKind.CUSTOMER)


class Account(models.Model):
    """One customer company of the platform: the tenant. One row more stands for the platform (`accounts/platform.py`).

    `language` is empty until one is chosen: the country's then counts. `address` (lines) and `tax_id` stand on its
    invoices.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sequence = models.BigIntegerField(db_default=NextValue("accounts_account_sequence"), editable=False)
    kind = models.CharField(
        max_length=8, default=AccountKind.CUSTOMER, db_default=AccountKind.CUSTOMER.value, editable=False
    )
    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    billing_currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=8, blank=True, default="")
    address = models.CharField(max_length=300, blank=True, default="")
    tax_id = models.CharField(max_length=32, blank=True, default="")
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.ACTIVE)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = AccountManager()

    class Meta:
        db_table = "accounts_account"
        indexes: ClassVar = [models.Index(fields=["sequence"], name="account_sequence")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(id=PLATFORM_ID, kind=AccountKind.PLATFORM)
                | (Q(kind=AccountKind.CUSTOMER) & ~Q(id=PLATFORM_ID)),
                name="account_platform_is_one",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9]{3,8}$") | Q(kind=AccountKind.PLATFORM), name="account_code_shape"
            ),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="account_country_shape"),
            models.CheckConstraint(condition=Q(billing_currency__regex=r"^[A-Z]{3}$"), name="account_currency_shape"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="account_status_known"),
            models.CheckConstraint(condition=Q(language__in=["", *LANGUAGES]), name="account_language_known"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def spoken_language(self) -> str:
        """The chosen language, else the country's."""
        return self.language or default_language(self.country)

    @property
    def locale(self) -> Locale:
        """How money and dates look to this account."""
        return locale_of(self.spoken_language, self.country)


class UserManager(BaseUserManager["User"]):
    """Queries of users, without the password's hash.

    The web and worker logins may write that column but not read it; sign-in sees it through `accounts_find_login`.
    """

    def get_queryset(self) -> models.QuerySet["User"]:
        """Every column but the hash."""
        return super().get_queryset().defer("password")

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user of an e-mail address, however its letters are cased."""
        return self.get(email_normalised=normalise_email(username or ""))


class User(AbstractBaseUser):
    """A person: of one account with an account role, or of the platform's own with an operator's.

    `admin_until` is when an operator was last taken out of the active admins; a trigger writes it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sequence = models.BigIntegerField(db_default=NextValue("accounts_user_sequence"), editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="users", db_index=False)
    email = models.EmailField(max_length=254)
    email_normalised = models.CharField(max_length=254, unique=True, editable=False)
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=16)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.ACTIVE)
    created_at = models.DateTimeField()
    admin_until = models.DateTimeField(null=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email_normalised"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["email", "role"]

    class Meta:
        db_table = "accounts_user"
        indexes: ClassVar = [
            models.Index(fields=["account", "id"], name="user_account_id"),
            models.Index(fields=["account", "sequence"], name="user_account_sequence"),
            models.Index(fields=["sequence"], name="user_sequence"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(~Q(account=PLATFORM_ID) & Q(role__in=[*map(str, AccountRole)]))
                | Q(account=PLATFORM_ID, role__in=[*map(str, OperatorRole)]),
                name="user_role_fits_account",
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="user_status_known"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """What Django's sign-in asks."""
        return self.status == Status.ACTIVE

    @property
    def is_operator(self) -> bool:
        """Whether this is the platform's staff."""
        return self.account_id == PLATFORM_ID

    @property
    def typed_role(self) -> Role:
        """The role as the enum it belongs to."""
        return OperatorRole(self.role) if self.is_operator else AccountRole(self.role)


class AccessKey(models.Model):
    """A secret somebody presents: an API key, or one of the two tokens a sign-in hands out.

    `role` is set on a customer's keys; an operator's keys and every token name a `user` and take the role that user has
    at that moment. `proven_at` is when that person last gave password or passkey for it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sequence = models.BigIntegerField(db_default=NextValue("accounts_accesskey_sequence"), editable=False)
    kind = models.CharField(max_length=16)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False)
    role = models.CharField(max_length=16, blank=True)
    name = models.CharField(max_length=100, blank=True)
    prefix = models.CharField(max_length=16)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    family_id = models.UUIDField(default=uuid.uuid4, db_index=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    rotated_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    proven_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_accesskey"
        indexes: ClassVar = [
            models.Index(fields=["account", "id"], name="accesskey_account_id"),
            # Lists show API keys alone; the many tokens of sign-ins stay out of their indexes.
            models.Index(
                fields=["account", "sequence"], condition=Q(kind="api_key"), name="accesskey_account_sequence"
            ),
            models.Index(fields=["sequence"], condition=Q(kind="api_key"), name="accesskey_sequence"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=[*map(str, KeyKind)]), name="accesskey_kind_known"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, role="")
                | (~Q(account=PLATFORM_ID) & Q(role__in=[*map(str, AccountRole)])),
                name="accesskey_has_one_source_of_role",
            ),
            models.CheckConstraint(
                condition=Q(kind="api_key") | Q(expires_at__isnull=False, user__isnull=False),
                name="accesskey_tokens_expire",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.prefix}…"


class SecondFactor(models.Model):
    """What a person's authenticator app shares with us; it counts once `confirmed_at` is set.

    `sealed_secret` is encrypted; `last_step` is the newest time step a code was used of, so that none works twice;
    `recovery_hashes` are SHA-256 of the codes left for somebody who lost the app. `wrong_codes` counts those in a row,
    of either kind; until `locked_until` no code is looked at.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    sealed_secret = models.TextField()
    last_step = models.BigIntegerField(default=0)
    recovery_hashes = models.JSONField(default=list)
    wrong_codes = models.IntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_secondfactor"
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "user"], name="secondfactor_person")]

    def __str__(self) -> str:
        return f"second factor of {self.user_id}"


class Passkey(models.Model):
    """A passkey of a person: its public half, which opens nothing by itself.

    `sign_count` is the authenticator's own, zero for those that keep none; `last_challenge_at` is when the newest
    challenge it answered was made, so that no answer works twice; a new password moves it on, and so does the second
    factor, so that no ceremony outlives either.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField()
    transports = models.JSONField(default=list)
    name = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    last_challenge_at = models.DateTimeField()

    class Meta:
        db_table = "accounts_passkey"

    def __str__(self) -> str:
        return f"passkey of {self.user_id}"


class Invitation(models.Model):
    """An address that may become a person of an account; of the platform's own, an operator.

    The address is free until somebody accepts; whoever does gets the invitation's id as theirs. `token_hash` is SHA-256
    of the newest mailed link's secret: empty until a mail went out, and where the address already signs in elsewhere.
    `sent_at` is when its newest mail was asked for; `outcome` is empty while the invitation is open.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sequence = models.BigIntegerField(db_default=NextValue("accounts_invitation_sequence"), editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    email = models.EmailField(max_length=254)
    email_normalised = models.CharField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=16)
    token_hash = models.BinaryField(max_length=32, null=True, unique=True)
    times_sent = models.SmallIntegerField(default=1)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    outcome = models.CharField(max_length=16, blank=True, default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_invitation"
        indexes: ClassVar = [
            models.Index(fields=["account", "sequence"], name="invitation_account_sequence"),
            models.Index(fields=["sequence"], name="invitation_sequence"),
            models.Index(fields=["expires_at"], condition=Q(outcome=""), name="invitation_open"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "email_normalised"],
                condition=Q(outcome=""),
                name="invitation_open_once",
            ),
            models.CheckConstraint(
                condition=(~Q(account=PLATFORM_ID) & Q(role__in=[*map(str, AccountRole)]))
                | Q(account=PLATFORM_ID, role__in=[*map(str, OperatorRole)]),
                name="invitation_role_fits_account",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True)
                | Q(outcome__in=InvitationOutcome.values, decided_at__isnull=False),
                name="invitation_outcome_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return self.email


class ResetRequest(models.Model):
    """Somebody's wish for a link to set a new password, before anybody has looked whose address it is.

    The web login may write one and not read it; the worker looks the address up, so that no answer tells it.
    """

    id = models.BigAutoField(primary_key=True)
    email_normalised = models.TextField()
    request_id = models.UUIDField(null=True)
    requested_at = models.DateTimeField()

    class Meta:
        db_table = "accounts_resetrequest"

    def __str__(self) -> str:
        return f"reset request {self.id}"


def normalise_email(email: str) -> str:
    """The form an address is looked up by: trimmed and case-folded, stored in a column of its own.

    A look-up through `lower(email)` would not use an index under row-level security.
    """
    return email.strip().casefold()
