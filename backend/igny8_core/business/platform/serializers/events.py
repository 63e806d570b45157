"""The queries of the event log."""

from rest_framework import serializers

from igny8_core.business.platform.selectors.events import PEOPLE, EventFilters
from igny8_core.events.catalogue import ActorKind, EventType
from igny8_core.http.fields import StrictDateTimeField, StrictSerializer, StrictUUIDField


class EventFilterSerializer(StrictSerializer[EventFilters]):
    """The query of the event log."""

    into = EventFilters
    account_id = StrictUUIDField(required=False)
    type = serializers.ChoiceField(choices=[*map(str, EventType)], required=False)
    subject_id = StrictUUIDField(required=False)
    actor_id = StrictUUIDField(required=False)
    actor_kind = serializers.ChoiceField(choices=[*map(str, ActorKind)], required=False)
    created_after = StrictDateTimeField(required=False)
    created_before = StrictDateTimeField(required=False)


class AuditFilterSerializer(EventFilterSerializer):
    """The query of the audit trail."""

    actor_kind = serializers.ChoiceField(choices=[*map(str, PEOPLE)], required=False)
