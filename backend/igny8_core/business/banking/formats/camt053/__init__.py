"""ISO 20022: CAMT.053 statements, CAMT.052 reports and CAMT.054 notifications, versions 001.02 to 001.13."""

from igny8_core.business.banking.formats.camt053.reader import read

__all__ = ["read"]
