"""Settings from the environment, and the one clock. Refuses to start unsafe; imports no other part."""

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final, TypedDict
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
VERSION = "0.1.0"
HEX_KEY = re.compile("[0-9a-fA-F]{64}")
LOOPBACK = ("127.0.0.1", "localhost")
"""Where demo and tests serve. Not ::1: the demo answers to these two names only, so that no other page reaches it."""


class Unsafe(SystemExit):
    """The settings would expose real data or a demo to the outside: the process ends with the reason."""


@dataclass(frozen=True)
class Clock:
    """The only place that reads the time of day. `shift` is the demo's distance from the real time."""

    shift: timedelta = timedelta()

    def now(self) -> datetime:
        return self.wall() + self.shift

    def wall(self) -> datetime:
        """What the machine's own clock says."""
        return datetime.now(UTC)


SECRET: Final = "REDRESS_SECRET_"


@dataclass(frozen=True)
class Settings:
    """Everything the environment decides."""

    mode: str
    host: str
    port: int
    data_dir: Path
    database_url: str
    secret_key: str
    smtp_url: str
    jurisdiction: str
    syslog: str = ""
    """Where lines of the security log go as well: a path such as /dev/log, or host:port."""
    second_factor: bool = False
    """Whether everybody of a bureau and the office needs a second step to sign in."""
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """Who may say for whom they ask: their forwarding headers are believed, nobody else's."""
    secret_key_fallbacks: tuple[str, ...] = ()
    """Keys that signed before: what they signed is still taken, nothing new is signed with them."""
    checkpoint_key: str = ""
    """The private key that signs checkpoints, where it is not in `data_dir`: 64 hexadecimal digits."""
    checkpoint_trust: tuple[str, ...] = ()
    """The public keys whose checkpoints are believed; without any, those in `data_dir` (demo and tests alone)."""
    row_key: str = ""
    """The private key that signs rows as they are inserted; without it they go unsigned."""
    row_trust: tuple[str, ...] = ()
    """Public halves of which `row_key` must have one, so that no process writes unsigned by mistake."""
    witness_to: tuple[str, ...] = ()
    """Where checkpoints are sent every hour: mail addresses, and addresses of services that take a line of JSON."""
    clock: Clock = field(default_factory=Clock)
    demo_now: str = ""
    evidence_dir: Path | None = None
    """Where files of evidence lie, on a volume of their own; None: in `data_dir`."""
    exchange: bool = False
    """Whether changes of records are told to the other places that show them."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What other places' services share with us, by the name that `connections.toml` gives."""
    ca_file: Path | None = None
    """The authority that signed the certificates of services, where it is a private one."""
    webhook_hosts: tuple[str, ...] = ()
    """Which hosts may be told what happens: their names, and networks beside the public ones in which they may lie."""
    database_wait: float = 8
    """Seconds that anything waits for a lock in the database, or for a server that does not answer."""
    site_url: str = ""
    """Where people reach the pages, without the last slash; what is sent out or printed can lead there."""
    fonts: Path | None = None
    """A folder of the office's own fonts for papers as PDF; they go before the free ones."""
    sealer: str = "none"
    """Who seals papers: none, local with the key of `seal_p12`, or remote: the service at `seal_url`."""
    seal_p12: Path | None = None
    seal_url: str = ""

    @property
    def demo(self) -> bool:
        return self.mode == "demo"

    @property
    def production(self) -> bool:
        return self.mode == "production"

    @property
    def site(self) -> str:
        """The address that letters, papers and digests lead to; "" where it is not known: then they lead nowhere."""
        return self.site_url or ("" if self.production else f"http://{self.host}:{self.port}")


def settings_from(environ: Mapping[str, str]) -> Settings:
    """Read and check the settings; raises `Unsafe` with a sentence that says what to change."""
    mode = environ.get("MODE", "production")
    if mode not in ("demo", "test", "production"):
        raise Unsafe(f"MODE is {mode!r}: use demo, test or production.")
    data_dir = Path(environ.get("DATA_DIR", ROOT / "instance")).resolve()
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    host = environ.get("HOST", "127.0.0.1")
    demo_now = environ.get("DEMO_NOW", "")
    if mode != "production" and host not in LOOPBACK:
        raise Unsafe(f"HOST is {host}: demo and test data have known passwords. Use {' or '.join(LOOPBACK)}.")
    if demo_now and mode == "production":
        raise Unsafe("DEMO_NOW is set: only the demo may run on another time.")
    return Settings(
        mode=mode,
        host=host,
        port=_port(environ.get("PORT", "8000")),
        data_dir=data_dir,
        database_url=environ.get("DATABASE_URL", "") or f"sqlite:///{data_dir / 'redress.sqlite'}",
        secret_key=_secret_key(environ, mode, data_dir),
        syslog=_syslog(environ.get("SYSLOG", "")),
        second_factor=_second_factor(environ.get("SECOND_FACTOR", ""), mode),
        proxies=_proxies(environ.get("PROXIES", "")),
        secret_key_fallbacks=_fallbacks(environ.get("SECRET_KEY_FALLBACKS", "")),
        smtp_url=environ.get("SMTP_URL", ""),
        checkpoint_key=_private_key("CHECKPOINT_KEY", environ.get("CHECKPOINT_KEY", ""), "signs checkpoints"),
        checkpoint_trust=_pins("checkpoint", environ.get("CHECKPOINT_TRUST", ""), mode),
        row_trust=_pins("row", environ.get("CHECKPOINT_TRUST", ""), mode),
        row_key=_private_key("ROW_KEY", environ.get("ROW_KEY", ""), "signs rows"),
        witness_to=_witness_to(environ.get("WITNESS_TO", ""), mode),
        jurisdiction=environ.get("JURISDICTION", "") or ("cn-nm-etuoke" if mode == "production" else "cn-nm-demo"),
        clock=_clock(demo_now),
        demo_now=demo_now,
        evidence_dir=Path(environ["EVIDENCE_DIR"]).resolve() if environ.get("EVIDENCE_DIR") else None,
        exchange=_exchange(environ.get("EXCHANGE", ""), mode),
        secrets=_secrets(environ, _folder("SECRETS_DIR", environ.get("SECRETS_DIR", ""))),
        ca_file=_file("CA_FILE", environ.get("CA_FILE", "")),
        webhook_hosts=_webhook_hosts(environ.get("WEBHOOK_HOSTS", "")),
        database_wait=_seconds(environ.get("DATABASE_WAIT", "8")),
        site_url=_site_url(environ.get("SITE_URL", "")),
        fonts=_folder("FONTS", environ.get("FONTS", "")),
        **_seal(environ, mode),
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) < 65536):
        raise Unsafe(f"PORT is {text!r}: write a number from 0 to 65535, as in 8000.")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 300:
        raise Unsafe(f"DATABASE_WAIT is {text!r}: write seconds from above 0 to 300, as in 8.")
    return seconds


def _site_url(text: str) -> str:
    if not text:
        return ""
    try:
        parts, port = urlsplit(text), urlsplit(text).port
    except ValueError:
        raise Unsafe(f"SITE_URL is {text!r}: write it as https://credit.example.cn.") from None
    known = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    plain = parts.hostname and parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
    if not (known and plain) or port == 0 or not text.isascii() or " " in text:
        raise Unsafe(f"SITE_URL is {text!r}: write it as https://credit.example.cn, without a path.")
    return text.rstrip("/")


class _SealSettings(TypedDict):
    sealer: str
    seal_p12: Path | None
    seal_url: str


def _seal(environ: Mapping[str, str], mode: str) -> _SealSettings:
    """What is set for seals, and nothing that is then not used."""
    sealer, p12, url = environ.get("SEALER", "") or "none", environ.get("SEAL_P12", ""), environ.get("SEAL_URL", "")
    if sealer not in ("none", "local", "remote"):
        raise Unsafe(f"SEALER is {sealer!r}: write none, local or remote.")
    if bool(p12) != (sealer == "local"):
        raise Unsafe("SEALER=local and SEAL_P12, the PKCS#12 file with key and certificate, go together: set both.")
    if bool(url) != (sealer == "remote"):
        raise Unsafe("SEALER=remote and SEAL_URL, the address of the seal service, go together: set both.")
    if (
        url
        and not (url.startswith("https://") and urlsplit(url).hostname)
        and not (mode != "production" and urlsplit(url).scheme == "http" and urlsplit(url).hostname in LOOPBACK)
    ):
        raise Unsafe(f"SEAL_URL is {url!r}: write an address that begins with https://.")
    return {"sealer": sealer, "seal_p12": _file("SEAL_P12", p12), "seal_url": url}


def _folder(name: str, text: str) -> Path | None:
    if text and not Path(text).is_dir():
        raise Unsafe(f"{name} is {text!r}: that is no folder here.")
    return Path(text).resolve() if text else None


def _file(name: str, text: str) -> Path | None:
    if text and not Path(text).is_file():
        raise Unsafe(f"{name} is {text!r}: there is no such file here.")
    return Path(text).resolve() if text else None


def _secrets(environ: Mapping[str, str], folder: Path | None) -> Mapping[str, str]:
    """`REDRESS_SECRET_NAME` of the environment over the file NAME of the folder of secrets."""
    files = sorted(folder.iterdir()) if folder else ()
    kept = {file.name: file.read_text("utf-8").strip() for file in files if file.is_file()}
    return kept | {name.removeprefix(SECRET): said for name, said in environ.items() if name.startswith(SECRET)}


def _clock(demo_now: str) -> Clock:
    if not demo_now:
        return Clock()
    try:
        start = datetime.fromisoformat(demo_now)
    except ValueError:
        raise Unsafe(f"DEMO_NOW is {demo_now!r}: write it as 2026-09-17T10:00+08:00.") from None
    if start.tzinfo is None:
        raise Unsafe(f"DEMO_NOW is {demo_now!r}: add the time zone, as in 2026-09-17T10:00+08:00.")
    return Clock(start - Clock().now())


def _secret_key(environ: Mapping[str, str], mode: str, data_dir: Path) -> str:
    key = environ.get("SECRET_KEY", "")
    if mode == "production":
        if len(key.encode()) < 32:
            raise Unsafe("SECRET_KEY must be set to at least 32 bytes in production.")
        return key
    return key or _key_file(data_dir / "demo.key")


def _syslog(text: str) -> str:
    if text and not text.startswith("/") and not text.rpartition(":")[2].isdecimal():
        raise Unsafe(f"SYSLOG is {text!r}: write a path such as /dev/log, or host:port.")
    return text


def _second_factor(text: str, mode: str) -> bool:
    if text not in ("", "required"):
        raise Unsafe(f"SECOND_FACTOR is {text!r}: write required, or leave it out; production requires it in any case.")
    return text == "required" or mode == "production"


def _exchange(text: str, mode: str) -> bool:
    if text not in ("", "off", "on"):
        raise Unsafe(f"EXCHANGE is {text!r}: write on or off.")
    return text == "on" or (not text and mode == "demo")


def _proxies(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(map(ip_network, _listed(text)))
    except ValueError:
        raise Unsafe(f"PROXIES is {text!r}: write addresses or networks, as in 127.0.0.1, 10.20.0.0/16.") from None


def _fallbacks(text: str) -> tuple[str, ...]:
    keys = tuple(_listed(text))
    if any(len(key.encode()) < 32 for key in keys):
        raise Unsafe("SECRET_KEY_FALLBACKS must hold earlier values of SECRET_KEY, of at least 32 bytes, with commas.")
    return keys


def _private_key(name: str, text: str, use: str) -> str:
    if text and not HEX_KEY.fullmatch(text):
        raise Unsafe(f"{name} must be 64 hexadecimal digits, the private key that {use}.")
    return text


def _pins(use: str, text: str, mode: str) -> tuple[str, ...]:
    """The public keys for one use of those in `CHECKPOINT_TRUST`."""
    if not text and mode == "production":
        raise Unsafe(
            "CHECKPOINT_TRUST must be set in production, as in checkpoint:HEX, to the public key of the checkpoints."
            " An installation that has one finds it in checkpoint.pub; MODE=test flask keys new makes a new pair."
        )
    pins = [part.partition(":") for part in _listed(text)]
    if any(known not in ("checkpoint", "row") or not HEX_KEY.fullmatch(key) for known, _, key in pins):
        raise Unsafe("CHECKPOINT_TRUST must hold public keys, as in checkpoint:HEX,row:HEX of 64 digits, with commas.")
    found = tuple(key.lower() for known, _, key in pins if known == use)
    if not found and use == "checkpoint" and mode == "production":
        raise Unsafe("CHECKPOINT_TRUST has row:HEX alone: production needs the checkpoints' key, checkpoint:HEX, too.")
    return found


def _witness_to(text: str, mode: str) -> tuple[str, ...]:
    to = tuple(_listed(text))
    for address in to:
        plain = address.startswith("http:") and mode == "production"
        if plain or not (address.startswith(("https://", "http://")) or re.fullmatch(r"[^@\s:/]+@[^@\s]+", address)):
            raise Unsafe(f"WITNESS_TO has {address!r}: write mail addresses and addresses with https://, with commas.")
    return to


def _webhook_hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(_listed(text))
    for host in hosts:
        try:
            good = bool(ip_network(host)) if "/" in host else re.fullmatch(r"[A-Za-z0-9.-]+|[0-9a-fA-F:]+", host)
        except ValueError:
            good = None
        if not good:
            raise Unsafe(f"WEBHOOK_HOSTS has {host!r}: write hosts, and networks as in 10.20.0.0/16, with commas.")
    return hosts


def _listed(text: str) -> list[str]:
    """What stands between commas."""
    return [part for part in map(str.strip, text.split(",")) if part]


def _key_file(path: Path) -> str:
    """The demo's key, made once and readable by its owner alone; of several processes that begin at once, by one."""
    if not path.exists():
        descriptor, made = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        with suppress(FileExistsError):  # another was quicker: then its key is everybody's
            os.link(made, path)  # whole or not at all, so that nobody reads half a key
        os.unlink(made)
    return path.read_text()
