"""The base of all tables in the admin: authorisation, filters, read-only money, and writing through services."""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget

from igny8_core.accounts.models import Account
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.platform.domain.errors import ReauthenticationRequired
from igny8_core.console.operators import Operator, operator_of
from igny8_core.console.pages.filters import FixedChoices
from igny8_core.events import unit_of_work
from igny8_core.http.forms import EmailLineField, LineField
from igny8_core.kit.errors import AppError, ValidationError

COUNT_LIMIT = 10_000
MAX_SEARCH_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Question:
    """The question before a row's button takes effect; `grave` if that cannot be undone."""

    title: str
    text: str
    button: str
    grave: bool = False


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts up to a limit, so that opening a table does not become more expensive over time."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, at most the limit."""
        rows: QuerySet[Model] = self.object_list  # type: ignore[assignment]
        return rows.order_by()[:COUNT_LIMIT].count()


class OperatorPage(ModelAdmin):  # type: ignore[type-arg]
    """A table that operators read; subclasses say by which role and service it may be changed."""

    least_to_view: ClassVar[OperatorRole] = OperatorRole.SUPPORT
    least_to_write: ClassVar[OperatorRole | None] = None
    adds: ClassVar[bool] = False
    removes: ClassVar[bool] = False
    list_filter: ClassVar[list[type[FixedChoices]]] = []
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50
    list_fullwidth = True
    actions = None
    compressed_fields = True
    formfield_overrides: ClassVar = {
        models.CharField: {"widget": UnfoldAdminTextInputWidget, "form_class": LineField},
        models.EmailField: {"widget": UnfoldAdminEmailInputWidget, "form_class": EmailLineField},
    }

    @admin.display(description="Account", ordering="account")
    def customer(self, row: Any) -> Account | None:
        """The account that the row belongs to; a dash for the platform's own."""
        account: Account = row.account
        return None if account.id == PLATFORM_ID else account

    @admin.display(description="Account")
    def customer_link(self, row: Any) -> str | None:
        """The same on the page of a row, as a link to the account."""
        account = self.customer(row)
        if account is None:
            return None
        address = reverse(f"{self.admin_site.name}:accounts_account_change", args=[account.id])
        return format_html('<a href="{}">{}</a>', address, account)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Only the filters beside the table: Django would accept any column, including passwords."""
        return any(lookup == known.parameter_name and value in known.values for known in self.list_filter)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Each word adds a condition to the query, so their number is limited."""
        if len(search_term) > MAX_SEARCH_LENGTH:
            raise ValidationError(f"Search for at most {MAX_SEARCH_LENGTH} characters.")
        return super().get_search_results(request, queryset, search_term)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row with this id; look-ups by other columns (`_to_field`) are ignored."""
        return super().get_object(request, object_id)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The row's events from the event log: the admin keeps no log of its own."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(
            reverse("admin:events_event_changelist", query={"q": self.found(request, object_id).pk})
        )

    def found(self, request: HttpRequest, object_id: str) -> Any:
        """The row that an address names. Raises `Http404`."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        return row

    def asked(self, request: HttpRequest, row: Any, question: Question) -> TemplateResponse:
        """The page with a question; its answer is a POST to the same address."""
        document = {
            "title": question.title,
            "question": question.text,
            "button": question.button,
            "css": "desk-button-bad" if question.grave else "desk-button-main",
            "back": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk]),
            "opts": self.opts,
        }
        return TemplateResponse(request, "console/ask.html", {**self.admin_site.each_context(request), **document})

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Decided by the role alone."""
        return isinstance(request.user, Operator) and request.user.may(self.least_to_view)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Like looking."""
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allowed if there is a service for it."""
        needed = self.least_to_write
        return needed is not None and isinstance(request.user, Operator) and request.user.may(needed)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Allowed if there is a service for it."""
        return self.adds and self.has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allowed if there is a service for it."""
        return self.removes and self.has_change_permission(request)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A refusal of the service rolls back and is shown above the form."""
        try:
            with unit_of_work.savepoint() if request.method == "POST" else nullcontext():
                return super().changeform_view(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]
        except AppError as error:
            return told(request, error)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The same for deletion."""
        try:
            with unit_of_work.savepoint() if request.method == "POST" else nullcontext():
                return super().delete_view(request, object_id, extra_context)  # type: ignore[no-any-return]
        except AppError as error:
            return told(request, error)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """The services make, check and record the change; nothing else writes."""
        if change:
            self.change(operator_of(request), form)
        else:
            obj.pk = self.add(operator_of(request), form)

    def add(self, operator: Operator, form: Any) -> UUID:
        """Create what the form describes; returns its id."""
        raise NotImplementedError

    def change(self, operator: Operator, form: Any) -> None:
        """Change `form.instance` to what the form says."""
        raise NotImplementedError

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The event log is the record; the admin keeps none of its own."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The event log is the record."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """The event log is the record."""


def told(request: HttpRequest, error: AppError) -> HttpResponse:
    """Back to the form with the error, or to the password prompt if the identity has to be confirmed first."""
    if isinstance(error, ReauthenticationRequired):
        raise error
    sentences = [sentence for each in error.fields.values() for sentence in each] or [error.message]
    messages.error(request, " ".join(sentences))
    return HttpResponseRedirect(request.get_full_path())
