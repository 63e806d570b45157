"""Refunds, disputes, fees and payouts: where money goes back, and what the books say."""

import pytest
import stripe
from tests.fake_gateway.driving import Driver, Product, a_session, eventually


def paid(client: stripe.StripeClient, driver: Driver, card: str = "4242424242424242", amount: int = 1500) -> str:
    """The intent of a paid checkout."""
    session = a_session(client, amount=amount)
    driver.post("/stripe/pay", session=session.id, card=card)
    intent = client.v1.checkout.sessions.retrieve(session.id).payment_intent
    assert isinstance(intent, str)
    return intent


def test_in_parts_until_nothing_is_left(client: stripe.StripeClient, driver: Driver, product: Product) -> None:
    intent = paid(client, driver)
    part = client.v1.refunds.create({"payment_intent": intent, "amount": 500, "metadata": {"refund": "r1"}})
    assert (part.status, part.amount, part.currency) == ("succeeded", 500, "usd")
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        client.v1.refunds.create({"payment_intent": intent, "amount": 1001})
    charge = client.v1.charges.list({"payment_intent": intent}).data[0]
    assert (charge.amount_refunded, charge.refunded) == (500, False)
    assert client.v1.refunds.create({"charge": charge.id, "expand": ["balance_transaction"]}).amount == 1000
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": intent, "amount": 1})
    assert refused.value.code == "charge_already_refunded"
    assert client.v1.charges.retrieve(charge.id).refunded is True
    assert len(client.v1.refunds.list({"payment_intent": intent}).data) == 2
    eventually(lambda: product.types().count("refund.created") == 2)
    books = driver.get("/books")["stripe"]
    assert (books["refunded"]["usd"]["amount"], books["net"]["usd"]["amount"]) == (1500, -74)


def test_what_cannot_be_refunded(client: stripe.StripeClient, driver: Driver) -> None:
    for params in ({}, {"charge": "ch_1", "payment_intent": "pi_1"}, {"payment_intent": "pi_nothing"}):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.refunds.create(params)  # type: ignore[arg-type]
    open_intent = client.v1.payment_intents.create({"amount": 1500, "currency": "usd"}).id
    with pytest.raises(stripe.InvalidRequestError, match="successful charge"):
        client.v1.refunds.create({"payment_intent": open_intent})
    assert driver.get("/books")["stripe"]["refunds"] == []


def test_a_refund_that_takes_long(client: stripe.StripeClient, driver: Driver, product: Product) -> None:
    refund = client.v1.refunds.create({"payment_intent": paid(client, driver, "4000000000007726")})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    driver.post("/clock", advance_seconds=3601)
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    eventually(lambda: "refund.updated" in product.types())


def test_a_refund_that_fails_after_it_had_succeeded(
    client: stripe.StripeClient, driver: Driver, product: Product
) -> None:
    intent = paid(client, driver, "4000000000005126")
    refund = client.v1.refunds.create({"payment_intent": intent})
    assert refund.status == "succeeded"
    driver.post("/clock", advance_seconds=3601)
    refund = client.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    back = refund.failure_balance_transaction
    assert isinstance(back, stripe.BalanceTransaction)
    assert (refund.status, refund.failure_reason, back.amount, back.type) == (
        "failed",
        "lost_or_stolen_card",
        1500,
        "refund_failure",
    )
    assert client.v1.charges.list({"payment_intent": intent}).data[0].amount_refunded == 0
    eventually(lambda: "refund.failed" in product.types())
    books = driver.get("/books")["stripe"]
    assert (books["refunded"], books["net"]["usd"]["amount"]) == ({}, 1426)


@pytest.mark.parametrize(
    ("evidence", "status", "net"),
    [("winning_evidence", "won", 1500 - 74 - 1500), ("losing_evidence", "lost", -74 - 1500)],
)
def test_a_dispute(
    client: stripe.StripeClient, driver: Driver, product: Product, evidence: str, status: str, net: int
) -> None:
    intent = paid(client, driver, "4000000000000259")
    dispute = client.v1.disputes.list({"payment_intent": intent}).data[0]
    assert (dispute.status, dispute.amount, dispute.is_charge_refundable) == ("needs_response", 1500, False)
    assert [(each.amount, each.fee, each.net) for each in dispute.balance_transactions] == [(-1500, 1500, -3000)]
    assert dispute.evidence_details.due_by
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": intent})
    assert refused.value.code == "charge_disputed"
    draft = client.v1.disputes.update(dispute.id, {"evidence": {"customer_name": "A"}, "submit": False})
    assert (draft.status, draft.evidence_details.submission_count) == ("needs_response", 0)
    done = client.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": evidence}})
    assert (done.status, len(done.balance_transactions)) == (status, 2 if status == "won" else 1)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.close(dispute.id)
    expected = {"charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.closed"}
    expected |= {"charge.dispute.funds_reinstated"} if status == "won" else set()
    eventually(lambda: expected <= set(product.types()))
    assert driver.get("/books")["stripe"]["net"]["usd"]["amount"] == net


def test_an_inquiry_moves_no_money_until_it_is_lost(client: stripe.StripeClient, driver: Driver) -> None:
    paid(client, driver, "4000000000001976")
    dispute = client.v1.disputes.list().data[0]
    assert (dispute.status, dispute.balance_transactions, dispute.is_charge_refundable) == (
        "warning_needs_response",
        [],
        True,
    )
    assert driver.post("/stripe/close_dispute", dispute=dispute.id, outcome="lost")["status"] == "needs_response"
    assert len(client.v1.disputes.retrieve(dispute.id).balance_transactions) == 1


def test_a_dispute_that_is_accepted_and_one_of_a_part(client: stripe.StripeClient, driver: Driver) -> None:
    dispute = driver.post("/stripe/dispute", payment_intent=paid(client, driver), amount=700, reason="duplicate")
    assert (dispute["amount"], dispute["reason"]) == (700, "duplicate")
    assert client.v1.disputes.close(dispute["id"]).status == "lost"


def test_an_early_fraud_warning(client: stripe.StripeClient, driver: Driver, product: Product) -> None:
    assert paid(client, driver, "4000000000005423").startswith("pi_")
    eventually(lambda: "radar.early_fraud_warning.created" in product.types())


def test_a_payout_groups_what_it_pays(client: stripe.StripeClient, driver: Driver, product: Product) -> None:
    first, second = paid(client, driver), paid(client, driver, amount=2000)
    client.v1.refunds.create({"payment_intent": first, "amount": 500})
    payout = driver.post("/stripe/payout", currency="usd")
    assert payout["amount"] == 1500 - 74 + 2000 - 88 - 500
    paid(client, driver)
    rows = client.v1.balance_transactions.list({"payout": payout["id"], "limit": 100, "expand": ["data.source"]}).data
    assert sorted(each.type for each in rows) == ["charge", "charge", "payout", "refund"]
    assert sum(each.net for each in rows) == 0
    sources = [each.source for each in rows if each.type == "charge"]
    assert {source.payment_intent for source in sources if isinstance(source, stripe.Charge)} == {first, second}
    found = client.v1.payouts.retrieve(payout["id"])
    assert (found.status, found.reconciliation_status) == ("paid", "completed")
    eventually(lambda: {"payout.paid", "payout.reconciliation_completed"} <= set(product.types()))


def test_the_account_is_paid_in_another_currency(client: stripe.StripeClient, driver: Driver) -> None:
    driver.post("/stripe/convert", currency="pkr", into="usd", rate="0.0036")
    session = a_session(client, currency="pkr", amount=5_000_000)
    driver.post("/stripe/pay", session=session.id)
    row = client.v1.balance_transactions.list().data[0]
    assert (row.amount, row.currency, row.exchange_rate, row.fee) == (18_000, "usd", 0.0036, 552)
    charge = driver.get("/books")["stripe"]["charges"][0]
    assert (charge["currency"], charge["decimal"]) == ("pkr", "50000.00")
    assert (charge["fee_currency"], charge["fee_decimal"]) == ("usd", "5.52")


def test_money_is_available_after_two_days(client: stripe.StripeClient, driver: Driver) -> None:
    paid(client, driver)
    assert client.v1.balance_transactions.list().data[0].status == "pending"
    driver.post("/clock", advance_seconds=3 * 86_400)
    assert client.v1.balance_transactions.list({"type": "charge"}).data[0].status == "available"
