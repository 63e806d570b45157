"""`/api/v1/webhooks/`: what payment gateways send us."""

from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from igny8_core.business.billing.answers.checkouts import MessageKeptAnswer
from igny8_core.business.billing.services import gateway_inbox
from igny8_core.http import responses
from igny8_core.http.description import extend_schema
from igny8_core.http.views import ApiView
from igny8_core.kit.errors import TooLarge


class GatewayMessageView(ApiView):
    """For gateways, who prove themselves by what they send; how often is limited by address."""

    authentication_classes = ()
    idempotent = False
    gateway: ClassVar[str] = ""

    def authorise(self, request: Request) -> None:
        """Everybody may call; the message itself is checked."""

    def perform(self, request: Request, handler: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """The message is kept in a transaction of its own, before anybody knows whose it is."""
        return handler(request, *args, **kwargs)  # type: ignore[no-any-return]

    @extend_schema(request={"application/json": OpenApiTypes.OBJECT}, responses={200: MessageKeptAnswer}, auth=[])
    def post(self, request: Request) -> HttpResponse:
        """Keep a message of the gateway, to be read by the worker; one that is kept already is fine, too."""
        raw = request._request
        if int(raw.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        headers = {name.lower(): value for name, value in raw.headers.items()}
        gateway_inbox.receive(gateway=self.gateway, headers=headers, body=raw.body)
        return responses.one(MessageKeptAnswer())
