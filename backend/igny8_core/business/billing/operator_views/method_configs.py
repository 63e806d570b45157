"""The ways to pay that the platform offers, by country and currency."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.billing.models import PaymentMethodConfig
from igny8_core.business.billing.selectors.method_configs import config_document, find_configs
from igny8_core.business.billing.serializers import (
    MethodConfigFilterSerializer,
    MethodConfigInputSerializer,
    MethodConfigSerializer,
)
from igny8_core.business.billing.services import method_configs
from igny8_core.http import responses
from igny8_core.http.lists import sequence_page
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiViewSet, OperatorAudience
from igny8_core.kit.errors import NotFound

FINANCE = OperatorRole.FINANCE


class MethodConfigViewSet(OperatorAudience, ApiViewSet):
    """Configured ways to pay."""

    roles: ClassVar = {
        "list": FINANCE, "retrieve": FINANCE, "create": FINANCE, "partial_update": FINANCE, "destroy": FINANCE,
    }  # fmt: skip

    @extend_schema(parameters=[MethodConfigFilterSerializer], responses={200: MethodConfigSerializer(many=True)})
    def list(self, request: Request) -> HttpResponse:
        """Configured ways to pay, newest first."""
        query = query_of(request, MethodConfigFilterSerializer)
        return sequence_page(request, find_configs(**query), config_document)

    @extend_schema(responses={200: MethodConfigSerializer})
    def retrieve(self, request: Request, config_id: UUID) -> HttpResponse:
        """One configured way to pay."""
        config = find_configs().filter(id=config_id).first()
        if config is None:
            raise NotFound
        return _shown(config)

    @extend_schema(request=MethodConfigInputSerializer, responses={201: MethodConfigSerializer})
    def create(self, request: Request) -> HttpResponse:
        """Offer a way to pay in a country (`*`: in every one) and currency."""
        serializer = MethodConfigInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = {"instructions": {}, **serializer.validated_data}
        return _shown(method_configs.create_config(values=values), status=201)

    @extend_schema(request=MethodConfigInputSerializer(partial=True), responses={200: MethodConfigSerializer})
    def partial_update(self, request: Request, config_id: UUID) -> HttpResponse:
        """Change a way to pay; with another currency, its amounts are sent anew."""
        serializer = MethodConfigInputSerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        changes = dict(serializer.validated_data)
        return _shown(method_configs.change_config(config_id=config_id, changes=changes))

    @extend_schema(responses={200: MethodConfigSerializer})
    def destroy(self, request: Request, config_id: UUID) -> HttpResponse:
        """Take a way to pay away."""
        method_configs.remove_config(config_id=config_id)
        return responses.one({"id": config_id}, message="Removed.")


def _shown(config: PaymentMethodConfig, *, status: int = 200) -> HttpResponse:
    return responses.one(config_document(config), status=status)
