"""PayPal's signatures with a certificate authority of our own: root, intermediate, and a certificate for messages.

Signed is `transmission_id|transmission_time|webhook_id|crc32`, the CRC32 of the raw body as an unsigned decimal, by
RSA PKCS#1 v1.5 with SHA-256. Certificates are made on first use and kept, private keys with them: they are worth
nothing anywhere else.
"""

import base64
import json
import uuid
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from fake_gateway.gateway import Gateway
from fake_gateway.records import Record

CERTIFICATES = "/v1/notifications/certs/"
ALGORITHM = "SHA256withRSA"
HOST = "messageverificationcerts.sandbox.paypal.com"
FOREIGN_HOST = "messageverificationcerts.paypal.com.example.test"
UNDER_OUR_ROOT = frozenset({"paypal_expired_chain", "paypal_foreign_chain"})
OTHER_CHAINS = ("paypal_other_chain", "paypal_expired_chain", "paypal_foreign_chain")
YEARS = timedelta(days=3650)

type Authority = tuple[ec.EllipticCurvePrivateKey, x509.Certificate]


def authority_pem(gateway: Gateway) -> bytes:
    """The root certificate, which a verifier has to trust."""
    return str(_kept(gateway, "paypal_chain")["root"]).encode()


def certificate_pem(gateway: Gateway, name: str) -> bytes | None:
    """What lies at a certificate's address: the certificate and its intermediate."""
    for setting in ("paypal_chain", *OTHER_CHAINS):
        kept = gateway.store.setting(setting, None)
        if kept is not None and kept["name"] == name:
            return str(kept["chain"]).encode()
    return None


def signed_headers(
    gateway: Gateway,
    body: bytes,
    *,
    chain: str = "paypal_chain",
    moment: datetime | None = None,
    crc: str | None = None,
    webhook_id: str | None = None,
) -> Mapping[str, str]:
    """The headers of a message; the keywords make one that has to be refused."""
    kept = _kept(gateway, chain)
    transmission = str(uuid.uuid4())
    time = (moment or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = message(transmission, time, webhook_id or gateway.keys.paypal_webhook_id, crc or str(zlib.crc32(body)))
    key = cast(rsa.RSAPrivateKey, serialization.load_pem_private_key(kept["key"].encode(), None))
    return {
        "Content-Type": "application/json",
        "User-Agent": "PayPal/AUHR-214.0-58843215",
        "PAYPAL-TRANSMISSION-ID": transmission,
        "PAYPAL-TRANSMISSION-TIME": time,
        "PAYPAL-TRANSMISSION-SIG": base64.b64encode(key.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode(),
        "PAYPAL-CERT-URL": f"{gateway.api_url}{CERTIFICATES}{kept['name']}",
        "PAYPAL-AUTH-ALGO": ALGORITHM,
    }


def message(transmission: str, time: str, webhook_id: str, crc: str) -> bytes:
    """The text that is signed."""
    return f"{transmission}|{time}|{webhook_id}|{crc}".encode()


def verifies(gateway: Gateway, given: Record, raw_event: bytes) -> bool:
    """Whether the five values of a message's headers belong to the raw event, and the webhook is ours."""
    kept = _kept(gateway, "paypal_chain")
    if given["webhook_id"] != gateway.keys.paypal_webhook_id or given["auth_algo"] != ALGORITHM:
        return False
    if given["cert_url"] != f"{gateway.api_url}{CERTIFICATES}{kept['name']}":
        return False
    text = message(
        given["transmission_id"], given["transmission_time"], given["webhook_id"], str(zlib.crc32(raw_event))
    )
    certificate = x509.load_pem_x509_certificate(kept["chain"].encode())
    try:
        signature = base64.b64decode(given["transmission_sig"], validate=True)
        cast(rsa.RSAPublicKey, certificate.public_key()).verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def raw_member(text: str, name: str) -> str | None:
    """A member of a JSON object exactly as it was written: parsed and written again, it would have another CRC."""
    decoder, place = json.JSONDecoder(), text.index("{") + 1
    while True:
        place = _after_blanks(text, place)
        if text[place] == "}":
            return None
        key, place = decoder.raw_decode(text, place)
        start = _after_blanks(text, _after_blanks(text, place) + 1)
        _, place = decoder.raw_decode(text, start)
        if key == name:
            return text[start:place]
        place = _after_blanks(text, place)
        place += text[place] == ","


def _after_blanks(text: str, place: int) -> int:
    while text[place] in " \t\r\n":
        place += 1
    return place


def _kept(gateway: Gateway, setting: str) -> Record:
    """A chain, made on first use."""
    with gateway.store.transaction():
        kept = gateway.store.setting(setting, None)
        if kept is None:
            now = datetime.now(UTC)
            trusted = _kept(gateway, "paypal_chain") if setting in UNDER_OUR_ROOT else None
            ends = now - timedelta(days=2) if setting == "paypal_expired_chain" else now + YEARS
            kept = _chain(ends, trusted, host=FOREIGN_HOST if setting == "paypal_foreign_chain" else HOST)
            gateway.store.set_setting(setting, kept)
    return cast(Record, kept)


def _chain(ends: datetime, trusted: Record | None, *, host: str) -> Record:
    """A certificate under a new authority, or under the intermediate of one that is trusted."""
    if trusted is None:
        root = _authority("Demo Gateway Root", None)
        between = _authority("Demo Gateway Intermediate", root)
        root_pem = _pem(root[1])
    else:
        key = serialization.load_pem_private_key(trusted["between_key"].encode(), None)
        between = (cast(ec.EllipticCurvePrivateKey, key), x509.load_pem_x509_certificates(trusted["chain"].encode())[1])
        root_pem = trusted["root"]
    leaf_key = rsa.generate_private_key(65537, 2048)
    builder = _builder(host, leaf_key.public_key(), between, ends)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    leaf = builder.add_extension(_usage(signs_certificates=False), critical=True).sign(between[0], hashes.SHA256())
    return {
        "name": f"CERT-{uuid.uuid4()}",
        "root": root_pem,
        "chain": _pem(leaf) + _pem(between[1]),
        "key": _key_pem(leaf_key),
        "between_key": _key_pem(between[0]),
    }


def _authority(name: str, above: Authority | None) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(name, key.public_key(), above, datetime.now(UTC) + YEARS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
    return key, builder.sign(key if above is None else above[0], hashes.SHA256())


def _builder(
    name: str, key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey, above: Authority | None, ends: datetime
) -> x509.CertificateBuilder:
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Demo Gateway"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if above is None else above[1].subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(datetime.now(UTC), ends) - timedelta(days=1))
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )
    issuer = key if above is None else above[0].public_key()
    return builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), critical=False)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    form, closed = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, closed).decode()
