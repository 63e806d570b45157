"""Which passwords are good enough."""

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError as Refused

from igny8_core.kit.errors import ValidationError

MIN_LENGTH = 10
MAX_LENGTH = 200
_common = CommonPasswordValidator()


def check_password_strength(password: str) -> None:
    """Refuse short and well-known passwords; raises `ValidationError`.

    Length and a list of known ones, no rules about kinds of characters: NIST SP 800-63B, section 5.1.1.2.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise ValidationError(fields={"password": [f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters."]})
    try:
        _common.validate(password)
    except Refused as error:
        raise ValidationError(fields={"password": ["This password is too common."]}) from error
