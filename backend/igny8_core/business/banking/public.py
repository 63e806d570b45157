"""What other rooms and the pages may use of this room: services, selectors and their result types."""

from igny8_core.business.banking.selectors.bank_accounts import bank_accounts, csv_profiles
from igny8_core.business.banking.selectors.imports import newest_imports
from igny8_core.business.banking.selectors.lines import (
    LineFilters,
    find_lines,
    get_line,
    line_detail,
    lines_like,
    open_line_sums,
)
from igny8_core.business.banking.selectors.targets import find_targets, target_of
from igny8_core.business.banking.services import importing, reconcile
from igny8_core.business.banking.services.receiving import MAX_FILE_BYTES, StatementFile

__all__ = [
    "MAX_FILE_BYTES",
    "LineFilters",
    "StatementFile",
    "bank_accounts",
    "csv_profiles",
    "find_lines",
    "find_targets",
    "get_line",
    "importing",
    "line_detail",
    "lines_like",
    "newest_imports",
    "open_line_sums",
    "reconcile",
    "target_of",
]
