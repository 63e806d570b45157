"""A program that decodes a picture and encodes it again, so that nothing but its pixels remains."""

import io
import sys

from PIL import Image, ImageOps

from igny8_core.business.billing.formats.sandbox import MAX_BYTES, MAX_PIXELS, Refused, run

MAX_JPEG_PIXELS = 100_000_000
"""The limit is higher for JPEGs: a large one is decoded at a half, a quarter or an eighth of its size."""
MAX_SIDE = 3000
QUALITY = 85


def clean_image(raw: bytes, kind: str) -> tuple[str, bytes]:
    """The picture upright, at most 3,000 pixels a side, without metadata; as JPEG if it would
    otherwise be too large.
    """
    Image.MAX_IMAGE_PIXELS = None  # checked below, before anything is decoded
    with Image.open(io.BytesIO(raw), formats=[kind.upper()]) as picture:
        if picture.width * picture.height > (MAX_JPEG_PIXELS if kind == "jpeg" else MAX_PIXELS):
            raise Refused("too_many_pixels")
        if kind == "jpeg":
            picture.draft("RGB", (MAX_SIDE, MAX_SIDE))
        picture.load()
        picture.thumbnail((MAX_SIDE, MAX_SIDE))
        ImageOps.exif_transpose(picture, in_place=True)
        has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
        plain = picture.convert("RGBA" if has_alpha and kind != "jpeg" else "RGB")
    fresh = Image.new(plain.mode, plain.size)
    fresh.paste(plain)
    made = _written(fresh, kind)
    return (kind, made) if len(made) <= MAX_BYTES else ("jpeg", _written(fresh.convert("RGB"), "jpeg"))


def _written(picture: Image.Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    if kind == "png":
        picture.save(buffer, "PNG", compress_level=3)
    else:
        picture.save(buffer, kind.upper(), quality=QUALITY, method=1)  # only WebP has a method
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(run(lambda raw: clean_image(raw, sys.argv[1])))
