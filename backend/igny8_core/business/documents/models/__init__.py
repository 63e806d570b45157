"""The documents room's table."""

from igny8_core.business.documents.models.letter import Letter

__all__ = ["Letter"]
