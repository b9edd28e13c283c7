"""Serving: what stands in its way is said in a sentence, before anything is played or announced."""

import socket
from dataclasses import replace

import pytest
from flask import Flask

from commands.serve import _another
from extensions import db
from registry.people import anybody


def test_a_port_that_is_in_use_is_named_with_the_way_to_choose_another(
    shared_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        settings = replace(shared_app.config["SETTINGS"], host="127.0.0.1", port=port, mode="demo")
        monkeypatch.setitem(shared_app.config, "SETTINGS", settings)
        ended = shared_app.test_cli_runner().invoke(args=["serve"])
    assert ended.exit_code == 1
    assert f"127.0.0.1:{port} cannot be listened on" in ended.output
    assert f"PORT={_another(port)} python3 run.py" in ended.output
    assert "Demo accounts" not in ended.output
    assert not anybody(db.session()), "the demo is not played for nobody"


def test_no_port_is_put_forward_that_cannot_be_had_either() -> None:
    assert [_another(port) for port in (0, 80, 1023, 1024, 8000, 65535)] == [8000, 8000, 8000, 1025, 8001, 8000]
