"""Start Redress, or run its tests: standard library only, nothing but Python 3.11 with pip is needed.

python3 run.py            make the environment, bring the database up to date, serve
python3 run.py test       install what the tests need, run all of them
python3 run.py bench      measure our own speed beside hand-written limits (--quick: ten times less)
python3 run.py flask …    the command line
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
"""What the browser tests may run in, the first that is there: Chromium without windows has a third less to do."""


def main(arguments: list[str]) -> None:
    """Go to the part that was asked for."""
    os.chdir(ROOT)
    command, rest = (arguments[0], arguments[1:]) if arguments else ("serve", [])
    if command == "test":
        _prepare("requirements-dev.txt")
        _prepare_browser()
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what pytest makes of the tests costs each process seconds
        _become("pytest", *(rest or ("-n", _processes(), "--dist", "loadfile")))
    elif command == "bench":
        _prepare("requirements-dev.txt")
        _become("tests.bench.speed", *rest)
    elif command in ("serve", "flask"):
        os.environ.setdefault("MODE", "demo")
        os.environ["FLASK_APP"] = "wsgi"
        os.environ["UPGRADE_DATABASE"] = "1"
        _prepare("requirements.txt")
        _become("flask", *(["serve"] if command == "serve" else rest))
    else:
        sys.exit(f"run.py: {command!r} is not known. Use: python3 run.py [test | bench | flask COMMAND].")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _prepare(lock: str) -> None:
    """Bring `.venv` to a lock: installed anew only when the lock has changed."""
    stamp, wanted = VENV / f"{lock}.stamp", _fingerprint(lock)
    if stamp.exists() and stamp.read_text() == wanted and PYTHON.exists():
        return
    dev = VENV / "requirements-dev.txt.stamp"
    if lock == "requirements.txt" and dev.exists() and dev.read_text() == _fingerprint("requirements-dev.txt"):
        return  # the tests' lock holds all of this one
    _say(f"Installing {lock} into .venv (once; under a minute).")
    if not PYTHON.exists():
        _make_venv()
    _install(lock)
    stamp.write_text(wanted)


def _fingerprint(lock: str) -> str:
    """Of the lock and of the Python that reads it."""
    return hashlib.sha256((ROOT / lock).read_bytes() + sys.version.encode()).hexdigest()


def _make_venv() -> None:
    try:
        venv.create(VENV, with_pip=True)
    except subprocess.CalledProcessError:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit("Python cannot make an environment here. On Debian: apt-get install python3-venv")


def _install(lock: str) -> None:
    """With uv where it can be had (four times as fast), else with pip; either way only what the lock's hashes name."""
    pip = ("pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes")
    if _module(*pip, "--only-binary", ":all:", "-r", "requirements-uv.txt") == 0 and (
        _module("uv", "pip", "install", "--quiet", "--python", str(PYTHON), "--require-hashes", "-r", lock) == 0
    ):
        return
    if _module(*pip, "-r", lock) != 0:
        sys.exit(f"{lock} could not be installed: see the lines above.")


def _module(*command: str) -> int:
    return subprocess.run([str(PYTHON), "-m", *command], stdout=sys.stderr, check=False).returncode


def _processes() -> str:
    """One more than there are cores: whoever waits for a browser or a database leaves a core to the others."""
    return str(len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1)


def _prepare_browser() -> None:
    """Chromium and Chinese fonts for the browser tests: installed where we may, said in a line where not."""
    if _browser() and _has_chinese_font():
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        _say("Installing Chromium and fonts-noto-cjk for the browser tests.")
        _apt("update")
        _apt("install", "-y", "fonts-noto-cjk")
        if not _browser() and not _apt("install", "-y", BROWSERS[0]):
            _apt("install", "-y", BROWSERS[1])
    if not _browser():
        _say("Browser tests cannot run here: Chromium is missing (Debian: apt-get install chromium fonts-noto-cjk).")


def _browser() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def _apt(*command: str) -> bool:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", "-qq", *command], stdout=subprocess.DEVNULL, check=False, env=environ)
    return done.returncode == 0


def _has_chinese_font() -> bool:
    listing = shutil.which("fc-list")
    return not listing or b":" in subprocess.run([listing, ":lang=zh"], capture_output=True, check=False).stdout


def _become(module: str, *rest: str) -> None:
    """Replace this process, so that signals reach the program and nothing stays behind."""
    os.environ["PYTHONUNBUFFERED"] = "1"
    os.execv(PYTHON, [str(PYTHON), "-m", module, *rest])


if __name__ == "__main__":
    main(sys.argv[1:])
