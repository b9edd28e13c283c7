"""Seals: waited for from the act on, put on once whoever fails or is killed, the same bytes ever after."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from flask import Flask
from sqlalchemy import func, select, update

from application import create_app
from cases.engine.advance import Opening, open_case
from cases.model.evidence import Store
from cases.model.tables import PaperFile
from cases.model.visibility import person_opening
from cases.papers import sealing
from cases.papers.files import Lost, Unsealed, hand_out, rendering
from cases.papers.sealing import CLAIM, LONG, WITHOUT_SEAL, seal_waiting
from cases.papers.seals import BadSealer, LocalSealer, RemoteSealer, Sealer, seal_of
from config import Unsafe, settings_from
from exchange import service
from notifications.papers import Paper, PaperSeal
from tests.builders import FILING, WORLD, Place
from tests.conftest import NOW

SITE = "https://credit.example.cn"
SEALING = replace(WORLD, jurisdiction=replace(WORLD.jurisdiction, seals=True))
SECRET = "whsec_" + base64.b64encode(b"shared by both sides and by nobody else").decode()


@cache
def p12(
    first: datetime = NOW - timedelta(days=30), days: int = 900, curve: type[ec.EllipticCurve] = ec.SECP256R1
) -> bytes:
    """A key and a certificate that it has signed itself, under the password `seal`."""
    key = ec.generate_private_key(curve())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "示范旗信用办（测试）")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(first).not_valid_after(first + timedelta(days=days))
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    certificate = made.add_extension(usage, critical=True).sign(key, hashes.SHA256())
    return pkcs12.serialize_key_and_certificates(b"seal", key, certificate, None, BestAvailableEncryption(b"seal"))


@cache
def local() -> LocalSealer:
    return LocalSealer(p12(), "seal", NOW)


def issued(place: Place, now: datetime = NOW) -> Paper:
    """The receipt of an objection that is filed where papers get seals."""
    person = person_opening(place.identity("enterprise"), place.record, place.record.enterprise_id)
    open_case(SEALING, Opening("objection", "file", place.record.id, FILING), person, now)
    place.session.expire_all()
    return place.session.scalars(select(Paper)).one()


def complained(place: Place, now: datetime = NOW) -> None:
    """A complaint is filed where papers get seals; of these there may be any number."""
    said = {"complained_of": "bureau", "body": place.bureau.id, "facts": "拖了三个月没有答复。"}
    person = person_opening(place.identity("enterprise"), None, place.firm.id)
    answers = {**said, "sought": "请督促办理。", "files": ()}
    open_case(SEALING, Opening("complaint", "file", None, answers, enterprise_id=place.firm.id), person, now)


@pytest.fixture
def store(app: Flask) -> Store:
    kept: Store = app.extensions["store"]
    return kept


def seal(store: Store, now: datetime = NOW, sealer: Sealer | None = None) -> int:
    return seal_waiting(sealer or local(), store, SITE, None, now)


def files(place: Place) -> list[PaperFile]:
    place.session.expire_all()
    return list(place.session.scalars(select(PaperFile)))


@pytest.mark.both_databases
def test_a_paper_waits_from_its_act_on_is_sealed_once_and_handed_out_the_same_ever_after(
    place: Place, store: Store
) -> None:
    paper = issued(place)
    with pytest.raises(Unsealed):
        hand_out(paper, SITE, None, "zh", NOW, store)
    assert hand_out(paper, SITE, None, "en", NOW, store).startswith(b"%PDF")  # a reading never bears one
    assert (seal(store), seal(store, NOW + timedelta(days=1))) == (1, 0)
    content = hand_out(paper, SITE, None, "zh", NOW + timedelta(days=400), store)
    [file] = [one for one in files(place) if one.sealer]
    assert (file.language, file.sha256, file.sealer, file.at) == (
        "zh",
        hashlib.sha256(content).hexdigest(),
        "local",
        NOW,
    )
    found = seal_of(content)
    assert found
    assert (found.certificate, found.signer, found.at) == (file.certificate, "示范旗信用办（测试）", NOW)
    assert (found.whole, found.intact) == (True, True)
    assert content.startswith(rendering(place.session, paper, SITE))


def test_a_sealed_paper_still_says_that_it_is_for_filing_and_tagged_and_one_flipped_byte_breaks_its_seal(
    place: Place, store: Store
) -> None:
    paper = issued(place)
    seal(store)
    content = hand_out(paper, SITE, None, "zh", NOW, store)
    with pikepdf.open(BytesIO(content)) as pdf:
        meta = pdf.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"], meta["pdfuaid:part"]) == ("2", "A", "1")
        assert pdf.Root.MarkInfo.Marked
        assert pdf.check_pdf_syntax() == []
        [field] = pdf.Root.AcroForm.Fields
        assert int(field.F) & 4  # printed: PDF/A wants it of every annotation
        assert all(float(edge) < 0 for edge in field.Rect)  # and it lies beside the page: PDF/UA wants no tag of it
    plain = len(rendering(place.session, paper, SITE))
    for at in (plain // 2, plain + 100, len(content) - 200):
        altered = seal_of(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        assert altered is None or not (altered.intact and altered.whole), at
    longer = seal_of(content + b"\n% more")
    assert longer is None or not longer.whole


def test_where_nothing_is_sealed_no_paper_waits(place: Place) -> None:
    place.file()
    assert place.session.scalar(select(func.count(PaperSeal.id))) == 0


@pytest.mark.both_databases
@pytest.mark.parametrize("where", ["seal", "keep", "row"])
def test_a_process_that_ends_anywhere_leaves_the_paper_to_the_next_once_its_claim_is_over(
    place: Place, store: Store, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    paper = issued(place)

    def die(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as at_once:
        if where == "seal":
            at_once.setattr(LocalSealer, "seal", die)
        elif where == "keep":
            at_once.setattr(Store, "keep", die)
        else:
            at_once.setattr(sealing, "PaperFile", die)
        with pytest.raises(KeyboardInterrupt):
            seal(store)
    with pytest.raises(Unsealed):
        hand_out(paper, SITE, None, "zh", NOW, store)
    assert seal(store, NOW + CLAIM - timedelta(seconds=1)) == 0
    assert seal(store, NOW + CLAIM) == 1
    assert len(files(place)) == 1


@pytest.mark.both_databases
def test_two_that_seal_the_same_paper_at_once_keep_one_seal(
    place: Place, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = issued(place)
    inner = LocalSealer.seal

    def slowly(self: LocalSealer, content: bytes, id: str, at: datetime) -> bytes:
        monkeypatch.setattr(LocalSealer, "seal", inner)
        assert seal(store, NOW + CLAIM) == 1  # the claim of the first is over
        return inner(self, content, id, at)

    monkeypatch.setattr(LocalSealer, "seal", slowly)
    assert seal(store) == 0
    [file] = files(place)
    assert hashlib.sha256(hand_out(paper, SITE, None, "zh", NOW, store)).hexdigest() == file.sha256


def test_a_file_that_was_changed_in_the_store_or_is_gone_is_not_handed_out(place: Place, store: Store) -> None:
    paper = issued(place)
    seal(store)
    path = store.path(files(place)[0].sha256)
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"x")
    with pytest.raises(Lost):
        hand_out(paper, SITE, None, "zh", NOW, store)
    path.unlink()
    with pytest.raises(Lost):
        hand_out(paper, SITE, None, "zh", NOW, store)
    path.write_bytes(content)
    assert hand_out(paper, SITE, None, "zh", NOW, store) == content


class Service(BaseHTTPRequestHandler):
    """A seal service as a place would run it, and what it does instead."""

    does = "seal"
    asked: list[tuple[str, bool]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        id, at, signed = (self.headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
        right = signed == service.signature(service.key_of(SECRET), id, at, body)
        self.asked.append((id, right and self.headers["Content-Type"] == "application/pdf"))
        if self.does == "slow":
            return  # closes without a word, as a line that broke
        status, answer = self.answer(body, id)
        self.send_response(status)
        if status == 307:
            self.send_header("Location", "/there")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        with suppress(OSError):  # who has read enough goes
            self.wfile.write(answer)

    def answer(self, body: bytes, id: str) -> tuple[int, bytes]:
        without: dict[str, tuple[int, bytes]] = {
            "refuse": (422, b"no"),
            "fall": (500, b""),
            "rubbish": (200, b"<html>maintenance</html>"),
            "unsealed": (200, body),
            "nothing": (200, b""),
            "elsewhere": (307, b""),
        }
        if self.does in without:
            return without[self.does]
        sealed = local().seal(body.replace(b"/Type", b"/type", 1) if self.does == "another" else body, id, NOW)
        more = {"more": b"\n% and more", "endless": b" " * (6 * 1024 * 1024)}
        broken = sealed[:-900] + sealed[-900:].swapcase()
        return 200, broken if self.does == "broken" else sealed + more.get(self.does, b"")

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/seal"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_service_that_is_down_slow_or_answers_rubbish_is_asked_again_until_the_paper_is_sealed_once(
    place: Place, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper, at = issued(place), NOW
    monkeypatch.setattr(Service, "asked", [])
    with serving() as address:
        remote = RemoteSealer(address, SECRET, None)
        wrong = ("refuse", "fall", "rubbish", "another", "unsealed", "broken", "more", "endless", "nothing", "slow")
        for does in (*wrong, "elsewhere"):
            monkeypatch.setattr(Service, "does", does)
            assert seal(store, at, remote) == 0, does
            place.session.expire_all()
            row = place.session.scalars(select(PaperSeal)).one()
            assert row.last_error, does
            assert row.claimed_until is None
            assert row.next_try_at <= at + timedelta(minutes=30)
            at = row.next_try_at
        assert seal(store, at - timedelta(seconds=1), remote) == 0
        monkeypatch.setattr(Service, "does", "seal")
        assert seal(store, at, remote) == 1
    assert set(Service.asked) == {(f"paper-{paper.id}", True)}
    assert len(Service.asked) == len(wrong) + 2
    assert [one.sealer for one in files(place)] == ["remote"]
    gone = RemoteSealer(address, SECRET, None)
    place.session.execute(update(PaperSeal).values(sealed_at=None, next_try_at=at))
    place.session.commit()
    assert seal(store, at, gone) == 0  # nobody listens there any more
    assert "refused" in place.session.scalars(select(PaperSeal.last_error)).one()


def test_an_answer_that_trickles_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "LONGEST_SECONDS", -1)
    with serving() as address, pytest.raises(service.NotReached, match="too long"):
        service.post_signed(address, "application/pdf", PDF, "1", (SECRET,), None)


PDF = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n"
    b"0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n160\n%%EOF\n"
)


def test_the_office_sees_what_failed_with_the_reason_and_what_waits_long(place: Place, store: Store) -> None:
    issued(place)

    def shown(now: datetime) -> list[str]:
        asked = {"issued_before": now - LONG}
        return [row.last_error for row in place.session.connection().execute(WITHOUT_SEAL, asked)]

    assert shown(NOW + LONG - timedelta(seconds=1)) == []
    assert shown(NOW + LONG) == [""]
    ended = LocalSealer(p12(days=31), "seal", NOW)
    assert seal(store, NOW + timedelta(days=2), ended) == 0
    assert shown(NOW) == ["the certificate ended on 2026-11-25"]
    seal(store, NOW + timedelta(days=3))
    assert shown(NOW + timedelta(days=3)) == []


@pytest.mark.parametrize(
    ("content", "password", "why"),
    [
        (b"no such thing", "seal", "SEAL_P12 cannot be opened"),
        (p12(), "other", "REDRESS_SECRET_SEAL is not its password"),
        (p12(days=3), "seal", "ended on 2026-10-28"),
        (p12(NOW + timedelta(days=3)), "seal", "not valid before 2026-11-27"),
        (p12(curve=ec.SECP384R1), "seal", "not P-256"),
    ],
)
def test_a_key_that_cannot_seal_is_refused_with_the_reason(content: bytes, password: str, why: str) -> None:
    with pytest.raises(BadSealer, match=why):
        LocalSealer(content, password, NOW)


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({"SEALER": "yes"}, "write none, local or remote"),
        ({"SEALER": "local"}, "go together"),
        ({"SEAL_P12": __file__}, "go together"),
        ({"SEALER": "local", "SEAL_P12": "/no/such.p12"}, "no such file"),
        ({"SEALER": "remote"}, "go together"),
        ({"SEALER": "remote", "SEAL_URL": "ftp://seal.example.cn"}, "begins with https"),
        ({"SEALER": "remote", "SEAL_URL": "http://seal.example.cn"}, "begins with https"),
        ({"SEALER": "remote", "SEAL_URL": "https://seal.example.cn"}, "REDRESS_SECRET_SEAL"),
        ({"SEALER": "local", "SEAL_P12": __file__}, "cannot be opened"),
    ],
)
def test_settings_that_cannot_seal_are_refused_with_a_sentence(
    environ: dict[str, str], why: str, tmp_path: Path
) -> None:
    with pytest.raises(Unsafe, match=why):
        create_app(settings_from({"MODE": "test", "DATA_DIR": str(tmp_path), **environ}))


def test_the_platform_starts_with_a_key_that_seals_and_says_so_to_whoever_issues(tmp_path: Path) -> None:
    (tmp_path / "seal.p12").write_bytes(p12(datetime.now(UTC) - timedelta(days=1)))
    environ = {"SEALER": "local", "SEAL_P12": str(tmp_path / "seal.p12"), "REDRESS_SECRET_SEAL": "seal"}
    app = create_app(settings_from({"MODE": "test", "DATA_DIR": str(tmp_path), **environ}))
    assert isinstance(app.extensions["sealer"], LocalSealer)
    assert app.extensions["law"].seals
