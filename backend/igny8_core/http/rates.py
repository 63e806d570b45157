"""What a throttle's limit is. Pure: settings reads it before Django stands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `hits` in a fixed window of `seconds`."""

    hits: int
    seconds: int
