"""Accounts, people, keys and the event log."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django_countries import countries
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from igny8_core.accounts.models import Account, Status, User
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.business.platform.public import accounts, api_keys, people, require_new_password
from igny8_core.console.operators import Operator
from igny8_core.console.pages.base import OperatorPage, Question
from igny8_core.console.pages.filters import fixed
from igny8_core.events.catalogue import ActorKind, EventType
from igny8_core.events.models import Event
from igny8_core.kit.currencies import CURRENCIES

STATUS_COLOURS = {"active": "success", "suspended": "danger"}
CHOOSE = UnfoldAdminSelectWidget
TEXT = UnfoldAdminTextInputWidget
ROLES = tuple(dict.fromkeys(map(str, (*AccountRole, *OperatorRole))))


def choices(values: Any) -> list[tuple[str, str]]:
    """Enum values as choices."""
    return [(str(value), str(value)) for value in values]


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """The fields of a new account, and those that may change later."""

    country = forms.ChoiceField(choices=list(countries), widget=CHOOSE)
    billing_currency = forms.ChoiceField(choices=choices(sorted(CURRENCIES)), widget=CHOOSE)

    class Meta:
        model = Account
        fields: ClassVar = ["code", "name", "country", "billing_currency", "time_zone", "status"]


class AccountPage(OperatorPage):
    """The tenants."""

    form = AccountForm
    least_to_write = OperatorRole.ADMIN
    adds = True
    list_display: ClassVar = ["code", "name", "country", "billing_currency", "state", "created_at"]
    list_filter: ClassVar = [fixed("status", Status.values)]
    search_fields: ClassVar = ["=code", "name"]
    ordering: ClassVar = ["-sequence"]

    @display(description="Status", label=STATUS_COLOURS)
    def state(self, account: Account) -> str:
        """As a coloured label."""
        return account.status

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Code, country and currency cannot change."""
        return ["code", "country", "billing_currency"] if obj else ["status"]

    def add(self, operator: Operator, form: Any) -> UUID:
        """Create a tenant; its people are added in the table of people."""
        account, _ = accounts.provision_account(accounts.NewAccount(**form.cleaned_data))
        return account.id

    def change(self, operator: Operator, form: Any) -> None:
        """Name, time zone, status."""
        accounts.change_account(account_id=form.instance.id, change=accounts.AccountChange(**form.cleaned_data))


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person; nobody here reads or writes the password."""

    role = forms.ChoiceField(choices=choices(ROLES), widget=CHOOSE)

    class Meta:
        model = User
        fields: ClassVar = ["email", "name", "role", "status"]


class UserPage(OperatorPage):
    """People of accounts, and operators."""

    form = UserForm
    least_to_view = OperatorRole.ADMIN
    least_to_write = OperatorRole.ADMIN
    list_display: ClassVar = ["email", "name", "customer", "role", "state", "created_at"]
    list_filter: ClassVar = [fixed("role", ROLES), fixed("status", Status.values)]
    search_fields: ClassVar = ["=email_normalised"]
    search_help_text = "Full e-mail address"
    ordering: ClassVar = ["-sequence"]
    list_select_related: ClassVar = ["account"]
    fields: ClassVar = ["customer_link", "email", "name", "role", "status"]
    actions_detail: ClassVar = ["reset_password"]

    @display(description="Status", label=STATUS_COLOURS)
    def state(self, user: User) -> str:
        """As a coloured label."""
        return user.status

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Account and address of a person cannot change."""
        return ["customer_link", "email"]

    def change(self, operator: Operator, form: Any) -> None:
        """Changed through the services, which protect the last owner and the last admin."""
        change = people.PersonChange(**form.cleaned_data)
        _, form.waiting = people.change_user(user_id=form.instance.id, change=change, by=operator.id)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """Tell what has not taken effect yet."""
        super().save_model(request, obj, form, change)
        if form.waiting is not None:
            messages.warning(
                request, "Another admin must confirm the role and the status under “Waiting for a second person”."
            )

    @action(description="Reset the password", icon="lock_reset", url_path="reset-password", permissions=["reset"])
    def reset_password(self, request: HttpRequest, object_id: str) -> Any:
        """Ask whether to invalidate the password, and do it on confirmation."""
        user = self.found(request, object_id)
        if request.method != "POST":
            text = (
                f"The password of {user.email} stops working, all their sessions end, and they are mailed a"
                " link to set a new one. API keys and passkeys keep working."
            )
            return self.asked(request, user, Question("Reset the password", text, "Reset the password", grave=True))
        require_new_password(user_id=user.id)
        messages.success(request, "The old password no longer works, and a link is on its way.")
        return self.response_post_save_change(request, user)

    def has_reset_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Admins."""
        return self.has_change_permission(request)


class AccessKeyPage(OperatorPage):
    """API keys: only the prefix is stored in the clear. New keys are created in the API and the portal."""

    least_to_view = OperatorRole.ADMIN
    list_display: ClassVar = ["prefix", "name", "customer", "user", "role", "created_at", "last_used_at", "revoked_at"]
    list_filter: ClassVar = [fixed("role", AccountRole)]
    search_fields: ClassVar = ["=prefix", "=name"]
    ordering: ClassVar = ["-sequence"]
    fields: ClassVar = [
        "prefix",
        "name",
        "customer_link",
        "user",
        "role",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
    ]
    readonly_fields: ClassVar = fields
    actions_detail: ClassVar = ["revoke"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """API keys, without the tokens and sessions of sign-ins."""
        keys = super().get_queryset(request).filter(kind="api_key")
        return keys.select_related("account", "user").defer("user__password")

    @action(description="Revoke", icon="block", permissions=["revoke"])
    def revoke(self, request: HttpRequest, object_id: str) -> Any:
        """Ask whether to revoke the key, and do it on confirmation."""
        key = self.found(request, object_id)
        if request.method != "POST":
            holder = self.customer(key) or key.user
            text = f"The key {key.prefix}… “{key.name}” of {holder} stops working at once. This cannot be undone."
            return self.asked(request, key, Question(f"Revoke {key.prefix}…", text, "Revoke the key", grave=True))
        api_keys.revoke_api_key(key_id=key.id)
        messages.success(request, "The key is revoked.")
        return self.response_post_save_change(request, key)

    def has_revoke_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Admins."""
        return self.has_view_permission(request)


class EventPage(OperatorPage):
    """Events and their actors; append-only and chained."""

    list_display: ClassVar = ["occurred_at", "type", "customer", "actor_kind", "actor_id", "subject_id"]
    list_filter: ClassVar = [fixed("actor_kind", ActorKind), fixed("type", EventType)]
    search_fields: ClassVar = ["=subject_id", "=actor_id", "=request_id"]
    search_help_text = "Full id of a subject, an actor or a request"
    ordering: ClassVar = ["-sequence"]
    list_select_related: ClassVar = ["account"]
    fields: ClassVar = [
        "occurred_at",
        "type",
        "customer_link",
        "seq",
        "actor_kind",
        "actor_id",
        "subject_type",
        "subject_id",
        "request_id",
        "data",
        "hash_display",
    ]
    readonly_fields: ClassVar = fields

    @admin.display(description="Hash")
    def hash_display(self, event: Event) -> str:
        """As hexadecimal text."""
        return bytes(event.hash).hex()
