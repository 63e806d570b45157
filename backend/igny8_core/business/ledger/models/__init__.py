"""The tables of the ledger."""

from igny8_core.business.ledger.models.balance import Balance
from igny8_core.business.ledger.models.journal import Journal, JournalLine
from igny8_core.business.ledger.models.verified import VerifiedLedger

__all__ = ["Balance", "Journal", "JournalLine", "VerifiedLedger"]
