"""Shapes of the documents' requests."""

from typing import Any

from rest_framework import serializers

from igny8_core.http.fields import StrictSerializer


class InvoicePdfQuerySerializer(StrictSerializer[Any]):
    """Which form of the invoice: for people, or with the electronic invoice inside."""

    format = serializers.ChoiceField(choices=["pdf", "facturx"], required=False)
