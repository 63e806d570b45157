"""A second admin's decision on a change that loosens a control: confirmation and change share one unit of work."""

from uuid import UUID

from igny8_core.business.billing.services import limits
from igny8_core.business.platform.domain.second_admin import KeyChange, LimitChange, RoleChange
from igny8_core.business.platform.public import PendingChange, api_keys, invitations, pending_change, second_admin


def confirm_change(*, change_id: UUID) -> PendingChange:
    """Confirm a request and make the change.

    Raises `NotFound`, `ChangeOver`, `ChangeOutdated`, `SecondAdminRequired`, `ReauthenticationRequired`, `Forbidden`.
    """
    change = second_admin.take_confirmed(change_id=change_id)
    match change:
        case LimitChange():
            limits.make_confirmed(change)
        case RoleChange():
            invitations.make_confirmed(change)
        case KeyChange():
            api_keys.make_confirmed(change)
    return pending_change(change_id=change_id)
