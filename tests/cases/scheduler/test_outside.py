"""Checkpoints that are sent outside: by mail and to a service, once an hour, and a copy that a check compares."""

from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy.orm import Session

from cases.ledger.checkpoints import make_due
from cases.ledger.verify import verify
from cases.ledger.witness import Witness, read_log
from cases.scheduler.outside import send_outside
from config import Unsafe, settings_from
from notifications.channels import NoMail, channel_for
from tests.cases.ledger.ledgers import write_ledger
from tests.conftest import NOW
from tests.notifications.mail_servers import MailServer, running

pytestmark = pytest.mark.both_databases


@pytest.fixture
def service() -> Iterator[tuple[str, list[bytes]]]:
    """A service of the auditor's, and what it was sent; /no refuses, /moved sends on to a page."""
    taken: list[bytes] = []

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path not in ("/no", "/moved"):
                taken.append(body)
            self.send_response({"/no": 503, "/moved": 302}.get(self.path, 204))
            self.send_header("Location", "/page")
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Takes)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", taken
    server.shutdown()
    server.server_close()


@pytest.fixture
def witness(session: Session, tmp_path: Path) -> Witness:
    witness = Witness(tmp_path)
    write_ledger(session)
    assert make_due(session, witness, NOW)
    return witness


def test_a_checkpoint_goes_out_by_mail_and_to_a_service_once_an_hour(
    session: Session, witness: Witness, service: tuple[str, list[bytes]]
) -> None:
    address, taken = service
    to = ("auditor@county.example", address)
    with running(MailServer()) as server:
        channel = channel_for(server.url)
        assert send_outside(channel, witness, to, NOW) == 2
        assert send_outside(channel, witness, to, NOW + timedelta(minutes=59)) == 0
        assert make_due(session, witness, NOW + timedelta(minutes=60))
        assert send_outside(channel, witness, to, NOW + timedelta(minutes=60)) == 2
        mails = [mail.get_content().encode() for mail in server.taken]
        assert str(server.taken[0]["Subject"]) == "账本检查点 1"
    for copy in (b"".join(taken), b"".join(mails)):
        log = read_log(copy)
        assert [number for number, _hash in log.lines] == [1, 2]
        assert log.amiss == []
        assert verify(session, witness=witness, copies=[log]).ok


@pytest.mark.parametrize("path", ["/no", "/moved"])
def test_what_is_not_taken_is_an_error_in_the_log_and_waits_for_the_next_hour(
    witness: Witness, service: tuple[str, list[bytes]], caplog: pytest.LogCaptureFixture, path: str
) -> None:
    to = (f"{service[0]}{path}", "auditor@county.example")
    assert send_outside(NoMail(), witness, to, NOW) == 0
    assert "checkpoint 1 went to 0 of 2 addresses outside" in caplog.text
    assert send_outside(NoMail(), witness, to, NOW + timedelta(minutes=5)) == 0
    assert send_outside(NoMail(), witness, (service[0],), NOW + timedelta(hours=1)) == 1


@pytest.mark.parametrize(
    ("mode", "text"), [("test", "auditor"), ("test", "ftp://x.example"), ("production", "http://x.example")]
)
def test_an_address_that_leads_nowhere_or_is_open_to_all_is_refused(mode: str, text: str, tmp_path: Path) -> None:
    needed = {"SECRET_KEY": "x" * 32, "CHECKPOINT_TRUST": f"checkpoint:{'a' * 64}", "SITE_URL": "https://x.example"}
    with pytest.raises(Unsafe, match="WITNESS_TO"):
        settings_from({"MODE": mode, "DATA_DIR": str(tmp_path), "WITNESS_TO": text, **needed})
