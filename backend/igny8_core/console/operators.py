"""An operator as Django's admin expects a user: permissions are derived from the role alone."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.http import HttpRequest

from igny8_core.accounts.principals import Principal
from igny8_core.accounts.roles import OperatorRole, includes
from igny8_core.business.platform.public import get_person


@dataclass(frozen=True)
class Operator:
    """The operator signed in to the console. Pages require a role; Django's own permissions are not used."""

    principal: Principal
    email: str
    name: str

    is_authenticated = True
    is_anonymous = False
    is_active = True
    is_staff = True

    @property
    def pk(self) -> UUID:
        """The operator's user id."""
        return self.id

    @property
    def id(self) -> UUID:
        """The operator's user id."""
        assert self.principal.user_id is not None
        return self.principal.user_id

    @property
    def role(self) -> OperatorRole:
        """What the operator may do."""
        return cast(OperatorRole, self.principal.role)

    def may(self, needed: OperatorRole) -> bool:
        """Whether the role is at least this."""
        return includes(self.principal.role, needed)

    def get_username(self) -> str:
        """For the admin's header."""
        return self.email

    def get_short_name(self) -> str:
        """For the admin's header."""
        return self.name or self.email

    get_full_name = get_short_name

    def has_usable_password(self) -> bool:
        """The console does not change passwords; the sign-in pages do."""
        return False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Pages check the role instead."""
        return False

    has_module_perms = has_perm


def load(principal: Principal) -> Operator:
    """The operator of a session; inside a transaction that sees all accounts."""
    person = get_person(principal.owner_id)
    return Operator(principal, person.email, person.name)


def operator_of(request: HttpRequest) -> Operator:
    """The operator who makes the request, set by `access`."""
    return cast(Operator, request.user)
