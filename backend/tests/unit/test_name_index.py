"""domain/names.py: how many accounts a name leads to, and how far the search goes."""

from uuid import UUID

import pytest
from igny8_core.business.banking.domain.names import NameIndex, plain_name, similarity


def index(*names: str) -> NameIndex:
    return NameIndex((UUID(int=n), name) for n, name in enumerate(names))


def test_five_accounts_at_most_the_most_similar_first() -> None:
    assert len(index(*["Acme Foods"] * 7).accounts_like("Acme Foods")) == 5
    found = index("Acme Foods Lahore", "Acme Foods", "Acme Food").accounts_like("Acme Foods")
    assert found[0] == UUID(int=1)


def test_a_name_that_a_hundred_accounts_share_is_compared_and_no_more() -> None:
    assert len(index(*["Acme Foods"] * 100).accounts_like("Acme Foods")) == 5
    assert index(*["Acme Foods"] * 101).accounts_like("Acme Foods") == []
    # The rarer word decides where the other one is everybody's.
    many = index(*["Acme Foods"] * 101, "Acme Textiles")
    assert many.accounts_like("Acme Textiles") == [UUID(int=101)]


def test_a_word_is_found_by_its_first_five_letters_and_one_word_will_do() -> None:
    assert index("Textiles Karachi").accounts_like("Texti Karachi") == [UUID(int=0)]
    assert index("Textiles").accounts_like("Textilez") == [UUID(int=0)]
    assert index("Textiles").accounts_like("Texxiles") == []
    assert index("Acme Foods").accounts_like("") == []


def test_from_86_of_100_on_names_are_alike() -> None:
    assert similarity("ACME TEXTILES", "A TEXTILES") == 86
    assert similarity("ACME TEXTILES", "XCME TEXTILES") == 85
    assert index("Acme Textiles").accounts_like("A Textiles") == [UUID(int=0)]
    assert index("Acme Textiles").accounts_like("Xcme Textiles") == []


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Müller & Söhne GmbH", "MUELLER SOEHNE"),
        ("O'Neil S.A.", "ONEIL"),
        ("GmbH", "GMBH"),
        ("Łódź Øre", "LODZ ORE"),
        ("a_b-c", "A B C"),
        ("The Acme Co", "ACME"),
    ],
)
def test_plain_names(name: str, plain: str) -> None:
    assert plain_name(name) == plain


@pytest.mark.parametrize(
    ("ours", "theirs", "alike"),
    [
        ("", "", 0),
        ("ACME", "", 0),
        ("", "ACME", 0),
        ("ACME", "ACME", 100),
        # Cut off by the bank, from ten letters on.
        ("ACMETEXTIL", "ACMETEXTILES KARACHI", 95),
        ("ACMETEXTI", "ACMETEXTILES KARACHI", 62),
        # All words of one in the other: of two words and ten letters together, or of five letters at least.
        ("FOODIE ALI", "ALI LAHORE FOODIE", 93),
        ("FOODS ALI", "ALI KARACHI LAHORE FOODS", 70),
        ("FOODSTUFFS", "ALI LAHORE KARACHI FOODSTUFFS", 70),
        ("FOODS", "ALI LAHORE KARACHI FOODS", 70),
        ("FOOD", "ALI LAHORE KARACHI FOOD", 29),
        ("FOODX", "ALI LAHORE KARACHI FOODS", 27),
    ],
)
def test_how_alike_two_names_are(ours: str, theirs: str, alike: int) -> None:
    assert similarity(ours, theirs) == similarity(theirs, ours) == alike


def test_two_frequent_words_lead_to_the_account_that_has_both() -> None:
    others = [f"Acme {n:03d}x" for n in range(101)] + [f"Foods {n:03d}y" for n in range(101)]
    assert index(*others, "Acme Foods").accounts_like("Acme Foods") == [UUID(int=202)]
    hundred = ["Acme Foods"] * 100
    assert len(index(*hundred, "Acme Yak", "Foods Yak").accounts_like("Acme Foods")) == 5


def test_words_that_nobody_has_do_not_hide_those_that_somebody_has() -> None:
    many = index(*["Acme Foods"] * 101, "Acme Textiles Karachi")
    assert many.accounts_like("Acme Textiles Karachi Zzz Yyy") == [UUID(int=101)]


def test_each_of_two_words_is_followed_if_no_account_has_both() -> None:
    assert len(index(*["Acme Zete"] * 100, "Other Zeta").accounts_like("Acme Zeta")) == 5
    assert index(*["Acme Zete"] * 101, "Other Zeta").accounts_like("Acme Zeta") == []
