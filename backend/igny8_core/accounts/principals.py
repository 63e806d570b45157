"""The principal: who a request acts for, whatever credential said so. It stands as `request.user`."""

from dataclasses import dataclass
from uuid import UUID

from igny8_core.accounts.keys import KeyKind
from igny8_core.accounts.models import Account
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.roles import OperatorRole, Role


@dataclass(frozen=True, slots=True)
class Principal:
    """A checked credential with what it may do.

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
        """Whether this is the platform's staff."""
        return isinstance(self.role, OperatorRole)

    @property
    def account_id(self) -> UUID:
        """The account's id; the platform's own for operators."""
        return PLATFORM_ID if self.account is None else self.account.id

    @property
    def owner_id(self) -> UUID:
        """Whom the credential belongs to: the person, or for an account's API key the account.

        Idempotency keys are scoped to it, so that rotating an API key does not forget what was answered.
        """
        if self.user_id is not None:
            return self.user_id
        assert self.account is not None
        return self.account.id

    @property
    def pk(self) -> UUID:
        """What libraries that log `request.user.pk` see."""
        return self.owner_id
