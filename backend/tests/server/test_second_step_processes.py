"""Wrong codes are counted where all processes look: two of them, tried in parallel, let no more through than one."""

import json
from collections import Counter
from collections.abc import Iterator

import pytest
from igny8_core.accounts.roles import AccountRole
from tests.cast import Cast
from tests.races.test_manual_payment_races import at_once
from tests.second_steps import code_now, factor_of, switch_on
from tests.server.running import Server
from tests.staff import PASSWORD, team_member


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server(throttled=False)
    yield running
    running.stop()


def test_guesses_at_two_processes_are_one_count(server: Server, cast: Cast) -> None:
    person = team_member(cast.account, AccountRole.MEMBER)
    secret, _ = switch_on(person)

    def tried(code: str) -> tuple[int, str | None]:
        body = json.dumps({"email": person.email, "password": PASSWORD, "code": code}).encode()
        headers = ("Content-Type: application/json", f"Content-Length: {len(body)}")
        answer = server.request("POST /api/v1/auth/login/", *headers, body=body)
        return answer.status, answer.json().get("code")

    answers = at_once(16, lambda index: tried(f"{index:06}"))
    assert Counter(answers) == {(401, "invalid_code"): 4, (429, "second_factor_locked"): 12}
    assert tried(code_now(secret)) == (429, "second_factor_locked")
    factor = factor_of(person)
    assert factor is not None
    assert factor.wrong_codes == 5
