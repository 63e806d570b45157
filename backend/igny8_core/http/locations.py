"""Safe redirect targets: only pages of our own, never another site."""

from urllib.parse import urlsplit

from django.http import HttpRequest


def local_path(text: str, *, inside: tuple[str, ...], home: str) -> str:
    """The path if it is one of ours, otherwise home."""
    is_ours = text.startswith(inside) and text.isprintable() and "\\" not in text and "//" not in text
    return text if is_ours else home


def page_of(request: HttpRequest) -> str:
    """The page that the reader is on: the requested one, or the one whose form or button was used."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return urlsplit(request.headers.get("Referer", "")).path
