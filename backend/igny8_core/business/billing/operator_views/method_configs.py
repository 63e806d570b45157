"""The payment methods that the platform offers, by country and currency."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.billing.answers.methods import MethodConfigAnswer
from igny8_core.business.billing.models import PaymentMethodConfig
from igny8_core.business.billing.selectors.method_configs import find_configs
from igny8_core.business.billing.serializers import (
    MethodConfigChangeSerializer,
    MethodConfigFilterSerializer,
    MethodConfigSerializer,
)
from igny8_core.business.billing.services import method_configs
from igny8_core.http import responses
from igny8_core.http.answers import ListOf, RemovedAnswer
from igny8_core.http.description import extend_schema
from igny8_core.http.lists import sequence_page
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiViewSet, OperatorAudience
from igny8_core.kit.errors import NotFound

FINANCE = OperatorRole.FINANCE


class MethodConfigViewSet(OperatorAudience, ApiViewSet):
    """Configured payment methods."""

    roles: ClassVar = {
        "list": FINANCE,
        "retrieve": FINANCE,
        "create": FINANCE,
        "partial_update": FINANCE,
        "destroy": FINANCE,
    }

    @extend_schema(parameters=[MethodConfigFilterSerializer], responses={200: ListOf(MethodConfigAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """Configured payment methods, newest first."""
        query = query_of(request, MethodConfigFilterSerializer)
        rows = find_configs(country=query.country, payment_method=query.payment_method, enabled=query.enabled)
        return sequence_page(request, rows, MethodConfigAnswer.of)

    @extend_schema(responses={200: MethodConfigAnswer})
    def retrieve(self, request: Request, config_id: UUID) -> HttpResponse:
        """One configured payment method."""
        config = find_configs().filter(id=config_id).first()
        if config is None:
            raise NotFound
        return _answer(config)

    @extend_schema(request=MethodConfigSerializer, responses={201: MethodConfigAnswer})
    def create(self, request: Request) -> HttpResponse:
        """Offer a payment method in a country (`*`: in every country) and currency."""
        values = MethodConfigSerializer.checked(request.data)
        return _answer(method_configs.create_config(values=values), status=201)

    @extend_schema(request=MethodConfigChangeSerializer(partial=True), responses={200: MethodConfigAnswer})
    def partial_update(self, request: Request, config_id: UUID) -> HttpResponse:
        """Change a payment method; with a new currency, all amounts have to be sent again."""
        changes = MethodConfigChangeSerializer.checked(request.data)
        return _answer(method_configs.change_config(config_id=config_id, changes=changes))

    @extend_schema(responses={200: MethodConfigAnswer})
    def destroy(self, request: Request, config_id: UUID) -> HttpResponse:
        """Remove a payment method."""
        method_configs.remove_config(config_id=config_id)
        return responses.one(RemovedAnswer(id=config_id), message="Removed.")


def _answer(config: PaymentMethodConfig, *, status: int = 200) -> HttpResponse:
    return responses.one(MethodConfigAnswer.of(config), status=status)
