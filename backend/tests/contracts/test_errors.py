"""Every error has a code, a kind with a status, and a row in the API's page of errors."""

import re
from pathlib import Path

from django.urls import URLResolver
from igny8_core import urls
from igny8_core.business.banking.domain import errors as banking_errors
from igny8_core.business.platform.services import provisioning
from igny8_core.http.errors import STATUS_OF_KIND
from igny8_core.kit.errors import AppError, ErrorKind

PAGE = Path(__file__).resolve().parents[3] / "docs" / "api" / "errors.md"


def every_error(parent: type[AppError] = AppError) -> set[type[AppError]]:
    """All subclasses; asking for every address has imported every room."""
    assert all(one.url_patterns for one in urls.urlpatterns if isinstance(one, URLResolver))
    assert provisioning
    assert banking_errors
    return {child for direct in parent.__subclasses__() for child in (direct, *every_error(direct))}


def test_every_kind_has_a_status() -> None:
    assert set(STATUS_OF_KIND) == set(ErrorKind)


def test_every_error_is_documented_with_its_status() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d{3}) \|", PAGE.read_text(), re.MULTILINE)
    ours = {
        (error.code, str(STATUS_OF_KIND[error.kind]))
        for error in every_error()
        if error.__module__.startswith("igny8_core")
    }
    assert set(rows) == ours
    assert len(rows) == len(set(rows))
