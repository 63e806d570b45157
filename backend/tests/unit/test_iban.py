"""Account numbers and check digits, with python-stdnum as the judge of ours."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from igny8_core.kit.iban import STRUCTURES, is_iban
from igny8_core.kit.mod97 import check_digits, has_good_check_digits
from stdnum import iban, numdb
from stdnum.iso7064 import mod_97_10

CHARACTERS = {"n": "0123456789", "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "c": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
codes = st.text(CHARACTERS["c"], min_size=1, max_size=30)


def structure(country: str) -> str | None:
    """The registry's structure of a country in our notation: neighbours of one kind are one."""
    bban = numdb.get("iban").info(country)[0][1].get("bban")
    if bban is None:
        return None
    letters = "".join(kind * int(count) for count, kind in re.findall(r"([0-9]+)!([nac])", bban))
    return "".join(f"{len(run[0])}{run[1]}" for run in re.findall(r"((.)\2*)", letters))


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """A number with its country's structure and the right check digits."""
    country = draw(st.sampled_from(sorted(STRUCTURES)))
    parts = re.findall(r"([0-9]+)([nac])", STRUCTURES[country])
    body = "".join(draw(st.text(CHARACTERS[kind], min_size=int(n), max_size=int(n))) for n, kind in parts)
    return f"{country}{mod_97_10.calc_check_digits(body + country)}{body}"


@given(st.text(CHARACTERS["a"], min_size=2, max_size=2), codes)
def test_check_digits_are_stdnum_s(head: str, body: str) -> None:
    digits = check_digits(head, body)
    assert digits == mod_97_10.calc_check_digits(body + head)
    assert has_good_check_digits(f"{head}{digits}{body}")


@pytest.mark.parametrize("alias", ["00", "01", "99"])
def test_a_remainder_of_one_is_not_enough(alias: str) -> None:
    number = next(f"DE{alias}{n:018}" for n in range(97) if mod_97_10.is_valid(f"{n:018}DE{alias}"))
    assert not has_good_check_digits(number)
    assert not is_iban(number)


def test_each_country_has_the_structure_of_the_registry() -> None:
    ours = {country: structure(country) for country in STRUCTURES}
    known = {prefix[1] for prefix in numdb.get("iban").prefixes if len(prefix[1]) == 2}
    differing = {country: ours[country] for country in known if STRUCTURES.get(country) != ours.get(country)}
    assert len(known) == 89
    assert differing == {"BR": "23n1a1c"}
    assert {country for country in STRUCTURES if ours[country] is None} == STRUCTURES.keys() - known


@given(numbers())
def test_a_number_of_any_country_is_known(number: str) -> None:
    assert is_iban(number)
    assert iban.is_valid(number, check_country=False) or structure(number[:2]) is None or number.startswith("BR")


@given(numbers(), st.data())
def test_a_changed_number_is_judged_as_stdnum_does(number: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(number)))
    changed = number[:at] + data.draw(st.sampled_from(CHARACTERS["c"])) + number[at + 1 :]
    if structure(changed[:2]) is None or changed.startswith("BR"):
        return
    assert is_iban(changed) == (iban.is_valid(changed, check_country=False) and has_good_check_digits(changed))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "DE",
        "DE8937040044053201300",
        "DE893704004405320130000",
        "DE89370400440532013O00",
        "de89370400440532013000",
        "DE89 3704 0044 0532 0130 00",
        "DE89３70400440532013000",
        "US64SVBKUS6S3300958879",
        "DE60370400440532O13000",
    ],
)
def test_other_texts_are_none(text: str) -> None:
    assert not is_iban(text)


def test_numbers_of_countries_outside_the_registry_are_known() -> None:
    assert is_iban("MA64011519000001205000534921")
    assert not is_iban("MA65011519000001205000534921")
