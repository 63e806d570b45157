"""What people may not do to each other and themselves. Pure."""

from igny8_core.kit.errors import AppError, ErrorKind


class CannotChangeSelf(AppError):
    """Somebody tried to suspend themself, or an operator to lower their own role."""

    kind = ErrorKind.CONFLICT
    code = "cannot_change_self"
    default_message = "You cannot suspend yourself or lower your own role; ask somebody else."


class LastOwner(AppError):
    """The account's last active owner would be gone."""

    kind = ErrorKind.CONFLICT
    code = "last_owner"
    default_message = "This is the account's last active owner; make somebody else an owner first."


class LastAdmin(AppError):
    """The platform's last active admin operator would be gone."""

    kind = ErrorKind.CONFLICT
    code = "last_admin"
    default_message = "This is the last active admin operator; make somebody else one first."
