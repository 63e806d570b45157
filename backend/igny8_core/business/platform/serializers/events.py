"""Shapes of the event log's queries and answers."""

from typing import Any

from rest_framework import serializers

from igny8_core.business.platform.selectors.events import PEOPLE
from igny8_core.events.catalogue import ActorKind, EventType
from igny8_core.http.fields import StrictDateTimeField, StrictSerializer, StrictUUIDField


class EventFilterSerializer(StrictSerializer[Any]):
    """The query of the event log."""

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


class EventSerializer(serializers.Serializer[Any]):
    """A fact as answered; its `data` depends on its type."""

    id = serializers.UUIDField()
    account_id = serializers.UUIDField(allow_null=True)
    seq = serializers.IntegerField()
    type = serializers.CharField()
    subject_type = serializers.CharField()
    subject_id = serializers.UUIDField()
    actor_kind = serializers.CharField()
    actor_id = serializers.UUIDField(allow_null=True)
    request_id = serializers.UUIDField(allow_null=True)
    occurred_at = serializers.DateTimeField()
    data = serializers.DictField()  # type: ignore[assignment]
    hash = serializers.CharField()
