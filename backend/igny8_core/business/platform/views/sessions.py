"""`/api/v1/auth/`: sign in, refresh, sign out, who am I."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.keys import KeyKind
from igny8_core.accounts.models import normalise_email
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.answers import MeAnswer, ReauthenticatedAnswer, TokensAnswer
from igny8_core.business.platform.serializers.sessions import (
    LoginSerializer,
    ReauthenticateSerializer,
    RefreshSerializer,
)
from igny8_core.business.platform.services import sessions
from igny8_core.business.platform.services.reauthentication import prove_by_password
from igny8_core.http import context, responses
from igny8_core.http.authentication import client_address
from igny8_core.http.description import extend_schema
from igny8_core.http.throttling import throttle, throttle_password
from igny8_core.http.views import ApiView, principal_of
from igny8_core.kit.errors import Forbidden


def address_of(request: Request) -> str:
    """The caller's address."""
    return client_address(request, trusted_proxies=settings.ENV.trusted_proxies)


class PublicView(ApiView):
    """For callers without a credential yet; answers contain secrets and are never stored for replay."""

    authentication_classes = ()
    idempotent = False

    def authorise(self, request: Request) -> None:
        """Everybody may call; calls are limited per address."""
        throttle("login_address", address_of(request))

    def perform(self, request: Request, handler: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """The service opens its own unit of work, because a revocation must be committed even if the answer is a
        refusal.
        """
        return handler(request, *args, **kwargs)  # type: ignore[no-any-return]


class LoginView(PublicView):
    """Sign in with e-mail address and password."""

    @extend_schema(request=LoginSerializer, responses={200: TokensAnswer}, auth=[])
    def post(self, request: Request) -> HttpResponse:
        """A pair of tokens."""
        given = LoginSerializer.checked(request.data)
        throttle_password(normalise_email(given.email), address_of(request))
        tokens = sessions.sign_in(
            email=given.email, password=given.password, code=given.code, request_id=context.request_id()
        )
        return responses.one(TokensAnswer.of(tokens))


class RefreshView(PublicView):
    """Exchange a refresh token for a new pair."""

    @extend_schema(request=RefreshSerializer, responses={200: TokensAnswer}, auth=[])
    def post(self, request: Request) -> HttpResponse:
        """A pair of tokens; the old refresh token becomes invalid."""
        given = RefreshSerializer.checked(request.data)
        tokens = sessions.refresh(refresh_token=given.refresh_token, request_id=context.request_id())
        return responses.one(TokensAnswer.of(tokens))


class SessionView(ApiView):
    """For every kind of principal."""

    def scope(self, request: Request) -> Scope:
        """The caller's account, or all accounts for an operator."""
        return Scope.of(principal_of(request).account_id)


class ReauthenticateView(SessionView):
    """Confirm your identity again, to create permanent credentials."""

    own_transactions = True
    """The password is checked before any transaction begins, because that is slow on purpose."""

    @extend_schema(request=ReauthenticateSerializer, responses={200: ReauthenticatedAnswer})
    def post(self, request: Request) -> HttpResponse:
        """Until when this is valid, for all tokens of this sign-in."""
        given, principal = ReauthenticateSerializer.checked(request.data), principal_of(request)
        if principal.kind is KeyKind.API_KEY:
            raise Forbidden("An API key has no password to confirm. Sign in instead.")
        throttle("login_address", address_of(request))
        throttle("login_email", str(principal.user_id))
        until = prove_by_password(principal, password=given.password, request_id=context.request_id())
        return responses.one(ReauthenticatedAnswer(reauthenticated_until=until))


class LogoutView(SessionView):
    """End the session of the access token."""

    @extend_schema(request=None, responses={200: MeAnswer})
    def post(self, request: Request) -> HttpResponse:
        """The person who signed out."""
        sessions.sign_out(principal_of(request))
        return responses.one(MeAnswer.of(principal_of(request)), message="Signed out.")


class MeView(SessionView):
    """Who the credential belongs to."""

    @extend_schema(responses={200: MeAnswer})
    def get(self, request: Request) -> HttpResponse:
        """The caller."""
        return responses.one(MeAnswer.of(principal_of(request)))
