"""Shapes of the documents' requests."""

from dataclasses import dataclass

from rest_framework import serializers

from igny8_core.http.fields import StrictSerializer


@dataclass(frozen=True, slots=True)
class InvoicePdfQuery:
    """Which form of the invoice."""

    format: str = "pdf"


class InvoicePdfQuerySerializer(StrictSerializer[InvoicePdfQuery]):
    """Which form of the invoice: for people, or with the electronic invoice inside."""

    into = InvoicePdfQuery
    format = serializers.ChoiceField(choices=["pdf", "facturx"], required=False)
