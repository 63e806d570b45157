"""Which calls over `requests` were certainly never sent: whatever was asked in them did not happen."""

from typing import TYPE_CHECKING

from igny8_core.kit.on_demand import OnDemand

if TYPE_CHECKING:
    import requests
    import urllib3
else:
    requests, urllib3 = OnDemand("requests"), OnDemand("urllib3")


def never_left(error: BaseException | None) -> bool:
    """Whether a request was never sent: nobody took the connection, or not in time."""
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.SSLError):
        return True
    inner = getattr(error.args[0] if error is not None and error.args else None, "reason", None)
    return isinstance(inner, urllib3.exceptions.NewConnectionError)
