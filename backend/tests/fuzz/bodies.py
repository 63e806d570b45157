"""The parts of a request that are not its fields: headers, whole bodies and query strings that nobody should send."""

import random
from collections.abc import Iterable
from urllib.parse import quote, quote_from_bytes

from tests.api.uploading import form, part
from tests.fuzz.values import HOSTILE, Value

URLENCODED = "application/x-www-form-urlencoded"
QUERIES = (
    *("q", "o", "p", "e", "all", "page", "status", "type", "role", "country", "before", "of", "currency", "way"),
    *("next", "tab", "line", "payment", "account", "method", "_popup", "_to_field", "_facets", "_changelist_filters"),
    *(
        "id__exact",
        "pk",
        "password__startswith",
        "account__users__password__regex",
        "created_at__range",
        "s",
        "",
        "a[]",
    ),
    *("enabled", "from", "to", "x" * 200, "page_size", "cursor", "after", "search", "since", "until", "as_of", "full"),
)
HEADERS: dict[str, tuple[str, ...]] = {
    "Accept-Language": ("*", "xx", "ur", "de;q=abc", "de;q=9" + "9" * 400, "-" * 600, "en,," * 300, "\xff", "de\t"),
    "Range": ("bytes=0-", "bytes=-1", "bytes=" + "9" * 400, "lines=a"),
    "Accept": ("", "*", "a/b;q=x", "application/json", "\xff", "text/html;version=1"),
    "Referer": ("http://[", "http://testserver/portal/team/", "//[::1", "http://testserver:x/", "\xff", "data:,"),
    "X-Request-ID": ("x", "\xff", "0" * 400, "{}"),
    "If-None-Match": ("*", '"', "W/"),
    "If-Modified-Since": ("x", "Thu, 01 Jan 0001 00:00:00 GMT"),
    "HX-Request": ("true",),
    "HX-Target": ("desk", "\xff"),
    "X-Forwarded-For": ("x", "::", "1.2.3.4, ", "\xff"),
    "Idempotency-Key": ("", "\xff", "x" * 500, "\0"),
    "Content-Type": (
        *("text/plain; charset=hex", "a; charset=utf-16", "multipart/form-data", "x/y; charset=idna", ";", "\xff"),
        *("a/b; charset*=x''%ff", "a/b; charset=unicode_escape", "a/b; charset=utf-7", "a/b; charset=\0"),
    ),
    "Cookie": (
        *("igny8_notice=%00; igny8_language=xx; igny8_theme=\xe9", "messages=a:b; igny8_passkey=x:y:z", "=;=;", "a"),
        *("igny8_halfway=a.b", 'igny8_notice="\\777', "igny8_csrf=\xff", "messages=\xe9:\xe9:\xe9"),
    ),
}


def _one_part(charset: str, body: str, extra: str = "") -> tuple[str, bytes]:
    head = f'--x\r\nContent-Disposition: form-data; name="code"\r\n{extra}\r\n'
    return f"multipart/form-data; boundary=x{charset}", f"{head}{body}\r\n--x--\r\n".encode()


BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/json", b'{"a": 1}'),
    ("text/plain", b"code=b"),
    ("", b"code=b"),
    ("multipart/form-data", b"--x"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'),
    ("multipart/form-data; boundary=\xff", b""),
    ("multipart/form-data; boundary=" + "x" * 300, b""),
    _one_part("; charset=hex", "b"),
    _one_part("; charset=unicode_escape", "\\ud800"),
    _one_part("", "b", "Content-Type: text/plain; charset*=x''%ff\r\n"),
    _one_part("", "b", "Content-Type: text/plain; charset*=hex''%ff\r\nContent-Transfer-Encoding: \u00e9\r\n"),
    ("multipart/form-data; boundary*=hex''%ff", b""),
    (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Disposition: form-data; name*=hex''%ff; filename*=x''%ff\r\n\r\nb\r\n--x--\r\n",
    ),
    _one_part("", "!", "Content-Transfer-Encoding: base64\r\n"),
    (f"{URLENCODED}; charset=utf-16", b"code=b"),
    (f"{URLENCODED}; charset=nothing", b"code=%ff"),
    (f"{URLENCODED}; charset=hex", b"code=00"),
    (f"{URLENCODED}; charset=unicode_escape", b"code=%5Cud800&name=%5Cud800&email=%5Cud800&password=%5Cud800"),
    (f"{URLENCODED}; charset=utf-7", b"code=%2B2AA-&name=%2B2AA-"),
    (URLENCODED, b"%ff=%00&;&=&a&%"),
    (URLENCODED, b"a=b&" * 1500),
    (URLENCODED, b"\xff\xfe"),
)


def query(rng: random.Random) -> str:
    """A name or many with values, or what is no query."""
    if rng.random() < 0.06:
        return rng.choice(("%", "%ff=%fe", "&&=", "a;b", "q=%ed%a0%80", "&" * 1500, "q=\\ud800"))
    names = rng.sample(QUERIES, rng.choice((1, 1, 2, 12)))
    return urlencoded((name, rng.choice((*HOSTILE, *[""] * 20))[:2000]) for name in names)


def headers(rng: random.Random) -> dict[str, str]:
    """None, one or two."""
    names = rng.sample([*HEADERS], rng.randint(0, 2))
    return {name: rng.choice(HEADERS[name]) for name in names}


def urlencoded(pairs: Iterable[tuple[str, Value]]) -> str:
    """As a browser writes fields into an address or a body; a file as its name alone."""
    return "&".join(f"{quote(name)}={quote_from_bytes(_plain(value))}" for name, value in pairs)


def multipart(pairs: Iterable[tuple[str, Value]]) -> bytes:
    """As a browser sends fields with files among them."""
    return form(*(_part(name, value) for name, value in pairs))


def _part(name: str, value: Value) -> bytes:
    if isinstance(value, str):
        return part(name, _plain(value))
    return part(name, value[1], "NAME").replace(b"NAME", _plain(value).replace(b'"', b"%22"), 1)


def _plain(value: Value) -> bytes:
    return (value if isinstance(value, str) else value[0]).encode("utf-8", "surrogatepass")
