"""What other rooms and the pages may use of this room: services, selectors and their result types."""

from igny8_core.business.platform.models import PendingChange
from igny8_core.business.platform.selectors.pending_changes import pending_change
from igny8_core.business.platform.selectors.people import (
    account_names,
    account_with_code,
    emails_of,
    find_api_keys,
    find_invitations,
    find_users,
    get_person,
)
from igny8_core.business.platform.selectors.sign_ins import sign_ins_of
from igny8_core.business.platform.services import (
    acceptance,
    accounts,
    api_keys,
    credentials,
    invitations,
    passkeys,
    people,
    second_admin,
    second_factors,
    sessions,
)
from igny8_core.business.platform.services.acceptance import MadePasskey
from igny8_core.business.platform.services.api_keys import issue_for_account, revoke_api_key
from igny8_core.business.platform.services.credentials import (
    ResetLink,
    change_password,
    require_new_password,
    reset_link,
)
from igny8_core.business.platform.services.invitations import InvitationMail, new_mail
from igny8_core.business.platform.services.passkeys import Challenge, passkeys_of
from igny8_core.business.platform.services.passwords import MAX_LENGTH, MIN_LENGTH
from igny8_core.business.platform.services.people import PersonChange, change_team_member
from igny8_core.business.platform.services.provisioning import MAX_EMAIL
from igny8_core.business.platform.services.reauthentication import has_proven, prove_by_passkey, prove_by_password
from igny8_core.business.platform.services.sessions import end_other_sign_ins, end_sign_in
from igny8_core.business.platform.services.standing import hold
from igny8_core.business.platform.services.web_sessions import NewSession, Proven, open_session, prove_password

__all__ = [
    "MAX_EMAIL",
    "MAX_LENGTH",
    "MIN_LENGTH",
    "Challenge",
    "InvitationMail",
    "MadePasskey",
    "NewSession",
    "PendingChange",
    "PersonChange",
    "Proven",
    "ResetLink",
    "acceptance",
    "account_names",
    "account_with_code",
    "accounts",
    "api_keys",
    "change_password",
    "change_team_member",
    "credentials",
    "emails_of",
    "end_other_sign_ins",
    "end_sign_in",
    "find_api_keys",
    "find_invitations",
    "find_users",
    "get_person",
    "has_proven",
    "hold",
    "invitations",
    "issue_for_account",
    "new_mail",
    "open_session",
    "passkeys",
    "passkeys_of",
    "pending_change",
    "people",
    "prove_by_passkey",
    "prove_by_password",
    "prove_password",
    "require_new_password",
    "reset_link",
    "revoke_api_key",
    "second_admin",
    "second_factors",
    "sessions",
    "sign_ins_of",
]
