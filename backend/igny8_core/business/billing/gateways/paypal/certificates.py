"""The certificates that PayPal signs its messages with: from PayPal's own host alone, and judged before they are used.

A message names the address of its certificate, and anybody may send a message. So the address is compared with one that
is known, what is fetched is small and bounded in time, one is fetched at a time, few in a minute, and what was fetched
is kept.
"""

import re
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from igny8_core.kit.on_demand import OnDemand

if TYPE_CHECKING:
    import requests
    import urllib3
    from cryptography import exceptions, x509
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509 import verification
else:
    requests, urllib3, exceptions = OnDemand("requests"), OnDemand("urllib3"), OnDemand("cryptography.exceptions")
    x509, verification = OnDemand("cryptography.x509"), OnDemand("cryptography.x509.verification")
    rsa = OnDemand("cryptography.hazmat.primitives.asymmetric.rsa")

PATH = re.compile(r"/v1/notifications/certs/[A-Za-z0-9_-]{1,100}")
DOMAIN = ".paypal.com"
CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 2, 2, 5
LARGEST_BYTES, MOST_CERTIFICATES, LEAST_BITS = 32 * 1024, 5, 2048
MOST_KEPT, MOST_IN_A_MINUTE = 8, 10
MINUTE = timedelta(minutes=1)


class CertificateRefused(Exception):
    """No certificate of PayPal's, or none that can be had now; the text is for our log."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that PayPal's host gave us; `is_chained` says whether it leads to a root that we trust."""

    key: "rsa.RSAPublicKey"
    begins: datetime
    ends: datetime
    is_chained: bool


class Certificates:
    """The certificates of one host, kept by address for the process."""

    def __init__(self, origin: str, *, trial_root: Path | None) -> None:
        self._origin, self._trial_root = origin, trial_root
        self._kept: dict[str, Certificate] = {}
        self._tried: list[datetime] = []
        self._fetching = threading.Lock()

    def get(self, address: str, *, now: datetime) -> Certificate:
        """The certificate at an address, if it is PayPal's and valid now. Raises `CertificateRefused`."""
        path = self._path_of(address)
        certificate = self._kept.get(path) or self._fetched(path, now=now)
        if not certificate.begins <= now <= certificate.ends:
            raise CertificateRefused("the certificate is not valid now")
        return certificate

    def _path_of(self, address: str) -> str:
        """The path of an address at our host. What is asked for is put together anew, so that nothing else gets in."""
        given, ours = urlsplit(address), urlsplit(self._origin)
        same = (given.scheme, given.hostname, given.port or _port(given.scheme), given.username, given.query)
        if same != (ours.scheme, ours.hostname, ours.port or _port(ours.scheme), None, ""):
            raise CertificateRefused("the certificate is at another host")
        if given.fragment or not PATH.fullmatch(given.path):
            raise CertificateRefused("the certificate is at another path")
        return given.path

    def _fetched(self, path: str, *, now: datetime) -> Certificate:
        if not self._fetching.acquire(blocking=False):
            raise CertificateRefused("another certificate is being fetched")
        try:
            self._tried = [at for at in self._tried if now - at < MINUTE]
            if len(self._tried) >= MOST_IN_A_MINUTE:
                raise CertificateRefused("too many certificates were fetched")
            self._tried.append(now)
            certificate = self._judged(self._download(path), now=now)
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[path] = certificate
            return certificate
        finally:
            self._fetching.release()

    def _download(self, path: str) -> bytes:
        """The bytes at a path. Raises `CertificateRefused`."""
        found, ends = b"", time.monotonic() + WHOLE_SECONDS
        try:
            with requests.get(
                self._origin + path,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
                auth=_unchanged,
                headers={"Accept-Encoding": "identity"},
            ) as response:
                if response.status_code != 200:
                    raise CertificateRefused(f"its certificate is not there ({response.status_code})")
                while piece := response.raw.read1(LARGEST_BYTES):
                    found += piece
                    if len(found) > LARGEST_BYTES or time.monotonic() > ends:
                        raise CertificateRefused("its certificate is too long or comes too slowly")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise CertificateRefused(f"its certificate cannot be had ({type(error).__name__})") from error
        return found

    def _judged(self, pem: bytes, *, now: datetime) -> Certificate:
        try:
            leaf, *between = x509.load_pem_x509_certificates(pem)
            key = leaf.public_key()
            (name,) = leaf.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        except (exceptions.UnsupportedAlgorithm, ValueError, TypeError) as error:
            raise CertificateRefused("it is no certificate") from error
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size < LEAST_BITS:
            raise CertificateRefused("the certificate's key is of another kind, or too short")
        host = str(name.value)
        if not host.endswith(DOMAIN) or len(between) >= MOST_CERTIFICATES:
            raise CertificateRefused("the certificate is somebody else's")
        return Certificate(
            key,
            leaf.not_valid_before_utc,
            leaf.not_valid_after_utc,
            self._is_chained(leaf, between, host=host, now=now),
        )

    def _is_chained(
        self, leaf: "x509.Certificate", between: "list[x509.Certificate]", *, host: str, now: datetime
    ) -> bool:
        try:
            roots = x509.load_pem_x509_certificates(Path(self._trial_root or requests.certs.where()).read_bytes())
            policy = verification.PolicyBuilder().store(verification.Store(roots)).time(now)
            policy.build_server_verifier(x509.DNSName(host)).verify(leaf, between)
        except (verification.VerificationError, OSError, ValueError):
            return False
        return True


def _port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _unchanged(request: "requests.PreparedRequest") -> "requests.PreparedRequest":
    """No credentials, whatever a file of passwords on this machine says."""
    return request
