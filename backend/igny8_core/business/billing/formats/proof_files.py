"""Which files are accepted as a proof of payment, and the process that makes them harmless."""

import hashlib
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path, PurePath
from uuid import UUID

from igny8_core.kit.errors import ValidationError
from igny8_core.kit.turns import Turns

MAX_BYTES = 5 * 1024 * 1024
SECONDS = 30
TURNS = Turns(at_once=2, in_hand=3, wait_seconds=10)
BACKEND = Path(__file__).resolve().parents[4]
CLEANERS = {"pdf": "pdf_cleaner"}
CONTENT_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp", "pdf": "application/pdf"}
SUFFIXES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp", ".pdf": "pdf"}
KINDS = "PNG, JPEG, WebP or PDF"
REASONS = {
    "too_many_pixels": "The picture is too large. The limit is 25 million pixels, or 100 million for a JPEG.",
    "unpacks_too_large": "The document unpacks to far more than its size. Print it to a plain PDF and send that.",
    "takes_too_long": "This file takes too long to check. Send a smaller picture.",
    "too_many_pages": "The document must have between 1 and 20 pages.",
    "encrypted": "The document is encrypted. Send it without a password.",
    "active_content": "The document contains scripts, forms or attachments. Print it to a plain PDF and send that.",
    "too_large": "The file is too large after processing. Send a smaller one.",
}
UNREADABLE = "The file is damaged, or its type does not match its name."
WRONG_NAME = f"Send a {KINDS} file whose name has the matching extension."
TOO_LARGE = f"The file is larger than {MAX_BYTES // 1024**2} MB."


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file that was decoded and encoded again; `name` is the sender's file name, for display only."""

    name: str
    kind: str
    content: bytes
    sha256: str

    @property
    def content_type(self) -> str:
        """The media type of the content."""
        return CONTENT_TYPES[self.kind]


def kind_of(head: bytes) -> str | None:
    """The file type that the first bytes indicate."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    return "pdf" if head.startswith(b"%PDF-") else None


def clean(raw: bytes, *, name: str, field: str, account_id: UUID) -> CleanFile:
    """Check that content and suffix agree, and re-encode the file in a separate process.

    Accounts take turns, so that none blocks the others. Raises `ValidationError` for `field`, `Throttled` while the
    account has several files in progress, and `Unavailable` while all accounts together have too many.
    """
    kind = kind_of(raw[:16])
    if kind is None or SUFFIXES.get(PurePath(name).suffix.lower()) != kind:
        raise _refusal(field, WRONG_NAME)
    if len(raw) > MAX_BYTES:
        raise _refusal(field, TOO_LARGE)
    with TURNS.turn(account_id):
        done = _run(kind, raw)
    if done is None or done.returncode != 0:
        raise _refusal(field, REASONS.get(_reason(done), UNREADABLE))
    became, _, content = done.stdout.partition(b"\n")
    return CleanFile(name, became.decode("ascii"), content, hashlib.sha256(content).hexdigest())


def _run(kind: str, raw: bytes) -> "subprocess.CompletedProcess[bytes] | None":
    """None if it took too long; its environment is empty, so that it can reach nothing of ours."""
    cleaner = f"{__package__}.{CLEANERS.get(kind, 'image_cleaner')}"
    try:
        return subprocess.run(
            [sys.executable, "-s", "-m", cleaner, kind],
            input=raw,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
            cwd=BACKEND,
            env={},
        )
    except subprocess.TimeoutExpired:
        return None


def _reason(done: "subprocess.CompletedProcess[bytes] | None") -> str:
    if done is None or done.returncode == -signal.SIGXCPU:
        return "takes_too_long"
    return done.stdout[:40].decode("ascii", "replace")


def _refusal(field: str, sentence: str) -> ValidationError:
    return ValidationError(fields={field: [sentence]})
