"""SWIFT: MT940 statements, and MT942 intraday reports as notifications."""

from igny8_core.business.banking.formats.mt940.reader import read

__all__ = ["read"]
