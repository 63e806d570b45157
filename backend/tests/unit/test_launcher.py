"""What the launcher gives its children: the demo gateway, unless somebody names another."""

import socket
from pathlib import Path

import pytest
from fake_gateway.keys import environment, make_keys
from igny8_core.env import load
from launcher import supervisor
from launcher.supervisor import Supervisor


def web_environment(folder: Path) -> dict[str, str]:
    launched = Supervisor(load({"IGNY8_DATA_DIR": str(folder)}))
    launched.gateway_environment = environment(make_keys(), "http://127.0.0.1:8500", folder / "root.pem")
    return launched._child("web", ["web"], url=("IGNY8_WEB_DATABASE_URL", "postgresql:///x")).environment


def test_the_demo_gateway(tmp_path: Path) -> None:
    given = web_environment(tmp_path)
    assert given["IGNY8_STRIPE_API_BASE"] == given["IGNY8_PAYPAL_API_BASE"] == "http://127.0.0.1:8500"


@pytest.mark.parametrize("name", ["IGNY8_STRIPE_SECRET_KEY", "IGNY8_PAYPAL_CLIENT_ID"])
def test_a_gateway_that_somebody_names_stays_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "sk_test_of_somebody")
    given = web_environment(tmp_path)
    assert [each for each in given if each.startswith(("IGNY8_STRIPE_", "IGNY8_PAYPAL_"))] == [name]


def test_a_port_that_is_taken_or_too_high_is_replaced() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert supervisor._free_port(port) not in (0, port)
    assert 0 < supervisor._free_port(70_000) < 65_536
