"""The queue of lines: an operator decides what each line pays."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.banking.answers import CandidatesAnswer, LineAnswer, LineDetailAnswer, ProposalAnswer
from igny8_core.business.banking.models import StatementLine
from igny8_core.business.banking.selectors.lines import find_lines, get_line, line_detail
from igny8_core.business.banking.serializers import (
    AcceptSerializer,
    AssignSerializer,
    LineQuerySerializer,
    LineReasonSerializer,
    SplitSerializer,
)
from igny8_core.business.banking.services import reconcile
from igny8_core.business.banking.services.proposals import match_rows
from igny8_core.http import responses
from igny8_core.http.answers import ListOf
from igny8_core.http.description import extend_schema
from igny8_core.http.lists import sequence_page
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiViewSet, OperatorAudience, operator_of

SUPPORT, FINANCE = OperatorRole.SUPPORT, OperatorRole.FINANCE
DECIDED = {200: LineDetailAnswer}


class LineViewSet(OperatorAudience, ApiViewSet):
    """Statement lines."""

    roles: ClassVar = {
        "list": SUPPORT,
        "retrieve": SUPPORT,
        "candidates": SUPPORT,
        "accept": FINANCE,
        "reject": FINANCE,
        "assign": FINANCE,
        "split": FINANCE,
        "ignore": FINANCE,
        "park": FINANCE,
        "undo": FINANCE,
    }

    @extend_schema(parameters=[LineQuerySerializer], responses={200: ListOf(LineAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """Statement lines, newest first."""
        filters = query_of(request, LineQuerySerializer).filters()
        return sequence_page(request, find_lines(filters), LineAnswer.of)

    @extend_schema(responses=DECIDED)
    def retrieve(self, request: Request, line_id: UUID) -> HttpResponse:
        """One line with its matches and decisions."""
        return responses.one(LineDetailAnswer.of_detail(line_detail(get_line(line_id))))

    @extend_schema(responses={200: CandidatesAnswer})
    def candidates(self, request: Request, line_id: UUID) -> HttpResponse:
        """The matcher's current result for a line; nothing is written."""
        line = get_line(line_id)
        looked = match_rows([line])[0] if line.amount_minor else None
        proposals = [] if looked is None else [ProposalAnswer.of(one, line.currency) for one in looked.proposals]
        certain = looked is not None and looked.certain
        return responses.one(CandidatesAnswer(certain=certain, proposals=proposals))

    @extend_schema(request=AcceptSerializer, responses=DECIDED)
    def accept(self, request: Request, line_id: UUID) -> HttpResponse:
        """Accept a proposal: the money is booked at once."""
        proposal_id = AcceptSerializer.checked(request.data).proposal_id
        return _answer(reconcile.accept(line_id=line_id, proposal_id=proposal_id, operator_id=operator_of(request)))

    @extend_schema(request=AcceptSerializer, responses=DECIDED)
    def reject(self, request: Request, line_id: UUID) -> HttpResponse:
        """Reject a proposal; it is not made again."""
        return _answer(
            reconcile.reject(line_id=line_id, proposal_id=AcceptSerializer.checked(request.data).proposal_id)
        )

    @extend_schema(request=AssignSerializer, responses=DECIDED)
    def assign(self, request: Request, line_id: UUID) -> HttpResponse:
        """Assign the whole line to an invoice, a payment, a refund, a bounced payment, or an account's balance."""
        target = AssignSerializer.checked(request.data)
        return _answer(reconcile.assign(line_id=line_id, targets=[target], operator_id=operator_of(request)))

    @extend_schema(request=SplitSerializer, responses=DECIDED)
    def split(self, request: Request, line_id: UUID) -> HttpResponse:
        """Split the line over invoices and balances, also of several accounts."""
        parts = SplitSerializer.checked(request.data).parts
        return _answer(reconcile.split(line_id=line_id, parts=parts, operator_id=operator_of(request)))

    @extend_schema(request=LineReasonSerializer, responses=DECIDED)
    def ignore(self, request: Request, line_id: UUID) -> HttpResponse:
        """Ignore a line that is not a customer's money."""
        return _answer(reconcile.ignore(line_id=line_id, reason=LineReasonSerializer.checked(request.data).reason))

    @extend_schema(request=LineReasonSerializer, responses=DECIDED)
    def park(self, request: Request, line_id: UUID) -> HttpResponse:
        """Park an unknown payer's money until it is assigned."""
        return _answer(reconcile.park(line_id=line_id, reason=LineReasonSerializer.checked(request.data).reason))

    @extend_schema(request=LineReasonSerializer, responses=DECIDED)
    def undo(self, request: Request, line_id: UUID) -> HttpResponse:
        """Undo the decision: what it booked is reversed."""
        reason = LineReasonSerializer.checked(request.data).reason
        return _answer(reconcile.undo(line_id=line_id, reason=reason, operator_id=operator_of(request)))


def _answer(line: StatementLine) -> HttpResponse:
    return responses.one(LineDetailAnswer.of_detail(line_detail(line)))
