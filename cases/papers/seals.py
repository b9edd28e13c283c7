"""Seals on papers: put on by a certificate of the office (PAdES) or by a service, and read again from a file.

A seal is added behind the file as it was set, whose bytes stay as they are. It has no place of its own on the page: a
field that is drawn would be an annotation without a tag, which PDF/UA forbids.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final, Protocol, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from exchange.service import NotReached, key_of, post_signed

LARGEST: Final = 5 * 1024 * 1024
"""Bytes of a paper at most, sealed or brought to be checked."""
FIELD: Final = "Seal"
log = logging.getLogger("redress.papers")
Given = TypeVar("Given")


class NotSealed(Exception):
    """No seal was put on, and why; it is tried again."""


class BadSealer(Exception):
    """What is set for the seal cannot work: a sentence for whoever runs the platform."""


@dataclass(frozen=True)
class Seal:
    """What stands in the seal of a file: by whom, when by the sealer's own clock, and whether it holds.

    `intact` is None where this program cannot read the algorithm, such as SM2.
    """

    certificate: str
    signer: str
    at: datetime | None
    whole: bool
    """Whether it covers every byte of the file."""
    intact: bool | None

    @property
    def sound(self) -> bool:
        """Whether nothing speaks against it, as far as it can be read here."""
        return self.whole and self.intact is not False

    def holds(self, certificate: str) -> bool | None:
        """Whether it holds and is of this certificate; None where its algorithm cannot be read here."""
        return self.intact if self.sound and self.certificate == certificate else False


class Sealer(Protocol):
    """What puts seals on: its name, and a file with its seal behind it. Raises `NotSealed`."""

    name: str

    def seal(self, content: bytes, id: str, at: datetime) -> bytes: ...


class LocalSealer:
    """Seals with the key of a PKCS#12 file."""

    name = "local"

    def __init__(self, content: bytes, password: str, at: datetime) -> None:
        self._content, self._password = content, password.encode()
        try:
            key, certificate, self._others = pkcs12.load_key_and_certificates(content, self._password)
        except ValueError:
            raise BadSealer(
                "SEAL_P12 cannot be opened: it is no PKCS#12 file, or REDRESS_SECRET_SEAL is not its password."
            ) from None
        if key is None or certificate is None:
            raise BadSealer("SEAL_P12 holds no key with its certificate: export both into it.")
        if not (isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)):
            raise BadSealer("SEAL_P12 holds a key that is not P-256: ask for a certificate over a key of that curve.")
        self.certificate: x509.Certificate = certificate
        need_reader()
        if fault := self._fault(at):
            raise BadSealer(
                f"SEAL_P12: {fault}. Put a valid certificate there, or set SEALER=none: papers then bear no seal."
            )
        self._signer: Any = None

    def _fault(self, at: datetime) -> str:
        """Why the certificate does not sign at this moment; "" where it does."""
        first, last = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        if at < first:
            return f"the certificate is not valid before {first:%Y-%m-%d}"
        return f"the certificate ended on {last:%Y-%m-%d}" if at > last else ""

    def seal(self, content: bytes, id: str, at: datetime) -> bytes:
        if fault := self._fault(at):
            raise NotSealed(fault)
        return _apart(lambda: asyncio.run(self._sealed(content, at)))

    async def _sealed(self, content: bytes, at: datetime) -> bytes:
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
        from pyhanko.sign.signers import SimpleSigner
        from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
        from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner

        if self._signer is None:
            self._signer = SimpleSigner.load_pkcs12_data(self._content, [], self._password)
        meta = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
        )
        place = SigFieldSpec(FIELD, on_page=-1, invis_sig_settings=InvisSigSettings(box_out_of_bounds=True))
        session = PdfSigner(meta, signer=self._signer, new_field_spec=place).init_signing_session(
            IncrementalPdfFileWriter(BytesIO(content))
        )
        session.system_time = at  # else it reads the machine's clock
        room = await session.estimate_signature_container_size(None)
        prepared = session.prepare_tbs_document(validation_info=None, bytes_reserved=room)
        output: IO[bytes] = BytesIO()
        digest, output = prepared.digest_tbs_document(output=output)
        attributes = PdfCMSSignedAttributes(signing_time=at, cades_signed_attrs=meta.cades_signed_attr_spec)
        await prepared.perform_signature(document_digest=digest.document_digest, pdf_cms_signed_attrs=attributes)
        output.seek(0)
        return output.read()


class RemoteSealer:
    """Has papers sealed by a service: the file goes there, and comes back with the seal behind the same bytes."""

    name = "remote"

    def __init__(self, address: str, secret: str, ca_file: Path | None) -> None:
        self._address, self._secret, self._ca_file = address, secret, ca_file
        need_reader()
        try:
            key_of(secret)
        except NotReached:
            raise BadSealer(
                "REDRESS_SECRET_SEAL must hold the secret shared with the seal service: whsec_ and at least 24 bytes in"
                " base64."
            ) from None

    def seal(self, content: bytes, id: str, at: datetime) -> bytes:
        try:
            answer = post_signed(
                self._address, "application/pdf", content, id, (self._secret,), self._ca_file, LARGEST + 1
            )
        except NotReached as failure:
            raise NotSealed(f"the seal service: {failure}") from None
        if len(answer) > LARGEST or not answer.startswith(content):
            raise NotSealed("the seal service did not give back the file that it was sent")
        return answer


def need_reader() -> None:
    """Raise BadSealer where what puts seals on and reads them is not installed."""
    if find_spec("pyhanko") is None:
        raise BadSealer(
            "SEALER needs what is not installed yet: .venv/bin/pip install --require-hashes -r requirements-seal.txt"
        )


def seal_of(content: bytes) -> Seal | None:
    """The seal of a file that was made here or for us; None where it has none, or not one alone."""
    try:
        from pyhanko.pdf_utils.reader import PdfFileReader

        found = PdfFileReader(BytesIO(content)).embedded_signatures
        return _read(found[0]) if len(found) == 1 else None
    except Exception:  # whatever a broken file does to its reader, it bears no seal that can be read
        log.warning("a file could not be read for its seal", exc_info=True)
        return None


def _read(embedded: Any) -> Seal:
    from pyhanko.sign.validation import SignatureCoverageLevel

    whole = embedded.evaluate_signature_coverage() is SignatureCoverageLevel.ENTIRE_FILE
    certificate = embedded.signer_cert
    return Seal(
        hashlib.sha256(certificate.dump()).hexdigest(),
        str(certificate.subject.native.get("common_name", "")),
        embedded.self_reported_timestamp,
        whole,
        _intact(embedded),
    )


def _intact(embedded: Any) -> bool | None:
    """Whether the bytes are those that were signed, by the key of the certificate that lies in the seal."""
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    try:
        own = ValidationContext(
            trust_roots=[embedded.signer_cert], allow_fetching=False, moment=embedded.self_reported_timestamp
        )
        status = _apart(lambda: validate_pdf_signature(embedded, own))
    except Exception:  # an algorithm that it does not know
        log.warning("a seal could not be read", exc_info=True)
        return None
    return bool(status.intact and status.valid)


def _apart(work: Callable[[], Given]) -> Given:
    """Run in a thread of its own what begins a loop: the caller's may be in one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def fingerprint(certificate: x509.Certificate) -> str:
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
