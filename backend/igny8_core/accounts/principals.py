"""The principal: who a request acts for, whichever credential it presented. Available as `request.user`."""

from dataclasses import dataclass
from uuid import UUID

from igny8_core.accounts.keys import KeyKind
from igny8_core.accounts.models import Account
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.roles import OperatorRole, Role


@dataclass(frozen=True, slots=True)
class Principal:
    """A verified credential and what it allows.

    `account` is None for operators; `user_id` is None for an account's API keys.
    """

    kind: KeyKind
    key_id: UUID
    role: Role
    account: Account | None
    user_id: UUID | None
    family_id: UUID

    is_authenticated = True
    is_anonymous = False

    @property
    def is_operator(self) -> bool:
        """Whether this is an operator."""
        return isinstance(self.role, OperatorRole)

    @property
    def account_id(self) -> UUID:
        """The account's id; for operators the platform's."""
        return PLATFORM_ID if self.account is None else self.account.id

    @property
    def owner_id(self) -> UUID:
        """The owner of the credential: the person, or the account for an account's API key.

        Idempotency keys are scoped to it, so that rotating an API key keeps the stored answers.
        """
        if self.user_id is not None:
            return self.user_id
        assert self.account is not None
        return self.account.id

    @property
    def pk(self) -> UUID:
        """What libraries see that log `request.user.pk`."""
        return self.owner_id
