"""`payments/{id}/proofs/`: added while the payment is open, made harmless, shown to nobody else."""

import hashlib
import io
import uuid
from typing import Any

import pikepdf
import pytest
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing.models import PaymentProof
from igny8_core.business.billing.services.cancelling import cancel_payment
from igny8_core.events import unit_of_work
from igny8_core.events.models import Event
from PIL import Image
from tests.api.uploading import form, part, upload
from tests.cast import ADMIN, BILLING, Api, Cast, as_operator, make_cast
from tests.files import document, picture, saved
from tests.hostile import REFUSED
from tests.races.test_manual_payment_races import at_once

LIMIT = 5 * 1024 * 1024


def payment_of(cast: Cast) -> str:
    return str(cast.submit(cast.invoice()).json()["data"]["id"])


def add(api: Api, payment_id: str, content: bytes, name: str = "slip.png", **headers: str) -> Any:
    return upload(api, f"{BILLING}payments/{payment_id}/proofs/", form(part("file", content, name)), **headers)


def add_when_told(api: Api, payment_id: str, content: bytes) -> Any:
    """Again while the account has too many files in hand."""
    while (answer := add(api, payment_id, content)).status_code == 429:
        assert answer["Retry-After"] == "10"
    return answer


def fetch(cast: Cast, payment_id: str, proof_id: str) -> Any:
    return cast.viewer.get(f"{BILLING}payments/{payment_id}/proofs/{proof_id}/")


def stored(cast: Cast, payment_id: str) -> int:
    with unit_of_work.read(Scope.tenant(cast.account.id)):
        return PaymentProof.objects.for_account(cast.account).filter(payment_id=payment_id).count()


def added_events(cast: Cast) -> list[dict[str, Any]]:
    with unit_of_work.read(Scope.tenant(cast.account.id)):
        rows = Event.objects.for_account(cast.account).filter(type="payment.proof_added").order_by("seq")
        return [row.data for row in rows]


def test_a_proof_is_added_listed_and_downloaded(cast: Cast) -> None:
    payment_id = payment_of(cast)
    answer = add(cast.member, payment_id, picture(), "my slip.png")
    data = answer.json()["data"]
    assert answer.status_code == 201
    assert {**data, "id": "", "created_at": "", "sha256": "", "size_bytes": 0} == {
        "id": "",
        "payment_id": payment_id,
        "name": "my slip.png",
        "kind": "png",
        "size_bytes": 0,
        "sha256": "",
        "created_at": "",
    }
    listed = cast.viewer.get(f"{BILLING}payments/{payment_id}/proofs/").json()
    assert (listed["count"], listed["results"]) == (1, [data])
    file = fetch(cast, payment_id, data["id"])
    assert hashlib.sha256(file.content).hexdigest() == data["sha256"]
    assert Image.open(io.BytesIO(file.content)).getpixel((0, 0)) == (255, 0, 0)
    name = f"proof-{data['id']}.png"
    assert {name: file[name] for name in ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy")} == {
        "Content-Type": "image/png",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    assert file["Content-Disposition"] == f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    for path in (f"payments/{payment_id}/proofs/", f"payments/{payment_id}/proofs/{data['id']}/"):
        assert cast.support.get(f"{ADMIN}{path}").status_code == 200
        assert cast.stranger.get(f"{BILLING}{path}").status_code == 404
        assert cast.viewer.get(f"{ADMIN}{path}").status_code == 403
    (fact,) = added_events(cast)
    assert fact == {"proof_id": data["id"], "kind": "png", "size_bytes": data["size_bytes"], "sha256": data["sha256"]}


def test_a_proof_of_another_payment_is_not_found(cast: Cast) -> None:
    first, second = payment_of(cast), str(cast.submit(cast.invoice(), "FT 2").json()["data"]["id"])
    proof_id = add(cast.member, first, picture()).json()["data"]["id"]
    assert fetch(cast, second, proof_id).status_code == 404


@pytest.mark.parametrize(("name", "content"), REFUSED, ids=range(len(REFUSED)))
def test_hostile_files_are_refused_and_nothing_is_stored(hostile: tuple[Cast, str], name: str, content: bytes) -> None:
    cast, payment_id = hostile
    answer = add(cast.member, payment_id, content, name)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error"), answer.content
    assert list(answer.json()["errors"]) == ["file"]
    assert (stored(cast, payment_id), added_events(cast)) == (0, [])


@pytest.fixture(scope="module")
def hostile() -> tuple[Cast, str]:
    cast = make_cast()
    return cast, payment_of(cast)


def test_sixty_of_them() -> None:
    assert len(REFUSED) >= 60


def test_the_limit_is_exact_and_past_it_is_a_413(cast: Cast) -> None:
    payment_id, plain = payment_of(cast), picture("JPEG")
    assert add(cast.member, payment_id, plain + bytes(LIMIT - len(plain)), "a.jpg").status_code == 201
    answer = add(cast.member, payment_id, plain + bytes(LIMIT - len(plain) + 1), "a.jpg")
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert stored(cast, payment_id) == 1


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\temp\\slip.png", "slip.png"),
        ("a\u202egnp.png", "agnp.png"),
        ("x" * 300 + ".png", "x" * 251 + ".png"),
        ("رسید.png", "رسید.png"),
        ("<b>.png", "<b>.png"),
        ("PHOTO.PNG", "PHOTO.PNG"),
    ],
)
def test_names_are_for_showing_alone(cast: Cast, sent: str, shown: str) -> None:
    payment_id = payment_of(cast)
    data = add(cast.member, payment_id, picture(), sent).json()["data"]
    assert data["name"] == shown
    assert f"proof-{data['id']}.png" in fetch(cast, payment_id, data["id"])["Content-Disposition"]


def kept(cast: Cast, content: bytes, name: str) -> bytes:
    payment_id = payment_of(cast)
    answer = add(cast.member, payment_id, content, name)
    assert answer.status_code == 201, answer.content
    file: bytes = fetch(cast, payment_id, answer.json()["data"]["id"]).content
    return file


def test_a_photo_loses_its_place_and_is_turned(cast: Cast) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees to the right
    exif[0x010F] = "Secret Phone"
    exif.get_ifd(0x8825)[2] = (24.0, 51.0, 36.0)
    file = kept(cast, picture("JPEG", (80, 40), exif=exif, comment=b"private"), "photo.jpeg")
    turned = Image.open(io.BytesIO(file))
    assert (turned.size, dict(turned.getexif()), turned.info.get("comment")) == ((40, 80), {}, None)
    assert all(secret not in file for secret in (b"Secret Phone", b"Exif", b"private"))
    red, _, blue = turned.convert("RGB").getpixel((35, 5))  # type: ignore[misc]
    assert red > 200 > 60 > blue


@pytest.mark.parametrize(
    ("kind", "name", "mode"),
    [
        ("PNG", "a.png", "RGBA"),
        ("PNG", "a.png", "P"),
        ("PNG", "a.png", "1"),
        ("PNG", "a.png", "L"),
        ("PNG", "a.png", "I;16"),
        ("JPEG", "a.jpg", "CMYK"),
        ("JPEG", "a.jpg", "L"),
        ("WEBP", "a.webp", "RGBA"),
    ],
)
def test_pictures_of_every_mode_are_taken_and_what_is_tacked_on_is_gone(
    cast: Cast, kind: str, name: str, mode: str
) -> None:
    source = Image.new("RGB", (30, 20), "white") if mode != "I;16" else Image.new("I;16", (30, 20))
    buffer = io.BytesIO()
    (source if source.mode == mode else source.convert(mode)).save(buffer, kind)
    file = kept(cast, buffer.getvalue() + b"<script>alert(1)</script>PK\x03\x04", name)
    assert Image.open(io.BytesIO(file)).size == (30, 20)
    assert b"script" not in file


def test_a_document_keeps_its_pages_and_nothing_else(cast: Cast) -> None:
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(300, 200))
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        made.Root.AA = pikepdf.Dictionary(WC=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(2)"))
        made.attachments["virus.exe"] = b"MZ"
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=[0, 0, 9, 9],
            A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://evil.example"),
        )
        made.pages[0].obj.Annots = pikepdf.Array([made.make_indirect(link)])
        with made.open_metadata() as metadata:
            metadata["dc:creator"] = ["Secret Person"]
        content = saved(made)
    file = kept(cast, content + b"\n<script>alert(1)</script>PK\x03\x04", "receipt.pdf")
    with pikepdf.open(io.BytesIO(file)) as left:
        assert sorted(left.Root.keys()) == ["/Pages", "/Type"]
        assert [str(key) for key in left.pages[0].obj if key in ("/Annots", "/AA")] == []
        assert [float(side) for side in left.pages[0].mediabox] == [0, 0, 300, 200]
    assert all(word not in file for word in (b"alert", b"evil", b"virus", b"Secret", b"script", b"PK\x03\x04"))


def test_only_an_open_payment_takes_proofs(cast: Cast) -> None:
    payment_id = payment_of(cast)
    as_operator(lambda: cancel_payment(account=cast.account, payment_id=uuid.UUID(payment_id)))
    answer = add(cast.member, payment_id, picture())
    assert (answer.status_code, answer.json()["code"]) == (409, "invalid_transition")
    assert stored(cast, payment_id) == 0


def test_the_same_file_is_added_once_and_five_are_the_most(cast: Cast) -> None:
    payment_id = payment_of(cast)
    for size in range(10, 15):
        assert add(cast.member, payment_id, picture(size=(size, 9))).status_code == 201
    again = add(cast.member, payment_id, picture(size=(10, 9)))
    more = add(cast.member, payment_id, picture(size=(99, 9)))
    assert (again.status_code, again.json()["code"]) == (409, "duplicate_proof")
    assert (more.status_code, more.json()["code"], more.json()["data"]) == (409, "too_many_proofs", {"most": 5})
    assert stored(cast, payment_id) == 5


def test_a_retry_adds_once(cast: Cast) -> None:
    payment_id = payment_of(cast)
    first, again = (add(cast.member, payment_id, picture(), **{"Idempotency-Key": "p"}) for _ in range(2))
    assert (first.status_code, again.json(), again["Idempotency-Replayed"]) == (201, first.json(), "true")
    other = add(cast.member, payment_id, picture(size=(5, 5)), **{"Idempotency-Key": "p"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert stored(cast, payment_id) == 1


def test_racing_uploads_never_pass_five(cast: Cast) -> None:
    payment_id = payment_of(cast)
    answers = at_once(7, lambda index: add_when_told(cast.member, payment_id, picture(size=(20 + index, 9))))
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 2
    assert (stored(cast, payment_id), len(added_events(cast))) == (5, 5)


@pytest.mark.parametrize("role", ["viewer", "stranger", "anonymous", "approver"])
def test_who_may_not_add(cast: Cast, role: str) -> None:
    payment_id = payment_of(cast)
    expected = {"viewer": 403, "stranger": 404, "anonymous": 401, "approver": 403}[role]
    assert add(getattr(cast, role), payment_id, picture()).status_code == expected
    assert stored(cast, payment_id) == 0


def test_other_bodies_are_refused(cast: Cast) -> None:
    payment_id = payment_of(cast)
    path = f"{BILLING}payments/{payment_id}/proofs/"
    assert cast.member.post(path, {"file": "x"}).status_code == 400
    assert upload(cast.member, path, form(part("file", b"text"))).status_code == 400
    assert upload(cast.member, path, form(part("files", picture(), "a.png"))).status_code == 400
    assert upload(cast.member, path, form(part("file", picture(), "a.png"), part("note", b"x"))).status_code == 400
    assert stored(cast, payment_id) == 0


def submit_form(cast: Cast, *parts: bytes, method: bytes = b"bank_transfer", **headers: str) -> Any:
    invoice_id = str(cast.invoice()).encode()
    fields = (part("invoice_id", invoice_id), part("payment_method", method), part("transaction_reference", b"FT 9"))
    return upload(cast.member, f"{BILLING}payments/manual/", form(*fields, *parts), **headers)


def test_a_submission_brings_its_proof_along(cast: Cast) -> None:
    answer = submit_form(cast, part("proof", document(), "slip.pdf"), part("amount", b"400.00"))
    data = answer.json()["data"]
    assert (answer.status_code, data["status"], data["amount"]) == (201, "pending_approval", "400.00")
    assert stored(cast, data["id"]) == 1
    assert submit_form(cast).status_code == 201


def test_a_submission_with_a_bad_proof_is_no_submission(cast: Cast) -> None:
    before = cast.viewer.get(f"{BILLING}payments/").json()["count"]
    answer = submit_form(cast, part("proof", b"<svg/>", "slip.png"))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["proof"])
    assert cast.viewer.get(f"{BILLING}payments/").json()["count"] == before


def test_a_way_to_pay_that_requires_a_proof_gets_one() -> None:
    cast = make_cast("TR", "EUR")  # pays by the wire for every country, which requires one
    invoice_id = cast.invoice()
    refused = cast.submit(invoice_id)
    assert (refused.status_code, refused.json()["code"]) == (400, "proof_required")
    assert cast.viewer.get(f"{BILLING}payments/").json()["count"] == 0
    assert submit_form(cast, part("proof", picture(), "slip.png")).status_code == 201


def test_rows_never_change(cast: Cast, owner_connection: Any) -> None:
    payment_id = payment_of(cast)
    proof_id = add(cast.member, payment_id, picture()).json()["data"]["id"]
    for statement in ("UPDATE billing_paymentproof SET name = 'x'", "DELETE FROM billing_paymentproof"):
        with pytest.raises(Exception, match="never deleted"):
            owner_connection.execute(f"{statement} WHERE id = %s", [proof_id])
