"""The errors about people, sign-ins and invitations. Pure."""

from igny8_core.kit.errors import AppError, ErrorKind


class SecondFactorRequired(AppError):
    """The password is right, but the person has a second factor and sent no code from the authenticator app."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "second_factor_required"
    default_message = "Also send the code from your authenticator app."


class InvalidCode(AppError):
    """The code from the authenticator app, or the recovery code, is wrong or was used before."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "invalid_code"
    default_message = "This code is wrong or has already been used."


class SecondFactorLocked(AppError):
    """Too many consecutive wrong codes: for a while no code is checked, not even a right one."""

    kind = ErrorKind.THROTTLED
    code = "second_factor_locked"
    default_message = "Too many wrong codes. Try again later."


class InvalidPasskey(AppError):
    """The authenticator's answer is invalid, was used before, came too late, or belongs to an unknown passkey."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "invalid_passkey"
    default_message = "This passkey was not accepted. Try again."


class TooManyPasskeys(AppError):
    """The person has the maximum number of passkeys."""

    kind = ErrorKind.CONFLICT
    code = "too_many_passkeys"
    default_message = "You have reached the maximum number of passkeys. Remove one first."


class ResetLinkExpired(AppError):
    """The password reset link has expired, or the password was changed since."""

    kind = ErrorKind.INVALID
    code = "reset_link_expired"
    default_message = "This link is no longer valid. Ask for a new one."


class AlreadyInvited(AppError):
    """The address has an open invitation to this account, or to the operators."""

    kind = ErrorKind.CONFLICT
    code = "already_invited"
    default_message = "This address already has an open invitation. Send it again, or revoke it first."


class InvitationOver(AppError):
    """The invitation was accepted, revoked or replaced by a newer mail, or has expired after seven days."""

    kind = ErrorKind.CONFLICT
    code = "invitation_over"
    default_message = "This invitation is no longer valid. Ask for a new one."


class AddressInUse(AppError):
    """Somebody accepts an invitation with an address that already belongs to a user; only its reader is told."""

    kind = ErrorKind.CONFLICT
    code = "address_in_use"
    default_message = "This address already signs in to another account. Ask to be invited with a different address."


class TooManyInvitations(AppError):
    """The account has sent the maximum number of invitations to this address within a day."""

    kind = ErrorKind.THROTTLED
    code = "too_many_invitations"
    default_message = "Five invitations were sent to this address within a day. Try again tomorrow."


class ReauthenticationRequired(AppError):
    """A session requests a permanent credential more than ten minutes after its person last gave
    password or passkey.
    """

    kind = ErrorKind.FORBIDDEN
    code = "reauthentication_required"
    default_message = (
        "Send your password to auth/reauthenticate/, or sign in again, and repeat this within ten minutes."
    )


class CannotChangeSelf(AppError):
    """Somebody tried to suspend themselves, or an operator to lower their own role."""

    kind = ErrorKind.CONFLICT
    code = "cannot_change_self"
    default_message = "You cannot suspend yourself or lower your own role. Ask somebody else."


class LastOwner(AppError):
    """The account would lose its last active owner."""

    kind = ErrorKind.CONFLICT
    code = "last_owner"
    default_message = "This is the account's last active owner. Make somebody else an owner first."


class LastAdmin(AppError):
    """The platform would lose its last active admin operator."""

    kind = ErrorKind.CONFLICT
    code = "last_admin"
    default_message = "This is the last active admin operator. Make somebody else an admin first."


class SecondAdminRequired(AppError):
    """Somebody confirms their own request, or a change of their own role."""

    kind = ErrorKind.CONFLICT
    code = "second_admin_required"
    default_message = "Another admin must confirm this."


class ChangeOver(AppError):
    """The request was confirmed, rejected, withdrawn or replaced by a newer one, or has expired after seven days."""

    kind = ErrorKind.CONFLICT
    code = "change_over"
    default_message = "This request is closed. Ask again if you still need the change."


class ChangeOutdated(AppError):
    """The current state differs from the one that the request was made for."""

    kind = ErrorKind.CONFLICT
    code = "change_outdated"
    default_message = (
        "This was changed after the request. Reject the request, and ask again if you still need the change."
    )
