"""Base classes of the tables: the tenant scope and the database's sequences. No business rules."""

from typing import Any, Protocol, Self
from uuid import UUID

from django.db import models
from django.db.models import Func, Value

from igny8_core.kit.ids import uuid7


class HasId(Protocol):
    """Any row that refers to an account by its id."""

    @property
    def id(self) -> UUID: ...


class TenantQuerySet[M: models.Model](models.QuerySet[M]):
    """A query set that requires the caller to say whose rows are meant first."""

    def for_account(self, account: HasId | UUID) -> Self:
        """Only the rows of this account."""
        account_id = account if isinstance(account, UUID) else account.id
        return self.filter(account_id=account_id)

    def across_accounts(self) -> Self:
        """Rows of every account, for operators and the worker; the name is meant to stand out in reviews."""
        return self.all()


class TenantManager[M: models.Model](models.Manager[M]):
    """The only access to a tenant's rows; the `scoped-querysets` lint refuses any other start."""

    def get_queryset(self) -> TenantQuerySet[M]:
        return TenantQuerySet(self.model, using=self._db)

    def for_account(self, account: HasId | UUID) -> TenantQuerySet[M]:
        """Only the rows of this account."""
        return self.get_queryset().for_account(account)

    def across_accounts(self) -> TenantQuerySet[M]:
        """Rows of every account (operators, the worker)."""
        return self.get_queryset().across_accounts()


class TenantModel(models.Model):
    """A row that belongs to one account, identified by a UUIDv7.

    `account_id` leads every index, so the foreign key gets none of its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class NextValue(Func):
    """The next number of a PostgreSQL sequence, as a column default."""

    function = "nextval"
    output_field = models.BigIntegerField()

    def __init__(self, sequence: str, **extra: Any) -> None:
        super().__init__(Value(sequence), **extra)

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:  # type: ignore[override]
        """The name is a constant of ours, and DDL takes no parameters."""
        (name,) = self.get_source_expressions()
        return f"nextval('{name.value}')", []  # type: ignore[union-attr]
