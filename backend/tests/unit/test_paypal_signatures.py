"""Which messages are PayPal's: the signature, the time, and above all the certificate and the address it comes from."""

import base64
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from fake_gateway.http_server import Answer, Request, Server
from igny8_core.business.billing.gateways.base import Message, NothingHappened, Refused, Verified
from igny8_core.business.billing.gateways.paypal import certificates
from igny8_core.business.billing.gateways.paypal.certificates import CertificateRefused, Certificates
from igny8_core.business.billing.gateways.paypal.messages import message_of, read_message

NOW = datetime.now(UTC).replace(microsecond=0)
HOST = "messageverificationcerts.sandbox.paypal.com"
PATH = "/v1/notifications/certs/CERT-1"
WEBHOOK = "8PT597110X687430LKGECATA"
BODY = b'{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED","resource_type":"capture","resource":{"id":"C1"}}'
YEAR = timedelta(days=365)
ROOT_KEY = ec.generate_private_key(ec.SECP256R1())
LEAF_KEY = rsa.generate_private_key(65537, 2048)
SHORT_KEY = rsa.generate_private_key(65537, 1024)


def certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
    *,
    issuer: str = "Root",
    is_authority: bool = False,
    begins: datetime = NOW - YEAR,
    ends: datetime = NOW + YEAR,
) -> x509.Certificate:
    """A certificate under our root."""
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, issuer)]
    builder = x509.CertificateBuilder(*reversed(names), key.public_key(), x509.random_serial_number(), begins, ends)
    builder = builder.add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(ROOT_KEY.public_key())
    builder = builder.add_extension(above, critical=False)
    usage = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False)
    usage |= {"encipher_only": False, "decipher_only": False, "crl_sign": is_authority}
    usage |= {"digital_signature": not is_authority, "key_cert_sign": is_authority}
    builder = builder.add_extension(x509.KeyUsage(**usage), critical=True)
    if not is_authority:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(ROOT_KEY, hashes.SHA256())


def pem(*certificates: x509.Certificate) -> bytes:
    """A file of certificates."""
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


ROOT = certificate("Root", ROOT_KEY, is_authority=True)
GOOD = pem(certificate(HOST, LEAF_KEY))


class Host:
    """PayPal's host of certificates: one answer for every path, and what was asked for."""

    def __init__(self, root: Path) -> None:
        self.answer: Callable[[Request], Answer] = lambda request: Answer(200, GOOD, "application/x-pem-file")
        self.asked: list[str] = []
        self.server = Server(0, self._answer)
        threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True).start()
        self.origin = f"http://127.0.0.1:{self.server.port}"
        root.write_bytes(pem(ROOT))
        self.certificates = Certificates(self.origin, trial_root=root)
        self.questions: list[bytes] = []
        self.says = True

    def _answer(self, request: Request) -> Answer:
        self.asked.append(request.path)
        return self.answer(request)

    def ask(self, claims: Mapping[str, str], body: bytes) -> bool:
        """PayPal's own check."""
        self.questions.append(body)
        return self.says

    def read(self, headers: Mapping[str, str], body: bytes = BODY, *, now: datetime = NOW) -> Message:
        """What the message is taken for."""
        return read_message(
            headers, body, webhook_id=WEBHOOK, certificates=self.certificates, ask_paypal=self.ask, now=now
        )

    def signed(self, body: bytes = BODY, *, at: datetime = NOW, path: str = PATH, **more: str) -> dict[str, str]:
        """A message's headers; an underscore stands for a hyphen."""
        time = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        text = f"5b7a|{time}|{WEBHOOK}|{zlib.crc32(body)}".encode()
        signature = LEAF_KEY.sign(text, padding.PKCS1v15(), hashes.SHA256())
        claims = {
            "transmission_id": "5b7a",
            "transmission_time": time,
            "transmission_sig": base64.b64encode(signature).decode(),
            "cert_url": self.origin + path,
            "auth_algo": "SHA256withRSA",
            **more,
        }
        return {f"paypal-{name.replace('_', '-')}": value for name, value in claims.items()}


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    found = Host(tmp_path / "root.pem")
    yield found
    found.server.shutdown()
    found.server.server_close()


def reason(message: Message) -> str:
    """Why a message was refused."""
    assert isinstance(message, Refused), message
    return message.reason


def test_signed_by_paypal(host: Host) -> None:
    for _ in range(3):
        found = host.read(host.signed())
        assert isinstance(found, Verified)
        assert (found.event_id, found.kind, found.subject.charge) == ("WH-1", "PAYMENT.CAPTURE.COMPLETED", "C1")
    assert (host.asked, host.questions) == ([PATH], [])


@pytest.mark.parametrize(
    ("distance", "is_taken"),
    [
        (timedelta(days=-4), True),
        (timedelta(days=-4, seconds=-1), False),
        (timedelta(minutes=5), True),
        (timedelta(minutes=5, seconds=1), False),
    ],
)
def test_how_old_or_early_it_may_be(host: Host, distance: timedelta, is_taken: bool) -> None:
    assert isinstance(host.read(host.signed(at=NOW + distance)), Verified) is is_taken
    assert bool(host.asked) is is_taken


@pytest.mark.parametrize(
    "change",
    [
        *({"transmission_time": text} for text in ("", "yesterday", "2026-11-26T12:00:00", "\xe9", "9" * 5000)),
        *({"transmission_id": text} for text in ("", "\xe9", "a b", "x" * 1001)),
        *({"auth_algo": text} for text in ("SHA1withRSA", "sha256withrsa", "")),
        {"transmission_sig": ""},
        {"cert_url": ""},
    ],
)
def test_headers_that_are_none(host: Host, change: dict[str, str]) -> None:
    """Nothing is fetched for them."""
    assert reason(host.read({**host.signed(), **{f"paypal-{n.replace('_', '-')}": v for n, v in change.items()}}))
    assert host.asked == []


@pytest.mark.parametrize("signature", ["AAAA", "not base64", "%%%%", base64.b64encode(b"x" * 256).decode()])
def test_signatures_that_are_none(host: Host, signature: str) -> None:
    assert "signature" in reason(host.read({**host.signed(), "paypal-transmission-sig": signature.replace(" ", "_")}))


@pytest.mark.parametrize("body", [b"", b"null", b"[1]", b"{", b'{"id":"\xff"}', b"[" * 100_000, b'{"id": 7}'])
def test_bodies_that_are_none(host: Host, body: bytes) -> None:
    assert "no event" in reason(host.read(host.signed(body), body))
    assert host.asked == []


def test_another_body_under_the_same_signature(host: Host) -> None:
    assert "signature" in reason(host.read(host.signed(), BODY.replace(b"C1", b"C2")))


ADDRESSES = (
    "https://{host}" + PATH,
    "http://api.paypal.com" + PATH,
    "http://{host}.evil.test" + PATH,
    "http://api.paypal.com@{host}" + PATH,
    "http://user:pass@{host}" + PATH,
    "http://127.0.0.1:9" + PATH,
    "http://127.0.0.1" + PATH,
    "http://localhost:{port}" + PATH,
    "http://[::1]:{port}" + PATH,
    "http://[::1" + PATH,
    "http://127.0.0.1:99999" + PATH,
    "http://2130706433:{port}" + PATH,
    "//{host}" + PATH,
    "file:///etc/passwd",
    "http://{host}/v1/notifications/certs/",
    "http://{host}/v1/notifications/certs/../../v2/checkout/orders",
    "http://{host}/v1/notifications/certs/%2e%2e/x",
    "http://{host}/v1/notifications/certs/a/b",
    "http://{host}/v1/notifications/certs/a;b",
    "http://{host}/v1/notifications/certs/" + "a" * 101,
    "http://{host}/x" + PATH,
    "http://{host}" + PATH + "?a=b",
    "http://{host}" + PATH + "#a",
    "http:\\\\{host}" + PATH,
    "http://{host}\\@evil.test" + PATH,
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_certificates_come_from_one_host_alone(host: Host, address: str) -> None:
    given = address.format(host=host.origin.removeprefix("http://"), port=host.server.port)
    assert reason(host.read(host.signed(cert_url=given)))
    assert host.asked == []


@pytest.mark.parametrize("origin", ["https://api.paypal.com", "https://api.sandbox.paypal.com"])
def test_paypals_own_hosts(origin: str) -> None:
    pinned = Certificates(origin, trial_root=None)
    assert pinned._path_of(origin + PATH) == pinned._path_of(f"{origin}:443{PATH}") == PATH
    others = {"https://api.paypal.com", "https://api.sandbox.paypal.com", "https://www.paypal.com"} - {origin}
    for other in (*sorted(others), f"{origin}:444", origin.replace("https", "http"), f"{origin}:80"):
        with pytest.raises(CertificateRefused):
            pinned._path_of(other + PATH)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda _: Answer(404), "not there"),
        (lambda _: Answer(302, headers={"Location": PATH}), "not there"),
        (lambda _: Answer(200, b"x" * (32 * 1024 + 1)), "too long"),
        (lambda _: Answer(200, b""), "no certificate"),
        (lambda _: Answer(200, b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "no certificate"),
        (lambda _: Answer(0, ending="reset"), "cannot be had"),
        (lambda _: Answer(200, GOOD).ended("cut"), "c"),
        (lambda _: Answer(200, pem(certificate("paypal.com.evil.test", LEAF_KEY))), "somebody else's"),
        (lambda _: Answer(200, pem(certificate("evilpaypal.com", LEAF_KEY))), "somebody else's"),
        (lambda _: Answer(200, GOOD * 6), "somebody else's"),
        (lambda _: Answer(200, pem(certificate(HOST, ROOT_KEY))), "another kind"),
        (lambda _: Answer(200, pem(certificate(HOST, SHORT_KEY))), "too short"),
        (lambda _: Answer(200, pem(certificate(HOST, LEAF_KEY, ends=NOW - timedelta(days=1)))), "not valid now"),
        (lambda _: Answer(200, pem(certificate(HOST, LEAF_KEY, begins=NOW + timedelta(days=1)))), "not valid now"),
    ],
)
def test_certificates_that_are_refused(host: Host, answer: Callable[[Request], Answer], words: str) -> None:
    host.answer = answer
    assert words in reason(host.read(host.signed()))
    assert (host.asked, host.questions) == ([PATH], [])


def test_a_certificate_that_expires_while_it_is_kept(host: Host) -> None:
    assert isinstance(host.read(host.signed()), Verified)
    later = NOW + 2 * YEAR
    assert "not valid now" in reason(host.read(host.signed(at=later), now=later))


@pytest.mark.parametrize("says", [True, False])
def test_a_certificate_without_its_chain_makes_us_ask(host: Host, says: bool) -> None:
    """PayPal may leave out what lies between its certificate and the root; whether it has signed, it knows itself."""
    host.certificates = Certificates(host.origin, trial_root=None)
    host.says = says
    assert isinstance(host.read(host.signed()), Verified if says else Refused)
    assert host.questions == [BODY]
    # Who cannot sign with the certificate's key makes nobody ask.
    assert "signature" in reason(host.read({**host.signed(), "paypal-transmission-sig": "AAAA"}))
    assert host.questions == [BODY]


def test_paypal_that_cannot_be_asked(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    host.certificates = Certificates(host.origin, trial_root=Path("nowhere.pem"))

    def fails(claims: Mapping[str, str], body: bytes) -> bool:
        raise NothingHappened("no")

    monkeypatch.setattr(host, "ask", fails)
    assert "could not be asked" in reason(host.read(host.signed()))


def test_few_certificates_are_fetched(host: Host) -> None:
    """Whoever sends messages with made-up addresses costs PayPal and us ten calls in a minute."""
    host.answer = lambda _: Answer(404)
    for number in range(30):
        assert reason(host.read(host.signed(path=f"{PATH}{number}")))
    assert len(host.asked) == certificates.MOST_IN_A_MINUTE
    host.answer = lambda _: Answer(200, GOOD)
    later = NOW + timedelta(minutes=2)
    assert isinstance(host.read(host.signed(at=later), now=later), Verified)


def test_one_certificate_is_fetched_at_a_time(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other threads of the process are free meanwhile, and PayPal sends the message again."""
    begun, go_on = threading.Event(), threading.Event()

    def held(request: Request) -> Answer:
        begun.set()
        go_on.wait(20)
        return Answer(200, GOOD)

    host.answer = held
    found: list[Message] = []
    thread = threading.Thread(target=lambda: found.append(host.read(host.signed())))
    thread.start()
    assert begun.wait(20)
    assert "being fetched" in reason(host.read(host.signed()))
    go_on.set()
    thread.join(20)
    assert isinstance(found[0], Verified)
    assert isinstance(host.read(host.signed()), Verified)
    assert len(host.asked) == 1


def test_a_host_that_is_silent_is_not_waited_for(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "READ_SECONDS", 0.1)
    go_on = threading.Event()

    def silent(request: Request) -> Answer:
        go_on.wait(20)
        return Answer(200, GOOD)

    host.answer = silent
    assert "cannot be had" in reason(host.read(host.signed()))
    go_on.set()


def test_a_host_that_drips_is_not_waited_for(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "WHOLE_SECONDS", -1)
    assert "too slowly" in reason(host.read(host.signed()))


@pytest.mark.parametrize(
    ("kind", "resource", "subject"),
    [
        ("checkout-order", '{"id": "O", "purchase_units": [{"custom_id": "p"}]}', ("O", "p", "")),
        (
            "capture",
            '{"id": "C", "custom_id": "p", "supplementary_data": {"related_ids": {"order_id": "O"}}}',
            ("O", "p", "C"),
        ),
        (
            "refund",
            '{"id": "R", "custom_id": "p", "links": [{"rel": "self", "href": "/v2/payments/refunds/R"},'
            ' {"rel": "up", "href": "https://api.paypal.com/v2/payments/captures/C"}]}',
            ("", "p", "C"),
        ),
        ("dispute", '{"disputed_transactions": [{"seller_transaction_id": "C"}]}', ("", "", "C")),
        ("capture", '{"id": 7, "custom_id": ["p"]}', ("", "", "")),
        ("anything", "{}", ("", "", "")),
    ],
)
def test_what_a_message_is_about(kind: str, resource: str, subject: tuple[str, str, str]) -> None:
    found = message_of(f'{{"id":"WH-1","event_type":"A","resource_type":"{kind}","resource":{resource}}}'.encode())
    assert isinstance(found, Verified)
    assert (found.subject.handle, found.subject.reference, found.subject.charge) == subject
