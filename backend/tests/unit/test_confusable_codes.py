"""domain/invoice_tokens.py: codes that a person could confuse."""

import pytest
from igny8_core.business.banking.domain.invoice_tokens import confusable_codes


@pytest.mark.parametrize(
    ("code", "alike"),
    [
        ("ACME", []),
        ("ACO", ["AC0"]),
        ("0CT", ["OCT"]),
        ("LIB", ["1IB", "11B", "L1B"]),
        ("AC1", ["ACI", "ACL"]),
        ("A0O", ["A00", "AOO", "AO0"]),
    ],
)
def test_codes_that_look_alike(code: str, alike: list[str]) -> None:
    assert sorted(confusable_codes(code)) == sorted(alike)


def test_eight_codes_that_look_alike_at_most() -> None:
    assert len(set(confusable_codes("OOO"))) == 7
    assert len(set(confusable_codes("11O1OIL0")) - {"11O1OIL0"}) == 8
