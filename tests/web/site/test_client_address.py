"""Who asks: a network address as the machines say it that stand between, believed of those named as proxies alone."""

from dataclasses import replace

import pytest
from flask import Flask

from config import Unsafe, settings_from
from web.site.access import client_address


@pytest.mark.parametrize(
    ("proxies", "asked_by", "forwarded", "found"),
    [
        ("", "10.0.0.1", "6.6.6.6", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.1", "6.6.6.6", "6.6.6.6"),
        ("10.0.0.0/8", "10.0.0.1", "1.2.3.4, 6.6.6.6, 10.0.0.9", "6.6.6.6"),
        ("10.0.0.1", "10.0.0.2", "6.6.6.6", "10.0.0.2"),
        ("10.0.0.1", "10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.1", "no_address", "no_address"),
        ("::1", "::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ],
)
def test_a_forwarding_header_is_believed_of_our_proxies_alone(
    app: Flask, proxies: str, asked_by: str, forwarded: str, found: str
) -> None:
    folder = str(app.config["SETTINGS"].data_dir)
    known = settings_from({"MODE": "test", "PROXIES": proxies, "DATA_DIR": folder}).proxies
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], proxies=known)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    with app.test_request_context(environ_base={"REMOTE_ADDR": asked_by}, headers=headers):
        assert client_address() == found


def test_a_proxy_that_is_no_address_is_refused_at_start(app: Flask) -> None:
    with pytest.raises(Unsafe, match="PROXIES"):
        settings_from({"MODE": "test", "PROXIES": "proxy.example"})
