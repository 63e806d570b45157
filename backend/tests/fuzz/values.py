"""What is typed into a field: what people would type there, and what nobody should. All of it is drawn from a seed."""

import os
import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from tests.files import document, picture
from tests.fuzz.page_forms import Field
from tests.hostile import REFUSED
from tests.staff import ABSENT, PASSWORD

ROUNDS = int(os.environ.get("ROUNDS", "2"))
"""How often each field of a form is filled in badly."""
type File = tuple[str, bytes]
"""A file's name and what is in it."""
type Value = str | File
type Known = dict[str, Callable[[], Value]]
"""What fits a field of this name, for forms that mean something."""

GROWS = ("\ufb03" * 128, "\ufdfa" * 128, "\u1e9e" * 200, "\u0390" * 60)
"""What is longer once it is normalised, or in upper case."""
DIGITS = ("１２３４５６", "٠١٢٣٤٥", "۱۲۳۴۵۶", "𝟏𝟐𝟑𝟒𝟓𝟔", "²³¹²³¹", "①②③④⑤⑥", "५", "½", "Ⅻ", "１.５", "äöüßéñ")
UNSEEN = (
    *("\0", "a\0b", "\ud800", "a\udfffb", "\u200b\u200d", "12\u202e34", "1\r\n2", "\x1b[2J", "\ufffe", "\t", "\u2066"),
    *("\\ud800", "+2AA-", "\x85", "\u2028"),
)
NUMBERS = (
    *("-1", "-0", "+1", "0", "0.001", "1e999999", "1E5", "1_000", "NaN", "sNaN", "Infinity", "-inf", "0x10", "1,5"),
    *("\u22125", "9" * 30, "9" * 400, "9" * 5000, "0" * 400 + "1", "." + "0" * 400, "2147483648", "1.000,00"),
    *("-9223372036854775809", "9223372036854775808", "." * 3, "1.2.3", "’1", "1 000", "-99999999999999999999.99"),
)
DATES = (
    *("0001-01-01", "9999-12-31", "2026-02-30", "0000-00-00", "10000-01-01", "-0001-01-01", "2026-11-26T10:00:00Z"),
    *("1.1.0001", "31/12/9999", "२०२६-०१-०१", "today", "2026-W48-4", "9999-12-31T23:59:59-23:59"),
)
DOCUMENTS = (
    *("null", "true", "1", "[]", "{}", '""', '["a"]', '{"a": 1}', '{"a": {"b": []}}', '{"payee_name": 5}'),
    *('"\\u0000"', '{"\\u0000": "a"}', '{"payee_name": "\\u0000"}', '{"payee_name": "\\ud800"}', '{"a": NaN}'),
    *('{"id": 1, "response": []}', "1e400", "[" * 3000, '{"a":' * 3000, '{"a": 1e400}', "9" * 5000, '{"a"'),
    *('{"type": "public-key"}', '{"iban": ["x"]}', '{"payee_name": null}', "[" * 200_000, '{"a": [[[[[[1]]]]]]}'),
)
TEXTS = (
    *("", " ", "x" * 300, "x" * 5000, "ä" * 255, "🧾" * 100, "a" + "\u0301" * 500, "İ" * 100, "None", "True", "*"),
    *(
        "' OR 1=1 --",
        '"; DROP TABLE x',
        "%s%n%d",
        "%",
        "%00",
        "{{ 7*7 }}",
        "{0.__class__}",
        "<script>alert(1)</script>",
    ),
    *("../../etc/passwd", "//evil.example/", "https://evil.example/", "/portal//x", "/portal/\\x", "/admin/é", "\\"),
    *("a@b", "@", "a@b.c" * 60, "ﬁ@ex.example", "a@xn--", "a@[::1]", '"a b"@c.example', "İ@people.example", "$1"),
    *("a@" + "b." * 120 + "de", ABSENT, ABSENT.replace("-", ""), "{" + ABSENT + "}", f"urn:uuid:{ABSENT}", "x" * 36),
    *("de", "xx", "*;q=1", "active", "owner", "javascript:1"),
    *("Europe/Nowhere", "../UTC", "/etc/localtime", "localtime", "posixrules", "Factory", "utc", "UTC\0"),
)
HOSTILE = (*GROWS, *DIGITS, *UNSEEN, *NUMBERS, *DATES, *DOCUMENTS, *TEXTS)
IN_A_CODE = (*GROWS, *DIGITS, *UNSEEN, "", " ", "-1", "9" * 5000, "12345６")
OF_KIND: dict[str, tuple[str, ...]] = {
    "date": DATES,
    "datetime-local": DATES,
    "number": (*NUMBERS, *DIGITS),
    "textarea": (*TEXTS, *DOCUMENTS, *UNSEEN),
}
NUMERIC = ("amount", "part", "min_", "max_", "tolerance", "sort_", "last_four", "quantity")
REFUSED_FILES = REFUSED[:30]
"""The rest unpack to more than a request of this test may cost; they have a test of their own."""
FILES: tuple[File, ...] = (
    *REFUSED_FILES,
    ("\ud800.png", picture()),
    ("x" * 300 + ".png", picture()),
    ("", picture()),
    ("a\0.png", picture()),
    ("../../a.pdf", document()),
    ("s.xml", b"<"),
    ("s.sta", b":20:\xff\xfe"),
    ("s.csv", b"\0" * 50),
    ("s.xlsx", b"PK\x05\x06" + bytes(18)),
    ("s.ofx", "OFXHEADER:100\n１".encode()),
    ("s.txt", b"a;b\n" * 50),
)


def typed(field: Field, rng: random.Random, known: Known) -> list[Value]:
    """What somebody would choose or type. Empty: the field is not sent."""
    if field.name in known:
        return [known[field.name]()]
    if field.kind == "checkbox":
        return [one for one in field.options if rng.random() < 0.5]
    if field.options:
        return [rng.choice(field.options)]
    if field.name == "key":
        return [_uuid(rng)]
    if field.kind == "hidden":
        return [field.value]
    if field.kind == "file":
        return [("slip.png", picture())]
    return [_written(field, rng)]


def _written(field: Field, rng: random.Random) -> str:
    if field.kind == "password":
        return PASSWORD
    if field.kind == "email" or field.name == "email":
        return f"{rng.getrandbits(64):x}@people.example"
    if field.kind == "date":
        return datetime.now(UTC).date().isoformat()
    if "reference" in field.name:
        return f"FT {rng.getrandbits(40)}"
    return field.value or f"Words {rng.getrandbits(24):x}"


def hostile(field: Field, rng: random.Random) -> list[Value]:
    """What nobody should send: one value or several, of the field's own kind more often than not."""
    if field.kind == "file" or rng.random() < 0.03:
        return [rng.choice(FILES)]
    values = hostile_texts(field, rng)
    one, manner = rng.choice(values), rng.random()
    if manner < 0.1:
        return [one, rng.choice(values), rng.choice(HOSTILE)]
    return [] if manner < 0.15 else [f"{field.value}{one}" if manner < 0.25 else one]


def every_hostile(field: Field, rng: random.Random) -> list[list[Value]]:
    """All there is for fields that are read by code of ours character by character, else a few."""
    everything = {"code": IN_A_CODE, "instructions": DOCUMENTS, "credential": DOCUMENTS, "amount": (*NUMBERS, *DIGITS)}
    if field.name in everything:
        return [[value] for value in everything[field.name]]
    return [hostile(field, rng) for _ in range(ROUNDS)]


def hostile_texts(field: Field, rng: random.Random) -> tuple[str, ...]:
    """What to choose from for a field."""
    if field.name == "code":
        return IN_A_CODE
    if rng.random() < 0.3:
        return HOSTILE
    if any(part in field.name for part in NUMERIC):
        return (*NUMBERS, *DIGITS)
    if field.name in ("instructions", "credential"):
        return DOCUMENTS
    return OF_KIND.get(field.kind, HOSTILE)


def _uuid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))
