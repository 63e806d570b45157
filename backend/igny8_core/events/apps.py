"""The events room as a Django app."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "igny8_core.events"
    label = "events"
