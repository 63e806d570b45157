"""The tables of the banking room."""

from igny8_core.business.banking.models.bank_account import BankAccount, SavedCsvProfile
from igny8_core.business.banking.models.line import KnownPayer, LineMatch, StatementLine
from igny8_core.business.banking.models.statement import FileChunk, Statement, StatementImport

__all__ = [
    "BankAccount",
    "FileChunk",
    "KnownPayer",
    "LineMatch",
    "SavedCsvProfile",
    "Statement",
    "StatementImport",
    "StatementLine",
]
