"""All formats: detects a file's format from its content and reads its items lazily.

Whatever a file contains, the only error is `StatementRefused`. It may be raised after some items were read, so
importers store nothing until the last item.
"""

import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from igny8_core.business.banking.domain import archives
from igny8_core.business.banking.domain.csv_profile import CsvProfile
from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.lines import FormatName, StatementItem
from igny8_core.business.banking.domain.reading import Source
from igny8_core.business.banking.domain.recognition import format_of
from igny8_core.business.banking.domain.xml_prolog import HEAD_BYTES
from igny8_core.business.banking.formats import camt053, csv_profile, mt940, ofx
from igny8_core.business.banking.formats.csv_profile import Preview

__all__ = ["FormatName", "Preview", "preview", "read", "recognise"]

_READERS: Mapping[FormatName, Callable[[Source], Iterator[StatementItem]]] = {
    FormatName.CAMT052: camt053.read,
    FormatName.CAMT053: camt053.read,
    FormatName.CAMT054: camt053.read,
    FormatName.MT940: mt940.read,
    FormatName.MT942: mt940.read,
    FormatName.OFX: ofx.read,
}
_TABLES: Mapping[FormatName, Callable[[BinaryIO, CsvProfile], Iterator[StatementItem]]] = {
    FormatName.CSV: csv_profile.read_csv,
    FormatName.XLSX: csv_profile.read_xlsx,
}
MAX_PREVIEW_ROWS = 100


def recognise(head: bytes, name: str = "") -> FormatName | None:
    """The format detected from a file's first 64 KB; None if no reader supports it.

    `name` is ignored: people rename files, and banks use .txt for every format.
    """
    del name
    try:
        return format_of(head)
    except StatementRefused:
        return None


def read(
    file: BinaryIO, *, profile: CsvProfile | None = None, currency: str = ""
) -> tuple[str, Iterator[StatementItem]]:
    """A file's format (never `zip`, but the format of its content) and its items.

    `file` must be seekable, is read from its start, and must stay open until the last item. `profile` is needed for CSV
    and XLSX; of other texts it names the encoding. `currency` is that of the account a person chose, for files that
    name none. Both the call and the iterator may raise `StatementRefused`.
    """
    found = _format_of(file)
    if found is FormatName.ZIP:
        return _read_archive(file)
    encoding = profile.encoding if profile is not None else ""
    if found is FormatName.OFX:
        return str(found), ofx.read(file, currency=currency, encoding=encoding)
    if found in (FormatName.MT940, FormatName.MT942):
        return str(found), mt940.read(file, encoding=encoding)
    if found is not None and found in _READERS:
        return str(found), _READERS[found](file)
    table = _table(found, profile)
    if profile is None:
        raise StatementRefused(f"This is a table ({table.upper()}): choose the profile that names its columns.")
    return str(table), _TABLES[table](file, profile)


def preview(file: BinaryIO, profile: CsvProfile, *, limit: int = 20) -> Preview:
    """How a profile reads a table's first rows, at most `MAX_PREVIEW_ROWS`; raises `StatementRefused`."""
    found = _table(_format_of(file), profile)
    rows = min(limit, MAX_PREVIEW_ROWS)
    return csv_profile.preview(file, profile, limit=rows, is_xlsx=found is FormatName.XLSX)


def _format_of(file: BinaryIO) -> FormatName | None:
    """A file's format by its content, after checking its size; the file is rewound."""
    file.seek(0, os.SEEK_END)
    if file.tell() > archives.MAX_BYTES:
        raise StatementRefused(f"The file has more than {archives.MAX_BYTES:,} bytes; upload it in parts.")
    file.seek(0)
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if not head:
        raise StatementRefused("The file is empty.")
    return format_of(head)


def _table(found: FormatName | None, profile: CsvProfile | None) -> FormatName:
    """CSV or XLSX; a text with a single column only counts as a table if the caller says so."""
    if found is None and profile is not None:
        return FormatName.CSV
    if found is None or found not in _TABLES:
        raise StatementRefused()
    return found


def _reader(found: FormatName | None) -> Callable[[Source], Iterator[StatementItem]]:
    if found is None or found not in _READERS:
        raise StatementRefused()
    return _READERS[found]


def _read_archive(file: BinaryIO) -> tuple[str, Iterator[StatementItem]]:
    """An archive of statements in one format, read one after the other."""
    archive = archives.opened(file)
    entries = [entry for entry in archive.infolist() if _is_statement(entry)]
    found = {entry.filename: _format_in(archive, entry) for entry in entries}
    formats = set(found.values())
    if not formats:
        raise StatementRefused("The archive contains no files.")
    if len(formats) > 1:
        raise StatementRefused(f"The archive mixes formats ({', '.join(sorted(formats))}); upload them one by one.")
    only = formats.pop()
    return str(only), _items_of(archive, entries, _reader(only))


def _is_statement(entry: zipfile.ZipInfo) -> bool:
    """Folders, and hidden files that macOS and others add to archives, are skipped."""
    name = entry.filename
    return not (entry.is_dir() or name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith("."))


def _format_in(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> FormatName:
    head = archives.Member(archive, entry).read(HEAD_BYTES)
    try:
        found = format_of(head)
    except StatementRefused as refusal:
        raise _within(entry, refusal) from None
    if found is None or found not in _READERS:
        raise _within(entry, StatementRefused())
    return found


def _items_of(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], reader: Callable[[Source], Iterator[StatementItem]]
) -> Iterator[StatementItem]:
    for entry in entries:
        try:
            yield from reader(archives.Member(archive, entry))
        except StatementRefused as refusal:
            raise _within(entry, refusal) from None


def _within(entry: zipfile.ZipInfo, refusal: StatementRefused) -> StatementRefused:
    """The same error, naming the file in the archive."""
    return StatementRefused(f"In {entry.filename[-100:]}: {refusal.message}")
