"""What only the real server shows: bodies too large, in chunks or cut off, methods, bytes that are no text, throttles.

The test client hands Django a finished request; here each one comes over a socket.
"""

import json
import uuid
from collections import Counter
from collections.abc import Iterator

import pytest
from tests.cast import ADMIN, BILLING, Cast, claim
from tests.server.running import Answer, Server

MANUAL = f"POST {BILLING}payments/manual/"
JSON = "Content-Type: application/json"
CHUNKED = "Transfer-Encoding: chunked"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server()
    try:
        yield running
    finally:
        running.stop()


def chunks(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (*parts, b""))


def assert_refused(answer: Answer, status: int, code: str) -> None:
    document = answer.json()
    assert (answer.status, document["success"], document["code"]) == (status, False, code)
    assert uuid.UUID(document["request_id"]) == uuid.UUID(answer.headers["x-request-id"])


@pytest.mark.parametrize("megabytes", [2, 10, 15])
def test_a_large_body_gets_its_answer_and_no_reset(server: Server, cast: Cast, megabytes: int) -> None:
    body = b"x" * (megabytes * 1_000_000)
    whole = server.request(MANUAL, JSON, f"Content-Length: {len(body)}", key=cast.member.key, body=body)
    assert_refused(whole, 413, "body_too_large")
    parts = chunks(*[b"x" * 50_000] * (megabytes * 20))
    assert_refused(server.request(MANUAL, JSON, CHUNKED, key=cast.member.key, body=parts), 413, "body_too_large")


def test_a_body_in_chunks_is_a_body(server: Server, cast: Cast) -> None:
    invoice_id = cast.invoice("1000.00")
    text = json.dumps(claim(invoice_id, amount="400.00")).encode()
    answer = server.request(MANUAL, JSON, CHUNKED, key=cast.member.key, body=chunks(text[:9], text[9:]))
    assert (answer.status, answer.json()["data"]["amount"]) == (201, "400.00")


@pytest.mark.parametrize(
    ("header", "body"),
    [("Content-Length: 40", b""), ("Content-Length: 40", b"{}"), (CHUNKED, b""), (CHUNKED, b"zz\r\n")],
)
def test_a_body_cut_off_is_not_an_empty_one(server: Server, cast: Cast, header: str, body: bytes) -> None:
    payment_id = cast.submit(cast.invoice()).json()["data"]["id"]
    line = f"POST {ADMIN}payments/{payment_id}/approve/"
    assert_refused(
        server.request(line, JSON, header, key=cast.approver.key, body=body, cut=True), 400, "validation_error"
    )
    assert cast.viewer.get(f"{BILLING}payments/{payment_id}/").json()["data"]["status"] == "pending_approval"


def test_chunks_without_anything_in_them_are_not_a_body(server: Server, cast: Cast) -> None:
    assert_refused(server.request(MANUAL, JSON, CHUNKED, key=cast.member.key, body=chunks()), 400, "validation_error")


def test_methods_nobody_serves(server: Server, cast: Cast) -> None:
    for method in ("OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "PROPFIND"):
        answer = server.request(f"{method} {BILLING}payments/", key=cast.viewer.key)
        assert_refused(answer, 405, "method_not_allowed")
        assert set(answer.headers["allow"].replace(" ", "").split(",")) == {"GET", "HEAD"}, method
    head = server.request(f"HEAD {BILLING}payments/", key=cast.viewer.key)
    assert (head.status, head.body) == (200, b"")


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("payments/%FF%FE/", 404),
        ("payments/%00/", 404),
        ("payments/../../../etc/passwd", 404),
        ("payments", 404),
        ("payments/?reference=%FF", 400),
        ("payments/?%FF=1", 400),
        ("payments/?reference=%00", 400),
        ("payments/?status=%ED%A0%80", 400),
        ("payments/?reference=-_-", 400),
        ("payments/?page_size=2&page_size=3", 400),
        ("payments/?cursor=a&cursor=b", 400),
        (f"payments/?cursor={'A' * 4000}", 400),
        (f"payments/?{'&'.join(f'a{number}=1' for number in range(1100))}", 400),
    ],
)
def test_addresses_that_are_no_addresses(server: Server, cast: Cast, target: str, status: int) -> None:
    answer = server.request(f"GET {BILLING}{target}", key=cast.viewer.key)
    assert_refused(answer, status, {400: "validation_error", 404: "not_found"}[status])


@pytest.mark.parametrize(
    "header",
    [
        "Content-Type: text/plain",
        "Content-Type: ;;;",
        b"Content-Type: \xff\xfe",
        "X-Nothing: here",
        "Content-Type: application/x-www-form-urlencoded",
    ],
)
def test_types_that_are_not_json(server: Server, cast: Cast, header: str | bytes) -> None:
    answer = server.request(MANUAL, header, "Content-Length: 2", key=cast.member.key, body=b"{}")
    assert_refused(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("key", [b"a\tb", b"\xc3\xa4", b"", b"x" * 256])
def test_keys_that_are_no_keys(server: Server, cast: Cast, key: bytes) -> None:
    answer = server.request(
        MANUAL, JSON, b"Idempotency-Key: " + key, "Content-Length: 2", key=cast.member.key, body=b"{}"
    )
    assert_refused(answer, 400, "validation_error")
    assert list(answer.json()["errors"]) == ["Idempotency-Key"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "a b", "\xff"])
def test_hosts_that_are_not_ours(server: Server, cast: Cast, host: str) -> None:
    assert_refused(
        server.request(f"GET {BILLING}payments/", f"Host: {host}", key=cast.viewer.key), 400, "validation_error"
    )
    assert server.request("GET /readyz", f"Host: {host}").status == 200


def test_guessing_passwords_is_slowed_across_processes(server: Server) -> None:
    """Five a minute for one address of mail, counted by both workers together; twelve cross one window at most."""
    body = json.dumps({"email": f"{uuid.uuid4().hex}@example.com", "password": "guess"}).encode()
    length = f"Content-Length: {len(body)}"
    answers = [server.request("POST /api/v1/auth/login/", JSON, length, body=body) for _ in range(12)]
    assert answers[0].status == 401
    counted = Counter(answer.status for answer in answers)
    assert set(counted) == {401, 429}
    assert 5 <= counted[401] <= 10
    refused = next(answer for answer in answers if answer.status == 429)
    assert_refused(refused, 429, "throttled")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
