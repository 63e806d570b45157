"""Limits on archives, checked before anything in them is read: they stop zip bombs. Pure."""

import zipfile
import zlib
from typing import IO, BinaryIO

from igny8_core.business.banking.domain.errors import StatementRefused

MAX_BYTES = 150_000_000
"""The size limit of a statement file, and of all members of an archive once unpacked."""
MAX_MEMBERS = 1_000
MAX_RATIO = 200
"""How many times larger an archive may become when unpacked; ignored below one megabyte."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = "The archive is damaged or incomplete. Upload it again."
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, KeyError, OverflowError)


def opened(file: BinaryIO, *, max_bytes: int = MAX_BYTES) -> zipfile.ZipFile:
    """The archive, after its directory passed the checks; raises `StatementRefused`."""
    try:
        archive = zipfile.ZipFile(file)
    except _FAULTS:
        raise StatementRefused(_BROKEN) from None
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise StatementRefused(f"The archive holds more than {MAX_MEMBERS} files.")
    if any(member.flag_bits & 1 for member in members):
        raise StatementRefused("The archive is encrypted. Upload it without a password.")
    if any(member.compress_type not in _METHODS for member in members):
        raise StatementRefused("The archive uses a compression method that cannot be read. Use a plain ZIP file.")
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > max_bytes or (unpacked > 1_000_000 and unpacked > packed * MAX_RATIO):
        raise StatementRefused(f"The archive would unpack to {unpacked:,} bytes, which is over the limit.")
    return archive


class Member:
    """A file in an archive. It never yields more bytes than its directory entry declares, which
    `opened` has checked.
    """

    def __init__(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        try:
            self._source: IO[bytes] = archive.open(entry)
        except _FAULTS:
            raise StatementRefused(_BROKEN) from None

    def read(self, size: int = -1) -> bytes:
        """The next bytes; raises `StatementRefused` if the packed data is broken."""
        try:
            return self._source.read(size)
        except _FAULTS:
            raise StatementRefused(_BROKEN) from None
