"""The account's routes under `/api/v1/billing/`."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from igny8_core.accounts.models import Account
from igny8_core.accounts.roles import AccountRole
from igny8_core.business.billing.answers.checkouts import CheckoutAnswer
from igny8_core.business.billing.answers.invoices import CreditPackageAnswer, InvoiceAnswer, InvoiceDetailAnswer
from igny8_core.business.billing.answers.methods import (
    AvailableMethodsAnswer,
)
from igny8_core.business.billing.answers.payments import (
    OperatorPaymentAnswer,
    PaymentAnswer,
    PaymentDetailAnswer,
    ProofAnswer,
)
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.formats.proof_files import CONTENT_TYPES, MAX_BYTES, CleanFile, clean
from igny8_core.business.billing.models import PaymentProof
from igny8_core.business.billing.selectors.credit_packages import offered_packages
from igny8_core.business.billing.selectors.invoices import invoice_detail, invoices_of
from igny8_core.business.billing.selectors.payments import (
    PaymentFilters,
    Rows,
    Span,
    get_payment,
    list_payments,
    list_payments_across_accounts,
    order_columns,
)
from igny8_core.business.billing.selectors.proofs import proofs_of
from igny8_core.business.billing.serializers import (
    CheckoutSerializer,
    ManualPaymentFormSerializer,
    ManualPaymentSerializer,
    MethodQuerySerializer,
    NewProofSerializer,
    PaymentFilterSerializer,
    PaymentQuery,
)
from igny8_core.business.billing.services.asking import Heard, ask, heard_or, question
from igny8_core.business.billing.services.cancelling import cancel_payment, cancelled_or, checkout_to_cancel
from igny8_core.business.billing.services.checkouts import (
    Brought,
    Opened,
    begin_checkout,
    finish_checkout,
    open_checkout,
)
from igny8_core.business.billing.services.credit_packages import purchase_package
from igny8_core.business.billing.services.payment_service import PaymentService
from igny8_core.business.billing.services.proofs import add_proof
from igny8_core.http import pagination, responses
from igny8_core.http.answering import CallsOut
from igny8_core.http.answers import Answer, ListOf
from igny8_core.http.description import extend_schema
from igny8_core.http.downloads import download
from igny8_core.http.fields import StrictSerializer
from igny8_core.http.lists import sequence_page
from igny8_core.http.multipart import MEDIA_TYPE, Upload
from igny8_core.http.queries import query_of
from igny8_core.http.views import AccountAudience, ApiViewSet, account_of
from igny8_core.kit.errors import AppError, NotFound

PROOF_ANSWER: dict[Any, Any] = {(200, content_type): OpenApiTypes.BINARY for content_type in CONTENT_TYPES.values()}
TOLD_UNKNOWN = "The gateway did not answer. We keep asking, and the payment shows what it says."
VIEWER, MEMBER, ADMIN = AccountRole.VIEWER, AccountRole.MEMBER, AccountRole.ADMIN


class PaymentViewSet(AccountAudience, ApiViewSet):
    """The account's payments, and the available payment methods."""

    roles: ClassVar = {
        "list": VIEWER,
        "retrieve": VIEWER,
        "available": VIEWER,
        "manual": MEMBER,
        "checkout": MEMBER,
        "refresh": MEMBER,
        "cancel": MEMBER,
    }
    uploads: ClassVar = {"manual": MAX_BYTES}

    @extend_schema(parameters=[PaymentFilterSerializer], responses={200: ListOf(PaymentAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """The account's payments, newest first."""
        query = query_of(request, PaymentFilterSerializer)
        filters = query.filters(account_id=account_of(request).id)
        ordering = query.ordering or "-created_at"
        asked, span = _span(request, ordering, filters)
        rows = list_payments(filters=filters, span=span)
        return _payments_page(request, asked, span, rows, [PaymentAnswer.of(row) for row in rows.rows])

    @extend_schema(responses={200: PaymentDetailAnswer})
    def retrieve(self, request: Request, payment_id: UUID) -> HttpResponse:
        """One payment with the history of its status."""
        return _detail(request, payment_id)

    def prepare(self, request: Request) -> None:
        """Make a form's proof harmless before the transaction begins."""
        self.proof = cleaned(request, "proof") if self.action_name(request) == "manual" else None

    @extend_schema(
        request={"application/json": ManualPaymentSerializer, MEDIA_TYPE: ManualPaymentFormSerializer},
        responses={201: PaymentAnswer},
    )
    def manual(self, request: Request) -> HttpResponse:
        """Submit a manual payment of an invoice, as JSON or as a form with a proof; it awaits approval."""
        shape = ManualPaymentSerializer if self.proof is None else ManualPaymentFormSerializer
        submission = shape.checked(request.data, proof=self.proof)
        payment = PaymentService.create_manual_payment(account=account_of(request), submission=submission)
        message = "Your payment was submitted and awaits approval."
        return responses.one(PaymentAnswer.of(payment), status=201, message=message)

    @extend_schema(request=CheckoutSerializer, responses={201: CheckoutAnswer, 202: CheckoutAnswer})
    def checkout(self, request: Request) -> CallsOut[Brought, HttpResponse]:
        """Pay an invoice at a gateway: a payment, and what the payer does next.

        202 where the gateway did not answer: it is asked until it does. An open checkout of the same amount is
        answered again.
        """
        account, asked = account_of(request), CheckoutSerializer.checked(request.data)
        begun = begin_checkout(account=account, request=asked, resumed=self.resumed)

        def finish(brought: Brought) -> HttpResponse | AppError:
            opened = finish_checkout(begun, brought)
            return opened if isinstance(opened, AppError) else opened_answer(account, opened)

        return CallsOut(begun.asked.payment_id, lambda: open_checkout(begun), finish)

    @extend_schema(request=None, responses={200: PaymentDetailAnswer})
    def refresh(self, request: Request, payment_id: UUID) -> CallsOut[Heard, HttpResponse]:
        """Ask the gateway now how a payment stands."""
        asked = question(account_id=account_of(request).id, payment_id=payment_id)
        return CallsOut(
            payment_id, lambda: ask(asked), lambda heard: heard_or(asked, heard) or _detail(request, payment_id)
        )

    @extend_schema(request=None, responses={200: PaymentDetailAnswer})
    def cancel(self, request: Request, payment_id: UUID) -> HttpResponse | CallsOut[Heard, HttpResponse]:
        """Cancel an undecided payment. The gateway has to close an open checkout first."""
        account = account_of(request)
        asked = checkout_to_cancel(account=account, payment_id=payment_id)
        if asked is not None:
            return CallsOut(
                payment_id, lambda: ask(asked), lambda heard: cancelled_or(asked, heard) or _detail(request, payment_id)
            )
        cancel_payment(account=account, payment_id=payment_id)
        return _detail(request, payment_id)

    @extend_schema(parameters=[MethodQuerySerializer], responses={200: AvailableMethodsAnswer})
    def available(self, request: Request) -> HttpResponse:
        """The payment methods in a country, for an invoice or a currency."""
        query = query_of(request, MethodQuerySerializer)
        offered = PaymentService.get_available_payment_methods(
            account=account_of(request), country=query.country, currency=query.currency, invoice_id=query.invoice_id
        )
        return responses.one(AvailableMethodsAnswer.of(offered))


class ProofViewSet(AccountAudience, ApiViewSet):
    """The proofs of one of the account's payments: only a few, so the list has no pages."""

    paged = False
    conflicting: ClassVar = frozenset({"create"})
    roles: ClassVar = {"list": VIEWER, "create": MEMBER, "retrieve": VIEWER}
    uploads: ClassVar = {"create": MAX_BYTES}

    def prepare(self, request: Request) -> None:
        """Make the file harmless before the transaction begins."""
        self.file = cleaned(request, "file") if self.action_name(request) == "create" else None

    @extend_schema(responses={200: ListOf(ProofAnswer)})
    def list(self, request: Request, payment_id: UUID) -> HttpResponse:
        """The payment's proofs, oldest first."""
        query_of(request, StrictSerializer, paged=self.paged)
        account = account_of(request)
        if get_payment(account, payment_id=payment_id) is None:
            raise NotFound
        return proofs_page(proofs_of(account, payment_id=payment_id))

    @extend_schema(request={MEDIA_TYPE: NewProofSerializer}, responses={201: ProofAnswer})
    def create(self, request: Request, payment_id: UUID) -> HttpResponse:
        """Attach a proof to an undecided payment: PNG, JPEG, WebP or PDF, at most 5 MB and five files."""
        NewProofSerializer.checked(request.data)
        assert self.file is not None
        proof = add_proof(account=account_of(request), payment_id=payment_id, file=self.file)
        return responses.one(ProofAnswer.of(proof), status=201)

    @extend_schema(responses=PROOF_ANSWER)
    def retrieve(self, request: Request, payment_id: UUID, proof_id: UUID) -> HttpResponse:
        """The file itself."""
        query_of(request, StrictSerializer, paged=self.paged)
        return proof_file(proofs_of(account_of(request), payment_id=payment_id), proof_id)


class InvoiceViewSet(AccountAudience, ApiViewSet):
    """The account's invoices."""

    roles: ClassVar = {"list": VIEWER, "retrieve": VIEWER}

    @extend_schema(responses={200: ListOf(InvoiceAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """The account's invoices, newest first."""
        query_of(request, StrictSerializer)
        account = account_of(request)
        return sequence_page(
            request, invoices_of(account), lambda invoice: InvoiceAnswer.of(invoice, time_zone=account.time_zone)
        )

    @extend_schema(responses={200: InvoiceDetailAnswer})
    def retrieve(self, request: Request, invoice_id: UUID) -> HttpResponse:
        """One invoice with lines and payments."""
        account = account_of(request)
        invoice = invoices_of(account).filter(id=invoice_id).first()
        if invoice is None:
            raise NotFound
        return responses.one(InvoiceDetailAnswer.of_detail(invoice_detail(invoice), time_zone=account.time_zone))


class CreditPackageViewSet(AccountAudience, ApiViewSet):
    """Credit packages on offer; the list has no pages."""

    paged = False

    roles: ClassVar = {"list": VIEWER, "purchase": ADMIN}

    @extend_schema(responses={200: ListOf(CreditPackageAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """Every package with its prices."""
        query_of(request, StrictSerializer, paged=self.paged)
        return responses.every([CreditPackageAnswer.of(package) for package in offered_packages()])

    @extend_schema(request=None, responses={201: InvoiceDetailAnswer})
    def purchase(self, request: Request, package_id: UUID) -> HttpResponse:
        """Buy a package: creates a pending invoice in the account's currency, which grants the credits
        when it is paid.
        """
        account = account_of(request)
        invoice = purchase_package(account=account, package_id=package_id)
        answer = InvoiceDetailAnswer.of_detail(invoice_detail(invoice), time_zone=account.time_zone)
        return responses.one(answer, status=201)


def cleaned(request: Request, field: str) -> CleanFile | None:
    """The file in this field of a form, re-encoded; None if there is none. Raises `ValidationError`."""
    upload = dict(request.data).get(field)
    if not isinstance(upload, Upload):
        return None
    return clean(upload.file.read(), name=upload.name, field=field, account_id=account_of(request).id)


def proofs_page(proofs: QuerySet[PaymentProof]) -> HttpResponse:
    """All proofs of a payment in one page."""
    return responses.every([ProofAnswer.of(proof) for proof in proofs])


def proof_file(proofs: QuerySet[PaymentProof], proof_id: UUID) -> HttpResponse:
    """One of the proofs as a download, under a name that we choose. Raises `NotFound`."""
    proof = proofs.defer(None).filter(id=proof_id).first()
    if proof is None:
        raise NotFound
    name = f"proof-{proof.id}.{proof.kind}"
    return download(bytes(proof.content), name=name, content_type=CONTENT_TYPES[proof.kind])


def operator_payments_page(request: Request, query: PaymentQuery) -> HttpResponse:
    """A page of payments across accounts; those awaiting approval are listed oldest first."""
    filters = query.filters()
    ordering = query.ordering or ("-created_at" if query.needs is None else "created_at")
    asked, span = _span(request, ordering, filters)
    rows = list_payments_across_accounts(filters=filters, span=span)
    return _payments_page(request, asked, span, rows, [OperatorPaymentAnswer.of_operator(row) for row in rows.rows])


def _span(request: Request, ordering: str, filters: PaymentFilters) -> tuple[pagination.PageRequest, Span]:
    asked = pagination.page_request(request, ordering=ordering, width=len(order_columns(filters, ordering)))
    cursor = asked.cursor
    if cursor is None:
        return asked, Span(ordering, asked.size)
    return asked, Span(ordering, asked.size, cursor.key, cursor.backwards)


def _payments_page(
    request: Request, asked: pagination.PageRequest, span: Span, rows: Rows[Any], answers: Sequence[Answer]
) -> HttpResponse:
    return responses.many(
        pagination.build(request, asked=asked, ordering=span.ordering, rows=answers, keys=rows.keys, count=rows.count)
    )


def opened_answer(account: Account, opened: Opened) -> HttpResponse:
    """A payment at a gateway, and what its payer does next, if that is known."""
    detail = get_payment(account, payment_id=opened.payment_id)
    assert detail is not None, "opened a moment ago"
    if opened.action is not None or detail.payment.status == PaymentStatus.SUCCEEDED:
        return responses.one(CheckoutAnswer.of(detail.payment, opened.action), status=201)
    return responses.one(CheckoutAnswer.of(detail.payment, None), status=202, message=TOLD_UNKNOWN)


def _detail(request: Request, payment_id: UUID) -> HttpResponse:
    payment = get_payment(account_of(request), payment_id=payment_id)
    if payment is None:
        raise NotFound
    return responses.one(PaymentDetailAnswer.of_detail(payment))
