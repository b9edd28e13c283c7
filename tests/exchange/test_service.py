"""Images posted to a service over HTTPS: the last one arrives, once and in order, however badly the line behaves."""

import base64
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from config import Unsafe, settings_from
from exchange import service
from exchange.connections import BadConnection, Connection, read_connections
from exchange.queue import queue
from exchange.sending import Ways, deliver
from registry.credit_records import CreditRecord, correct
from tests import turns
from tests.builders import START, Place, later
from tests.exchange.test_deliveries import OUTSIDE, WITH, owed

SECRET = base64.b64encode(b"shared by both sides and by nobody else").decode()


@dataclass
class OtherSide:
    """A receiver that runs: its port, what it keeps, and the certificate that it shows."""

    port: int
    store: Path
    certificate: Path

    def ways(self, secret: str = f"whsec_{SECRET}") -> Ways:
        address = f"https://127.0.0.1:{self.port}/records"
        city = Connection(name="city", rung="service", address=address, secret="CITY", on=True)
        return Ways({"city": city}, {"CITY": secret}, self.certificate)

    def asked(self, question: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.store)) as connection:
            return connection.execute(question).fetchall()


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[OtherSide]:
    """The unreliable receiver as a process of its own."""
    certificate, store = _certificate(tmp_path / "both.pem"), tmp_path / "records.sqlite"
    program = Path(__file__).with_name("unreliable.py")
    environ = {**os.environ, "SECRET": SECRET, "ROUND": str(turns.ROUND)}
    command = [sys.executable, "-P", str(program), str(store), str(certificate)]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        yield OtherSide(int(running.stdout.readline()), store, certificate)
        running.kill()


def _certificate(path: Path) -> Path:
    """A certificate of our own for this machine, with its key in the same file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(datetime.now(UTC) - timedelta(days=1))
    made = made.not_valid_after(datetime.now(UTC) + timedelta(days=1))
    for_whom = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    signed = made.add_extension(for_whom, critical=True).sign(key, hashes.SHA256())
    form = serialization.Encoding.PEM
    private = key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(signed.public_bytes(form) + private)
    return path


def change(place: Place, record: CreditRecord, fine: str, at: datetime) -> None:
    queue(place.session, OUTSIDE, correct(place.session, record, {"fine": fine}, None, at, "user:1"), at)
    place.session.commit()


def test_the_last_image_arrives_whatever_is_lost_doubled_late_or_out_of_order(
    place: Place, receiver: OtherSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "TIMEOUT_SECONDS", 0.3)
    at, both = START, (place.record, place.other_record)
    for n in range(1, 9):
        for record in both:
            change(place, record, f"0.{n}0", at)
        deliver(WITH, receiver.ways(), at)
        at = later(at, hours=1)
    for _again in range(60):
        if not any(one.state == "queued" for one in owed(place, "city")):
            break
        deliver(WITH, receiver.ways(), at)
        at = later(at, hours=3)
    states = [one.state for one in owed(place, "city")]
    assert states.count("acknowledged") == 2
    assert set(states) == {"acknowledged", "superseded"}
    assert [json.loads(str(image))["values"]["fine"] for (image,) in receiver.asked("SELECT image FROM record")] == [
        "0.80",
        "0.80",
    ]
    for (key,) in receiver.asked("SELECT DISTINCT key FROM change"):
        revisions = [n for k, n in receiver.asked("SELECT key, revision FROM change ORDER BY n") if k == key]
        assert revisions == sorted(set(map(int, map(str, revisions))))


def test_a_wrong_secret_and_a_strange_certificate_are_said_and_tried_again(place: Place, receiver: OtherSide) -> None:
    change(place, place.record, "0.80", START)
    faults = []
    for hours, ways in enumerate(
        (
            receiver.ways(base64.b64encode(b"not what both sides agreed upon").decode()),
            receiver.ways("short"),
            receiver.ways()._replace(ca_file=None),
        )
    ):
        assert deliver(WITH, ways, later(START, hours=3 * hours)) == []
        (one,) = owed(place, "city")
        assert one.state == "queued"
        faults.append(one.last_error)
    assert faults[0] == "HTTP 401"
    assert "secret" in faults[1]
    assert "certificate" in faults[2].lower()
    assert receiver.asked("SELECT * FROM record") == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('address = "http://city.example/records"\nsecret = "CITY"', "https://"),
        ('address = "https://c.example/"', "secret"),
    ],
)
def test_a_service_without_tls_or_secret_is_refused_at_the_start(tmp_path: Path, line: str, why: str) -> None:
    file = tmp_path / "connections.toml"
    file.write_text(f'[[connection]]\nname = "city"\nrung = "service"\n{line}\n')
    with pytest.raises(BadConnection, match=why):
        read_connections([file], tmp_path)


def test_secrets_come_from_the_environment_or_a_folder(tmp_path: Path) -> None:
    kept = tmp_path / "secrets"
    kept.mkdir()
    (kept / "CITY").write_text("from the folder\n")
    (kept / "REGION").write_text("whsec_x\n")
    environ = {"MODE": "demo", "DATA_DIR": str(tmp_path), "SECRETS_DIR": str(kept), "REDRESS_SECRET_CITY": "whsec_y"}
    settings = settings_from(environ)
    assert settings.secrets == {"CITY": "whsec_y", "REGION": "whsec_x"}
    assert "whsec" not in repr(settings)
    with pytest.raises(Unsafe, match="CA_FILE"):
        settings_from({**environ, "CA_FILE": str(tmp_path / "nowhere")})
