"""Every operation of the API, asked badly by people whose second factor is on: never a 500."""

import json
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from fake_gateway.running import Running
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.http.requests import TolerantRequest
from tests.api.uploading import CONTENT_TYPE
from tests.cast import Api
from tests.contracts.test_isolation_matrix import ROUTES
from tests.fuzz import bodies
from tests.fuzz.fuzzer import NOT_REACHED, Fuzzer, Tally, new_client
from tests.fuzz.values import DOCUMENTS, FILES, HOSTILE, IN_A_CODE
from tests.fuzz.world import World, absent, code_of, forgive, world
from tests.second_steps import code_now, switch_on
from tests.staff import ABSENT, PASSWORD, Person, operator, team_member

pytestmark = pytest.mark.slow
LOGIN, REAUTHENTICATE, REFRESH = "/api/v1/auth/login/", "/api/v1/auth/reauthenticate/", "/api/v1/auth/refresh/"
JSON = "application/json"
LEAST_SENT = 1000
NO_TEXTS = (None, True, 0, -1, 10**30, 1.5, [], {}, ["a"], {"a": {}}, [[[[["a"]]]]], [{}], {"\0": "\ud800"}, [None])
RAW = (
    *(b"", b"null", b"[]", b'"a"', b"\xff", b'{"a":1e400}', b'{"a":1,"a":2}', b"{", b'{"a":NaN}', b"[" * 100_000),
    *(b'{"\\ud800":1}', b'{"code":"\\ud800","email":"\\ud800","name":"\\ud800"}', b"\xef\xbb\xbf{}", b"9" * 5000),
)
TYPES = (
    "",
    "text/plain",
    f"{JSON}; charset=utf-16",
    f"{JSON}; charset=hex",
    "a/b; charset*=x''%ff",
    "multipart/form-data",
)


class Operations:
    """What the API document tells of operations: their addresses and what they take."""

    def __init__(self) -> None:
        self.document = Client().get("/api/schema/?format=json").json()

    def __iter__(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for path, methods in self.document["paths"].items():
            for method, told in methods.items():
                if method in ("get", "post", "put", "patch", "delete"):
                    yield method.upper(), path, told

    def body(self, told: dict[str, Any]) -> dict[str, Any]:
        """The names and shapes of what a body holds."""
        content = told.get("requestBody", {}).get("content", {})
        shape = next(iter(content.values()))["schema"] if content else {}
        properties: dict[str, Any] = self._whole(shape).get("properties", {})
        return properties

    def example(self, name: str, shape: dict[str, Any], here: World) -> Any:
        """Something that has the shape, and where the name is one of the world's ids that."""
        shape = self._whole(shape)
        if name in here.ids:
            return here.ids[name][0]
        if "enum" in shape:
            return shape["enum"][0]
        match shape.get("type"):
            case "object":
                return {one: self.example(one, each, here) for one, each in shape.get("properties", {}).items()}
            case "array":
                return [self.example(name, shape.get("items", {}), here)]
            case "integer":
                return 1
            case "boolean":
                return True
        texts = {"uuid": ABSENT, "date": "2026-11-20", "email": "somebody@people.example"}
        return texts.get(shape.get("format", ""), "10.00" if "amount" in name else "Words")

    def _whole(self, shape: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in shape or "allOf" in shape or "oneOf" in shape or "anyOf" in shape:
            first = (shape.get("allOf") or shape.get("oneOf") or shape.get("anyOf") or [{}])[0]
            shape = self.document["components"]["schemas"][shape["$ref"].split("/")[-1]] if "$ref" in shape else first
        return shape


class Caller:
    """Somebody who signed in with a code, and signs in again when the token is gone."""

    def __init__(self, fuzzer: Fuzzer, person: Person) -> None:
        self.fuzzer, self.rng, self.person = fuzzer, fuzzer.rng, person
        self.reached, self.at = set[str](), ""
        """The operations that looked at what was sent, and the one that is asked."""
        self.sign_in()

    def sign_in(self) -> None:
        secret, _ = switch_on(self.person)
        body = {"email": self.person.email, "password": PASSWORD, "code": code_now(secret)}
        answer = Api(None).post(LOGIN, body)
        assert answer.status_code == 200, answer.content
        self.data = answer.json()["data"]

    def ask(self, method: str, path: str, body: bytes = b"", content_type: str = JSON, **headers: str) -> Any:
        authorization = {"Authorization": f"Bearer {self.data['access_token']}"}
        answer = self.fuzzer.ask(method, path, body, content_type, **{**headers, **authorization})
        if answer.status_code == 401:
            self.sign_in()
        elif answer.status_code not in NOT_REACHED:
            self.reached.add(self.at)
        return answer

    def ask_badly(self, operations: Operations, method: str, path: str, told: dict[str, Any], here: World) -> None:
        """An operation with queries, headers and bodies that nobody should send, and once as it is meant."""
        self.at, names = told["operationId"], operations.body(told)
        meant = {name: operations.example(name, shape, here) for name, shape in names.items()}
        queries = [one["name"] for one in told.get("parameters", []) if one.get("in") == "query"]
        for _ in range(3):
            known = [(name, self.rng.choice(HOSTILE)[:2000]) for name in self.rng.sample(queries, min(2, len(queries)))]
            asked = f"{path}?{bodies.query(self.rng)}&{bodies.urlencoded(known)}"
            self.ask(method, asked, json.dumps(meant).encode() if names else b"", **bodies.headers(self.rng))
        if method != "GET":
            self.ask(method, path, self.rng.choice(RAW))
            self.ask(method, path, json.dumps(meant).encode(), self.rng.choice(TYPES))
            for name in names:
                self.ask(method, path, hostile_body({**meant}, name, self.rng))
                self.ask(method, path, hostile_body({**meant}, name, self.rng), **{"Idempotency-Key": ABSENT})
            files = [(name, self.rng.choice(FILES)) for name in names] or [("a", FILES[0])]
            self.ask(method, path, bodies.multipart(files), CONTENT_TYPE)
        self.ask(method, path, json.dumps(meant).encode() if names else b"")


def told_operations() -> set[tuple[str, str]]:
    """Every operation of the API, as the resolver knows them."""
    return {(method.upper(), re.sub(r"<\w+:(\w+)>", r"{\1}", one.path)) for one in ROUTES for method in one.methods}


def hostile_body(meant: dict[str, Any], name: str, rng: random.Random) -> bytes:
    """What is meant, with something else under one name, or without it."""
    kind = rng.random()
    if kind < 0.1:
        del meant[name]
    elif kind < 0.35:
        meant[name] = rng.choice(NO_TEXTS)
    elif kind < 0.45:
        return json.dumps(meant)[:-1].encode() + f', "{name}": {rng.choice(DOCUMENTS)}}}'.encode()
    else:
        meant[name] = rng.choice(HOSTILE)
    return json.dumps(meant).encode()


@pytest.fixture
def here(gateway: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr("django.test.client.WSGIRequest", TolerantRequest)
    with world() as made:
        yield made


def test_every_operation(here: World) -> None:
    tally, operations = Tally(), Operations()
    fuzzer = Fuzzer("the API", new_client, tally)
    owner = Caller(fuzzer, team_member(here.cast.account, AccountRole.OWNER))
    admin = Caller(fuzzer, operator(OperatorRole.ADMIN))
    asked = list(operations)
    for method, path, told in asked:
        caller = admin if path.startswith("/api/v1/admin/") else owner
        route = re.sub(r"\{(\w+)\}", r"<\1>", path)
        caller.ask_badly(operations, method, here.path(route, fuzzer.rng), told, here)
        caller.ask(method, absent(route), RAW[0])
    assert not tally.faults, "\n\n".join(tally.faults)
    assert {(method, path) for method, path, _ in asked} == told_operations()
    assert {told["operationId"] for _, _, told in asked} - owner.reached - admin.reached == set()
    assert tally.sent.total() >= LEAST_SENT


def test_every_door_that_takes_a_code(here: World) -> None:
    tally = Tally()
    fuzzer = Fuzzer("codes", new_client, tally)
    person = team_member(here.cast.account, AccountRole.OWNER)
    caller = Caller(fuzzer, person)
    codes = [*IN_A_CODE, *NO_TEXTS, "1" * 20, "１" * 6, "ﬃ" * 20, code_of(person)[:5] + "٣"]
    for code in codes:
        forgive(person)
        body = {"email": person.email, "password": PASSWORD, "code": code}
        login = fuzzer.ask("POST", LOGIN, json.dumps(body).encode(), JSON)
        proof = caller.ask("POST", REAUTHENTICATE, json.dumps({"password": PASSWORD, "code": code}).encode())
        assert login.status_code in (400, 401), (code, login.content)
        assert proof.status_code in (200, 400, 401), (code, proof.content)
    assert not tally.faults, "\n\n".join(tally.faults)
    assert tally.sent.total() == 2 * len(codes)
