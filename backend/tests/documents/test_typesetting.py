"""Typesetting: text stays text, every script is shown, and what comes out is a PDF/A-3."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from fontTools.ttLib import TTFont
from igny8_core.business.documents.domain.errors import TemplateBroken
from igny8_core.business.documents.formats import typst_writer
from igny8_core.business.documents.services.pages import invoice_page
from igny8_core.business.documents.services.typesetting import SHIPPED, typeset
from igny8_core.kit.locales import locale_of
from igny8_core.seller import Party
from pypdf import PdfReader
from tests.documents import samples

INSTANT = datetime(2026, 11, 5, 9, 30, tzinfo=UTC)
LOCALE = locale_of("en", "DE")


def invoice_of(name: str, *, address: str = "") -> bytes:
    buyer = Party(name=name, address=address, country="DE")
    return typeset(
        "invoice", invoice_page(replace(samples.PAID, buyer=buyer), language="en", locale=LOCALE), instant=INSTANT
    )


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def archived_as(pdf: bytes) -> str:
    """The part and level of PDF/A that the document claims."""
    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_metadata() as metadata:
        return f"{metadata.get('pdfaid:part')}{metadata.get('pdfaid:conformance')}"


@pytest.mark.parametrize(
    "text",
    [
        '#read("/etc/passwd")',
        "#panic(1)",
        "$x^2$",
        "a\\b",
        "*bold*",
        "_it_",
        "@ref",
        "<label>",
        '"',
        "'",
        "//",
        "/*",
        "#let x = 1",
        "]])",
        "{{",
        "`raw`",
        "= Heading",
        "- item",
        "\\u{41}",
        "~",
        "---",
        "${HOME}",
        "%(amount)s",
    ],
)
def test_text_is_never_markup(text: str) -> None:
    shown = text_of(invoice_of(f"Acme {text} Ltd"))
    assert f"Acme {text} Ltd" in " ".join(shown.split())
    assert "root:" not in shown


def test_templates_reach_no_file_outside_their_folder(templates: Path) -> None:
    (templates / "invoice.typ").write_text('#read("/../../../../../../../etc/passwd")')
    with pytest.raises(TemplateBroken):
        invoice_of("Acme")


@pytest.mark.parametrize(
    "name",
    [
        "احمد ٹیکسٹائل",
        "שלום בע״מ",
        "株式会社東京商事",
        "上海贸易有限公司",
        "臺灣有限公司",
        "서울무역",
        "अहमद एंटरप्राइज़",
        "ঢাকা লিমিটেড",
        "บริษัท ไทย จำกัด",
        "தமிழ்",
        "Ελλάς ΑΕ",
        "Газпром",
        "ሀበሻ",
        "ქართული",
        "Հայկ",
        "Ñandú Ærø Łódź",
    ],
)
def test_every_script_is_shown_by_a_font_of_ours(name: str) -> None:
    pdf = invoice_of(name)
    assert archived_as(pdf) == "3A"
    assert "\u25a1" not in text_of(pdf)


@pytest.mark.parametrize("name", ["Rocket 🚀 Ltd", "𓀀𓀁", "a\u202eb", "zero\u200bwidth", "\ufeffbom", "\ue000private"])
def test_what_no_font_has_becomes_a_box_in_a_document_that_stays_archivable(name: str) -> None:
    assert archived_as(invoice_of(name)) == "3A"


def test_the_list_of_characters_is_that_of_the_fonts() -> None:
    files = sorted(path for path in typst_writer.FONTS.iterdir() if path.suffix in (".otf", ".ttf"))
    assert len(files) == 22
    assert typst_writer.covered() == {code for path in files for code in TTFont(path, lazy=True).getBestCmap()}


def test_the_same_facts_make_the_same_bytes_of_moderate_size() -> None:
    first, second = invoice_of("Acme"), invoice_of("Acme")
    assert first == second
    assert len(first) < 100_000


def test_a_hundred_lines_run_over_pages() -> None:
    facts = replace(samples.PENDING, lines=samples.LINES * 34)
    pdf = typeset("invoice", invoice_page(facts, language="en", locale=LOCALE), instant=INSTANT)
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) >= 3
    assert all("Unit price" in page.extract_text() or "UNIT PRICE" in page.extract_text() for page in pages[:-1])


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of edited templates, in force."""
    for file in SHIPPED.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(settings, "ENV", replace(settings.ENV, templates_dir=tmp_path))
    yield tmp_path


def test_templates_can_be_edited(templates: Path) -> None:
    edited: Any = (templates / "invoice.typ").read_text() + "\nThank you for your business."
    (templates / "invoice.typ").write_text(edited)
    assert "Thank you for your business." in text_of(invoice_of("Acme"))


def test_a_broken_template_is_told_and_not_a_defect(templates: Path) -> None:
    (templates / "invoice.typ").write_text("#let broken = (")
    with pytest.raises(TemplateBroken):
        invoice_of("Acme")
