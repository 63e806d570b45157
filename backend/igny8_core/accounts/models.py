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
    """Status of an account or a user: suspended ones are refused everywhere."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class AccountKind(models.TextChoices):
    """Whether an account is a customer's or the platform's own. There is exactly one platform account."""

    CUSTOMER = "customer"
    PLATFORM = "platform"


class InvitationOutcome(models.TextChoices):
    """How an invitation ended; an open one has no outcome."""

    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


class AccountManager(models.Manager["Account"]):
    """Queries of customers. They never return the platform's own account."""

    def get_queryset(self) -> models.QuerySet["Account"]:
        """Every account except the platform's."""
        return super().get_queryset().filter(kind=AccountKind.CUSTOMER)


class Account(models.Model):
    """A customer company of the platform: the tenant. One additional row stands for the platform
    (`accounts/platform.py`).

    If `language` is empty, the country's language applies. `address` (lines) and `tax_id` appear on the account's
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
        """The chosen language, or the country's."""
        return self.language or default_language(self.country)

    @property
    def locale(self) -> Locale:
        """The locale in which this account sees money and dates."""
        return locale_of(self.spoken_language, self.country)


class UserManager(BaseUserManager["User"]):
    """Queries of users, without the password hash.

    The web and worker logins may write that column but not read it; sign-in reads it through `accounts_find_login`.
    """

    def get_queryset(self) -> models.QuerySet["User"]:
        """Every column except the password hash."""
        return super().get_queryset().defer("password")

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with this e-mail address, ignoring case."""
        return self.get(email_normalised=normalise_email(username or ""))


class User(AbstractBaseUser):
    """A person: either a user of an account with an account role, or an operator of the platform's account.

    `admin_until` is when an operator last stopped being an active admin; a trigger writes it.
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
        """Required by Django's sign-in."""
        return self.status == Status.ACTIVE

    @property
    def is_operator(self) -> bool:
        """Whether this person is an operator."""
        return self.account_id == PLATFORM_ID

    @property
    def typed_role(self) -> Role:
        """The role as the enum it belongs to."""
        return OperatorRole(self.role) if self.is_operator else AccountRole(self.role)


class AccessKey(models.Model):
    """A secret that a caller presents: an API key, or one of the two tokens that a sign-in issues.

    `role` is set on an account's API keys. Operators' keys and all tokens name a `user` instead, and have the role that
    the user has at that moment. `proven_at` is when that person last confirmed their identity by password or passkey.
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
            # Only API keys appear in lists, so the many sign-in tokens are left out of these indexes.
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
    """The secret shared with a person's authenticator app; it is active once `confirmed_at` is set.

    `sealed_secret` is encrypted. `last_step` is the newest time step of which a code was accepted, so that no code
    works twice. `recovery_hashes` are SHA-256 hashes of the unused recovery codes. `wrong_codes` counts consecutive
    wrong codes of either kind; no code is checked until `locked_until`.
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
    """A passkey of a person. Only its public key is stored.

    `sign_count` is the authenticator's counter, or zero for authenticators that keep none. `last_challenge_at` is when
    the newest challenge that it answered was created, so that no answer works twice. Changing the password or the
    second factor moves it forward, which invalidates any ceremony in progress.
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
    """An address that is invited to become a user of an account or, in the platform's account, an operator.

    The address is not reserved until somebody accepts; the new person then gets the invitation's id. `token_hash` is
    the SHA-256 of the secret in the most recent link. It is empty until a mail was sent, and if the address already
    belongs to a user. `sent_at` is when the most recent mail was requested; `outcome` is empty while the invitation is
    open.
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
    """A request for a password reset link, stored before anybody checks whether the address is known.

    The web login may insert these rows but not read them. The worker looks the address up, so that the web process
    cannot reveal whether it is known.
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
    """The form in which an address is looked up: trimmed and case-folded, stored in its own column.

    A look-up with `lower(email)` could not use an index under row-level security.
    """
    return email.strip().casefold()
