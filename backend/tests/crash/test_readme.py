"""The session that README shows works as it stands there, on another port and another data folder, and twice."""

import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from tests.crash.product import Product

pytestmark = pytest.mark.slow
README = Path(__file__).resolve().parents[3] / "README.md"


def session_of(product: Product) -> str:
    """README's commands, for this product."""
    text = README.read_text().split("## A session with curl", maxsplit=1)[1]
    block = re.search(r"```\n(.*?)```", text, re.DOTALL)
    assert block is not None
    commands = block[1]
    for shown, here in (("127.0.0.1:8000", f"127.0.0.1:{product.port}"), (".data/", f"{product.folder}/")):
        assert shown in commands
        commands = commands.replace(shown, here)
    return commands


def answers(product: Product) -> Iterable[Any]:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", session_of(product)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line for line in done.stdout.splitlines() if line]
    return [json.loads(line) if line.startswith("{") else line for line in lines]


def test_the_session_of_the_readme(product: Product) -> None:
    due: list[str] = []
    for _ in range(2):
        listed, invoice, ways, submitted, typo, queue, approved, paid, left, new, full = answers(product)
        assert len(listed["results"]) == 2
        assert invoice["data"]["status"] == "pending"
        assert "bank_transfer" in [way["payment_method"] for way in ways["data"]["methods"]]
        payment = submitted["data"]
        assert (payment["status"], payment["amount"]) == ("pending_approval", "1000.00")
        assert (typo["code"], typo["errors"]["transaction_refrence"]) == (
            "validation_error",
            ["This field is not known."],
        )
        assert queue["success"] is True
        assert (approved["data"]["id"], approved["data"]["status"]) == (payment["id"], "succeeded")
        assert [step["to"] for step in paid["data"]["history"]][-1] == "succeeded"
        assert left != invoice["data"]["amount_due"]
        due.append(left)
        assert {part["ok"] for recount in (new, full) for part in recount["data"].values()} == {True}
    assert due[0] != due[1]
