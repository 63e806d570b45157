"""SWIFT: MT940 statements, and MT942 reports of the day as notifications."""

from igny8_core.business.banking.formats.mt940.reader import read

__all__ = ["read"]
