"""Statement files: uploaded, read, confirmed, matched."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.banking.answers import ImportAnswer, RequestedAnswer
from igny8_core.business.banking.domain.line_states import ImportStatus
from igny8_core.business.banking.models import StatementImport
from igny8_core.business.banking.serializers import (
    ImportQuerySerializer,
    MatchAgainSerializer,
    UploadSerializer,
)
from igny8_core.business.banking.services import importing, reconcile
from igny8_core.business.banking.services.receiving import MAX_FILE_BYTES, StatementFile
from igny8_core.http import responses
from igny8_core.http.answers import ListOf
from igny8_core.http.description import extend_schema
from igny8_core.http.lists import sequence_page
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiViewSet, OperatorAudience, operator_of
from igny8_core.kit.errors import NotFound

SUPPORT, FINANCE = OperatorRole.SUPPORT, OperatorRole.FINANCE


class StatementViewSet(OperatorAudience, ApiViewSet):
    """Imports of statement files."""

    roles: ClassVar = {
        "list": SUPPORT,
        "retrieve": SUPPORT,
        "create": FINANCE,
        "confirm": FINANCE,
        "discard": FINANCE,
        "match_again": FINANCE,
        "match_all_again": FINANCE,
    }
    uploads: ClassVar = {"create": MAX_FILE_BYTES}

    @extend_schema(parameters=[ImportQuerySerializer], responses={200: ListOf(ImportAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """Imports, newest first."""
        query, rows = query_of(request, ImportQuerySerializer), StatementImport.objects.all()
        return sequence_page(
            request, rows if query.status is None else rows.filter(status=query.status), ImportAnswer.of
        )

    @extend_schema(responses={200: ImportAnswer})
    def retrieve(self, request: Request, import_id: UUID) -> HttpResponse:
        """One import with its progress."""
        return _answer(StatementImport.objects.filter(id=import_id).first())

    @extend_schema(request=UploadSerializer, responses={200: ImportAnswer, 201: ImportAnswer, 202: ImportAnswer})
    def create(self, request: Request) -> HttpResponse:
        """Import a file: 201 when its lines are stored, 202 when a worker will read it, 200 when it was imported
        before.
        """
        sent = UploadSerializer.checked(request.data)
        upload = sent.file
        found, new = importing.import_file(
            StatementFile(
                name=upload.name,
                size_bytes=upload.size,
                sha256=upload.sha256,
                file=upload.file,
                bank_account_id=sent.bank_account,
                csv_profile_id=sent.csv_profile,
                uploaded_by_id=operator_of(request),
            )
        )
        if not new:
            return _answer(found, message="This file was imported before, so nothing was imported again.")
        return _answer(found, status=202 if found.status == ImportStatus.RECEIVED else 201)

    @extend_schema(request=None, responses={202: ImportAnswer})
    def confirm(self, request: Request, import_id: UUID) -> HttpResponse:
        """Import the readable lines of a file, and mark the others."""
        return _answer(importing.confirm(import_id), status=202)

    @extend_schema(request=None, responses={200: ImportAnswer})
    def discard(self, request: Request, import_id: UUID) -> HttpResponse:
        """Discard a file that is waiting for a confirmation."""
        return _answer(importing.discard(import_id))

    @extend_schema(request=None, responses={202: RequestedAnswer})
    def match_again(self, request: Request, import_id: UUID) -> HttpResponse:
        """Match the undecided lines of an import again."""
        reconcile.request_match(import_id=import_id)
        return responses.one(RequestedAnswer(requested=True), status=202)

    @extend_schema(request=MatchAgainSerializer, responses={202: RequestedAnswer})
    def match_all_again(self, request: Request) -> HttpResponse:
        """Match every undecided line again."""
        MatchAgainSerializer.checked(request.data)
        reconcile.request_match(import_id=None)
        return responses.one(RequestedAnswer(requested=True), status=202)


def _answer(found: StatementImport | None, *, status: int = 200, message: str | None = None) -> HttpResponse:
    if found is None:
        raise NotFound
    return responses.one(ImportAnswer.of(found), status=status, message=message)
