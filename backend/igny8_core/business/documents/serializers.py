"""The input of the documents' routes."""

from dataclasses import dataclass

from rest_framework import serializers

from igny8_core.http.fields import StrictSerializer


@dataclass(frozen=True, slots=True)
class InvoicePdfQuery:
    """The requested form of the invoice."""

    format: str = "pdf"


class InvoicePdfQuerySerializer(StrictSerializer[InvoicePdfQuery]):
    """The requested form of the invoice: for people, or with the electronic invoice embedded."""

    into = InvoicePdfQuery
    format = serializers.ChoiceField(choices=["pdf", "facturx"], required=False)
