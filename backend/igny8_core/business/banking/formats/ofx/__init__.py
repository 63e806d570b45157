"""OFX: version 1 in SGML and version 2 in XML; statements of bank accounts and cards."""

from igny8_core.business.banking.formats.ofx.reader import read

__all__ = ["read"]
