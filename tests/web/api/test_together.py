"""Several connections that send the same act under one key at the same moment: it is done once."""

import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from extensions import db
from tests.builders import Place
from tests.conftest import NOW
from tests.pictures import serve
from tests.web.api.conftest import Make

AT_ONCE = 6


@pytest.mark.both_databases
def test_the_same_key_at_the_same_moment_does_one_thing(app: Flask, system: Make, place: Place) -> None:
    case, asks = place.file(NOW), system("office")
    headers = asks.headers("office", If_Match='"1"', Idempotency_Key="a") | {"Content-Type": "application/json"}

    def send(address: str) -> tuple[int, str]:
        sent = json.dumps({"words": "看过。"}).encode()
        request = urllib.request.Request(f"{address}/api/v1/cases/{case.number}/acts/note", sent, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""

    with serve(app) as address, ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(send, [address] * AT_ONCE))
        again = send(address)
    assert {status for status, _body in answers} <= {200, 409}
    assert again[0] == 200
    assert {body for status, body in answers if status == 200} == {again[1]}
    db.session.rollback()
    assert place.case(case.number).length == 2
