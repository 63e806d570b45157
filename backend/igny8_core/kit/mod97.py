"""ISO 7064 MOD 97-10: the check digits of account numbers (ISO 13616) and of creditor references (ISO 11649). Pure."""


def check_digits(head: str, body: str) -> str:
    """The two check digits between `head` and `body`, both of A to Z and 0 to 9 (A = 10 ... Z = 35)."""
    return f"{98 - int(''.join([str(int(character, 36)) for character in body + head + '00'])) % 97:02d}"


def has_good_check_digits(code: str) -> bool:
    """Whether a code's third and fourth characters are its check digits; 00, 01 and 99 never are."""
    return code[2:4] == check_digits(code[:2], code[4:])
