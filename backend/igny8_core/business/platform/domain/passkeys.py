"""The two ceremonies of a passkey (W3C Web Authentication, sections 7.1 and 7.2). Pure: nothing is stored here.

A passkey counts as both factors, so the authenticator must have verified its person by PIN or biometrics.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from igny8_core.business.platform.domain.errors import InvalidPasskey
from igny8_core.kit.on_demand import OnDemand

if TYPE_CHECKING:
    import webauthn
    from webauthn import helpers
    from webauthn.helpers import structs
else:
    webauthn = OnDemand("webauthn")
    helpers, structs = OnDemand("webauthn.helpers"), OnDemand("webauthn.helpers.structs")

RELYING_PARTY = "IGNY8 Billing"
CHALLENGE_BYTES = 32
TIMEOUT_MILLISECONDS = 120_000
MAX_CREDENTIAL_ID = 1023
"""In bytes; a longer one is refused (section 7.1, step 25)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the browser is: a passkey works for one host name, on pages of one origin."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Made:
    """What we store of a new passkey: none of it is secret."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Presented:
    """The passkey that a caller claims to hold, and the user it claims to belong to; neither is proven yet."""

    credential_id: bytes
    user_handle: bytes


def new_challenge() -> bytes:
    """Random bytes for the authenticator to sign, different every time."""
    return secrets.token_bytes(CHALLENGE_BYTES)


def creation_options(
    place: Place, *, challenge: bytes, user_id: UUID, email: str, known: Mapping[bytes, Iterable[str]]
) -> str:
    """The arguments of `navigator.credentials.create()`, as JSON; authenticators in `known` create no
    second passkey.
    """
    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=place.host,
            rp_name=RELYING_PARTY,
            user_id=user_id.bytes,
            user_name=email,
            user_display_name=email,
            challenge=challenge,
            timeout=TIMEOUT_MILLISECONDS,
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.REQUIRED,
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                structs.PublicKeyCredentialDescriptor(
                    id=each, transports=[structs.AuthenticatorTransport(transport) for transport in transports]
                )
                for each, transports in known.items()
            ],
        )
    )


def request_options(place: Place, *, challenge: bytes) -> str:
    """The arguments of `navigator.credentials.get()`, as JSON: any passkey of this host is accepted."""
    return webauthn.options_to_json(
        webauthn.generate_authentication_options(
            rp_id=place.host,
            challenge=challenge,
            timeout=TIMEOUT_MILLISECONDS,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        )
    )


def verify_created(place: Place, *, challenge: bytes, credential: str) -> Made:
    """Check what `create()` returned, as JSON. Raises `InvalidPasskey` for every fault."""
    try:
        parsed = helpers.parse_registration_credential_json(credential)
        verified = webauthn.verify_registration_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except Exception as error:  # Untrusted bytes: whatever exception the parsers raise is a refusal.
        raise InvalidPasskey from error
    if not 0 < len(verified.credential_id) <= MAX_CREDENTIAL_ID:
        raise InvalidPasskey
    transports = tuple(each.value for each in parsed.response.transports or ())
    return Made(verified.credential_id, verified.credential_public_key, verified.sign_count, transports)


def presented(credential: str) -> Presented:
    """Read which passkey `get()` answered with, before anything is verified. Raises `InvalidPasskey`."""
    try:
        parsed = helpers.parse_authentication_credential_json(credential)
    except Exception as error:
        raise InvalidPasskey from error
    if not 0 < len(parsed.raw_id) <= MAX_CREDENTIAL_ID:
        raise InvalidPasskey
    return Presented(parsed.raw_id, parsed.response.user_handle or b"")


def verify_presented(place: Place, *, challenge: bytes, credential: str, public_key: bytes, sign_count: int) -> int:
    """Check what `get()` returned, and return the authenticator's new counter.

    A counter that does not grow indicates a copy. Raises `InvalidPasskey`.
    """
    try:
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except Exception as error:
        raise InvalidPasskey from error
    return verified.new_sign_count
