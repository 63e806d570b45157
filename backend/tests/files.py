"""Files for tests, made here: pictures and documents, good ones and hostile ones."""

import io
from typing import Any

import pikepdf
from PIL import Image


def picture(kind: str = "PNG", size: tuple[int, int] = (24, 16), *, mode: str = "RGB", **options: Any) -> bytes:
    """A small picture with a corner of another colour, so that turning it shows."""
    image = Image.new(mode, size, 0 if mode in ("L", "P", "1") else "white")
    image.paste(1 if mode in ("L", "P", "1") else "red", (0, 0, max(1, size[0] // 2), max(1, size[1] // 2)))
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def document(*, pages: int = 1, **options: Any) -> bytes:
    """A PDF of blank pages."""
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(200, 100))
        return saved(made, **options)


def saved(made: pikepdf.Pdf, **options: Any) -> bytes:
    """The bytes of a PDF that is being made."""
    buffer = io.BytesIO()
    made.save(buffer, **options)
    return buffer.getvalue()
