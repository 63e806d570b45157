"""International bank account numbers (ISO 13616): format, country structure and check digits. Pure."""

import re

from igny8_core.kit.mod97 import has_good_check_digits

SHORTEST, LONGEST = 15, 34
_FORM = re.compile(rf"[A-Z]{{2}}[0-9]{{2}}[A-Z0-9]{{{SHORTEST - 4},{LONGEST - 4}}}")

# What follows the check digits: the number of digits (n), letters (a), or either (c). SWIFT's IBAN registry, release
# 101, and Brazil's bank numbers with letters, which were added after it.
_REGISTERED = """
AD:8n12c AE:19n AL:8n16c AT:16n AZ:4a20c BA:16n BE:12n BG:4a6n8c BH:4a14c BI:23n BR:8c15n2c BY:4c4n16c
CH:5n12c CR:18n CY:8n16c CZ:20n DE:18n DJ:23n DK:14n DO:4c20n EE:16n EG:25n ES:20n FI:14n FK:2a12n FO:14n
FR:10n11c2n GB:4a14n GE:2a16n GI:4a15c GL:14n GR:7n16c GT:24c HN:4a20n HR:17n HU:24n IE:4a14n IL:19n
IQ:4a15n IS:22n IT:1a10n12c JO:4a4n18c KW:4a22c KZ:3n13c LB:4n20c LC:4a24c LI:5n12c LT:16n LU:3n13c
LV:4a13c LY:21n MC:10n11c2n MD:20c ME:18n MK:3n10c2n MN:16n MR:23n MT:4a5n18c MU:4a19n3a NI:4a20n NL:4a10n
NO:11n OM:3n16c PK:4a16c PL:24n PS:4a21c PT:21n QA:4a21c RO:4a16c RS:18n RU:14n15c SA:2n18c SC:4a20n3a
SD:14n SE:20n SI:15n SK:20n SM:1a10n12c SO:19n ST:21n SV:4a20n TL:19n TN:20n TR:6n16c UA:6n19c VA:18n
VG:4a16n XK:16n YE:4a4n18c
"""
# Countries outside the registry whose banks issue numbers in this format, according to their own directories.
_UNREGISTERED = """
AO:21n BF:2c22n BJ:2c22n CF:23n CG:23n CI:2a22n CM:23n CV:21n DZ:22n GA:23n GQ:23n GW:2c19n IR:22n KM:23n
MA:24n MG:23n ML:2c22n MZ:21n NE:2a22n SN:2a22n TD:23n TG:2a22n
"""
STRUCTURES: dict[str, str] = {entry[:2]: entry[3:] for entry in f"{_REGISTERED}{_UNREGISTERED}".split()}
_CHARACTERS = {"n": "[0-9]", "a": "[A-Z]", "c": "[A-Z0-9]"}
_PART = re.compile(r"([0-9]{1,2})([nac])")
_EXPRESSIONS = {
    country: re.compile("".join(f"{_CHARACTERS[kind]}{{{count}}}" for count, kind in _PART.findall(structure)))
    for country, structure in STRUCTURES.items()
}


def has_form_of_iban(text: str) -> bool:
    """Whether a text without spaces, in upper case, has the start and length of some country's IBAN."""
    return _FORM.fullmatch(text) is not None


def is_iban(text: str) -> bool:
    """Whether a text without spaces, in upper case, has its country's structure and correct check digits."""
    if not has_form_of_iban(text) or text[:2] not in STRUCTURES:
        return False
    return _EXPRESSIONS[text[:2]].fullmatch(text, 4) is not None and has_good_check_digits(text)
