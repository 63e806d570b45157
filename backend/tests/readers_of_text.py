"""Everything of the product that reads what people and banks write, by room: whoever adds such a function adds a line."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from babel import Locale
from igny8_core.accounts.models import normalise_email
from igny8_core.business.banking.domain import csv_profile, line_texts, line_tokens, reading, recognition
from igny8_core.business.banking.domain.bank_accounts import normalise_number
from igny8_core.business.banking.domain.evidence import tells
from igny8_core.business.banking.domain.fingerprints import fingerprint
from igny8_core.business.banking.domain.invoice_lists import listings_of
from igny8_core.business.banking.domain.invoice_tokens import InvoiceTokens
from igny8_core.business.banking.domain.lines import StatementLine
from igny8_core.business.banking.domain.names import NameIndex, occurs_in, plain_name, similarity
from igny8_core.business.banking.formats import camt053, mt940, ofx
from igny8_core.business.banking.formats.csv_profile import cells, read_csv
from igny8_core.business.banking.formats.mt940.information import read_information
from igny8_core.business.banking.serializers import statuses_of
from igny8_core.business.billing.domain import emv_qr, pain001, references
from igny8_core.business.billing.domain.epc_qr import epc_payload
from igny8_core.business.billing.domain.instructions import check_instructions, fill
from igny8_core.business.billing.domain.notes import mask_card_numbers
from igny8_core.business.billing.domain.payment_states import parse_status_filter
from igny8_core.business.billing.domain.return_addresses import ensure_return_address
from igny8_core.business.billing.gateways.paypal.api import PayPalSettings
from igny8_core.business.billing.gateways.paypal.client import PayPal
from igny8_core.business.billing.gateways.paypal.messages import CLAIMS, message_of
from igny8_core.business.billing.gateways.stripe.client import Stripe, StripeSettings
from igny8_core.business.billing.serializers import ReferenceField
from igny8_core.business.platform.domain import totp
from igny8_core.business.platform.serializers.people import EmailAddressField
from igny8_core.business.platform.services.passwords import refuse_common_password
from igny8_core.events.chain import canonical_json
from igny8_core.http import fields, logs, multipart, parsing
from igny8_core.http import forms as http_forms
from igny8_core.kit import csv_text, lookalikes, texts
from igny8_core.kit.errors import AppError
from igny8_core.kit.iban import is_iban
from igny8_core.kit.money import parse_amount
from igny8_core.portal import formatting, forms
from rest_framework.serializers import ValidationError as Refused

from tests.growth import Read

PROFILE = csv_profile.CsvProfile(
    delimiter=";",
    has_header=False,
    booking_date=1,
    amount=2,
    fixed_currency="EUR",
    remittance=(3,),
    decimal=",",
    thousands=".",
    date_order=csv_profile.DateOrder.DMY,
)
NAMES = NameIndex((UUID(int=at), f"Company {at} Ltd") for at in range(50))
GERMAN = Locale.parse("de_DE")
STRIPE = Stripe(StripeSettings("sk_test_1", "whsec_1", live=False))
PAYPAL = PayPal(
    PayPalSettings(
        client_id="a",
        client_secret="b",
        webhook_id="c",
        live=False,
        base="https://api.test",
        certificates="https://certificates.test",
    )
)
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def _line(text: str) -> StatementLine:
    return StatementLine(
        position=1,
        amount_minor=1,
        currency="EUR",
        booking_date=None,
        value_date=None,
        counterparty_name=text,
        counterparty_account=text,
        end_to_end_id=text,
        structured_reference=text,
        remittance=text,
        bank_reference=text,
        raw=text,
    )


def _words(text: str) -> list[line_tokens.Word]:
    return line_tokens.words_of(line_tokens.simplify(text))


def _file(reader: Callable[[Any], Any], before: str, behind: str) -> Read:
    """A reader of statements, with the text where a file has the payer's."""
    return lambda text: list(reader(io.BytesIO(f"{before}{text}{behind}".encode())))


def _part(text: str) -> object:
    body = f'--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n{text}\r\n--b--'.encode()
    return list(multipart._parts(multipart._Tail(io.BytesIO(body)), b"b", limit_bytes=10**7))


MT940 = ":20:A\n:25:DE89370400440532013000\n:28C:1\n:60F:C260101EUR0,\n:61:2601010101C1,NTRFNONREF\n:86:"
CAMT = (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Acct><Id><IBAN>X</IBAN></Id>'
    '</Acct><Ntry><Amt Ccy="EUR">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><NtryDtls><TxDtls><RmtInf>'
    "<Ustrd><![CDATA["
)
OFX = "<OFX><STMTRS><CURDEF>EUR<STMTTRN><DTPOSTED>20260101<TRNAMT>1<MEMO>"

READERS: dict[str, Read] = {
    # kit
    "texts.one_line": texts.one_line,
    "texts.paragraphs": texts.paragraphs,
    "texts.visible": texts.visible,
    "texts.bare": texts.bare,
    "texts.normal_form": lambda text: [texts.normal_form(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")],
    "lookalikes.skeleton": lookalikes.skeleton,
    "csv_text.guarded": csv_text.guarded,
    "money.parse_amount": lambda text: parse_amount(text, "EUR"),
    # accounts, events, http
    "a line": fields.StrictCharField().run_validation,
    "paragraphs": fields.ParagraphsField().run_validation,
    "a verbatim text": fields.VerbatimField().run_validation,
    "named texts": lambda text: fields.NamedTextsField(child=fields.StrictCharField()).run_validation({text: text}),
    "an amount": fields.AmountField().run_validation,
    "a day": fields.StrictDateField().run_validation,
    "an instant": fields.StrictDateTimeField().run_validation,
    "a form's line": http_forms.LineField().clean,
    "a form's paragraphs": http_forms.ParagraphsField().clean,
    "normalise_email": normalise_email,
    "canonical_json": lambda text: canonical_json({"a": text}),
    "parsing.parse_object": lambda text: parsing.parse_object(text.encode()),
    "parsing.parse_object, inside a string": lambda text: parsing.parse_object(b'{"a": "' + text.encode() + b'"}'),
    "multipart": _part,
    "multipart, a file's name": multipart._base_name,
    "logs.without_secrets": logs.without_secrets,
    # platform
    "totp.recovery_hash": totp.recovery_hash,
    "passwords": refuse_common_password,
    "an e-mail address": EmailAddressField().run_validation,
    # billing
    "mask_card_numbers": mask_card_numbers,
    "normalise_reference": references.normalise_reference,
    "reference_skeleton": references.reference_skeleton,
    "read_reference": references.read_reference,
    "is_valid_creditor_reference": references.is_valid_creditor_reference,
    "a reference": ReferenceField().run_validation,
    "check_instructions": lambda text: check_instructions(dict.fromkeys(("note", "iban", "bic", "merchant_qr"), text)),
    "fill": lambda text: fill({"note": text}, reference="{amount}", amount="{reference}"),
    "parse_status_filter": parse_status_filter,
    "a gateway's message": lambda text: STRIPE.read_message({"stripe-signature": text}, text.encode(), now=NOON),
    "PayPal's headers": lambda text: PAYPAL.read_message(dict.fromkeys(CLAIMS.values(), text), b"{}", now=NOON),
    "PayPal's event": lambda text: message_of(text.encode()),
    "ensure_return_address": lambda text: ensure_return_address(f"https://a.test/{text}", hosts={"a.test"}, field="a"),
    "emv_qr.decode": emv_qr.decode,
    "emv_qr.pix_payload": lambda text: emv_qr.pix_payload(key=text, name=text, city=text, amount="1", reference=text),
    "epc_payload": lambda text: epc_payload(name=text, iban=text, bic=text, amount_minor=1, reference=text),
    "pain001": lambda text: pain001._latin(text, 140),
    # banking
    "reading.clean": reading.clean,
    "reading.compact": reading.compact,
    "reading.reference": reading.reference,
    "reading.raw_text": reading.raw_text,
    "reading.unsigned_minor": lambda text: reading.unsigned_minor(text, "EUR"),
    "reading.iso_date": reading.iso_date,
    "recognition": lambda text: recognition.format_of(text.encode()),
    "line_tokens": _words,
    "invoice_tokens": lambda text: listings_of(InvoiceTokens(_words(text))),
    "line_texts": lambda text: line_texts.read_texts.__wrapped__(_line(text)),
    "evidence.tells": tells,
    "fingerprint": lambda text: fingerprint(_line(text)),
    "normalise_number": lambda text: is_iban(normalise_number(text)),
    "plain_name": plain_name.__wrapped__,
    "occurs_in": lambda text: occurs_in("COMPANY", text),
    "similarity": lambda text: similarity("COMPANY 1", plain_name.__wrapped__(text)[:300]),
    "names": lambda text: NAMES.accounts_like(text),
    "statuses_of": statuses_of,
    "csv, a text": _file(lambda file: read_csv(file, PROFILE), '01.01.2026;1,00;"', '"\n'),
    "csv, an amount": lambda text: cells.signed_of(text, "EUR", PROFILE),
    "csv, a date": lambda text: cells.date_of(text, "dmy"),
    "csv, a file": _file(lambda file: read_csv(file, PROFILE), "", ""),
    "mt940, a text": _file(mt940.read, MT940, "\n:62F:C260101EUR1,\n-\n"),
    "mt940, a movement": _file(mt940.read, MT940 + "x\n:61:", "\n:62F:C260101EUR1,\n-\n"),
    "mt940, field 86": lambda text: [read_information([f"{head}{text}"]) for head in ("", "166?20", "/REMI/", "SVWZ+")],
    "ofx, a text": _file(ofx.read, OFX, "</STMTTRN></STMTRS></OFX>"),
    "ofx, a date": _file(ofx.read, OFX.replace("20260101", "20260101["), "</STMTTRN></STMTRS></OFX>"),
    "ofx, a file": _file(ofx.read, "<OFX>", "</OFX>"),
    "camt, a text": _file(
        camt053.read, CAMT, "]]></Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"
    ),
    # portal
    "typed_amount": lambda text: formatting.typed_amount(text, "EUR", GERMAN),
    "a form's reference": forms.ReferenceField().clean,
    "a form's address": http_forms.EmailLineField(max_length=10**7).clean,
}


def tolerant(read: Read) -> Read:
    """Refusing a text is an answer too."""

    def attempt(text: Any) -> object:
        try:
            return read(text)
        except (ValueError, LookupError, AppError, Refused, forms.forms.ValidationError, reading.Unreadable):
            return None

    return attempt
