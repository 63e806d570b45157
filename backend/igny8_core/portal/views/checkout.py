"""Pay an invoice at a gateway: open a checkout there, send the browser to it, and take it back afterwards."""

from uuid import UUID

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from igny8_core.accounts.roles import AccountRole
from igny8_core.business.billing.domain.errors import CardDeclined
from igny8_core.business.billing.domain.methods import ONLINE, PaymentMethod
from igny8_core.business.billing.public import (
    Brought,
    ChargeRequest,
    CheckoutRequest,
    PaymentFilters,
    Span,
    ask,
    begin_charge,
    begin_checkout,
    finish_charge,
    finish_checkout,
    hear,
    list_payments,
    open_action,
    open_checkout,
    question_on_return,
)
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import GATEWAY
from igny8_core.http.answering import CallsOut
from igny8_core.kit.errors import AppError, NotFound
from igny8_core.portal import pages
from igny8_core.portal.views.base import AccountPage, Done


class Checkout(AccountPage):
    """A checkout for all that is left of an invoice."""

    roles = {"post": AccountRole.MEMBER}  # noqa: RUF012

    def get(self, request: HttpRequest, invoice_id: UUID) -> HttpResponse:
        """Back from the gateway: the newest payment of the invoice, whose page follows its status.

        Coming back proves nothing, so nothing is concluded from it. But where the payer has only agreed to pay, we ask
        at once, since no money moves before that.
        """
        filters = PaymentFilters(account_id=self.visit.account.id, invoice_id=invoice_id)
        with unit_of_work.read(self.visit.scope):
            found = list_payments(filters=filters, span=Span("-created_at", 1, None))
            if not found.rows:
                raise NotFound
            payment_id = found.rows[0].id
            asked = question_on_return(account_id=self.visit.account.id, payment_id=payment_id)
        if asked is not None:
            connection.close()
            heard = ask(asked)
            unit_of_work.run(lambda: hear(asked, heard), scope=self.visit.scope, actor=GATEWAY)
        return pages.go(reverse("portal:payment", args=[payment_id]))

    def post(self, request: HttpRequest, invoice_id: UUID) -> HttpResponse:
        """Open it, or find the one that is open, and go on there."""
        name = request.POST.get("method", "")
        if name not in ONLINE:
            raise NotFound
        wanted = CheckoutRequest(
            invoice_id=invoice_id,
            payment_method=PaymentMethod(name),
            success_url=settings.ENV.base_url + reverse("portal:checkout", args=[invoice_id]),
            cancel_url=settings.ENV.base_url + reverse("portal:pay", args=[invoice_id]),
        )

        def operation() -> CallsOut[Brought, Done]:
            begun = begin_checkout(account=self.visit.account, request=wanted, resumed=self.resumed)

            def finish(brought: Brought) -> Done | AppError:
                opened = finish_checkout(begun, brought)
                if isinstance(opened, AppError):
                    return opened
                page = "portal:payment" if opened.action is None else "portal:continue"
                return Done(reverse(page, args=[opened.payment_id]))

            return CallsOut(begun.asked.payment_id, lambda: open_checkout(begun), finish)

        return self.act(operation)


class ChargeCard(AccountPage):
    """Pay all that is left of an invoice by a saved card."""

    roles = {"post": AccountRole.MEMBER}  # noqa: RUF012

    def post(self, request: HttpRequest, invoice_id: UUID, method_id: UUID) -> HttpResponse:
        """Charge it, and follow the payment; where the bank wants to ask its customer, go there."""
        address = settings.ENV.base_url + reverse("portal:checkout", args=[invoice_id])
        wanted = ChargeRequest(invoice_id, address)

        def operation() -> CallsOut[Brought, Done]:
            begun = begin_charge(account=self.visit.account, method_id=method_id, request=wanted, resumed=self.resumed)

            def finish(brought: Brought) -> Done | AppError:
                opened = finish_charge(begun, brought)
                if isinstance(opened, CardDeclined):
                    # The payment's page says why, and leads to another way.
                    return Done(reverse("portal:payment", args=[begun.asked.payment_id]))
                if isinstance(opened, AppError):
                    return opened
                page = "portal:payment" if opened.action is None else "portal:continue"
                return Done(reverse(page, args=[opened.payment_id]))

            return CallsOut(begun.asked.payment_id, lambda: open_checkout(begun), finish)

        return self.act(operation)


class Continue(AccountPage):
    """From here the browser goes to the gateway's page.

    The policy for our pages lets a form lead to our own addresses only, redirects included: so the form ends here.
    """

    roles = {"get": AccountRole.MEMBER}  # noqa: RUF012

    def get(self, request: HttpRequest, payment_id: UUID) -> HttpResponse:
        """A page that goes on by itself; once nobody can pay there any more, the payment."""
        with unit_of_work.read(self.visit.scope):
            action = open_action(account_id=self.visit.account.id, payment_id=payment_id)
        if action is None or action["type"] != "redirect":
            return pages.go(reverse("portal:payment", args=[payment_id]))
        return self.page("portal/continue.html", lambda: {"url": action["url"]})
