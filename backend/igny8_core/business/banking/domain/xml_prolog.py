"""The beginning of an XML document: its first elements, and no document type before them. Pure.

Entities, external or nested, can only be declared in a document type, which comes before the first element. After this
check any parser can read the rest without risking entity expansion.
"""

import contextlib
from xml.parsers import expat

from igny8_core.business.banking.domain.errors import StatementRefused

HEAD_BYTES = 65_536


class _Enough(Exception):
    """The required elements have been read."""


def first_elements(head: bytes, *, depth: int = 4) -> list[str]:
    """Local names of elements from the root on, until one is `depth` deep or the given bytes end.

    Empty if there is no element. Raises `StatementRefused` for a document type.
    """
    names: list[str] = []
    open_elements: list[str] = []

    def start(name: str, _attributes: object) -> None:
        open_elements.append(name)
        names.append(name.rpartition("}")[2])
        if len(open_elements) >= depth or len(names) > 50:
            raise _Enough

    def end(_name: str) -> None:
        open_elements.pop()

    def refuse(*_arguments: object) -> None:
        line = parser.CurrentLineNumber
        raise StatementRefused(f"Line {line}: a document type (DOCTYPE) is not allowed in a statement.")

    parser = expat.ParserCreate(namespace_separator="}")
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    with contextlib.suppress(expat.ExpatError, _Enough, LookupError, ValueError):
        parser.Parse(head, False)
    return names
