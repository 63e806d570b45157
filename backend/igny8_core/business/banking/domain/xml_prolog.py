"""How an XML document begins: its first elements, and no document type before them. Pure.

Entities, external or nested, need a document type to be declared in, and a document type stands before the first
element. Who has looked there can hand the rest to any parser without a billion laughs.
"""

import contextlib
from xml.parsers import expat

from igny8_core.business.banking.domain.errors import StatementRefused

HEAD_BYTES = 65_536


class _Enough(Exception):
    """The elements wanted have been seen."""


def first_elements(head: bytes, *, depth: int = 4) -> list[str]:
    """Local names of elements from the root on, in order, until one stands `depth` deep or the head ends.

    Empty where the head holds no element. Raises `StatementRefused` for a document type.
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
