"""Passkeys: what a browser is asked, and whether its answer holds. The person is verified by the device, always.

The library takes a third of a second to load: it is loaded when somebody uses a passkey.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from registry.factors import PASSKEY, Factor, Fitting, add_passkey
from registry.people import User
from workflow.refusal import Incomplete, Message, say

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

MALFORMED: Final = (ValueError, LookupError, TypeError, RecursionError)
"""What the library raises beside its own of an answer that no browser gives."""
REFUSED = say("The passkey was not accepted. Try again, or use the six digits of your authenticator.")


@dataclass(frozen=True)
class Site:
    """Where passkeys hold: the address of the platform, and the name that authenticators show."""

    origin: str
    name: str

    @property
    def host(self) -> str:
        return urlsplit(self.origin).hostname or ""

    @property
    def can(self) -> bool:
        """Whether browsers make passkeys there: not at a bare network address."""
        try:
            ip_address(self.host)
        except ValueError:
            return bool(self.host)
        return False


def asked_to_make(site: Site, user: User, rows: Sequence[Factor], challenge: bytes) -> str:
    """What the browser is asked, as JSON, for a new passkey of the person."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    return options_to_json(
        generate_registration_options(
            rp_id=site.host,
            rp_name=site.name,
            user_name=user.username,
            user_display_name=user.name,
            user_id=f"redress {user.id}".encode(),
            challenge=challenge,
            exclude_credentials=_named(rows),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
        )
    )


def make(session: Session, site: Site, user: User, answer: str, challenge: bytes, label: str, now: datetime) -> None:
    """Keep the passkey that the browser has made. Raises `Incomplete` where its answer does not hold."""
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, *MALFORMED) as error:
        raise Incomplete({"credential": REFUSED}) from error
    row = Factor(user_id=user.id, sort=PASSKEY, label=label[:80], counter=made.sign_count, added_at=now)
    row.secret, row.credential = _text(made.credential_public_key), _text(made.credential_id)
    add_passkey(session, row, now)


def asked_to_show(site: Site, rows: Sequence[Factor], challenge: bytes) -> str:
    """What the browser is asked, as JSON, for one of the person's passkeys."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    required = UserVerificationRequirement.REQUIRED
    return options_to_json(
        generate_authentication_options(
            rp_id=site.host, challenge=challenge, allow_credentials=_named(rows), user_verification=required
        )
    )


def shown_passkey(site: Site, rows: Sequence[Factor], answer: str, challenge: bytes) -> Fitting | Message:
    """Which of these passkeys the browser has shown; else why none."""
    from webauthn import verify_authentication_response
    from webauthn.helpers import parse_authentication_credential_json
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        shown = parse_authentication_credential_json(answer)
        row = next((row for row in rows if row.credential == _text(shown.raw_id)), None)
        if row is None:
            return REFUSED
        found = verify_authentication_response(
            credential=shown,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=_bytes(row.secret),
            credential_current_sign_count=row.counter,
            require_user_verification=True,
        )
    except (WebAuthnException, *MALFORMED):
        return REFUSED
    return Fitting(row, found.new_sign_count)


def _named(rows: Sequence[Factor]) -> list["PublicKeyCredentialDescriptor"]:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=_bytes(row.credential)) for row in rows if row.credential]


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text)
