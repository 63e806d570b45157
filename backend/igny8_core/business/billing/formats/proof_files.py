"""Which files are taken as a proof of payment, and the run that makes one harmless."""

import hashlib
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path, PurePath

from igny8_core.kit.errors import Unavailable, ValidationError

MAX_BYTES = 5 * 1024 * 1024
SECONDS = 30
WAIT_SECONDS = 10
AT_ONCE = threading.BoundedSemaphore(2)
BACKEND = Path(__file__).resolve().parents[4]
CLEANERS = {"pdf": "pdf_cleaner"}
CONTENT_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp", "pdf": "application/pdf"}
SUFFIXES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp", ".pdf": "pdf"}
KINDS = "PNG, JPEG, WebP or PDF"
REASONS = {
    "too_many_pixels": "The picture has more than 50 million pixels.",
    "too_many_pages": "The document has no page, or more than 20.",
    "encrypted": "The document is encrypted; send it without a password.",
    "active_content": "The document contains scripts, forms or attachments; print it to a plain PDF and send that.",
    "too_large": "The file is too large once it is written anew.",
    "not_what_it_says": f"The file is no {KINDS}.",
}
UNREADABLE = "The file is damaged, or is not what its name says."


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file that was decoded and written anew; `name` is the sender's, for showing alone."""

    name: str
    kind: str
    content: bytes
    sha256: str

    @property
    def content_type(self) -> str:
        """The media type of the content."""
        return CONTENT_TYPES[self.kind]


def kind_of(head: bytes) -> str | None:
    """What the first bytes of a file say it is."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    return "pdf" if head.startswith(b"%PDF-") else None


def clean(raw: bytes, *, name: str, field: str) -> CleanFile:
    """Check that content and suffix agree, and write the file anew in a process of its own.

    Raises `ValidationError` under `field`, and `Unavailable` while too many files are being worked on.
    """
    kind = kind_of(raw[:16])
    if kind is None or SUFFIXES.get(PurePath(name).suffix.lower()) != kind:
        raise _refusal(field, f"Send a {KINDS} whose name ends accordingly.")
    if len(raw) > MAX_BYTES:
        raise _refusal(field, f"The file is larger than {MAX_BYTES // 1024**2} MB.")
    if not AT_ONCE.acquire(timeout=WAIT_SECONDS):
        raise Unavailable(retry_after_seconds=WAIT_SECONDS)
    try:
        done = _run(kind, raw)
    finally:
        AT_ONCE.release()
    if done is None or done.returncode != 0:
        reason = "" if done is None else done.stdout[:40].decode("ascii", "replace")
        raise _refusal(field, REASONS.get(reason, UNREADABLE))
    became, _, content = done.stdout.partition(b"\n")
    return CleanFile(name, became.decode("ascii"), content, hashlib.sha256(content).hexdigest())


def _run(kind: str, raw: bytes) -> "subprocess.CompletedProcess[bytes] | None":
    """None where it took too long; its environment is empty, so that nothing of ours is in reach."""
    cleaner = f"{__package__}.{CLEANERS.get(kind, 'image_cleaner')}"
    try:
        return subprocess.run(
            [sys.executable, "-s", "-m", cleaner, kind], input=raw, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=SECONDS, check=False, cwd=BACKEND, env={},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None


def _refusal(field: str, sentence: str) -> ValidationError:
    return ValidationError(fields={field: [sentence]})
