"""Accounts, people, what they sign in with, invitations."""

import uuid
from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.kit.ids import uuid7
from igny8_core.kit.models import NextValue

SEQUENCES = (
    "accounts_account_sequence",
    "accounts_user_sequence",
    "accounts_accesskey_sequence",
    "accounts_invitation_sequence",
)


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = []

    operations: ClassVar = [
        *[migrations.RunSQL(f"CREATE SEQUENCE {name}", f"DROP SEQUENCE {name}") for name in SEQUENCES],
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField(db_default=NextValue("accounts_account_sequence"), editable=False)),
                ("kind", models.CharField(db_default="customer", default="customer", editable=False, max_length=8)),
                ("code", models.CharField(max_length=8, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("country", models.CharField(max_length=2)),
                ("billing_currency", models.CharField(max_length=3)),
                ("time_zone", models.CharField(default="UTC", max_length=64)),
                ("language", models.CharField(blank=True, default="", max_length=8)),
                ("address", models.CharField(blank=True, default="", max_length=300)),
                ("tax_id", models.CharField(blank=True, default="", max_length=32)),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("suspended", "Suspended")], default="active", max_length=16
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "db_table": "accounts_account",
                "indexes": [models.Index(fields=["sequence"], name="account_sequence")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            Q(("id", PLATFORM_ID), ("kind", "platform")),
                            Q(("kind", "customer"), Q(("id", PLATFORM_ID), _negated=True)),
                            _connector="OR",
                        ),
                        name="account_platform_is_one",
                    ),
                    models.CheckConstraint(
                        condition=Q(("code__regex", "^[A-Z0-9]{3,8}$"), ("kind", "platform"), _connector="OR"),
                        name="account_code_shape",
                    ),
                    models.CheckConstraint(condition=Q(("country__regex", "^[A-Z]{2}$")), name="account_country_shape"),
                    models.CheckConstraint(
                        condition=Q(("billing_currency__regex", "^[A-Z]{3}$")), name="account_currency_shape"
                    ),
                    models.CheckConstraint(
                        condition=Q(("status__in", ["active", "suspended"])), name="account_status_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(("language__in", ["", "en", "de", "ur"])), name="account_language_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField(db_default=NextValue("accounts_user_sequence"), editable=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="users", to="accounts.account"
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("email_normalised", models.CharField(editable=False, max_length=254, unique=True)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("role", models.CharField(max_length=16)),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("suspended", "Suspended")], default="active", max_length=16
                    ),
                ),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "accounts_user",
                "indexes": [
                    models.Index(fields=["account", "id"], name="user_account_id"),
                    models.Index(fields=["account", "sequence"], name="user_account_sequence"),
                    models.Index(fields=["sequence"], name="user_sequence"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            Q(
                                Q(("account", PLATFORM_ID), _negated=True),
                                ("role__in", ["viewer", "member", "admin", "owner"]),
                            ),
                            Q(("account", PLATFORM_ID), ("role__in", ["support", "approver", "finance", "admin"])),
                            _connector="OR",
                        ),
                        name="user_role_fits_account",
                    ),
                    models.CheckConstraint(
                        condition=Q(("status__in", ["active", "suspended"])), name="user_status_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AccessKey",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "sequence",
                    models.BigIntegerField(db_default=NextValue("accounts_accesskey_sequence"), editable=False),
                ),
                ("kind", models.CharField(max_length=16)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False, null=True, on_delete=models.PROTECT, related_name="+", to="accounts.user"
                    ),
                ),
                ("role", models.CharField(blank=True, max_length=16)),
                ("name", models.CharField(blank=True, max_length=100)),
                ("prefix", models.CharField(max_length=16)),
                ("secret_hash", models.BinaryField(max_length=32, unique=True)),
                ("family_id", models.UUIDField(db_index=True, default=uuid.uuid4)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("rotated_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
                ("proven_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "accounts_accesskey",
                "indexes": [
                    models.Index(fields=["account", "id"], name="accesskey_account_id"),
                    models.Index(
                        condition=Q(("kind", "api_key")),
                        fields=["account", "sequence"],
                        name="accesskey_account_sequence",
                    ),
                    models.Index(condition=Q(("kind", "api_key")), fields=["sequence"], name="accesskey_sequence"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("kind__in", ["api_key", "access_token", "refresh_token", "session"])),
                        name="accesskey_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("role", ""), ("user__isnull", False)),
                            Q(
                                Q(("account", PLATFORM_ID), _negated=True),
                                ("role__in", ["viewer", "member", "admin", "owner"]),
                            ),
                            _connector="OR",
                        ),
                        name="accesskey_has_one_source_of_role",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            ("kind", "api_key"),
                            Q(("expires_at__isnull", False), ("user__isnull", False)),
                            _connector="OR",
                        ),
                        name="accesskey_tokens_expire",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False, on_delete=models.PROTECT, related_name="+", to="accounts.user"
                    ),
                ),
                ("sealed_secret", models.TextField()),
                ("last_step", models.BigIntegerField(default=0)),
                ("recovery_hashes", models.JSONField(default=list)),
                ("wrong_codes", models.IntegerField(default=0)),
                ("locked_until", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "accounts_secondfactor",
                "constraints": [models.UniqueConstraint(fields=("account", "user"), name="secondfactor_person")],
            },
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False, on_delete=models.PROTECT, related_name="+", to="accounts.user"
                    ),
                ),
                ("credential_id", models.BinaryField(max_length=1023, unique=True)),
                ("public_key", models.BinaryField()),
                ("sign_count", models.BigIntegerField()),
                ("transports", models.JSONField(default=list)),
                ("name", models.CharField(max_length=60)),
                ("created_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(null=True)),
                ("last_challenge_at", models.DateTimeField()),
            ],
            options={"db_table": "accounts_passkey"},
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "sequence",
                    models.BigIntegerField(db_default=NextValue("accounts_invitation_sequence"), editable=False),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("email_normalised", models.CharField(max_length=254)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("role", models.CharField(max_length=16)),
                ("token_hash", models.BinaryField(max_length=32, null=True, unique=True)),
                ("times_sent", models.SmallIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("outcome", models.CharField(blank=True, default="", max_length=16)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "accounts_invitation",
                "indexes": [
                    models.Index(fields=["account", "sequence"], name="invitation_account_sequence"),
                    models.Index(fields=["sequence"], name="invitation_sequence"),
                    models.Index(condition=Q(("outcome", "")), fields=["expires_at"], name="invitation_open"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("outcome", "")),
                        fields=("account", "email_normalised"),
                        name="invitation_open_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(
                                Q(("account", PLATFORM_ID), _negated=True),
                                ("role__in", ["viewer", "member", "admin", "owner"]),
                            ),
                            Q(("account", PLATFORM_ID), ("role__in", ["support", "approver", "finance", "admin"])),
                            _connector="OR",
                        ),
                        name="invitation_role_fits_account",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("decided_at__isnull", True), ("outcome", "")),
                            Q(("decided_at__isnull", False), ("outcome__in", ["accepted", "revoked", "expired"])),
                            _connector="OR",
                        ),
                        name="invitation_outcome_has_its_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResetRequest",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("email_normalised", models.TextField()),
                ("request_id", models.UUIDField(null=True)),
                ("requested_at", models.DateTimeField()),
            ],
            options={"db_table": "accounts_resetrequest"},
        ),
    ]
