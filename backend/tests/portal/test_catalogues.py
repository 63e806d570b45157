"""The catalogues: every sentence in every language, and the compiled files are of these texts."""

import gettext
import re
import string
from io import BytesIO
from pathlib import Path
from typing import Any

import igny8_core.portal
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from igny8_core.business.billing.domain import references
from igny8_core.business.billing.formats import proof_files
from igny8_core.kit import texts

LOCALE = Path(igny8_core.portal.__file__).parent / "locale"
LANGUAGES = ("de", "ur")
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def catalogue(language: str) -> Any:
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_with_its_placeholders(language: str) -> None:
    messages = [message for message in catalogue(language) if message.id]
    assert len(messages) >= 300
    for message in messages:
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(texts), message.id
        assert not message.fuzzy, message.id
        for text in texts:
            assert set(PLACEHOLDER.findall(text)) <= set(PLACEHOLDER.findall(" ".join(sources))), message.id
        assert set(PLACEHOLDER.findall(texts[-1])) == set(PLACEHOLDER.findall(sources[-1])), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_of_this_text(language: str) -> None:
    fresh = BytesIO()
    write_mo(fresh, catalogue(language))
    fresh.seek(0)
    ours = gettext.GNUTranslations((LOCALE / language / "LC_MESSAGES" / "django.mo").open("rb"))
    texts: Any = gettext.GNUTranslations(fresh)
    compiled: Any = ours
    strip = {key: value for key, value in compiled._catalog.items() if key}
    assert strip == {key: value for key, value in texts._catalog.items() if key}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_rooms_below_say_at_a_field_is_in_the_catalogues(language: str) -> None:
    told = {*proof_files.REASONS.values(), proof_files.UNREADABLE, proof_files.WRONG_NAME, proof_files.TOO_LARGE}
    for write in (texts.one_line, texts.paragraphs, references.read_reference):
        for text in ("a\nb", "a\x00b", "a\u202eb", "", "\ufb03" * 128):
            try:
                write(text)
            except texts.BadText as refusal:
                told.add(str(refusal))
    assert len(told) >= 15
    assert told <= {str(message.id) for message in catalogue(language) if message.string}


def test_urdu_is_written_in_its_script() -> None:
    latin = set(string.ascii_letters)
    names = {"PayPal", "IBAN", "IFSC", "BIC / SWIFT", "PDF"}
    for message in catalogue("ur"):
        if message.id and message.id not in names:
            text = message.string if isinstance(message.string, str) else message.string[0]
            assert set(text) - latin, message.id
            assert any("؀" <= character <= "ۿ" for character in text), message.id
