"""What pages and other rooms' commands may use of this room: answers, checked input and view helpers."""

from igny8_core.business.banking.answers import ImportAnswer, LineDetailAnswer
from igny8_core.business.banking.serializers import (
    AcceptSerializer,
    AssignSerializer,
    LineReasonSerializer,
    SplitSerializer,
)

__all__ = [
    "AcceptSerializer",
    "AssignSerializer",
    "ImportAnswer",
    "LineDetailAnswer",
    "LineReasonSerializer",
    "SplitSerializer",
]
