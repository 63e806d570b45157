"""One key, one effect: the first status and body are kept with the parameters and repeated, errors of 500 included."""

import threading
from dataclasses import dataclass

from fake_gateway.gateway import Gateway
from fake_gateway.records import Missing, Record
from fake_gateway.stripe_api.errors import InvalidRequest, StripeError

KIND = "idempotency"
KEPT_SECONDS = 24 * 3600
LONGEST_KEY = 255


@dataclass(frozen=True)
class Kept:
    """An answer that was given before."""

    status: int
    body: Record


class Keys:
    """The keys in use, and the answers kept for 24 hours of the gateway's clock."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self._running: set[str] = set()
        self._lock = threading.Lock()

    def begin(self, key: str, fingerprint: str) -> Kept | None:
        """What was answered before, or None: then the key is in use until `end`. Raises `StripeError`."""
        if len(key) > LONGEST_KEY:
            raise InvalidRequest("Idempotency keys can have up to 255 characters.", code="idempotency_key_invalid")
        with self._lock:
            if key in self._running:
                raise _in_use(key)
            kept = self._kept(key)
            if kept is not None and kept["fingerprint"] != fingerprint:
                raise StripeError(
                    400,
                    "idempotency_error",
                    "Keys for idempotent requests can only be used with the same parameters they were first used with."
                    f" Try using a key other than '{key}' if you meant to execute a different request.",
                )
            if kept is None:
                self._running.add(key)
                return None
        return Kept(kept["status"], kept["body"])

    def keep(self, key: str, fingerprint: str, status: int, body: Record) -> None:
        """Keep an answer, in the transaction of its effects."""
        record = {"fingerprint": fingerprint, "status": status, "body": body, "created": self.gateway.now()}
        self.gateway.store.put(KIND, {"id": key, **record})

    def end(self, key: str) -> None:
        """The call is over."""
        with self._lock:
            self._running.discard(key)

    def _kept(self, key: str) -> Record | None:
        try:
            kept = self.gateway.store.get(KIND, key)
        except Missing:
            return None
        if kept["created"] <= self.gateway.now() - KEPT_SECONDS:
            return None
        return kept


def _in_use(key: str) -> StripeError:
    error = StripeError(
        409,
        "invalid_request_error",
        "There is currently another in-progress request using this Idempotent Key (that probably means you submitted"
        f" twice, and the other request is still going through): {key}. Please try again later.",
        code="idempotency_key_in_use",
    )
    error.headers["Stripe-Should-Retry"] = "true"
    return error
