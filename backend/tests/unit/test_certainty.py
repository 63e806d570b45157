"""domain/certainty.py: what keeps a proved candidate, or a proved set of them, from being certain."""

import pytest
from igny8_core.business.banking.domain.candidates import Candidate, ReasonCode
from igny8_core.business.banking.domain.certainty import certain_single, certain_split
from igny8_core.business.banking.domain.evidence import Evidence, LineFacts
from igny8_core.business.banking.domain.invoice_tokens import Strength
from igny8_core.business.banking.domain.line_texts import read_texts
from igny8_core.business.banking.domain.splits import Split
from tests.unit.matching_cast import candidate, line, payment

ACME, NEXT, BETA = candidate(), candidate("ACME-000043"), candidate("BETA-000007")
FULL, POSSIBLE = Strength.FULL, Strength.POSSIBLE


def facts(text: str = "") -> LineFacts:
    said = line(text)
    return LineFacts(said, read_texts(said), said.amount_minor, "")


def proved(of: Candidate = ACME, **known: object) -> Evidence:
    return Evidence(of, **{"text": FULL, "fits": True, **known})  # type: ignore[arg-type]


def test_a_proof_needs_text_and_amount_and_no_payment_that_awaits() -> None:
    assert certain_single(facts(), []) is None
    one = proved()
    assert certain_single(facts(), [one]) is one
    assert certain_single(facts(), [proved(text=Strength.WITH_PAYER)]) is None
    assert certain_single(facts(), [proved(fits=False)]) is None
    awaits = proved()
    awaits.add(ReasonCode.PAYMENT_AWAITS, "")
    assert certain_single(facts(), [awaits]) is None


@pytest.mark.parametrize(
    ("text", "chosen", "other", "objection"),
    [
        # Another invoice of the account.
        ("", {}, Evidence(NEXT, text=FULL), ReasonCode.RIVAL),
        ("", {}, Evidence(NEXT, text=POSSIBLE, fits=True), ReasonCode.RIVAL),
        ("", {}, Evidence(NEXT, text=POSSIBLE), None),
        ("", {}, Evidence(NEXT, fits=True), None),
        ("", {}, Evidence(NEXT, fits=True, knows_payer=True, similar_name=True), None),
        ("ACME-000042, 43", {}, Evidence(NEXT), ReasonCode.RIVAL),
        ("ACME-000042, 44", {}, Evidence(NEXT), None),
        ("ACME-000043, 44", {}, Evidence(NEXT), None),
        # Another account's: the payer may be its customer.
        ("", {}, Evidence(BETA, fits=True), None),
        ("", {}, Evidence(BETA, knows_payer=True), ReasonCode.OTHER_PAYER),
        ("", {"knows_payer": True}, Evidence(BETA, knows_payer=True), None),
        ("", {"similar_name": True}, Evidence(BETA, knows_payer=True), ReasonCode.OTHER_PAYER),
        ("", {}, Evidence(BETA, similar_name=True, fits=True), ReasonCode.OTHER_PAYER),
        ("", {}, Evidence(BETA, similar_name=True), None),
        ("", {"similar_name": True}, Evidence(BETA, similar_name=True, fits=True), None),
        ("", {"knows_payer": True}, Evidence(BETA, similar_name=True, fits=True), None),
        # Another payment of the same invoice.
        ("", {}, Evidence(payment(ACME), text=FULL), None),
        ("", {}, Evidence(payment(ACME), fits=True), ReasonCode.RIVAL),
        ("", {"names_itself": True}, Evidence(payment(ACME), fits=True), None),
        ("", {"names_itself": True}, Evidence(payment(ACME), names_itself=True), ReasonCode.RIVAL),
    ],
)
def test_what_another_candidate_says_against_it(
    text: str, chosen: dict[str, object], other: Evidence, objection: ReasonCode | None
) -> None:
    one = proved(**chosen)
    assert certain_single(facts(text), [one, other]) is (one if objection is None else None)
    words = {ReasonCode.RIVAL: "another fits as well", ReasonCode.OTHER_PAYER: "the money comes from another customer"}
    assert one.reasons == ({} if objection is None else {objection: words[objection]})


def test_payments_for_no_invoice_are_not_payments_for_the_same() -> None:
    loose, other = (payment(ACME, invoice_id=None) for _ in range(2))
    assert certain_single(facts(), [proved(loose), Evidence(other, text=FULL)]) is None


def test_of_two_that_are_proved_the_one_that_is_named_itself_is_meant() -> None:
    invoice, named = proved(), proved(payment(ACME), names_itself=True)
    assert certain_single(facts(), [invoice, named]) is named
    for both in ([proved(), proved(NEXT)], [proved(names_itself=True), proved(NEXT, names_itself=True)]):
        assert certain_single(facts(), both) is None
        assert [list(one.reasons) for one in both] == [[ReasonCode.RIVAL]] * 2


def split(*members: Evidence, named: bool = True) -> Split:
    return Split(members, tuple(4900 for _ in members), exact=True, named=named, listed=True)


@pytest.mark.parametrize(
    ("other", "certain"),
    [
        (Evidence(BETA), True),
        (Evidence(BETA, text=FULL), False),
        (Evidence(BETA, text=POSSIBLE, fits=True), False),
        (Evidence(BETA, text=POSSIBLE), True),
        (Evidence(BETA, fits=True), True),
        (Evidence(BETA, knows_payer=True), False),
        (Evidence(BETA, similar_name=True, fits=True), False),
    ],
)
def test_a_set_is_certain_if_nothing_else_is_meant(other: Evidence, certain: bool) -> None:
    members = [proved(), proved(NEXT)]
    named = split(*members)
    expected = [members[0], other, members[1]]
    assert certain_split([split(*members, named=False), named], expected) is (named if certain else None)


def test_one_member_that_knows_the_payer_speaks_for_the_whole_set() -> None:
    members = [proved(), proved(NEXT, knows_payer=True)]
    named = split(*members)
    for other in (Evidence(BETA, knows_payer=True), Evidence(BETA, similar_name=True, fits=True)):
        assert certain_split([named], [*members, other]) is named


def test_two_sets_are_not_certain_and_neither_is_one_that_is_not_named() -> None:
    members = [proved(), proved(NEXT)]
    assert certain_split([split(*members), split(*members)], members) is None
    assert certain_split([split(*members, named=False)], members) is None
    assert certain_split([], members) is None
