"""From a query string to validated values: unknown, repeated or malformed parameters are refused."""

from urllib.parse import unquote_to_bytes

from rest_framework.request import Request

from igny8_core.http.fields import StrictSerializer
from igny8_core.http.parsing import is_clean
from igny8_core.kit.errors import ValidationError

PAGE_PARAMETERS = frozenset({"page_size", "cursor"})


def query_of[Checked](
    request: Request, serializer_class: type[StrictSerializer[Checked]], *, paged: bool = True
) -> Checked:
    """The query as validated values; unknown or repeated parameters are errors. Raises `ValidationError`.

    `paged` is false for lists without pages, where a cursor is an unknown parameter.
    """
    _refuse_other_encodings(request)
    every = dict(request.query_params.lists())
    repeated = {name[:100]: ["Send it only once."] for name, values in every.items() if len(values) > 1}
    unclean = {name[:100]: ["This text is malformed."] for name, (value, *_) in every.items() if not is_clean(value)}
    if repeated or unclean:
        raise ValidationError(fields={**repeated, **unclean})
    known = PAGE_PARAMETERS if paged else frozenset()
    given = {name: value for name, (value, *_) in every.items() if name not in known}
    return serializer_class.checked(given)


def _refuse_other_encodings(request: Request) -> None:
    """Django would replace bytes that are not UTF-8 by U+FFFD, and the list would be filtered by that."""
    try:
        unquote_to_bytes(request.META.get("QUERY_STRING", "")).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValidationError("The query is not UTF-8.") from error
