"""Refusals in Stripe's shape: a status and `{"error": {...}}`."""

from fake_gateway.records import Record


class StripeError(Exception):
    """An answer that is an error; one that `keeps_effects` does not undo what was written before it."""

    keeps_effects = False

    def __init__(self, status: int, kind: str, message: str, **details: object) -> None:
        super().__init__(message)
        self.status = status
        self.headers: dict[str, str] = {}
        given = {name: value for name, value in details.items() if value is not None}
        self.body: Record = {"error": {"message": message, "type": kind, **given}}


class InvalidRequest(StripeError):
    """Not executed: the call is wrong, or the object is in another state."""

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None, status: int = 400) -> None:
        super().__init__(status, "invalid_request_error", message, param=param, code=code)


class CardDeclined(StripeError):
    """The attempt was made and has failed; the failed charge stays."""

    keeps_effects = True

    def __init__(self, message: str, *, code: str, decline_code: str | None, **objects: object) -> None:
        super().__init__(402, "card_error", message, code=code, decline_code=decline_code, **objects)


def unknown_object(noun: str, name: str, *, param: str = "id") -> InvalidRequest:
    """Nothing has this id: 404 where the address names it."""
    status = 404 if param == "id" else 400
    return InvalidRequest(f"No such {noun}: '{name}'", param=param, code="resource_missing", status=status)
