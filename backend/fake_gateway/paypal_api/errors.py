"""Refusals in PayPal's shape: a name, a message, a `debug_id`, and details with an issue each."""

from fake_gateway.records import Record

MESSAGES = {
    "INVALID_REQUEST": "Request is not well-formed, syntactically incorrect, or violates schema.",
    "UNPROCESSABLE_ENTITY": "The requested action could not be performed, semantically incorrect, or failed business"
    " validation.",
    "RESOURCE_NOT_FOUND": "The specified resource does not exist.",
    "RESOURCE_CONFLICT": "The server has detected a conflict while processing this request.",
    "AUTHENTICATION_FAILURE": "Authentication failed due to invalid authentication credentials or a missing"
    " Authorization header.",
    "UNSUPPORTED_MEDIA_TYPE": "The server does not support the request payload's media type.",
    "INTERNAL_SERVER_ERROR": "An internal server error has occurred.",
    "RATE_LIMIT_REACHED": "Too many requests. Blocked due to rate limiting.",
}


class PayPalError(Exception):
    """An answer that is an error. One that `keeps_effects` does not undo what was written before it."""

    def __init__(self, status: int, name: str, *details: Record, links: tuple[Record, ...] = ()) -> None:
        super().__init__(details[0]["issue"] if details else name)
        self.status = status
        self.keeps_effects = False
        self.body: Record = {"name": name, "message": MESSAGES[name], "details": list(details), "links": list(links)}


def malformed(issue: str, field: str, description: str) -> PayPalError:
    """400: the request has another shape."""
    detail = {"field": field, "location": "body", "issue": issue, "description": description}
    return PayPalError(400, "INVALID_REQUEST", detail)


def refused(issue: str, description: str, *, field: str | None = None, links: tuple[Record, ...] = ()) -> PayPalError:
    """422: understood, and not done."""
    detail: Record = {"issue": issue, "description": description}
    if field is not None:
        detail["field"] = field
    return PayPalError(422, "UNPROCESSABLE_ENTITY", detail, links=links)


def not_found() -> PayPalError:
    """404."""
    description = "Specified resource ID does not exist. Please check the resource ID and try again."
    return PayPalError(404, "RESOURCE_NOT_FOUND", {"issue": "INVALID_RESOURCE_ID", "description": description})
