"""The people of the account, for owners."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from igny8_core.accounts.models import Status, User
from igny8_core.accounts.roles import AccountRole
from igny8_core.business.platform.public import (
    PersonChange,
    change_team_member,
    find_invitations,
    find_users,
    has_proven,
    invitations,
)
from igny8_core.http.throttling import throttle
from igny8_core.kit.errors import NotFound
from igny8_core.portal import lists
from igny8_core.portal.forms import InviteForm, PersonChangeForm
from igny8_core.portal.views.base import AccountPage, Done

OWNER = AccountRole.OWNER


class Team(AccountPage):
    """People, open invitations, and the form to invite somebody."""

    roles = {"get": OWNER, "post": OWNER}  # noqa: RUF012

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list."""
        return self.page("portal/team.html", lambda: self._document(InviteForm(initial={"role": "member"})))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Invite somebody."""
        form = InviteForm(request.POST)
        throttle("invitation", str(self.visit.account.id))

        def operation() -> Done:
            invitations.invite(account_id=self.visit.account.id, **form.cleaned_data)
            return Done(reverse("portal:team"), "invited")

        answer = self.submit(form, operation)
        return answer or self.page("portal/team.html", lambda: self._document(form), status=400)

    def _document(self, form: InviteForm) -> dict[str, Any]:
        account_id = self.visit.account.id
        page = lists.newest_first(self.request, find_users(account_id=account_id))
        invited = find_invitations(account_id=account_id, status="pending").order_by("-sequence")
        return {
            "page": page,
            "invited": invited,
            "form": form,
            "proven": has_proven(self.visit.principal),
            "roles": [*map(str, AccountRole)],
        }


class TeamInvitation(AccountPage):
    """The buttons beside an open invitation."""

    step = ""
    roles = {"post": OWNER}  # noqa: RUF012

    def post(self, request: HttpRequest, invitation_id: UUID) -> HttpResponse:
        """Mail it again, or revoke the link."""
        account_id = self.visit.account.id
        if self.step == "resend":
            throttle("invitation", str(account_id))

        def operation() -> Done:
            if self.step == "resend":
                invitations.send_again(invitation_id=invitation_id, account_id=account_id)
                return Done(reverse("portal:team"), "invited")
            invitations.revoke(invitation_id=invitation_id, account_id=account_id)
            return Done(reverse("portal:team"), "invitation_revoked")

        return self.act(operation)


class TeamMember(AccountPage):
    """One person: name, role, and whether they may sign in."""

    roles = {"get": OWNER, "post": OWNER}  # noqa: RUF012

    def get(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        """The form, filled in."""
        return self.page("portal/team_member.html", lambda: self._document(user_id, None))

    def post(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        """Save the form, or suspend or resume the person with the other buttons."""
        status = request.POST.get("status", "")
        if status in Status.values:
            return self.act(lambda: self._changed(user_id, PersonChange(status=status)))
        form = PersonChangeForm(request.POST)
        answer = self.submit(form, lambda: self._changed(user_id, PersonChange(**form.cleaned_data)))
        return answer or self.page("portal/team_member.html", lambda: self._document(user_id, form), status=400)

    def _changed(self, user_id: UUID, change: PersonChange) -> Done:
        by = self.visit.principal.user_id
        change_team_member(account=self.visit.account, user_id=user_id, change=change, by=by)
        return Done(reverse("portal:team"), "saved")

    def _document(self, user_id: UUID, form: PersonChangeForm | None) -> dict[str, Any]:
        member: User | None = find_users(account_id=self.visit.account.id).filter(id=user_id).first()
        if member is None:
            raise NotFound
        first = {"name": member.name, "role": member.role}
        return {"member": member, "form": form or PersonChangeForm(initial=first)}
