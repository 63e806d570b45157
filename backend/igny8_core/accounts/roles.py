"""Roles and their order. Pure: no Django."""

from enum import StrEnum


class AccountRole(StrEnum):
    """What a user or a key may do in its account; each role includes those before it."""

    VIEWER = "viewer"
    MEMBER = "member"
    ADMIN = "admin"
    OWNER = "owner"


class OperatorRole(StrEnum):
    """What an operator may do; each role includes those before it."""

    SUPPORT = "support"
    APPROVER = "approver"
    FINANCE = "finance"
    ADMIN = "admin"


type Role = AccountRole | OperatorRole

_RANK: dict[type[AccountRole] | type[OperatorRole], tuple[Role, ...]] = {
    AccountRole: tuple(AccountRole),
    OperatorRole: tuple(OperatorRole),
}


def includes(held: Role, needed: Role) -> bool:
    """Whether `held` includes `needed`; roles of different kinds never include each other."""
    if type(held) is not type(needed):
        return False
    ranks = _RANK[type(held)]
    return ranks.index(held) >= ranks.index(needed)
