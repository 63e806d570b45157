"""The account's saved payment methods under `/api/v1/billing/payment-methods/`, and the cards among them."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.models import Account
from igny8_core.accounts.roles import AccountRole
from igny8_core.business.billing.answers.checkouts import CheckoutAnswer
from igny8_core.business.billing.answers.methods import CardSetupAnswer, SavedMethodAnswer
from igny8_core.business.billing.gateways.base import GatewayError, Started
from igny8_core.business.billing.models import AccountPaymentMethod, SavedCard
from igny8_core.business.billing.selectors.saved_methods import saved_methods
from igny8_core.business.billing.serializers import (
    CardSerializer,
    ChargeSerializer,
    SavedMethodChangeSerializer,
    SavedMethodSerializer,
)
from igny8_core.business.billing.services import method_setup
from igny8_core.business.billing.services.charging import begin_charge, finish_charge
from igny8_core.business.billing.services.checkouts import Brought, open_checkout
from igny8_core.business.billing.services.saved_cards import (
    HeardCard,
    ask_card,
    begin_card,
    card_heard_or,
    card_question,
    finish_card,
    open_card,
)
from igny8_core.business.billing.views import opened_answer
from igny8_core.http import pagination, responses
from igny8_core.http.answering import CallsOut
from igny8_core.http.answers import ListOf, RemovedAnswer
from igny8_core.http.description import extend_schema
from igny8_core.http.fields import StrictSerializer
from igny8_core.http.queries import query_of
from igny8_core.http.views import AccountAudience, ApiViewSet, account_of
from igny8_core.kit.errors import AppError, NotFound

VIEWER, MEMBER, ADMIN = AccountRole.VIEWER, AccountRole.MEMBER, AccountRole.ADMIN


class SavedMethodViewSet(AccountAudience, ApiViewSet):
    """The account's saved payment methods: only a few, so the list has no pages."""

    paged = False

    roles: ClassVar = {
        "list": VIEWER,
        "retrieve": VIEWER,
        "create": ADMIN,
        "partial_update": ADMIN,
        "destroy": ADMIN,
        "set_default": ADMIN,
        "enter_card": ADMIN,
        "refresh_card": ADMIN,
        "charge": MEMBER,
    }

    @extend_schema(responses={200: ListOf(SavedMethodAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """All saved payment methods."""
        query_of(request, StrictSerializer, paged=self.paged)
        saved = AccountPaymentMethod.objects.for_account(account_of(request)).select_related("card").order_by("id")
        return responses.every([SavedMethodAnswer.of(row) for row in saved[: pagination.MAX_PAGE_SIZE]])

    @extend_schema(responses={200: SavedMethodAnswer})
    def retrieve(self, request: Request, method_id: UUID) -> HttpResponse:
        """One saved payment method."""
        saved = saved_methods(account_of(request)).filter(id=method_id).first()
        if saved is None:
            raise NotFound
        return responses.one(SavedMethodAnswer.of(saved))

    @extend_schema(request=SavedMethodSerializer, responses={201: SavedMethodAnswer})
    def create(self, request: Request) -> HttpResponse:
        """Save a payment method."""
        method = SavedMethodSerializer.checked(request.data)
        saved = method_setup.save_method(account=account_of(request), method=method)
        return responses.one(SavedMethodAnswer.of(saved), status=201)

    @extend_schema(request=SavedMethodChangeSerializer(partial=True), responses={200: SavedMethodAnswer})
    def partial_update(self, request: Request, method_id: UUID) -> HttpResponse:
        """Change a saved payment method."""
        change = SavedMethodChangeSerializer.checked(request.data)
        saved = method_setup.change_method(account=account_of(request), method_id=method_id, change=change)
        return responses.one(SavedMethodAnswer.of(saved))

    @extend_schema(responses={200: RemovedAnswer})
    def destroy(self, request: Request, method_id: UUID) -> HttpResponse:
        """Delete a saved payment method."""
        method_setup.remove_method(account=account_of(request), method_id=method_id)
        return responses.one(RemovedAnswer(id=method_id), message="Removed.")

    @extend_schema(request=None, responses={200: SavedMethodAnswer})
    def set_default(self, request: Request, method_id: UUID) -> HttpResponse:
        """Make this the account's one default."""
        saved = method_setup.set_default_method(account=account_of(request), method_id=method_id)
        return responses.one(SavedMethodAnswer.of(saved))

    @extend_schema(request=CardSerializer, responses={201: CardSetupAnswer})
    def enter_card(self, request: Request) -> CallsOut[Started | GatewayError, HttpResponse]:
        """Open a page of the gateway's on which the payer enters a card to be saved."""
        account = account_of(request)
        begun = begin_card(account=account, request=CardSerializer.checked(request.data), resumed=self.resumed)

        def finish(brought: Started | GatewayError) -> HttpResponse | AppError:
            card = finish_card(begun, brought)
            return card if isinstance(card, AppError) else _card(account, card.id, status=201)

        return CallsOut(begun.card_id, lambda: open_card(begun), finish)

    @extend_schema(request=None, responses={200: CardSetupAnswer})
    def refresh_card(self, request: Request, card_id: UUID) -> CallsOut[HeardCard, HttpResponse]:
        """Ask the gateway now whether the payer has entered a card."""
        account = account_of(request)
        asked = card_question(account_id=account.id, card_id=card_id)
        return CallsOut(
            card_id, lambda: ask_card(asked), lambda heard: card_heard_or(asked, heard) or _card(account, card_id)
        )

    @extend_schema(request=ChargeSerializer, responses={201: CheckoutAnswer, 202: CheckoutAnswer})
    def charge(self, request: Request, method_id: UUID) -> CallsOut[Brought, HttpResponse]:
        """Pay an invoice by a saved card; `action` leads the payer to their bank where that wants to ask them.

        202 where the gateway did not answer: it is asked until it does, and never told to charge a second time.
        """
        account, asked = account_of(request), ChargeSerializer.checked(request.data)
        begun = begin_charge(account=account, method_id=method_id, request=asked, resumed=self.resumed)

        def finish(brought: Brought) -> HttpResponse | AppError:
            opened = finish_charge(begun, brought)
            return opened if isinstance(opened, AppError) else opened_answer(account, opened)

        return CallsOut(begun.asked.payment_id, lambda: open_checkout(begun), finish)


def _card(account: Account, card_id: UUID, *, status: int = 200) -> HttpResponse:
    card = SavedCard.objects.for_account(account).get(id=card_id)
    return responses.one(
        CardSetupAnswer.of(card, saved_methods(account).filter(card_id=card_id).first()), status=status
    )
