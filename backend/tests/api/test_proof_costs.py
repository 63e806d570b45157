"""What a proof may cost: pixels are counted before they are decoded, time is bounded, and accounts take turns."""

import io
import resource
import threading
from typing import Any

import pytest
from django.db import connection
from igny8_core.business.billing.formats import proof_files, sandbox
from PIL import Image
from tests.api.test_proofs import add, payment_of
from tests.api.uploading import form, part, upload
from tests.cast import BILLING, Api, Cast, claim
from tests.files import picture


def flat(kind: str, side: int, **options: Any) -> bytes:
    """A large picture that packs small."""
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), "white").save(buffer, kind, **options)
    return buffer.getvalue()


def endless() -> bytes:
    """A JPEG whose last scan comes ten thousand times: decoding it takes minutes."""
    content = flat("JPEG", 5000, quality=20, progressive=True)
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * 10_000 + b"\xff\xd9"


ENDLESS = endless()


def cpu_seconds() -> float:
    """What the programs run so far have used of the processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_a_file_costs_two_seconds_of_processor_at_most(cast: Cast) -> None:
    assert len(ENDLESS) < 5 * 1024 * 1024
    payment_id, before = payment_of(cast), cpu_seconds()
    answer = add(cast.member, payment_id, ENDLESS, "a.jpg")
    assert (answer.status_code, answer.json()["errors"]) == (400, {"file": [proof_files.REASONS["takes_too_long"]]})
    assert sandbox.CPU_SECONDS == 2
    assert cpu_seconds() - before < sandbox.CPU_SECONDS + 1


@pytest.mark.parametrize(
    ("kind", "name", "side", "taken"),
    [
        ("PNG", "a.png", 5000, True),
        ("PNG", "a.png", 5001, False),
        ("PNG", "a.png", 7000, False),
        ("WEBP", "a.webp", 5000, True),
        ("WEBP", "a.webp", 5001, False),
        ("JPEG", "a.jpg", 10_000, True),
        ("JPEG", "a.jpg", 10_001, False),
    ],
)
def test_pixels_are_counted_before_they_are_decoded(cast: Cast, kind: str, name: str, side: int, taken: bool) -> None:
    payment_id, content = payment_of(cast), flat(kind, side, **({"lossless": True} if kind == "WEBP" else {}))
    before = cpu_seconds()
    answer = add(cast.member, payment_id, content, name)
    if taken:
        assert answer.status_code == 201, answer.content
    else:
        assert answer.json()["errors"] == {"file": [proof_files.REASONS["too_many_pixels"]]}
        assert cpu_seconds() - before < 1, "nothing of it was decoded"


def test_a_large_photo_is_decoded_small(cast: Cast) -> None:
    payment_id = payment_of(cast)
    answer = add(cast.member, payment_id, flat("JPEG", 8000), "photo.jpg")
    file = cast.viewer.get(f"{BILLING}payments/{payment_id}/proofs/{answer.json()['data']['id']}/").content
    assert Image.open(io.BytesIO(file)).size == (3000, 3000)


def stranger_payment(cast: Cast) -> str:
    invoice_id = cast.invoice(account=cast.other)
    return str(cast.stranger.post(f"{BILLING}payments/manual/", claim(invoice_id)).json()["data"]["id"])


def send(api: Api, payment_id: str, content: bytes, name: str, answers: list[Any]) -> None:
    answers.append(upload(api, f"{BILLING}payments/{payment_id}/proofs/", form(part("file", content, name))))
    connection.close()


def test_one_accounts_pictures_never_refuse_anothers_proof(cast: Cast) -> None:
    ours, theirs, answers = payment_of(cast), stranger_payment(cast), list[Any]()
    threads = [
        threading.Thread(target=send, args=(cast.member, ours, ENDLESS, "a.jpg", answers), daemon=True)
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    honest = list[Any]()
    while any(thread.is_alive() for thread in threads) and len(honest) < 4:
        send(cast.stranger, theirs, picture(size=(30 + len(honest), 20)), "slip.png", honest)
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in honest] == [201] * len(honest) != []
    assert {answer.status_code for answer in answers} <= {400, 429, 503}
    told = [answer for answer in answers if answer.status_code == 429]
    assert told, "three are the most that an account has in hand"
    assert {(answer.json()["code"], answer["Retry-After"]) for answer in told} == {("throttled", "10")}
