"""What people may not do to each other and themselves. Pure."""

from igny8_core.kit.errors import AppError, ErrorKind


class SecondFactorRequired(AppError):
    """The password is right and the person has a second factor: the code of the authenticator app is missing."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "second_factor_required"
    default_message = "Also send the code from your authenticator app."


class InvalidCode(AppError):
    """The code of the authenticator app, or the recovery code, is wrong or was used before."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "invalid_code"
    default_message = "This code is wrong or has already been used."


class SecondFactorLocked(AppError):
    """Too many wrong codes in a row: none is looked at for a while, not even a right one."""

    kind = ErrorKind.THROTTLED
    code = "second_factor_locked"
    default_message = "Too many wrong codes. Try again later."


class InvalidPasskey(AppError):
    """The authenticator's answer proves nothing, was used before, took too long, or is of no passkey we know."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "invalid_passkey"
    default_message = "This passkey was not accepted. Try again."


class TooManyPasskeys(AppError):
    """The person has as many passkeys as one can have."""

    kind = ErrorKind.CONFLICT
    code = "too_many_passkeys"
    default_message = "You have reached the maximum number of passkeys. Remove one first."


class ResetLinkExpired(AppError):
    """The link to set a new password is too old, or the password was changed since."""

    kind = ErrorKind.INVALID
    code = "reset_link_expired"
    default_message = "This link is no longer valid. Ask for a new one."


class AlreadyInvited(AppError):
    """The address has an open invitation to this account, or to the operators."""

    kind = ErrorKind.CONFLICT
    code = "already_invited"
    default_message = "This address already has an open invitation. Send it again, or revoke it first."


class InvitationOver(AppError):
    """The invitation was accepted, revoked or replaced by a newer mail, or its seven days have passed."""

    kind = ErrorKind.CONFLICT
    code = "invitation_over"
    default_message = "This invitation is no longer valid. Ask for a new one."


class AddressInUse(AppError):
    """Somebody accepts an invitation with an address that signs in elsewhere; told to its reader alone."""

    kind = ErrorKind.CONFLICT
    code = "address_in_use"
    default_message = "This address already signs in to another account. Ask to be invited with a different address."


class TooManyInvitations(AppError):
    """The address was mailed as many invitations of this account as it may be in a day."""

    kind = ErrorKind.THROTTLED
    code = "too_many_invitations"
    default_message = "Five invitations were sent to this address within a day. Try again tomorrow."


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
    default_message = "You cannot suspend yourself or lower your own role. Ask somebody else."


class LastOwner(AppError):
    """The account's last active owner would be gone."""

    kind = ErrorKind.CONFLICT
    code = "last_owner"
    default_message = "This is the account's last active owner. Make somebody else an owner first."


class LastAdmin(AppError):
    """The platform's last active admin operator would be gone."""

    kind = ErrorKind.CONFLICT
    code = "last_admin"
    default_message = "This is the last active admin operator. Make somebody else an admin first."


class SecondAdminRequired(AppError):
    """Somebody confirms what they have asked for themself, or what is about their own role."""

    kind = ErrorKind.CONFLICT
    code = "second_admin_required"
    default_message = "Another admin must confirm this."


class ChangeOver(AppError):
    """The request was confirmed, rejected, withdrawn or replaced by a newer one, or its seven days have passed."""

    kind = ErrorKind.CONFLICT
    code = "change_over"
    default_message = "This request is closed. Ask again if you still need the change."


class ChangeOutdated(AppError):
    """What is to be changed is not as it was when the change was asked for."""

    kind = ErrorKind.CONFLICT
    code = "change_outdated"
    default_message = (
        "This was changed after the request. Reject the request, and ask again if you still need the change."
    )
