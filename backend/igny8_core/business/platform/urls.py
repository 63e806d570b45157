"""Routes of the platform: sign-in, the owner's team under `/api/v1/account/`, operators' under `/api/v1/admin/`."""

from django.urls import URLPattern, path

from igny8_core.business.platform.operator_views.accounts import AccountViewSet
from igny8_core.business.platform.operator_views.api_keys import ApiKeyViewSet
from igny8_core.business.platform.operator_views.events import EventViewSet
from igny8_core.business.platform.operator_views.invitations import InvitationViewSet
from igny8_core.business.platform.operator_views.users import UserViewSet
from igny8_core.business.platform.views import sessions
from igny8_core.business.platform.views.invitations import InvitationBase, TeamInvitationViewSet
from igny8_core.business.platform.views.team import TeamKeyViewSet, TeamViewSet


def invitation_paths(viewset: type[InvitationBase], names: tuple[str, str]) -> list[URLPattern]:
    """The routes of a list of invitations, and of one of them."""
    several, one = names
    return [
        path("invitations/", viewset.as_view({"get": "list", "post": "create"}), name=several),
        path("invitations/<uuid:invitation_id>/", viewset.as_view({"get": "retrieve"}), name=one),
        path("invitations/<uuid:invitation_id>/resend/", viewset.as_view({"post": "send_again"}), name=f"send-{one}"),
        path("invitations/<uuid:invitation_id>/revoke/", viewset.as_view({"post": "revoke"}), name=f"revoke-{one}"),
    ]


urlpatterns = [
    path("login/", sessions.LoginView.as_view(), name="login"),
    path("refresh/", sessions.RefreshView.as_view(), name="refresh"),
    path("reauthenticate/", sessions.ReauthenticateView.as_view(), name="reauthenticate"),
    path("logout/", sessions.LogoutView.as_view(), name="logout"),
    path("me/", sessions.MeView.as_view(), name="me"),
]

account_urlpatterns = [
    *invitation_paths(TeamInvitationViewSet, ("team-invitations", "team-invitation")),
    path("users/", TeamViewSet.as_view({"get": "list"}), name="team"),
    path(
        "users/<uuid:user_id>/", TeamViewSet.as_view({"get": "retrieve", "patch": "partial_update"}), name="team-member"
    ),
    path("api-keys/", TeamKeyViewSet.as_view({"get": "list", "post": "create"}), name="team-keys"),
    path("api-keys/<uuid:key_id>/", TeamKeyViewSet.as_view({"get": "retrieve"}), name="team-key"),
    path("api-keys/<uuid:key_id>/revoke/", TeamKeyViewSet.as_view({"post": "revoke"}), name="revoke-team-key"),
]

operator_urlpatterns = [
    *invitation_paths(InvitationViewSet, ("invitations", "any-invitation")),
    path("accounts/", AccountViewSet.as_view({"get": "list", "post": "create"}), name="accounts"),
    path(
        "accounts/<uuid:account_id>/",
        AccountViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="any-account",
    ),
    path("events/", EventViewSet.as_view({"get": "list"}), name="events"),
    path("audit/", EventViewSet.as_view({"get": "audit"}), name="audit"),
    path("users/", UserViewSet.as_view({"get": "list"}), name="users"),
    path("users/<uuid:user_id>/", UserViewSet.as_view({"get": "retrieve", "patch": "partial_update"}), name="any-user"),
    path("users/<uuid:user_id>/reset-password/", UserViewSet.as_view({"post": "reset_password"}), name="reset-user"),
    path("api-keys/", ApiKeyViewSet.as_view({"get": "list", "post": "create"}), name="api-keys"),
    path("api-keys/<uuid:key_id>/", ApiKeyViewSet.as_view({"get": "retrieve"}), name="any-api-key"),
    path("api-keys/<uuid:key_id>/revoke/", ApiKeyViewSet.as_view({"post": "revoke"}), name="revoke-any-api-key"),
]
