"""How the cost of reading a text grows with its length: measured as the thread's own time, best of several."""

import gc
import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from typing import Any

import igny8_core

type Read = Callable[[Any], object]
type Make = Callable[[int], Any]

TIMES = 10
MOST = 15
"""Ten times the text may cost fifteen times as much."""
ROUNDS, ATTEMPTS = 3, 5
SHORTEST, LONGEST, STEP = 16, 10_000, 3


def cost(read: Read, text: Any, rounds: int = 1) -> float:
    """Seconds of this thread's processor time, the best of several rounds."""
    best = float("inf")
    gc.disable()  # what it costs grows with everything there is
    for _ in range(rounds):
        start = time.thread_time()
        read(text)
        best = min(best, time.thread_time() - start)
    gc.enable()
    return best


def growth(read: Read, make: Make, *, worth_seconds: float = 0.002) -> float:
    """How many times as much ten times the text costs; 0 where even the longest text is not worth measuring.

    The text grows until it is, so that what grows faster than it is found at a small size. At the longest one, the
    square of the length would be a hundred million steps.
    """
    size = SHORTEST
    while cost(read, make(size)) < worth_seconds:
        if size == LONGEST:
            return 0
        size = min(size * STEP, LONGEST)
    short, long = make(size), make(size * TIMES)
    ratio = cost(read, long) / cost(read, short, ROUNDS)
    for _ in range(ATTEMPTS):
        if ratio > MOST:  # the machine may have been busy, or a library was imported for the first time
            ratio = min(ratio, cost(read, long) / cost(read, short, ROUNDS))
    return ratio


def made_of(pump: str, tail: str = "") -> Make:
    """Texts that repeat a piece, with something else behind it."""
    return lambda size: (pump * (size // len(pump) + 1))[:size] + tail


TAILS = ("", "!", "Z\x00")
PUMPS = (
    *"a1A0O .-,/+:&<>@\"'\\=({[|;*%#~\n\t\ré٣€\u00a0\u0301\u200b\u202e",
    "1 ",
    "1.",
    "1,",
    "1'",
    "1-",
    "1/",
    "0,",
    "a ",
    "a-",
    "A1",
    "1A",
    "A-",
    "é1",
    "O1",
    "A0",
    "20",
    "11",
    "111.",
    "111,",
    "111'",
    "1,1",
    "1.11",
    "1.11 ",
    "111.1 ",
    "12.12.",
    "1.1.1.",
    "11/20",
    "20/",
    "2025-01-01 ",
    "20250101",
    "1 111",
    "0300 ",
    "0300-",
    "+1",
    "+12 ",
    "+1-",
    "(1)",
    "RF",
    "RF1",
    "RF18 ",
    "DE00",
    "DE89 ",
    "INV",
    "INV 1 ",
    "ABC-",
    "ABC1",
    "ABC-000001 ",
    "000001A",
    "EUR",
    "EUR 1",
    "1 EUR",
    "1€",
    "€1",
    "RS.",
    ":20:",
    ":61:",
    "\n:61:",
    ":86:",
    "{1:",
    "{1:{4:",
    "/ABC/",
    "/EREF/",
    "?00",
    "?20",
    "EREF+",
    "SVWZ+",
    "<a>",
    "<MEMO>",
    "&amp",
    "&amp;",
    "&#1",
    "[1",
    "[]",
    "--",
    "- ",
    "\n-",
    " \n",
    "\r\n",
    "1\n",
    "a\u0301",
    "\u0316\u0301",
    "\uff9e\u0334",
    "\u0f73\u0316",
    "\ufdfa",
    "\ufb03",
    "\u200d\u0627",
    "://a:",
    "https://",
    "a:b@",
    "bearer ",
    "igk_",
    "password=",
    'password:"',
    "x=y ",
    '\\"',
    "\\\\",
    "a.",
    "a@",
    ".a",
    "@a.",
    "xn--",
    "'a",
    ", ",
    "; ",
    "=\t",
    ";=",
)
"""Pieces that make an expression begin anew, fail late, or try everything. No list is complete: add to it."""


def texts() -> Iterator[Make]:
    """Every piece with every tail."""
    for pump in PUMPS:
        for tail in TAILS:
            yield made_of(pump, tail)


NOT_IMPORTED = ("igny8_core.asgi", "igny8_core.web_settings")
"""What makes a process a web process."""


@cache
def _modules() -> tuple[ModuleType, ...]:
    found = (module.name for module in pkgutil.walk_packages(igny8_core.__path__, "igny8_core."))
    names = [name for name in found if name not in NOT_IMPORTED and ".migrations" not in name]
    return tuple(map(importlib.import_module, names))


def expressions() -> dict[str, re.Pattern[Any]]:
    """Every expression that a module of the product names, alone or in a tuple, a list or a dict."""
    found: dict[str, re.Pattern[Any]] = {}
    for module in _modules():
        for name, value in vars(module).items():
            for index, pattern in enumerate(_patterns(value)):
                found.setdefault(f"{module.__name__.removeprefix('igny8_core.')}.{name}#{index}", pattern)
    kept: dict[re.Pattern[Any], str] = {}
    for name, pattern in found.items():
        kept.setdefault(pattern, name)
    return {name: pattern for pattern, name in kept.items()}


def _patterns(value: Any) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from _patterns(list(value.values()))
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from _patterns(inner)


@cache
def _source() -> str:
    return "\n".join(map(inspect.getsource, _modules()))


def uses(name: str, pattern: re.Pattern[Any]) -> list[Read]:
    """The ways the product's code uses an expression: it is anchored or not by how it is called."""
    called = rf"\b{re.escape(name.rsplit('.', maxsplit=1)[-1].split('#', maxsplit=1)[0])}(?:\[[^\]]*\])?\.(\w+)\("
    methods = set(re.findall(called, _source())) & {"match", "fullmatch", "search", "split", "sub", "finditer"}
    return [_use(pattern, method) for method in sorted(methods or {"search", "sub"})]


def _use(pattern: re.Pattern[Any], method: str) -> Read:
    as_bytes = isinstance(pattern.pattern, bytes)
    instead = b"" if as_bytes else ""
    calls: dict[str, Read] = {
        "sub": lambda text: pattern.sub(instead, text),
        "finditer": lambda text: sum(1 for _ in pattern.finditer(text)),
    }
    call = calls.get(method) or getattr(pattern, method)
    return lambda text: call(text.encode() if as_bytes else text)
