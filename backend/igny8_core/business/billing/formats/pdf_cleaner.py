"""A program: the pages of a PDF are copied alone into a new one."""

import io
import sys

import pikepdf

from igny8_core.business.billing.formats.sandbox import Refused, run

MAX_PAGES = 20
LEFT_BEHIND = ("/Annots", "/AA", "/Metadata", "/PieceInfo", "/AF", "/B", "/StructParents")
# What makes a document do something, or carry something. None of it should be left on copied pages.
ACTIVE = frozenset({
    "/JS", "/JavaScript", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/XFA", "/AA", "/OpenAction",
    "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/URI", "/Sound", "/Movie", "/3D", "/AcroForm", "/Filespec",
    "/EF", "/Rendition",
})  # fmt: skip


def clean_pdf(raw: bytes) -> tuple[str, bytes]:
    """The pages as they look; scripts, attachments, forms, links, metadata, and whatever lay around them, are gone."""
    with pikepdf.open(io.BytesIO(raw)) as given, pikepdf.new() as made:
        if given.is_encrypted:
            raise Refused("encrypted")
        if not 0 < len(given.pages) <= MAX_PAGES:
            raise Refused("too_many_pages")
        given.flatten_annotations("screen")
        for page in given.pages:
            for name in LEFT_BEHIND:
                if name in page.obj:
                    del page.obj[name]
            made.pages.append(page)
        if any(ACTIVE & _names(item) for item in made.objects):
            raise Refused("active_content")
        buffer = io.BytesIO()
        made.save(buffer, deterministic_id=True)
    return "pdf", buffer.getvalue()


def _names(item: pikepdf.Object) -> set[str]:
    """The keys inside an object, and the kinds it claims; objects it only refers to are looked at by themselves."""
    found: set[str] = set()
    waiting: list[pikepdf.Object] = [item]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            entries = dict(one.items())
            found |= entries.keys()
            kinds = (entries.get(key) for key in ("/S", "/Type", "/Subtype"))
            found |= {str(kind) for kind in kinds if isinstance(kind, pikepdf.Name)}
            waiting += entries.values()
        elif isinstance(one, pikepdf.Array):
            waiting += list(one)
        waiting = [value for value in waiting if isinstance(value, pikepdf.Object) and not value.is_indirect]
    return found


if __name__ == "__main__":
    sys.exit(run(clean_pdf))
