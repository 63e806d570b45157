"""A program that copies only the pages of a PDF into a new one."""

import io
import sys
from collections.abc import Iterator

import pikepdf

from igny8_core.business.billing.formats.sandbox import MAX_PIXELS, Refused, run

MAX_PAGES = 20
MAX_DRAWING_BYTES = 20_000_000
MAX_UNPACKED_BYTES = 100_000_000
# Everything that a page needs for its appearance.
KEPT = frozenset(
    {
        "/Type",
        "/Parent",
        "/MediaBox",
        "/CropBox",
        "/BleedBox",
        "/TrimBox",
        "/ArtBox",
        "/Rotate",
        "/UserUnit",
        "/Resources",
        "/Contents",
        "/Group",
    }
)
# What a page may contain without displaying it: descriptions, private data, and proxies that a print shop would replace
# with its own files.
CARRIED = frozenset({"/Metadata", "/PieceInfo", "/AF", "/Alternates", "/StructParent", "/StructParents", "/OPI"})
# Keys that say that a stream's data is in another file, how to read it there, or that a form replaces another document.
IN_ANOTHER_FILE = frozenset({"/F", "/FFilter", "/FDecodeParms", "/Ref"})
FILE_NAMES = frozenset({"/F", "/UF", "/DOS", "/Mac", "/Unix"})
# What makes a document perform actions or carry attachments. None of it should remain on copied pages.
ACTIVE = frozenset(
    {
        "/JS",
        "/JavaScript",
        "/Launch",
        "/EmbeddedFile",
        "/EmbeddedFiles",
        "/RichMedia",
        "/XFA",
        "/AA",
        "/OpenAction",
        "/SubmitForm",
        "/ImportData",
        "/GoToR",
        "/GoToE",
        "/URI",
        "/Sound",
        "/Movie",
        "/3D",
        "/AcroForm",
        "/Filespec",
        "/EF",
        "/Rendition",
        "/Thread",
        "/PS",
    }
)


def clean_pdf(raw: bytes) -> tuple[str, bytes]:
    """The pages as they look; scripts, attachments, forms, links, metadata and everything else are dropped."""
    with pikepdf.open(io.BytesIO(raw)) as given, pikepdf.new() as made:
        if given.is_encrypted:
            raise Refused("encrypted")
        if not 0 < len(given.pages) <= MAX_PAGES:
            raise Refused("too_many_pages")
        given.flatten_annotations("screen")
        for page in given.pages:
            for name in page.obj.keys() - KEPT:
                del page.obj[name]
            made.pages.append(page)
        for item in made.objects:
            for one in _inside(item):
                _remove_file_references(one)
                if ACTIVE & _names(one):
                    raise Refused("active_content")
        _refuse_bombs(made)
        buffer = io.BytesIO()
        made.save(buffer, deterministic_id=True)
    return "pdf", buffer.getvalue()


def _inside(item: pikepdf.Object) -> Iterator[pikepdf.Dictionary | pikepdf.Stream]:
    """The dictionaries inside an object; objects that it only refers to are visited separately."""
    waiting: list[pikepdf.Object] = [item]
    while waiting:
        one = waiting.pop()
        inner: list[pikepdf.Object] = []
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            yield one
            inner = list(one.values())
        elif isinstance(one, pikepdf.Array):
            inner = list(one)
        waiting += [value for value in inner if isinstance(value, pikepdf.Object) and not value.is_indirect]


def _remove_file_references(one: pikepdf.Dictionary | pikepdf.Stream) -> None:
    """Remove references to files outside the document, and embedded extras."""
    outside = {name for name in FILE_NAMES & one.keys() if isinstance(one[name], pikepdf.String)}
    if isinstance(one, pikepdf.Stream):
        outside |= IN_ANOTHER_FILE & one.keys()
    for name in outside | (CARRIED & one.keys()):
        del one[name]


def _names(one: pikepdf.Dictionary | pikepdf.Stream) -> set[str]:
    """The keys, and the types it declares."""
    kinds = (one.get(key) for key in ("/S", "/Type", "/Subtype"))
    return {*one.keys(), *(str(kind) for kind in kinds if isinstance(kind, pikepdf.Name))}


def _refuse_bombs(made: pikepdf.Pdf) -> None:
    """A viewer unpacks what is kept, so refuse anything that is far larger than it seems."""
    unpacked = 0
    for item in made.objects:
        if not isinstance(item, pikepdf.Stream):
            continue
        is_picture = item.get("/Subtype") == "/Image"
        if is_picture and int(item.get("/Width", 0)) * int(item.get("/Height", 0)) > MAX_PIXELS:
            raise Refused("too_many_pixels")
        size = _unpacked_size(item)
        unpacked += size
        if unpacked > MAX_UNPACKED_BYTES or (size > MAX_DRAWING_BYTES and not is_picture):
            raise Refused("unpacks_too_large")


def _unpacked_size(stream: pikepdf.Stream) -> int:
    try:
        return len(stream.read_bytes())
    except pikepdf.PdfError:  # picture codecs declare their pixel size, which bounds the unpacked size
        return len(stream.read_raw_bytes())


if __name__ == "__main__":
    sys.exit(run(clean_pdf))
