"""Sixty uploads that no proof of payment ever is: name, bytes, and what is wrong."""

import io
import struct
import zipfile
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from tests.files import document, picture, saved

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
PNG, JPEG, WEBP, PDF = picture("PNG"), picture("JPEG"), picture("WEBP"), document()


def chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, body: bytes, *, colour: int = 2) -> bytes:
    """A PNG that claims a size."""
    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def zipped() -> bytes:
    """A small zip that unpacks to ten megabytes of nothing."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(10_000_000))
    return buffer.getvalue()


def jpeg_of_size(width: int, height: int) -> bytes:
    """A JPEG whose frame header claims a size."""
    at = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:at] + struct.pack(">HH", height, width) + JPEG[at + 4 :]


def pages(count: int) -> bytes:
    """A PDF of so many pages."""
    return document(pages=count)


def encrypted() -> bytes:
    """A PDF with a password."""
    return document(encryption=pikepdf.Encryption(owner="o", user="u"))


def form_script() -> bytes:
    """A PDF whose resources hold a script where copied pages keep it."""
    with pikepdf.new() as made:
        made.add_blank_page()
        made.pages[0].obj.Resources = Dictionary(Hidden=Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))
        return saved(made)


def embedded_in_resources() -> bytes:
    """A PDF whose page refers to an attachment from its resources."""
    with pikepdf.new() as made:
        made.add_blank_page()
        file = made.make_stream(b"MZ", Type=Name.EmbeddedFile)
        made.pages[0].obj.Resources = Dictionary(Extra=Array([Dictionary(EF=Dictionary(F=file))]))
        return saved(made)


def flate_bomb() -> bytes:
    """A PDF whose cross-reference stream unpacks to four hundred megabytes."""
    inner = zlib.compressobj(9)
    packed = zlib.compress(b"".join(inner.compress(bytes(10_000_000)) for _ in range(40)) + inner.flush(), 9)
    head = b"%PDF-1.7\n1 0 obj\n<</Type/XRef/Size 2/W[1 1 1]/Root 1 0 R/Filter[/FlateDecode/FlateDecode]/Length "
    return head + str(len(packed)).encode() + b">>\nstream\n" + packed + b"\nendstream\nendobj\nstartxref\n9\n%%EOF"


def drawn(content: bytes) -> bytes:
    """A PDF whose page is drawn by this."""
    with pikepdf.new() as made:
        made.add_blank_page()
        made.pages[0].obj.Contents = made.make_stream(content)
        return saved(made)


def pictured(width: int, height: int) -> bytes:
    """A PDF with a picture that claims a size."""
    with pikepdf.new() as made:
        made.add_blank_page()
        kinds = {"Type": Name.XObject, "Subtype": Name.Image, "ColorSpace": Name.DeviceGray, "BitsPerComponent": 1}
        image = made.make_stream(b"\0", Width=width, Height=height, **kinds)
        made.pages[0].obj.Resources = Dictionary(XObject=Dictionary(Im0=image))
        return saved(made)


REFUSED: list[tuple[str, bytes]] = [
    # another kind under a trusted name
    ("a.png", SVG),
    ("a.jpg", SVG),
    ("a.pdf", SVG),
    ("a.webp", SVG),
    ("a.png", HTML),
    ("a.jpg", HTML),
    ("a.pdf", HTML),
    ("a.png", b"GIF89a" + bytes(20)),
    ("a.png", b"BM" + bytes(60)),
    ("a.jpg", b"II*\0" + bytes(60)),
    ("a.pdf", b"%!PS-Adobe-3.0\n"),
    ("a.pdf", zipped()),
    ("a.png", zipped()),
    ("a.jpg", b"MZ" + bytes(100)),
    ("a.png", b"\x7fELF" + bytes(100)),
    ("a.png", b"#!/bin/sh\n"),
    ("a.webp", b"RIFF\x04\0\0\0AVI "),
    # a trusted kind under another name
    ("a.svg", PNG),
    ("a.html", PNG),
    ("a", PNG),
    ("a.png.exe", PNG),
    ("a.jpg", PNG),
    ("a.png", JPEG),
    ("a.pdf", PNG),
    ("a.png", PDF),
    ("a.webp", PNG),
    (".png", PNG),
    ("a.png ", PNG),
    ("a.png.", PNG),
    ("a.php", JPEG),
    ("a.pdf.js", PDF),
    # nothing, or not enough
    ("a.png", b""),
    ("a.png", b"\x89PNG\r\n\x1a\n"),
    ("a.png", PNG[:40]),
    ("a.png", PNG[:-30]),
    ("a.jpg", JPEG[:3]),
    ("a.jpg", JPEG[:100]),
    ("a.webp", WEBP[:20]),
    ("a.webp", WEBP[:-40]),
    ("a.pdf", b"%PDF-"),
    ("a.pdf", b"%PDF-1.7\n%%EOF"),
    ("a.png", PNG[:8] + bytes(500)),
    ("a.jpg", JPEG[:4] + b"\xff" * 500),
    ("a.pdf", b"%PDF-1.7\n" + bytes(500)),
    # far more than it seems
    ("a.png", png(50_000, 50_000, zlib.compress(bytes(1000)))),
    ("a.png", png(2**31 - 1, 2**31 - 1, b"")),
    ("a.png", png(20_000, 20_000, zlib.compress(bytes(20_000 * 3)))),
    ("a.png", png(0, 10, b"")),
    ("a.jpg", jpeg_of_size(65_500, 65_500)),
    ("a.png", png(7000, 7000, zlib.compress(bytes(10)))),
    ("a.pdf", flate_bomb()),
    ("a.pdf", pages(21)),
    ("a.pdf", document(pages=0)),
    ("a.pdf", drawn(b" " * 140_000_000)),
    ("a.pdf", drawn(b"q " * 10_000_001)),
    ("a.pdf", pictured(5001, 5000)),
    ("a.pdf", pictured(2**31 - 1, 2**31 - 1)),
    # documents that do something, or that open only for some
    ("a.pdf", form_script()),
    ("a.pdf", embedded_in_resources()),
    ("a.pdf", encrypted()),
    # two things at once
    ("a.pdf", HTML + PDF),
    ("a.pdf", b"PK\x03\x04" + PDF),
    ("a.png", HTML + PNG),
    ("a.jpg", b"\n" + JPEG),
]
