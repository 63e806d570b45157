"""The company that issues the invoices: from `seller.json` in the data folder or the file named by
`IGNY8_SELLER_FILE`.
"""

import json
from dataclasses import dataclass, fields
from pathlib import Path

MAX_LENGTH = 300
DEFAULT_COUNTRY = "GB"


class BadSeller(ValueError):
    """The file cannot be used; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Party:
    """A company on invoices, receipts and letters; `address` is lines, without the country."""

    name: str
    address: str = ""
    post_code: str = ""
    city: str = ""
    country: str = ""
    tax_id: str = ""
    registration: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""


DEMO = Party(
    name="IGNY8 Demo Ltd",
    address="12 Finsbury Square",
    post_code="EC2A 1AS",
    city="London",
    country="GB",
    tax_id="GB123456789",
    registration="Registered in England and Wales, no. 01234567",
    email="billing@igny8.example",
    website="igny8.example",
)
NAMELESS = Party(name="IGNY8 Billing", country=DEFAULT_COUNTRY)


def load_seller(path: Path, *, demo: bool) -> Party:
    """The company in the file; without a file the demo company, or outside demo mode just a name.
    Raises `BadSeller`.
    """
    if not path.exists():
        return DEMO if demo else NAMELESS
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadSeller(f"{path} is not a JSON file.") from error
    known = {field.name for field in fields(Party)}
    if not isinstance(document, dict) or not document.get("name") or not set(document) <= known:
        raise BadSeller(f"{path} must hold an object with name and, optionally, {', '.join(sorted(known - {'name'}))}.")
    if not all(isinstance(value, str) and len(value) <= MAX_LENGTH for value in document.values()):
        raise BadSeller(f"{path}: every value must be text of at most {MAX_LENGTH} characters.")
    return Party(**{"country": DEFAULT_COUNTRY, **document})
