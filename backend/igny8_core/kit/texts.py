"""People's text: what a line may contain, invisible characters, and Unicode normalisation. Pure.

A text that displays something other than it contains deceives its reader (Unicode TR 36). Invisible characters are
removed; line ends and characters that change the direction of writing (`Bidi_Control`) are refused in single-line text.
"""

import re
import unicodedata
from typing import Literal

MOST_MARKS = 30
"""How many combining marks a letter keeps in comparable text: the limit of Unicode's stream-safe format (TR 15)."""
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_BREAKS = "\n\r\x85\u2028\u2029"
_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Default_Ignorable_Code_Point of Unicode 17 without the two joiners and the directions, other format characters, and
# the empty braille cell.
_UNSEEN = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\ufffb\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Scripts whose letters change their form with a joiner between them (TR 31): Arabic to Sinhala, Burmese, Khmer,
# Mongolian. In other scripts a joiner is invisible.
_JOINED = "\u0600-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
_CONTROL = re.compile(f"[{_CONTROLS}]")
_CONTROL_OR_TAB = re.compile(f"[{_CONTROLS}\t]")
_BREAK = re.compile(f"[{_BREAKS}]")
_RARE_BREAK = re.compile("[\x85\u2028\u2029]")
_DIRECTION = re.compile(f"[{_DIRECTIONS}]")
_INVISIBLE = re.compile(f"[{_UNSEEN}]|(?<![{_JOINED}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}])")
_SHOWS_NOTHING = re.compile(f"[{_UNSEEN}{_DIRECTIONS}\u200c\u200d]")


class BadText(ValueError):
    """Why a text is refused, as a sentence for its author."""


def one_line(text: str) -> str:
    """A name, a reference, a label: trimmed, without invisible characters. Raises `BadText`.

    Joiners are kept between letters whose form they change, as in Persian and Sinhala.
    """
    text = text.strip()
    if text.isascii() and text.isprintable():
        return text
    if _BREAK.search(text):
        raise BadText("Write this on one line.")
    if _CONTROL_OR_TAB.search(text):
        raise BadText("Control characters are not allowed.")
    if _DIRECTION.search(text):
        raise BadText("Characters that change the direction of writing are not allowed.")
    return _INVISIBLE.sub("", text).strip()


def paragraphs(text: str) -> str:
    """A note of several lines: trimmed, without invisible and direction-changing characters.

    Raises `BadText` for control characters.
    """
    text = text.strip()
    if _CONTROL.search(text):
        raise BadText("Control characters are not allowed.")
    return visible(_RARE_BREAK.sub("\n", text)).strip()


def visible(text: str) -> str:
    """A text that we may not refuse, without invisible and direction-changing characters."""
    return text if text.isascii() else _INVISIBLE.sub("", _DIRECTION.sub("", text))


def bare(text: str) -> str:
    """The text without any invisible characters, joiners included: for comparison."""
    return text if text.isascii() else _SHOWS_NOTHING.sub("", text)


def normal_form(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """Unicode's normal form, keeping at most thirty marks per letter.

    Python sorts a letter's marks by insertion: a thousand of them would take a million steps.
    """
    return text if text.isascii() else unicodedata.normalize(form, _with_few_marks(text))


def _with_few_marks(text: str) -> str:
    if len(text) <= MOST_MARKS:
        return text
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if _begins_with_mark(character) else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def _begins_with_mark(character: str) -> bool:
    """Whether it is a mark or decomposes into marks, as a few Tibetan and half-width characters do."""
    return character >= "\u0300" and unicodedata.combining(unicodedata.normalize("NFKD", character)[0]) > 0
