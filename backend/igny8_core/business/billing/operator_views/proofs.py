"""Proofs of payment of every account, for operators who check a claim."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.billing.answers.payments import ProofAnswer
from igny8_core.business.billing.selectors.payments import get_payment_across_accounts
from igny8_core.business.billing.selectors.proofs import proofs_across_accounts
from igny8_core.business.billing.views import PROOF_ANSWER, proof_file, proofs_page
from igny8_core.http.answers import ListOf
from igny8_core.http.description import extend_schema
from igny8_core.http.fields import StrictSerializer
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiViewSet, OperatorAudience
from igny8_core.kit.errors import NotFound


class OperatorProofViewSet(OperatorAudience, ApiViewSet):
    """The proofs of any payment."""

    paged = False
    roles: ClassVar = {"list": OperatorRole.SUPPORT, "retrieve": OperatorRole.SUPPORT}

    @extend_schema(responses={200: ListOf(ProofAnswer)})
    def list(self, request: Request, payment_id: UUID) -> HttpResponse:
        """The payment's proofs, oldest first."""
        query_of(request, StrictSerializer, paged=self.paged)
        if get_payment_across_accounts(payment_id=payment_id) is None:
            raise NotFound
        return proofs_page(proofs_across_accounts(payment_id=payment_id))

    @extend_schema(responses=PROOF_ANSWER)
    def retrieve(self, request: Request, payment_id: UUID, proof_id: UUID) -> HttpResponse:
        """The file itself."""
        query_of(request, StrictSerializer, paged=self.paged)
        return proof_file(proofs_across_accounts(payment_id=payment_id), proof_id)
