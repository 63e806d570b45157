"""Somebody who asks for every page, reads its forms, and sends them filled in badly, and well.

Everything is drawn from one seed, which stands in every fault: `SEED=… pytest backend/tests/fuzz` sends the same again.
"""

import os
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from django.urls import Resolver404, resolve
from tests.api.uploading import CONTENT_TYPE
from tests.fuzz import bodies
from tests.fuzz.page_forms import Field, Form, forms_of
from tests.fuzz.values import Known, Value, every_hostile, hostile, typed

SEED = int(os.environ.get("SEED", "20261126"))
SIGN_IN = re.compile(r"/portal/sign-in/(\?|$)|/admin/login/")
TOKEN = "csrfmiddlewaretoken"
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
SENT_BY_SCRIPTS = ("credential", "code", "name", "password", "email", "key", "next", "lasting")
"""What addresses without a form on any page are sent."""
WAYS_OUT = frozenset({"sign-out", "logout"})
NOT_REACHED = frozenset({403, 404, 405})
"""What an address answers that did not get as far as to look at what was sent."""


@dataclass
class Tally:
    """What was sent and what came of it, of everybody in one test."""

    sent: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    """Names of addresses that looked at a form: somebody signed in may use them, and what they are about exists."""
    filled: set[str] = field(default_factory=set)
    """Names of addresses whose form was found on a page and sent."""
    forms: set[str] = field(default_factory=set)
    """Forms that were sent, by method and address without ids."""


def new_client() -> Client:
    """A browser that nobody has signed in with."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


class Fuzzer:
    """One person at the pages."""

    def __init__(self, name: str, enter: Callable[[], Client], tally: Tally, known: Known | None = None) -> None:
        self.enter = enter
        """A browser of somebody new of the same role; asked again when a session is over."""
        self.name, self.tally, self.known = name, tally, known or {}
        self.rng = random.Random(f"{SEED}:{name}")
        self.client = enter()
        self.before_code: Callable[[], None] = lambda: None
        """Called before a code is sent: wrong ones must not lock the form against those that follow."""

    @property
    def token(self) -> str:
        """What proves that a form is the product's own."""
        cookie = self.client.cookies.get(settings.CSRF_COOKIE_NAME)
        return "" if cookie is None else cookie.value

    def ask(self, method: str, path: str, body: bytes = b"", content_type: str = "", **headers: str) -> Any:
        """One request, whose answer is judged."""
        extra: dict[str, Any] = {}
        if "Cookie" in headers:  # beside the session's own
            own = [f"{one.key}={one.coded_value}" for one in self.client.cookies.values()]
            extra["HTTP_COOKIE"] = "; ".join([*own, headers.pop("Cookie")])
        content_type = headers.pop("Content-Type", content_type)
        if content_type and not body:
            extra["CONTENT_TYPE"] = content_type
        answer = self.client.generic(method, path, body, content_type=content_type, headers=headers, **extra)
        self.tally.sent[method] += 1
        self._judge(answer, f"{method} {path[:300]}\n{headers} {extra}\n{content_type}\n{body[:1500]!r}")
        self.client.cookies.pop("messages", None)
        if _is_shut_out(answer):
            self.client = self.enter()
        return answer

    def visit(self, path: str, *, rounds: int) -> None:
        """Look at a page; then with hostile queries and headers; then send what forms it has."""
        answer = self.ask("GET", path)
        for _ in range(rounds):
            self.ask("GET", f"{path}?{bodies.query(self.rng)}", **bodies.headers(self.rng))
        if "html" in answer.get("Content-Type", "") and not answer.streaming:
            self.fill_in(answer.content.decode(), path)

    def fill_in(self, text: str, page: str) -> None:
        """Every form of a page that was not sent yet: each of its fields badly, all of them badly, and well."""
        for one in forms_of(text, page):
            form = f"{one.method} {shape_of(one.path)}"
            if form in self.tally.forms:
                continue
            self.tally.forms.add(form)
            if one.method == "post":
                self.tally.filled.add(name_of(one.path))
            names = [name for name in one.fields if name not in (TOKEN, "key")]
            for name in names:
                for value in every_hostile(one.fields[name], self.rng):
                    self.send(one, {name: value})
            for _ in range(2):
                self.send(one, {name: hostile(one.fields[name], self.rng) for name in names})
                self.send(one, {})

    def poke(self, path: str, *, rounds: int) -> None:
        """What a script would send, and whole bodies that nobody should; then the form without anything."""
        one = Form(path, "post", multipart=False, fields={name: Field(name, "text") for name in SENT_BY_SCRIPTS})
        for _ in range(rounds):
            self.send(one, {name: hostile(one.fields[name], self.rng) for name in self.rng.sample(SENT_BY_SCRIPTS, 3)})
            content_type, body = self.rng.choice(bodies.BODIES)
            self.before_code()
            self.ask("POST", path, body, content_type, **{"X-CSRFToken": self.token})
        self.ask("POST", path, b"", bodies.URLENCODED, **{"X-CSRFToken": self.token})

    def send(self, one: Form, bad: dict[str, list[Value]]) -> None:
        """A form with these fields filled in as nobody should, and the others well."""
        filled: list[tuple[str, Value]] = []
        for name, each in one.fields.items():
            if name == TOKEN:
                continue  # the header has it, also where somebody new has signed in meanwhile
            values = bad[name] if name in bad else typed(each, self.rng, self.known)
            filled += [(name, value) for value in values]
        if "code" in one.fields:
            self.before_code()
        if one.method == "get":
            self.ask("GET", f"{urlsplit(one.path).path}?{bodies.urlencoded(filled)}")
            return
        more = bodies.headers(self.rng) if bad and self.rng.random() < 0.3 else {}
        more = {name: value for name, value in more.items() if name not in ("Content-Type", "Cookie")}
        more["X-CSRFToken"] = self.token
        if one.multipart or any(isinstance(value, tuple) for _, value in filled):
            answer = self.ask("POST", one.path, bodies.multipart(filled), CONTENT_TYPE, **more)
        else:
            answer = self.ask("POST", one.path, bodies.urlencoded(filled).encode(), bodies.URLENCODED, **more)
        name = name_of(one.path)
        if answer.status_code not in NOT_REACHED and (name in WAYS_OUT or not _is_shut_out(answer)):
            self.tally.reached.add(name)

    def _judge(self, answer: Any, asked: str) -> None:
        if answer.status_code >= 500:
            number = self.tally.sent.total()
            told = f"SEED={SEED} {self.name}, request {number}: {answer.status_code} {answer.get('X-Request-ID')}"
            self.tally.faults.append(f"{told}\n{asked}")


def _is_shut_out(answer: Any) -> bool:
    """Whether the answer sends somebody to sign in."""
    return bool(SIGN_IN.search(answer.get("Location", "") or answer.get("HX-Redirect", "")))


def shape_of(path: str) -> str:
    """An address without its ids and its query."""
    return IDS.sub("*", urlsplit(path).path)


def name_of(path: str) -> str:
    """What the resolver calls the address; nothing for one that there is not."""
    try:
        return resolve(urlsplit(path).path).url_name or ""
    except Resolver404:
        return ""
