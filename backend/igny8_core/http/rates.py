"""The type of a throttle's limit. Pure: settings.py reads it before Django is configured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `hits` in a fixed window of `seconds`."""

    hits: int
    seconds: int
