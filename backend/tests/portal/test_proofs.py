"""Proofs of payment at the portal: with the claim, later, refused at the field, and for nobody else."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from igny8_core.accounts.roles import AccountRole
from igny8_core.business.billing.models import PaymentProof
from tests.cast import Cast, as_operator
from tests.files import document, picture
from tests.portal.visitor import PORTAL, Visitor, signed_in


def upload(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def claim(**values: Any) -> dict[str, Any]:
    return {
        "transaction_reference": "FT 9",
        "amount": "1000.00",
        "paid_on": "2026-01-31",
        "method": "bank_transfer",
        **values,
    }


def proofs_of(cast: Cast) -> list[PaymentProof]:
    rows: list[PaymentProof] = as_operator(lambda: list(PaymentProof.objects.for_account(cast.account)))
    return rows


@pytest.fixture
def member(cast: Cast) -> Visitor:
    visitor, _ = signed_in(cast.account, AccountRole.MEMBER)
    return visitor


def test_a_slip_comes_with_the_claim_and_is_downloaded_again(cast: Cast, member: Visitor) -> None:
    path = f"{PORTAL}invoices/{cast.invoice()}/pay/"
    answer = member.submit(path, claim(proof=upload(picture("JPEG"), "slip.jpg")))
    assert answer.status_code == 303, answer.content
    (proof,) = proofs_of(cast)
    page = member.get(answer["Location"]).content.decode()
    assert "slip.jpg" in page
    file = member.get(f"{answer['Location']}proofs/{proof.id}/")
    assert (file.status_code, file["Content-Type"]) == (200, "image/jpeg")
    assert "attachment" in file["Content-Disposition"]
    stranger, _ = signed_in(cast.other)
    assert stranger.get(f"{answer['Location']}proofs/{proof.id}/").status_code == 404


def test_one_more_file_later_once(cast: Cast, member: Visitor) -> None:
    shown = member.submit(f"{PORTAL}invoices/{cast.invoice()}/pay/", claim())["Location"]
    form, slip = {**member.hidden(shown)}, document()
    for _ in range(2):
        answer = member.client.post(f"{shown}proofs/", {**form, "proof": upload(slip, "slip.pdf")})
        assert (answer.status_code, answer["Location"]) == (303, shown)
    assert [proof.kind for proof in proofs_of(cast)] == ["pdf"]
    again = member.submit(f"{shown}proofs/", {"proof": upload(slip, "slip.pdf")}, page=shown)
    assert (again.status_code, "already attached to this payment" in again.content.decode()) == (400, True)
    stranger, _ = signed_in(cast.other)
    foreign = stranger.submit(f"{shown}proofs/", {"proof": upload(slip, "slip.pdf")}, page=PORTAL)
    assert foreign.status_code == 404
    assert len(proofs_of(cast)) == 1


@pytest.mark.parametrize(("content", "name"), [(b"<svg/>", "a.png"), (b"", "a.png"), (b"%PDF-1.7 nothing", "a.pdf")])
def test_what_is_no_picture_is_refused_at_its_field(cast: Cast, member: Visitor, content: bytes, name: str) -> None:
    answer = member.submit(f"{PORTAL}invoices/{cast.invoice()}/pay/", claim(proof=upload(content, name)))
    assert answer.status_code == 400
    assert 'id="id_proof_error"' in answer.content.decode()
    assert proofs_of(cast) == []
