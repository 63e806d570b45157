"""What the real server answers where no view does, and what it lets a cache keep."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.cast import ADMIN, BILLING, Cast
from tests.server.running import Answer, Server
from tests.server.test_wire import CHUNKED, JSON, MANUAL, chunks

FORM = "Content-Type: application/x-www-form-urlencoded"
PAGES = (
    "/portal/sign-in/",
    "/portal/",
    "/admin/",
    "/admin/billing/payment/",
    "/api/v1/auth/login/",
    "/api/schema/",
    "/",
)
TYPES = (
    b"x" * 20_000,
    b"application/json; a*=bogus''x",
    b"a/b; a*=undefined''%80",
    b"multipart/form-data",
    b"\xff\xfe",
    b";",
    b";=",
    b"multipart/form-data; boundary=" + b"x" * 300,
    b"multipart/form-data; boundary=\xe9",
    b"a; b*0*=x''y; b*1=z",
    b"text/html; *=",
    b"application/x-www-form-urlencoded; charset=utf-16",
    b"application/x-www-form-urlencoded; charset=undefined",
    b"text/plain; charset=hex",
    b"text/plain; charset=unicode_escape",
    b"text/plain; charset=punycode",
    b'a; b="',
)
HEADERS = (
    b"Accept: " + b"x;" * 6_000,
    b"Accept: a; a*=bogus''x",
    b"Accept-Language: " + b"x-" * 6_000,
    b"Accept-Language: \xff",
    b"Cookie: igny8_session=\xff\xfe; igny8_halfway=.; igny8_notice=\xc3; igny8_language=../x; messages=a",
    b"Cookie: ;;=;",
    b"Authorization: Bearer \xff",
    b"Authorization: \x00",
    b"X-Request-ID: \xff",
    b"X-Forwarded-For: \xff, ,",
    b"Forwarded: x",
    b"If-Modified-Since: x",
    b"If-None-Match: \xff",
    b"Range: bytes=5-1,-,x",
    b"Expect: 100-continue",
    b"Expect: x",
    b"HX-Request: \xff",
    b"X-HTTP-Method-Override: \xff",
    b"Upgrade: h2c",
    b"Content-Encoding: gzip",
    b"Referer: http://[",
    b"Origin: http://[",
    b"Transfer-Encoding: gzip",
    b"Content-Length: x",
    b"Idempotency-Key: \xff",
    b"X-CSRFToken: \xff",
)
TARGETS = (
    "/%ff%fe",
    "/static/%00",
    "/static/%ff",
    "/static/../manage.py",
    "/static/%2e%2e/x",
    "/static/",
    "/%00",
    "//x",
    "/" + "a" * 9_000,
    "*",
    "http://127.0.0.1/portal/",
    "http://[",
    "/portal/%ff/",
    "/portal/password/%ff%00/",
    "/admin/%ff/",
    "/admin/%c3%28/x/change/",
    "/portal/?%ff=%ff",
    "/portal/sign-in/?next=%ff%00",
    "/admin/billing/payment/?%ff=%ff",
    "/admin/?%00",
    "/api/schema/?format=%ff",
    "/api/schema/?version=%00&lang=%ff",
    "/api/docs/?script=%00",
    "/readyz/%ff",
    "/api/v1/%ff/",
    "/portal/sign-in/?" + "a&" * 3_000,
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server(throttled=False)
    try:
        yield running
    finally:
        running.stop()


def ask(server: Server, line: str, *headers: str | bytes, **more: Any) -> Answer | None:
    """The answer; None where the server ends the connection without one."""
    try:
        return server.request(line, *headers, **more)
    except ConnectionError:
        return None


def assert_no_defect(answer: Answer | None, what: Any) -> None:
    assert answer is None or answer.status < 500, what


@pytest.mark.parametrize("page", PAGES)
def test_content_types_that_cannot_be_read(server: Server, page: str) -> None:
    for kind in TYPES:
        for method in ("GET", "POST"):
            headers = (b"Content-Type: " + kind, "Content-Length: 3")
            line = f"{method} {page}?q=%ff&next=\\ud800"  # what the address asks is read as the content type says
            assert_no_defect(ask(server, line, *headers, body=b"a=1"), (method, kind[:60]))


@pytest.mark.parametrize("page", PAGES)
def test_headers_that_cannot_be_read(server: Server, page: str) -> None:
    for header in HEADERS:
        for method in ("GET", "POST"):
            assert_no_defect(ask(server, f"{method} {page}", header, FORM), (method, header[:60]))


@pytest.mark.parametrize(
    "method", ["GET", "POST", "HEAD", "PUT", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "X-Y"]
)
def test_targets_that_are_no_addresses(server: Server, method: str) -> None:
    for target in TARGETS:
        assert_no_defect(ask(server, f"{method} {target}"), target[:60])


def test_a_form_that_ends_too_early_is_refused(server: Server) -> None:
    """As for JSON: what is cut off is no form, and no defect of ours either."""
    for page in ("/portal/sign-in/", "/portal/password/", "/admin/logout/", "/admin/approvals/bulk/"):
        for kind in (FORM, "Content-Type: multipart/form-data; boundary=x"):
            answer = ask(server, f"POST {page}", kind, "Content-Length: 400", body=b"--x\r\na=1", cut=True)
            assert_no_defect(answer, (page, kind))


def test_nothing_of_the_api_is_kept_by_a_cache(server: Server, cast: Cast) -> None:
    login = json.dumps({"email": "a@b.example", "password": "x" * 12}).encode()
    answers = {
        "list": server.request(f"GET {BILLING}payments/", key=cast.viewer.key),
        "no key": server.request(f"GET {BILLING}payments/"),
        "absent": server.request(f"GET {BILLING}nothing/", key=cast.viewer.key),
        "method": server.request(f"DELETE {BILLING}payments/", key=cast.viewer.key),
        "export": server.request(f"GET {ADMIN}refunds/export/?format=csv", key=cast.finance.key),
        "tokens": server.request("POST /api/v1/auth/login/", JSON, f"Content-Length: {len(login)}", body=login),
        "too large": server.request(
            MANUAL, JSON, "Content-Length: 2000000", key=cast.member.key, body=b"x" * 2_000_000
        ),
        "cut off": server.request(MANUAL, JSON, CHUNKED, key=cast.member.key, body=chunks()),
        "host": server.request(f"GET {BILLING}payments/", "Host: evil.example", key=cast.viewer.key),
        "no address": server.request("GET /nothing/"),
        "type": server.request(
            MANUAL, b"Content-Type: " + b"x" * 20_000, "Content-Length: 2", key=cast.member.key, body=b"{}"
        ),
        "health": server.request("GET /healthz"),
        "metrics": server.request("GET /metrics"),
    }
    assert {name: answer.headers.get("cache-control") for name, answer in answers.items()} == dict.fromkeys(
        answers, "no-store"
    )
    for name, answer in answers.items():
        assert {"Authorization", "Cookie"} <= {*answer.headers["vary"].split(", ")}, name


def test_the_pages_files_are_kept(server: Server) -> None:
    answer = server.request("GET /static/console/console.css")
    assert (answer.status, answer.headers["cache-control"]) == (200, "max-age=60, public")
