"""An invoice as the XML of EN 16931 in CII syntax (UN/CEFACT D22B), as Factur-X 1.07 and ZUGFeRD 2.3 embed it. Pure."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from igny8_core.business.billing.domain.papers import InvoiceFacts, Line, TaxGroup, tax_groups
from igny8_core.business.documents.domain.errors import NotForElectronicInvoice
from igny8_core.kit.currencies import CURRENCIES
from igny8_core.kit.money import format_amount
from igny8_core.kit.on_demand import OnDemand
from igny8_core.seller import Party

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = OnDemand("lxml.etree")

PROFILE = "urn:cen.eu:en16931:2017"
RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
COMMERCIAL_INVOICE, SEPA_TRANSFER, CREDIT_TRANSFER, PIECE = "380", "58", "30", "C62"
CCYYMMDD = "102"
EXEMPTION = {"E": "Exempt from VAT", "O": "Not subject to VAT"}

type Tree = list[tuple[str, "Tree | str | tuple[str, dict[str, str]] | None"]]


def cii_xml(facts: InvoiceFacts) -> bytes:
    """The XML of a finalised invoice; raises `NotForElectronicInvoice` if EN 16931 cannot express it."""
    _ensure_expressible(facts)
    root = etree.Element(f"{{{RSM}}}CrossIndustryInvoice", nsmap={"rsm": RSM, "ram": RAM, "udt": UDT})
    context: Tree = [("ram:GuidelineSpecifiedDocumentContextParameter", [("ram:ID", PROFILE)])]
    document: Tree = [
        ("ram:ID", facts.number),
        ("ram:TypeCode", COMMERCIAL_INVOICE),
        ("ram:IssueDateTime", _day(facts.issued_on)),
    ]
    transaction: Tree = [
        *(
            ("ram:IncludedSupplyChainTradeLineItem", _item(number, line, facts))
            for number, line in enumerate(facts.lines, 1)
        ),
        (
            "ram:ApplicableHeaderTradeAgreement",
            [
                ("ram:SellerTradeParty", _party(facts.seller, contact=True)),
                ("ram:BuyerTradeParty", _party(facts.buyer)),
            ],
        ),
        (
            "ram:ApplicableHeaderTradeDelivery",
            [
                ("ram:ActualDeliverySupplyChainEvent", [("ram:OccurrenceDateTime", _day(facts.issued_on))]),
            ],
        ),
        ("ram:ApplicableHeaderTradeSettlement", _settlement(facts)),
    ]
    _grow(
        root,
        [
            ("rsm:ExchangedDocumentContext", context),
            ("rsm:ExchangedDocument", document),
            ("rsm:SupplyChainTradeTransaction", transaction),
        ],
    )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _ensure_expressible(facts: InvoiceFacts) -> None:
    missing = []
    if CURRENCIES[facts.currency] > 2:
        missing.append("a currency with at most two decimals")
    if facts.status == "void":
        missing.append("an invoice that is not void")
    if not facts.seller.country or not facts.buyer.country:
        missing.append("the country of both")
    if not facts.seller.tax_id and any(line.tax_rate is not None for line in facts.lines):
        missing.append("the seller's tax number")
    if missing:
        raise NotForElectronicInvoice(data={"missing": missing})


def _category(line_rate: Decimal | None, facts: InvoiceFacts) -> str:
    """The code of UNTDID 5305: standard, zero-rated, exempt, or not subject to VAT (from a seller without a tax
    number).
    """
    if line_rate is None:
        return "E" if facts.seller.tax_id else "O"
    return "S" if line_rate else "Z"


def _item(number: int, line: Line, facts: InvoiceFacts) -> Tree:
    category = _category(line.tax_rate, facts)
    rate = [] if category == "O" else [("ram:RateApplicablePercent", _rate(line.tax_rate))]
    return [
        ("ram:AssociatedDocumentLineDocument", [("ram:LineID", str(number))]),
        ("ram:SpecifiedTradeProduct", [("ram:Name", line.description)]),
        (
            "ram:SpecifiedLineTradeAgreement",
            [
                (
                    "ram:NetPriceProductTradePrice",
                    [("ram:ChargeAmount", format_amount(line.unit_minor, facts.currency))],
                ),
            ],
        ),
        ("ram:SpecifiedLineTradeDelivery", [("ram:BilledQuantity", (str(line.quantity), {"unitCode": PIECE}))]),
        (
            "ram:SpecifiedLineTradeSettlement",
            [
                ("ram:ApplicableTradeTax", [("ram:TypeCode", "VAT"), ("ram:CategoryCode", category), *rate]),
                (
                    "ram:SpecifiedTradeSettlementLineMonetarySummation",
                    [
                        ("ram:LineTotalAmount", format_amount(line.amount_minor, facts.currency)),
                    ],
                ),
            ],
        ),
    ]


def _party(party: Party, *, contact: bool = False) -> Tree:
    lines = [line.strip() for line in party.address.splitlines() if line.strip()]
    named = zip(("ram:LineOne", "ram:LineTwo", "ram:LineThree"), [*lines[:2], ", ".join(lines[2:])], strict=False)
    address: Tree = [
        *([("ram:PostcodeCode", party.post_code)] if party.post_code else []),
        *((name, line) for name, line in named if line),
        *([("ram:CityName", party.city)] if party.city else []),
        ("ram:CountryID", party.country),
    ]
    mail: Tree = [("ram:URIUniversalCommunication", [("ram:URIID", (party.email, {"schemeID": "EM"}))])]
    tax: Tree = [("ram:SpecifiedTaxRegistration", [("ram:ID", (party.tax_id, {"schemeID": "VA"}))])]
    return [
        ("ram:Name", party.name),
        *([("ram:Description", party.registration)] if contact and party.registration else []),
        ("ram:PostalTradeAddress", address),
        *(mail if contact and party.email else []),
        *(tax if party.tax_id else []),
    ]


def _settlement(facts: InvoiceFacts) -> Tree:
    def money(amount_minor: int) -> str:
        return format_amount(amount_minor, facts.currency)

    net_minor = facts.total_minor - facts.tax_minor
    terms: Tree = [("ram:DueDateDateTime", _day(facts.due_on))] if facts.due_on else []
    return [
        ("ram:PaymentReference", facts.reference),
        ("ram:InvoiceCurrencyCode", facts.currency),
        *_means(facts),
        *(("ram:ApplicableTradeTax", tax) for tax in _taxes(facts)),
        *([("ram:SpecifiedTradePaymentTerms", terms)] if terms else []),
        (
            "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
            [
                ("ram:LineTotalAmount", money(net_minor)),
                ("ram:TaxBasisTotalAmount", money(net_minor)),
                ("ram:TaxTotalAmount", (money(facts.tax_minor), {"currencyID": facts.currency})),
                ("ram:GrandTotalAmount", money(facts.total_minor)),
                ("ram:TotalPrepaidAmount", money(facts.settled_minor)),
                ("ram:DuePayableAmount", money(facts.total_minor - facts.settled_minor)),
            ],
        ),
    ]


def _means(facts: InvoiceFacts) -> Tree:
    """The first account with an IBAN among the payment methods."""
    for way in facts.ways_to_pay:
        iban, bic = (way.instructions.get(name, "").replace(" ", "") for name in ("iban", "bic"))
        if iban:
            bank: Tree = [("ram:PayeeSpecifiedCreditorFinancialInstitution", [("ram:BICID", bic)])] if bic else []
            account: Tree = [("ram:IBANID", iban), ("ram:AccountName", way.instructions.get("payee_name", ""))]
            return [
                (
                    "ram:SpecifiedTradeSettlementPaymentMeans",
                    [
                        ("ram:TypeCode", SEPA_TRANSFER if facts.currency == "EUR" else CREDIT_TRANSFER),
                        ("ram:PayeePartyCreditorFinancialAccount", [part for part in account if part[1]]),
                        *bank,
                    ],
                )
            ]
    return []


def _taxes(facts: InvoiceFacts) -> list[Tree]:
    """One entry per category and rate."""
    by_category: dict[str, list[Line]] = {}
    for line in facts.lines:
        by_category.setdefault(_category(line.tax_rate, facts), []).append(line)
    return [
        _tax(category, group, facts) for category, lines in by_category.items() for group in tax_groups(tuple(lines))
    ]


def _tax(category: str, group: TaxGroup, facts: InvoiceFacts) -> Tree:
    reason = EXEMPTION.get(category)
    return [
        ("ram:CalculatedAmount", format_amount(group.tax_minor, facts.currency)),
        ("ram:TypeCode", "VAT"),
        *([("ram:ExemptionReason", reason)] if reason else []),
        ("ram:BasisAmount", format_amount(group.base_minor, facts.currency)),
        ("ram:CategoryCode", category),
        *([] if category == "O" else [("ram:RateApplicablePercent", _rate(group.rate))]),
    ]


def _rate(rate: Decimal | None) -> str:
    return f"{(rate or Decimal(0)).normalize():f}"


def _day(day: date) -> Tree:
    return [("udt:DateTimeString", (day.strftime("%Y%m%d"), {"format": CCYYMMDD}))]


def _grow(parent: Any, tree: Tree) -> None:
    spaces = {"rsm": RSM, "ram": RAM, "udt": UDT}
    for name, content in tree:
        prefix, local = name.split(":")
        child = etree.SubElement(parent, f"{{{spaces[prefix]}}}{local}")
        if isinstance(content, str):
            child.text = _clean(content)
        elif isinstance(content, tuple):
            child.text = _clean(content[0])
            child.attrib.update(content[1])
        elif content:
            _grow(child, content)


def _clean(text: str) -> str:
    """Without characters that XML 1.0 does not allow."""
    return "".join(one for one in text if one >= " " and one not in "\ufffe\uffff")
