"""Invitations to accounts, and of operators."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from unfold.decorators import action, display

from igny8_core.accounts.models import Invitation, InvitationOutcome
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.platform.domain.errors import ReauthenticationRequired
from igny8_core.business.platform.edge import InvitationAnswer
from igny8_core.business.platform.public import account_with_code, has_proven, invitations
from igny8_core.console.operators import Operator, operator_of
from igny8_core.console.pages.base import OperatorPage, Question
from igny8_core.console.pages.filters import fixed
from igny8_core.console.pages.platform import CHOOSE, ROLES, TEXT, choices
from igny8_core.http.forms import LineField

COLOURS = {"pending": "info", "accepted": "success", "revoked": "danger", "expired": "warning"}


class InvitationForm(forms.ModelForm):  # type: ignore[type-arg]
    """The address to invite, with account and role."""

    account_code = LineField(
        required=False,
        max_length=8,
        widget=TEXT,
        help_text="Leave this empty to invite an operator, somebody who works here.",
    )
    role = forms.ChoiceField(
        choices=choices(ROLES),
        widget=CHOOSE,
        help_text="Of an account: viewer, member, admin, owner. Of an operator: support, approver, finance, admin.",
    )

    class Meta:
        model = Invitation
        fields: ClassVar = ["email", "name", "role"]

    def clean_account_code(self) -> UUID:
        """The account's id; the platform's own for an operator."""
        code = self.cleaned_data["account_code"].strip().upper()
        if not code:
            return PLATFORM_ID
        account = account_with_code(code)
        if account is None:
            raise forms.ValidationError("There is no account with this code.")
        return account.id


class InvitationPage(OperatorPage):
    """Everybody invited gets a mail with a link and chooses a password or passkey, which nobody here learns."""

    form = InvitationForm
    least_to_view = OperatorRole.ADMIN
    least_to_write = OperatorRole.ADMIN
    adds = True
    list_display: ClassVar = ["email", "name", "customer", "role", "state", "sent_at", "expires_at"]
    list_filter: ClassVar = [fixed("outcome", InvitationOutcome.values), fixed("role", ROLES)]
    search_fields: ClassVar = ["=email_normalised"]
    search_help_text = "Full e-mail address"
    ordering: ClassVar = ["-sequence"]
    list_select_related: ClassVar = ["account"]
    actions_detail: ClassVar = ["send_again", "revoke"]

    @display(description="Status", label=COLOURS)
    def state(self, invitation: Invitation) -> str:
        """As a coloured label."""
        return InvitationAnswer.of(invitation).status

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An invitation is sent again or revoked, never edited."""
        return obj is None and super().has_change_permission(request)

    def has_step_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Admins."""
        return super().has_change_permission(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The fields of a new one; the details of an existing one."""
        if obj is None:
            return ["email", "name", "account_code", "role"]
        return ["email", "name", "customer_link", "role", "state", "created_at", "sent_at", "expires_at", "decided_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """All fields of an existing one."""
        return [] if obj is None else self.get_fields(request, obj)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        """Ask for the password before the form is filled in, not after."""
        asks = request.method == "GET" and self.has_add_permission(request)
        if asks and not has_proven(operator_of(request).principal):
            raise ReauthenticationRequired
        return super().add_view(request, form_url, extra_context)

    def add(self, operator: Operator, form: Any) -> UUID:
        """Invite; the worker mails the link."""
        given = {name: form.cleaned_data[name] for name in ("email", "name", "role")}
        invitation = invitations.invite(account_id=form.cleaned_data["account_code"], **given)
        form.waits = invitation.role != given["role"]
        return invitation.id

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """Tell what has not taken effect yet."""
        super().save_model(request, obj, form, change)
        if form.waits:
            messages.warning(
                request, "Invited as support. Another admin must confirm the role under “Waiting for a second person”."
            )

    @action(description="Send again", icon="forward_to_inbox", url_path="send-again", permissions=["step"])
    def send_again(self, request: HttpRequest, object_id: str) -> Any:
        """Ask whether to mail a new link, and do it on confirmation."""
        invitation = self.found(request, object_id)
        if request.method != "POST":
            text = f"{invitation.email} gets a new link, valid for seven days. The earlier link stops working."
            return self.asked(request, invitation, Question("Send the invitation again", text, "Send again"))
        invitations.send_again(invitation_id=invitation.id)
        messages.success(request, "The invitation is on its way.")
        return self.response_post_save_change(request, invitation)

    @action(description="Revoke", icon="block", permissions=["step"])
    def revoke(self, request: HttpRequest, object_id: str) -> Any:
        """Ask whether to revoke the link, and do it on confirmation."""
        invitation = self.found(request, object_id)
        if request.method != "POST":
            text = f"The link that was sent to {invitation.email} stops working."
            question = Question("Revoke the invitation", text, "Revoke", grave=True)
            return self.asked(request, invitation, question)
        invitations.revoke(invitation_id=invitation.id)
        messages.success(request, "The invitation is revoked.")
        return self.response_post_save_change(request, invitation)
