"""What pages and other rooms' commands may use of this room: answers, checked input and view helpers."""

from igny8_core.business.platform.answers import WAITS, InvitationAnswer, KeyAnswer, PendingChangeAnswer
from igny8_core.business.platform.management.terminal import carry_out
from igny8_core.business.platform.serializers.sessions import NewPasswordSerializer
from igny8_core.business.platform.views import passkey_browser
from igny8_core.business.platform.views.passkey_browser import MAX_CREDENTIAL

__all__ = [
    "MAX_CREDENTIAL",
    "WAITS",
    "InvitationAnswer",
    "KeyAnswer",
    "NewPasswordSerializer",
    "PendingChangeAnswer",
    "carry_out",
    "passkey_browser",
]
