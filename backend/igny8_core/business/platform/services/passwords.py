"""Which passwords are accepted: long ones that are not well known.

There are no rules about kinds of characters: NIST SP 800-63B, section 5.1.1.2.
"""

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError as Refused

from igny8_core.kit.errors import ValidationError

MIN_LENGTH = 10
MAX_LENGTH = 200
_known = CommonPasswordValidator()


def refuse_common_password(password: str) -> None:
    """Refuse passwords that attackers try first; raises `ValidationError`."""
    try:
        _known.validate(password)
    except Refused as error:
        raise ValidationError(fields={"password": ["This password is too common."]}) from error
