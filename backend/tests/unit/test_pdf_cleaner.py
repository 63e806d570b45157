"""formats/pdf_cleaner.py: nothing of a page leads to a file outside of the document, and nothing it needs is lost."""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from igny8_core.business.billing.formats.pdf_cleaner import clean_pdf
from igny8_core.business.billing.formats.sandbox import Refused
from pikepdf import Array, Dictionary, Name, String
from tests.files import saved

EVIL = String(r"\\evil\share\x.pdf")


def cleaned(build: Callable[[pikepdf.Pdf, Any], None]) -> bytes:
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(200, 100))
        build(made, made.pages[0].obj)
        return clean_pdf(saved(made))[1]


def form_of(made: pikepdf.Pdf, **entries: Any) -> Any:
    return made.make_stream(b"q Q", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]), **entries)


def with_form(**entries: Any) -> Callable[[pikepdf.Pdf, Any], None]:
    def build(made: pikepdf.Pdf, page: Any) -> None:
        page.Resources = Dictionary(XObject=Dictionary(Fm0=form_of(made, **entries)))

    return build


def deep(made: pikepdf.Pdf, page: Any) -> None:
    inner = made.make_indirect(Dictionary(Anything=Array([Dictionary(UF=EVIL, DOS=EVIL, FS=Name.URL)])))
    page.Resources = Dictionary(Properties=Dictionary(MC0=Dictionary(More=Array([Array([inner])]))))


def on_the_page(made: pikepdf.Pdf, page: Any) -> None:
    page.OPI = Dictionary(V20=Dictionary(F=EVIL))
    page.PresSteps = Dictionary(NA=Dictionary(S=Name.Thread, F=EVIL))
    page.OutputIntents = Array([Dictionary(DestOutputProfileRef=Dictionary(URLs=Array([EVIL])))])
    page.SeparationInfo = Dictionary(Pages=Array([EVIL]))


def contents_elsewhere(made: pikepdf.Pdf, page: Any) -> None:
    page.Contents = made.make_stream(b"q Q", F=Dictionary(Type=Name("/F"), F=EVIL), FFilter=Name.FlateDecode)


LEADING_OUT: dict[str, Callable[[pikepdf.Pdf, Any], None]] = {
    "a reference XObject": with_form(Ref=Dictionary(F=EVIL, Page=0)),
    "a reference XObject by a dictionary": with_form(Ref=Dictionary(F=Dictionary(F=EVIL, UF=EVIL), Page=0)),
    "an external stream": with_form(F=EVIL, FFilter=Name.FlateDecode, FDecodeParms=Dictionary(Predictor=1)),
    "an external stream by a dictionary": with_form(F=Dictionary(FS=Name.URL, F=String("http://evil.example/x"))),
    "an OPI proxy": with_form(OPI=Dictionary({"/1.3": Dictionary(F=EVIL), "/2.0": Dictionary(F=EVIL)})),
    "private data": with_form(PieceInfo=Dictionary(App=Dictionary(Private=EVIL)), Metadata=String("evil")),
    "contents in another file": contents_elsewhere,
    "file names deep inside": deep,
    "what belongs to the page": on_the_page,
}


@pytest.mark.parametrize("build", LEADING_OUT.values(), ids=LEADING_OUT.keys())
def test_nothing_leads_to_a_file_outside(build: Callable[[pikepdf.Pdf, Any], None]) -> None:
    left = cleaned(build)
    assert b"evil" not in left
    with pikepdf.open(io.BytesIO(left)) as given:
        text = b"".join(item.unparse(resolved=True) for item in given.objects)
    for name in (b"/OPI", b"/Ref", b"/FFilter", b"/FDecodeParms", b"/UF", b"/PieceInfo", b"evil"):
        assert name not in text


def test_what_a_page_needs_is_kept() -> None:
    """Names that are only names: a font may be called F, and a picture Ref. What stands at the tree counts too."""

    def build(made: pikepdf.Pdf, page: Any) -> None:
        font = made.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        made.Root.Pages.Resources = Dictionary(Font=Dictionary(F=font), XObject=Dictionary(Ref=form_of(made)))
        made.Root.Pages.Rotate = 90
        del page["/Resources"]
        page.Contents = made.make_stream(b"BT /F 12 Tf (Paid) Tj ET /Ref Do")

    with pikepdf.open(io.BytesIO(cleaned(build))) as left:
        page = left.pages[0].obj
        assert page.Contents.read_bytes() == b"BT /F 12 Tf (Paid) Tj ET /Ref Do"
        assert page.Resources.Font.F.BaseFont == Name.Helvetica
        assert page.Resources.XObject.Ref.read_bytes() == b"q Q"
        assert int(page.Rotate) == 90
        assert page.keys() <= {"/Type", "/Parent", "/MediaBox", "/Resources", "/Contents", "/Rotate"}


@pytest.mark.parametrize("kind", ["/PS", "/Thread"])
def test_postscript_and_threads_are_refused(kind: str) -> None:
    with pytest.raises(Refused, match="active_content"):
        cleaned(with_form(Extra=Dictionary(Subtype=Name(kind), S=Name(kind))))


def test_a_picture_in_its_own_compression_counts_by_its_pixels() -> None:
    def build(made: pikepdf.Pdf, page: Any) -> None:
        entries = {"Type": Name.XObject, "Subtype": Name.Image, "Filter": Name.DCTDecode, "BitsPerComponent": 8}
        image = made.make_stream(b"\xff\xd8\xff\xd9", Width=5000, Height=5000, ColorSpace=Name.DeviceRGB, **entries)
        page.Resources = Dictionary(XObject=Dictionary(Im0=image))

    with pikepdf.open(io.BytesIO(cleaned(build))) as left:
        assert left.pages[0].obj.Resources.XObject.Im0.read_raw_bytes() == b"\xff\xd8\xff\xd9"
