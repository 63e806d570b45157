"""The account's API keys, for owners."""

from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from igny8_core.accounts.roles import AccountRole
from igny8_core.business.platform.edge import KeyAnswer
from igny8_core.business.platform.public import (
    find_api_keys,
    has_proven,
    issue_for_account,
    revoke_api_key,
)
from igny8_core.portal import lists
from igny8_core.portal.forms import KeyForm
from igny8_core.portal.views.base import AccountPage, Done

OWNER = AccountRole.OWNER


class Keys(AccountPage):
    """All keys without their secrets, and the form for a new one."""

    roles = {"get": OWNER, "post": OWNER}  # noqa: RUF012

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list."""
        return self.page("portal/keys.html", lambda: self._document(KeyForm(initial={"role": "viewer"})))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Issue a key and show its secret, which is only in this answer and stored nowhere."""
        form, secrets = KeyForm(request.POST), list[str]()

        def operation() -> Done:
            issued = issue_for_account(
                account_id=self.visit.account.id,
                role=AccountRole(form.cleaned_data["role"]),
                name=form.cleaned_data["name"],
                expires_at=self._end_of(form.cleaned_data["expires_on"]),
            )
            secrets.append(issued.secret)
            return Done(reverse("portal:keys"))

        answer = self.submit(form, operation)
        if answer is None:
            return self.page("portal/keys.html", lambda: self._document(form), status=400)
        if not secrets:
            return answer
        return self.page("portal/key_issued.html", lambda: {"secret": secrets[-1], "name": form.cleaned_data["name"]})

    def _end_of(self, day: Any) -> datetime | None:
        """The last moment of a day in the account's time zone."""
        return day and datetime.combine(day, time.max, tzinfo=ZoneInfo(self.visit.account.time_zone))

    def _document(self, form: KeyForm) -> dict[str, Any]:
        page = lists.newest_first(self.request, find_api_keys(account_id=self.visit.account.id))
        return {
            "page": page,
            "keys": [KeyAnswer.of(key) for key in page.rows],
            "form": form,
            "proven": has_proven(self.visit.principal),
        }


class RevokeKey(AccountPage):
    """Revoke a key."""

    roles = {"post": OWNER}  # noqa: RUF012

    def post(self, request: HttpRequest, key_id: UUID) -> HttpResponse:
        """Revoke it."""

        def operation() -> Done:
            revoke_api_key(key_id=key_id, account_id=self.visit.account.id)
            return Done(reverse("portal:keys"), "revoked")

        return self.act(operation)
