"""A profile is refused with the field at fault, and comes back from storage as it went in."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from igny8_core.business.banking.domain.csv_profile import CsvProfile
from igny8_core.kit.errors import ValidationError

GOOD: dict[str, Any] = {"booking_date": "Date", "amount": "Amount", "fixed_currency": "EUR"}


def faults(**changed: Any) -> set[str]:
    with pytest.raises(ValidationError) as refused:
        CsvProfile.from_json(GOOD | changed)
    assert all(sentences and all(sentences) for sentences in refused.value.fields.values())
    return set(refused.value.fields)


def test_a_profile_survives_storage() -> None:
    profile = CsvProfile.from_json(GOOD | {"remittance": ["Text", 3], "thousands": ",", "date_order": "dmy"})
    stored = json.loads(json.dumps(profile.to_json()))
    assert CsvProfile.from_json(stored) == profile
    assert stored["remittance"] == ["Text", 3]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("delimiter", "§"),
        ("delimiter", ""),
        ("delimiter", True),
        ("encoding", "utf-7"),
        ("decimal", " "),
        ("thousands", "x"),
        ("date_order", "dym"),
        ("skip_rows", -1),
        ("skip_rows", True),
        ("skip_rows", 1.5),
        ("skip_last_rows", 101),
        ("has_header", "yes"),
        ("inverted", 1.0),
        ("booking_date", 0),
        ("booking_date", 201),
        ("amount", ""),
        ("balance", "x" * 101),
        ("remittance", "Text"),
        ("remittance", [""]),
        ("debit_words", []),
        ("credit_words", ["d"]),
        ("fixed_currency", "XYZ"),
        ("fixed_currency", ["EUR"]),
        ("fixed_currency", {}),
        ("fixed_account", "spaces here"),
        ("fixed_account", 7),
    ],
)
def test_a_field_at_fault_is_named(field: str, value: object) -> None:
    expected = {"debit_words"} if (field, value) == ("credit_words", ["d"]) else {field}
    assert faults(**{field: value}) == expected


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"booking_date": None}, "booking_date"),
        ({"amount": None}, "amount"),
        ({"debit": "Out"}, "amount"),
        ({"amount": None, "debit": "Out", "indicator": "D/C"}, "indicator"),
        ({"indicator": "D/C", "inverted": True}, "inverted"),
        ({"fixed_currency": ""}, "currency"),
        ({"currency": "Currency"}, "currency"),
        ({"account": "Account", "fixed_account": "1"}, "account"),
        ({"decimal": ",", "thousands": ","}, "thousands"),
        ({"has_header": False}, "has_header"),
        ({"strange": 1}, "strange"),
    ],
)
def test_fields_that_contradict_are_named(changed: dict[str, Any], field: str) -> None:
    assert field in faults(**changed)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(field=st.sampled_from(sorted(CsvProfile.from_json(GOOD).to_json())), value=JSON)
def test_no_json_is_anything_but_a_profile_or_refused(field: str, value: object) -> None:
    try:
        profile = CsvProfile.from_json(GOOD | {field: value})
    except ValidationError as refused:
        assert refused.fields
    else:
        assert CsvProfile.from_json(profile.to_json()) == profile


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("skip_rows", 0),
        ("skip_rows", 100),
        ("skip_last_rows", 100),
        ("booking_date", 1),
        ("booking_date", 200),
        ("balance", "x" * 100),
        ("balance", "x"),
        ("remittance", ["Text"]),
        ("debit_words", ["D"]),
        ("fixed_account", "A" * 64),
        ("inverted", True),
    ],
)
def test_a_field_at_its_limit_is_taken(field: str, value: object) -> None:
    assert CsvProfile.from_json(GOOD | {field: value}).to_json()[field] == value


@pytest.mark.parametrize(
    ("field", "value"), [("skip_rows", 101), ("fixed_account", "A" * 65), ("remittance", ["x" * 101])]
)
def test_a_field_beyond_its_limit_is_refused(field: str, value: object) -> None:
    assert faults(**{field: value}) == {field}


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"booking_date": None, "value_date": "Value"}, set()),
        ({"amount": None, "debit": "Out"}, set()),
        ({"amount": None, "credit": "In"}, set()),
        ({"credit": "In"}, {"amount"}),
        ({"amount": None}, {"amount"}),
        ({"amount": None, "debit": "Out", "inverted": True}, {"inverted"}),
        ({"indicator": "D/C"}, set()),
        ({"indicator": "D/C", "inverted": True}, {"inverted"}),
        ({"debit_words": ["x"], "credit_words": [" X "]}, {"debit_words"}),
        ({"fixed_currency": "", "currency": "Currency"}, set()),
        ({"account": "Account"}, set()),
        ({"has_header": False, "booking_date": 1, "amount": 2}, set()),
        ({"has_header": False, "booking_date": 1, "amount": 2, "remittance": ["Text"]}, {"has_header"}),
    ],
)
def test_exactly_these_fields_contradict(changed: dict[str, Any], fields: set[str]) -> None:
    if fields:
        assert faults(**changed) == fields
    else:
        CsvProfile.from_json(GOOD | changed)


def test_the_columns_are_listed_in_the_order_of_the_fields() -> None:
    profile = CsvProfile.from_json(GOOD | {"value_date": 4, "balance": "Saldo", "remittance": ["Text", 7]})
    assert profile.columns() == ["Date", 4, "Amount", "Saldo", "Text", 7]
