"""domain/amounts.py: what the marks of a number can mean, and what may stand beside it, each limit from both sides."""

import pytest
from igny8_core.business.banking.domain.amounts import (
    Habits,
    Shape,
    Written,
    decided,
    lone_amount,
    number_in,
    shape_of,
    written_amount,
)
from igny8_core.business.banking.domain.reading import Unreadable


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("5.00", Written("5.00")),
        ("\u00a0'5.00 ", Written("5.00")),
        ("' 5.00", Written("5.00")),
        ("5.00 EUR", Written("5.00")),
        ("\u22125.00", Written("5.00", sign=-1)),
        ("+5.00", Written("5.00", sign=1)),
        ("(5.00)", Written("5.00", sign=-1)),
        ("5.00 DR", Written("5.00", word=-1)),
        ("5.00 cr.", Written("5.00", word=1)),
        ("-5.00 DR", Written("5.00", sign=-1, word=-1)),
        ("+5.00 CR", Written("5.00", sign=1, word=1)),
        ("-5.00 EUR DR", Written("5.00", sign=-1, word=-1)),
        ("5/-", Written("5")),
        ("Fr.5", Written("5")),
        (".5", Written(".5")),
    ],
)
def test_a_number_and_what_stands_beside_it(text: str, written: Written) -> None:
    currency = "CHF" if "Fr" in text else "EUR"
    assert written_amount(text, currency) == written
    assert number_in(text) == written.number


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is not an amount"),
        ("EUR", "is not an amount"),
        ("5.00 %", "is not an amount"),
        ("5.00 about", "is not an amount"),
        (")5.00(", "is not an amount"),
        ("(5.00", "is not an amount"),
        ("5.00)", "is not an amount"),
        ("((5.00))", "is not an amount"),
        ("5.00 USD", "is not in EUR"),
        ("£5.00", "is not in EUR"),
        ("--5.00", "has more than one sign"),
        ("+5.00-", "has more than one sign"),
        ("-(5.00)", "has more than one sign"),
        ("5.00 DR CR", "has more than one sign"),
        ("DR 5.00 DR", "has more than one sign"),
        ("-5.00 CR", "contradicts its word"),
        ("+5.00 DR", "contradicts its word"),
    ],
)
def test_what_does_not_belong_beside_an_amount(text: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        written_amount(text, "EUR")


def test_the_words_of_a_bank_are_read_without_regard_to_spaces_and_capitals() -> None:
    words = {"debit_words": [" Soll "], "credit_words": [" Haben "]}
    assert written_amount("5 SOLL", "EUR", **words) == Written("5", word=-1)
    assert written_amount("5 haben", "EUR", **words) == Written("5", word=1)


@pytest.mark.parametrize(
    ("written", "direction"),
    [
        (Written("5"), 1),
        (Written("5", sign=-1), -1),
        (Written("5", sign=1), 1),
        (Written("5", word=-1), -1),
        (Written("5", word=1), 1),
    ],
)
def test_a_word_or_a_sign_gives_the_direction(written: Written, direction: int) -> None:
    assert written.direction == direction


@pytest.mark.parametrize(
    ("number", "shape", "as_decimal"),
    [
        ("5", Shape("5"), "5"),
        ("5.", Shape("5", "", "."), "5"),
        (".345", Shape("", "345", "."), ".345"),
        ("0.345", Shape("0", "345", "."), "0.345"),
        ("1.3456", Shape("1", "3456", "."), "1.3456"),
        ("1234.567", Shape("1234", "567", "."), "1234.567"),
        ("1,234.5", Shape("1234", "5", ".", ","), "1234.5"),
        ("1.234,567", Shape("1234", "567", ",", "."), "1234.567"),
        ("123,456,789", Shape("123456789", group_mark=","), "123456789"),
        ("1'234", Shape("1234", group_mark="'"), "1234"),
        ("12 345", Shape("12345", group_mark=" "), "12345"),
        ("12,34,567", Shape("1234567", group_mark=","), "1234567"),
        ("1,23,45,678", Shape("12345678", group_mark=","), "12345678"),
        ("123,45", Shape("123", "45", ","), "123.45"),
    ],
)
def test_what_the_marks_can_only_mean(number: str, shape: Shape, as_decimal: str) -> None:
    assert shape_of(number) == shape
    assert (shape.is_open, shape.as_decimal) == (False, as_decimal)


@pytest.mark.parametrize("number", ["1.234", "12,345", "123.456"])
def test_three_digits_after_the_only_mark_leave_it_open(number: str) -> None:
    shape = shape_of(number)
    assert (shape.is_open, shape.mark, shape.decimal_mark, shape.group_mark) == (True, number[-4], "", "")
    assert (shape.as_whole, shape.as_decimal) == (number[:-4] + number[-3:], f"{number[:-4]}.{number[-3:]}")


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("1.50 00", "is not an amount"),
        ("1,234.567,8", "has different thousands separators"),
        ("1 234'567.00", "has different thousands separators"),
        ("1 234'567", "has different thousands separators"),
        ("1234,567,890", "in the wrong place"),
        ("123,45,678", "in the wrong place"),
        ("1,2345,678", "in the wrong place"),
        ("12,345,67", "in the wrong place"),
        ("0,123,456", "in the wrong place"),
        (",123,456", "in the wrong place"),
        ("1 2.345", "in the wrong place"),
        ("1'2345", "in the wrong place"),
    ],
)
def test_groups_of_a_wrong_size_are_unreadable(number: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        shape_of(number)


COMMA_GROUPS, COMMA_DECIMAL = Habits(grouping={","}), Habits(decimal={","}, not_three={","})


@pytest.mark.parametrize(
    ("number", "currency", "decimal", "thousands", "habits", "read"),
    [
        # Only one reading is left: the profile's marks may not contradict it.
        ("5.50", "EUR", ".", "", Habits(), "5.50"),
        ("5.50", "EUR", ",", "", Habits(), None),
        ("1,234,567", "EUR", ",", "", Habits(), None),
        ("1,234,567", "EUR", ".", "", Habits(), "1234567"),
        ("1,234,567", "EUR", ".", ",", Habits(), "1234567"),
        ("1,234,567", "EUR", ".", " ", Habits(), None),
        ("1234", "EUR", ".", " ", Habits(), "1234"),
        # The mark is the profile's decimal mark.
        ("1.234", "EUR", ".", "", Habits(), None),
        ("1.234", "KWD", ".", "", Habits(), "1.234"),
        ("1.234", "KWD", ".", "", Habits(grouping={"."}), None),
        ("1.234", "EUR", ".", "", Habits(decimal={"."}), "1.234"),
        ("1.234", "EUR", ".", "", Habits(decimal={"."}, not_three={"."}), None),
        ("1.234", "EUR", ".", "", Habits(decimal={"."}, grouping={"."}), None),
        # The mark is another one.
        ("1,234", "EUR", ".", ",", Habits(), "1234"),
        ("1,234", "EUR", ".", " ", Habits(), None),
        ("1,234", "JPY", ".", " ", Habits(), None),
        ("1,234", "EUR", ".", "", Habits(), None),
        ("1,234", "JPY", ".", "", Habits(), "1234"),
        ("1,234", "EUR", ".", "", Habits(decimal={"."}), "1234"),
        ("1,234", "EUR", ".", "", COMMA_GROUPS, "1234"),
        ("1,234", "EUR", ".", ",", COMMA_DECIMAL, None),
        ("1,234", "JPY", ".", "", COMMA_DECIMAL, None),
    ],
)
def test_a_profile_and_the_habits_of_its_table_decide_a_mark(
    number: str, currency: str, decimal: str, thousands: str, habits: Habits, read: str | None
) -> None:
    assert decided(shape_of(number), currency, decimal=decimal, thousands=thousands, habits=habits) == read


def test_what_the_amounts_of_a_table_show_about_their_marks() -> None:
    habits = Habits()
    for number in ("1.234", "5"):
        habits.note(shape_of(number))
    assert habits == Habits()
    habits.note(shape_of("1,234.567"))
    assert habits == Habits(decimal={"."}, grouping={","})
    habits.note(shape_of("1.5"))
    assert habits == Habits(decimal={"."}, grouping={","}, not_three={"."})


@pytest.mark.parametrize(
    ("number", "currency", "after", "read"),
    [
        ("12.50", "EUR", ".,", "12.50"),
        ("1234,500", "EUR", ".,", "1234.500"),
        ("1,234", "KWD", ",", "1.234"),
        ("1.234", "KWD", ".,", "1.234"),
    ],
)
def test_where_no_thousands_are_separated_a_mark_is_decimal(number: str, currency: str, after: str, read: str) -> None:
    assert lone_amount(number, currency, decimals_after=after) == read


@pytest.mark.parametrize(
    ("number", "currency", "after", "why"),
    [
        ("1,234,567", "EUR", ".,", "has no thousands separators"),
        ("1.234", "EUR", ".,", '"1.234" may mean 1234 or 1.234'),
        ("1.234", "KWD", ",", '"1.234" may mean 1234 or 1.234'),
        ("1,234", "JPY", ".,", '"1,234" may mean 1234 or 1.234'),
    ],
)
def test_what_such_a_format_leaves_unreadable(number: str, currency: str, after: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        lone_amount(number, currency, decimals_after=after)
