"""The account's routes under `/api/v1/billing/`."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from igny8_core.accounts.roles import AccountRole
from igny8_core.business.billing.domain.instructions import fill
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.domain.payment_qr import payment_qr
from igny8_core.business.billing.formats.proof_files import CONTENT_TYPES, MAX_BYTES, CleanFile, clean
from igny8_core.business.billing.models import AccountPaymentMethod, PaymentProof
from igny8_core.business.billing.selectors.credit_packages import offered_packages
from igny8_core.business.billing.selectors.invoices import invoice_document, invoice_with_lines, invoices_of
from igny8_core.business.billing.selectors.payments import get_payment, list_payments, order_columns
from igny8_core.business.billing.selectors.proofs import proof_document, proofs_of
from igny8_core.business.billing.serializers import (
    AvailableMethodsSerializer,
    CreditPackageSerializer,
    InvoiceDetailSerializer,
    InvoiceSerializer,
    ManualPaymentFormSerializer,
    ManualPaymentSerializer,
    MethodQuerySerializer,
    NewProofSerializer,
    PaymentDetailSerializer,
    PaymentFilterSerializer,
    PaymentSerializer,
    ProofSerializer,
    RemovedSerializer,
    SavedMethodSerializer,
    SavedMethodShownSerializer,
    payment_filters,
)
from igny8_core.business.billing.services import method_setup
from igny8_core.business.billing.services.cancelling import cancel_payment
from igny8_core.business.billing.services.credit_packages import purchase_package
from igny8_core.business.billing.services.payment_service import AvailableMethods, ManualPayment, PaymentService
from igny8_core.business.billing.services.proofs import add_proof
from igny8_core.http import pagination, responses
from igny8_core.http.downloads import download
from igny8_core.http.fields import StrictSerializer
from igny8_core.http.lists import sequence_page
from igny8_core.http.multipart import MEDIA_TYPE, Upload
from igny8_core.http.queries import query_of
from igny8_core.http.views import AccountAudience, ApiViewSet, account_of
from igny8_core.kit.errors import NotFound
from igny8_core.kit.money import format_amount

PROOF_ANSWER: dict[Any, Any] = {(200, content_type): OpenApiTypes.BINARY for content_type in CONTENT_TYPES.values()}
VIEWER, MEMBER, ADMIN = AccountRole.VIEWER, AccountRole.MEMBER, AccountRole.ADMIN


class PaymentViewSet(AccountAudience, ApiViewSet):
    """The account's payments, and the ways to make one."""

    roles: ClassVar = {
        "list": VIEWER, "retrieve": VIEWER, "available": VIEWER, "manual": MEMBER, "cancel": MEMBER,
    }  # fmt: skip
    uploads: ClassVar = {"manual": MAX_BYTES}

    @extend_schema(parameters=[PaymentFilterSerializer], responses={200: PaymentSerializer(many=True)})
    def list(self, request: Request) -> HttpResponse:
        """The account's payments, newest first."""
        query = query_of(request, PaymentFilterSerializer)
        filters = payment_filters({**query, "account_id": account_of(request).id})
        return payments_page(request, query, filters)

    @extend_schema(responses={200: PaymentDetailSerializer})
    def retrieve(self, request: Request, payment_id: UUID) -> HttpResponse:
        """One payment with the history of its status."""
        payment = get_payment(account_of(request), payment_id=payment_id)
        if payment is None:
            raise NotFound
        return responses.one(payment)

    def prepare(self, request: Request) -> None:
        """Make a form's proof harmless before the transaction begins."""
        self.proof = cleaned(request, "proof") if self.action_name(request) == "manual" else None

    @extend_schema(
        request={"application/json": ManualPaymentSerializer, MEDIA_TYPE: ManualPaymentFormSerializer},
        responses={201: PaymentSerializer},
    )
    def manual(self, request: Request) -> HttpResponse:
        """Submit a manual payment of an invoice, as a form with a proof if wanted; it awaits approval."""
        shape = ManualPaymentSerializer if self.proof is None else ManualPaymentFormSerializer
        values = {**shape.checked(request.data), "proof": self.proof}
        submission = ManualPayment(payment_method=PaymentMethod(values.pop("payment_method")), **values)
        payment = PaymentService.create_manual_payment(account=account_of(request), submission=submission)
        return responses.one(payment, status=201, message="Your payment was submitted and awaits approval.")

    @extend_schema(request=None, responses={200: PaymentDetailSerializer})
    def cancel(self, request: Request, payment_id: UUID) -> HttpResponse:
        """Take back a payment nobody has decided on."""
        return responses.one(cancel_payment(account=account_of(request), payment_id=payment_id))

    @extend_schema(parameters=[MethodQuerySerializer], responses={200: AvailableMethodsSerializer})
    def available(self, request: Request) -> HttpResponse:
        """The ways to pay in a country, for an invoice or a currency."""
        query = query_of(request, MethodQuerySerializer)
        offered = PaymentService.get_available_payment_methods(account=account_of(request), **query)
        return responses.one(_offered_document(offered))


class ProofViewSet(AccountAudience, ApiViewSet):
    """The proofs of one of the account's payments: a handful, so the list has no pages."""

    paged = False
    conflicting: ClassVar = frozenset({"create"})
    roles: ClassVar = {"list": VIEWER, "create": MEMBER, "retrieve": VIEWER}
    uploads: ClassVar = {"create": MAX_BYTES}

    def prepare(self, request: Request) -> None:
        """Make the file harmless before the transaction begins."""
        self.file = cleaned(request, "file") if self.action_name(request) == "create" else None

    @extend_schema(responses={200: ProofSerializer(many=True)})
    def list(self, request: Request, payment_id: UUID) -> HttpResponse:
        """The payment's proofs, oldest first."""
        query_of(request, StrictSerializer, paged=self.paged)
        account = account_of(request)
        if get_payment(account, payment_id=payment_id) is None:
            raise NotFound
        return proofs_page(proofs_of(account, payment_id=payment_id))

    @extend_schema(request={MEDIA_TYPE: NewProofSerializer}, responses={201: ProofSerializer})
    def create(self, request: Request, payment_id: UUID) -> HttpResponse:
        """Add a proof to a payment nobody has decided on: PNG, JPEG, WebP or PDF, at most 5 MB and five files."""
        NewProofSerializer(data=request.data).is_valid(raise_exception=True)
        assert self.file is not None
        proof = add_proof(account=account_of(request), payment_id=payment_id, file=self.file)
        return responses.one(proof_document(proof), status=201)

    @extend_schema(responses=PROOF_ANSWER)
    def retrieve(self, request: Request, payment_id: UUID, proof_id: UUID) -> HttpResponse:
        """The file itself."""
        query_of(request, StrictSerializer, paged=self.paged)
        return proof_file(proofs_of(account_of(request), payment_id=payment_id), proof_id)


class InvoiceViewSet(AccountAudience, ApiViewSet):
    """The account's invoices."""

    roles: ClassVar = {"list": VIEWER, "retrieve": VIEWER}

    @extend_schema(responses={200: InvoiceSerializer(many=True)})
    def list(self, request: Request) -> HttpResponse:
        """The account's invoices, newest first."""
        query_of(request, StrictSerializer)
        account = account_of(request)
        return sequence_page(
            request,
            invoices_of(account),
            lambda invoice: invoice_document(invoice, time_zone=account.time_zone),
        )

    @extend_schema(responses={200: InvoiceDetailSerializer})
    def retrieve(self, request: Request, invoice_id: UUID) -> HttpResponse:
        """One invoice with lines and payments."""
        account = account_of(request)
        invoice = invoices_of(account).filter(id=invoice_id).first()
        if invoice is None:
            raise NotFound
        return responses.one(invoice_with_lines(invoice, time_zone=account.time_zone))


class SavedMethodViewSet(AccountAudience, ApiViewSet):
    """The ways to pay the account has saved: a handful, so the list has no pages."""

    paged = False

    roles: ClassVar = {
        "list": VIEWER, "retrieve": VIEWER, "create": ADMIN, "partial_update": ADMIN, "destroy": ADMIN,
        "set_default": ADMIN,
    }  # fmt: skip

    @extend_schema(responses={200: SavedMethodShownSerializer(many=True)})
    def list(self, request: Request) -> HttpResponse:
        """All saved ways to pay."""
        query_of(request, StrictSerializer, paged=self.paged)
        saved = AccountPaymentMethod.objects.for_account(account_of(request)).order_by("id")
        rows = [_saved_document(row) for row in saved[: pagination.MAX_PAGE_SIZE]]
        return responses.many(responses.Page(rows, len(rows), True, None, None))

    @extend_schema(responses={200: SavedMethodShownSerializer})
    def retrieve(self, request: Request, method_id: UUID) -> HttpResponse:
        """One saved way to pay."""
        saved = AccountPaymentMethod.objects.for_account(account_of(request)).filter(id=method_id).first()
        if saved is None:
            raise NotFound
        return responses.one(_saved_document(saved))

    @extend_schema(request=SavedMethodSerializer, responses={201: SavedMethodShownSerializer})
    def create(self, request: Request) -> HttpResponse:
        """Save a way to pay."""
        serializer = SavedMethodSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = {"details": {}, **serializer.validated_data}
        saved = method_setup.save_method(account=account_of(request), **values)
        return responses.one(_saved_document(saved), status=201)

    @extend_schema(request=SavedMethodSerializer(partial=True), responses={200: SavedMethodShownSerializer})
    def partial_update(self, request: Request, method_id: UUID) -> HttpResponse:
        """Change a saved way to pay."""
        serializer = SavedMethodSerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        changes = dict(serializer.validated_data)
        saved = method_setup.change_method(account=account_of(request), method_id=method_id, changes=changes)
        return responses.one(_saved_document(saved))

    @extend_schema(responses={200: RemovedSerializer})
    def destroy(self, request: Request, method_id: UUID) -> HttpResponse:
        """Forget a saved way to pay."""
        method_setup.remove_method(account=account_of(request), method_id=method_id)
        return responses.one({"id": method_id}, message="Removed.")

    @extend_schema(request=None, responses={200: SavedMethodShownSerializer})
    def set_default(self, request: Request, method_id: UUID) -> HttpResponse:
        """Make this the account's one default."""
        saved = method_setup.set_default_method(account=account_of(request), method_id=method_id)
        return responses.one(_saved_document(saved))


class CreditPackageViewSet(AccountAudience, ApiViewSet):
    """Credits on offer; the list has no pages."""

    paged = False

    roles: ClassVar = {"list": VIEWER, "purchase": ADMIN}

    @extend_schema(responses={200: CreditPackageSerializer(many=True)})
    def list(self, request: Request) -> HttpResponse:
        """Every package with its prices."""
        query_of(request, StrictSerializer, paged=self.paged)
        rows = offered_packages()
        return responses.many(responses.Page(rows, len(rows), True, None, None))

    @extend_schema(request=None, responses={201: InvoiceDetailSerializer})
    def purchase(self, request: Request, package_id: UUID) -> HttpResponse:
        """Buy a package: a pending invoice in the account's currency, which grants the credits when it is paid."""
        account = account_of(request)
        invoice = purchase_package(account=account, package_id=package_id)
        return responses.one(invoice_with_lines(invoice, time_zone=account.time_zone), status=201)


def cleaned(request: Request, field: str) -> CleanFile | None:
    """The file a form carries in this field, written anew; None where there is none. Raises `ValidationError`."""
    upload = dict(request.data).get(field)
    if not isinstance(upload, Upload):
        return None
    return clean(upload.file.read(), name=upload.name, field=field)


def proofs_page(proofs: QuerySet[PaymentProof]) -> HttpResponse:
    """All proofs of a payment in one page."""
    rows = [proof_document(proof) for proof in proofs]
    return responses.many(responses.Page(rows, len(rows), True, None, None))


def proof_file(proofs: QuerySet[PaymentProof], proof_id: UUID) -> HttpResponse:
    """One of the proofs as a download under a name of ours. Raises `NotFound`."""
    proof = proofs.defer(None).filter(id=proof_id).first()
    if proof is None:
        raise NotFound
    name = f"proof-{proof.id}.{proof.kind}"
    return download(bytes(proof.content), name=name, content_type=CONTENT_TYPES[proof.kind])


def payments_page(request: Request, query: dict[str, Any], filters: Any, *, for_operator: bool = False) -> HttpResponse:
    """A page of payments for an account or an operator."""
    oldest_first = for_operator and query.get("needs") is not None
    ordering = query.get("ordering", "created_at" if oldest_first else "-created_at")
    asked = pagination.page_request(request, ordering=ordering, width=len(order_columns(filters, ordering)))
    cursor = asked.cursor
    rows = list_payments(
        filters=filters, ordering=ordering, size=asked.size, after=None if cursor is None else cursor.key,
        backwards=cursor is not None and cursor.backwards, for_operator=for_operator,
    )  # fmt: skip
    return responses.many(
        pagination.build(request, asked=asked, ordering=ordering, rows=rows.documents, keys=rows.keys, count=rows.count)
    )


def _offered_document(offered: AvailableMethods) -> dict[str, Any]:
    reference = (offered.invoice and offered.invoice.creditor_reference) or ""
    return {
        "methods": [_config_document(config, offered, reference) for config in offered.methods],
        "metadata": {
            "country": offered.country,
            "currency": offered.currency,
            "default_method": offered.default_method and _saved_document(offered.default_method),
            "gateways": {"stripe": False, "paypal": False},
        },
    }


def _config_document(config: Any, offered: AvailableMethods, reference: str) -> dict[str, Any]:
    invoice, currency = offered.invoice, config.currency
    due_minor = 0 if invoice is None else invoice.amount_total_minor - invoice.amount_settled_minor
    due = "" if invoice is None else format_amount(due_minor, currency)
    payable = invoice is not None and invoice.status == InvoiceStatus.PENDING
    limits = (config.min_amount_minor, config.max_amount_minor)
    minimum, maximum = (None if limit is None else format_amount(limit, currency) for limit in limits)
    return {
        "payment_method": config.payment_method,
        "display_name": config.display_name,
        "currency": currency,
        "min_amount": minimum,
        "max_amount": maximum,
        "instructions": fill(
            config.instructions,
            reference=reference or "your invoice's reference",
            amount=due or "the amount due",
        ),
        "reference": reference or None,
        "qr": payment_qr(
            payment_method=config.payment_method,
            currency=currency,
            instructions=config.instructions,
            amount_minor=due_minor if payable else 0,
            reference=reference,
        ),
        "requires_proof": config.requires_proof,
        "sort_order": config.sort_order,
    }


def _saved_document(saved: AccountPaymentMethod) -> dict[str, Any]:
    names = ("id", "payment_method", "label", "details", "is_default", "created_at", "updated_at")
    return {name: getattr(saved, name) for name in names}
