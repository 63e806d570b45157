"""What people may not do to each other and themselves. Pure."""

from igny8_core.kit.errors import AppError, ErrorKind


class SecondFactorRequired(AppError):
    """The password is right and the person has a second factor: the code of the authenticator app is missing."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "second_factor_required"
    default_message = "Send the code of your authenticator app as well."


class InvalidCode(AppError):
    """The code of the authenticator app, or the recovery code, is wrong or was used before."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "invalid_code"
    default_message = "This code is wrong or was used before."


class SecondFactorLocked(AppError):
    """Too many wrong codes in a row: none is looked at for a while, not even a right one."""

    kind = ErrorKind.THROTTLED
    code = "second_factor_locked"
    default_message = "Too many wrong codes: no code is accepted for a while. Try again later."


class InvalidPasskey(AppError):
    """The authenticator's answer proves nothing, was used before, took too long, or is of no passkey we know."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "invalid_passkey"
    default_message = "This passkey was not accepted; try again."


class TooManyPasskeys(AppError):
    """The person has as many passkeys as one can have."""

    kind = ErrorKind.CONFLICT
    code = "too_many_passkeys"
    default_message = "You have as many passkeys as you can have; remove one first."


class ResetLinkExpired(AppError):
    """The link to set a new password is too old, or the password was changed since."""

    kind = ErrorKind.INVALID
    code = "reset_link_expired"
    default_message = "This link is no longer good; ask for a new one."


class AlreadyInvited(AppError):
    """The address has an open invitation to this account, or to the operators."""

    kind = ErrorKind.CONFLICT
    code = "already_invited"
    default_message = "This address has an open invitation; send that one again, or revoke it first."


class InvitationOver(AppError):
    """The invitation was accepted, revoked or replaced by a newer mail, or its seven days have passed."""

    kind = ErrorKind.CONFLICT
    code = "invitation_over"
    default_message = "This invitation is over; ask for a new one."


class AddressInUse(AppError):
    """Somebody accepts an invitation with an address that signs in elsewhere; told to its reader alone."""

    kind = ErrorKind.CONFLICT
    code = "address_in_use"
    default_message = "This address signs in to another account already; ask to be invited with another address."


class TooManyInvitations(AppError):
    """The address was mailed as many invitations of this account as it may be in a day."""

    kind = ErrorKind.THROTTLED
    code = "too_many_invitations"
    default_message = "This address was mailed five invitations within a day; try again tomorrow."


class ReauthenticationRequired(AppError):
    """A session asks for a lasting way in, and its person gave password or passkey longer than ten minutes ago."""

    kind = ErrorKind.FORBIDDEN
    code = "reauthentication_required"
    default_message = (
        "Send your password to auth/reauthenticate/, or sign in again, and repeat this within ten minutes."
    )


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


class SecondAdminRequired(AppError):
    """Somebody confirms what they have asked for themself, or what is about their own role."""

    kind = ErrorKind.CONFLICT
    code = "second_admin_required"
    default_message = "Another admin has to confirm this."


class ChangeOver(AppError):
    """The request was confirmed, rejected, withdrawn or replaced by a newer one, or its seven days have passed."""

    kind = ErrorKind.CONFLICT
    code = "change_over"
    default_message = "This request is over; ask again if the change is still wanted."


class ChangeOutdated(AppError):
    """What is to be changed is not as it was when the change was asked for."""

    kind = ErrorKind.CONFLICT
    code = "change_outdated"
    default_message = "This was changed since it was asked for; reject it, and ask again if it is still wanted."
