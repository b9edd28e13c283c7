"""The key, the public keys and the log that lie outside the database."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cases.ledger.witness import Signed, Witness, signed_by
from config import Unsafe, settings_from

GIVEN = "1f" * 32


def signed(number: int) -> Signed:
    return Signed(number, f'{{"checkpoint":{number}}}', "ab" * 64, "cd" * 32)


def test_a_statement_is_signed_with_a_key_that_is_made_once_and_is_its_owner_s_alone(tmp_path: Path) -> None:
    signature = Witness(tmp_path).sign("said")
    again = Witness(tmp_path)
    assert signed_by(again.key(), "said", signature)
    assert not signed_by(again.key(), "said.", signature)
    assert stat.S_IMODE(os.stat(tmp_path / "checkpoint.key").st_mode) == 0o600


def test_of_many_who_make_the_key_at_once_all_sign_with_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: Witness(tmp_path).key(), range(32)))
    assert len(keys) == 1
    assert keys == Witness(tmp_path).trusted()


def test_a_key_that_is_given_is_taken_and_its_public_half_trusted_beside_the_earlier_one(tmp_path: Path) -> None:
    first = Witness(tmp_path).key()
    second = Witness(tmp_path, GIVEN).key()
    assert first != second
    assert Witness(tmp_path).trusted() == {first, second}
    assert not (tmp_path / "checkpoint.key").read_text().startswith("1f1f")


def test_a_host_that_never_signs_trusts_the_key_it_was_given(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert Witness(tmp_path, GIVEN).trusted() == {Witness(tmp_path / "other", GIVEN).key()}
    assert Witness(tmp_path).trusted() == frozenset()


@pytest.mark.parametrize("signature", ["", "zz", "ab" * 64, "ab" * 63])
@pytest.mark.parametrize("key", ["", "zz", "ab" * 32])
def test_what_is_no_key_or_no_signature_fits_nothing(key: str, signature: str) -> None:
    assert not signed_by(key, "said", signature)


def test_the_last_checkpoint_of_the_log_is_read_and_one_that_a_crash_cut_off_is_left_out(tmp_path: Path) -> None:
    witness = Witness(tmp_path)
    assert witness.last() is None
    for number in range(1, 60):
        witness.log(signed(number))
    assert witness.last() == signed(59)
    log = tmp_path / "checkpoints.log"
    log.write_bytes(log.read_bytes()[:-25])
    assert witness.last() == signed(58)
    witness.log(signed(60))
    assert witness.last() == signed(60)


@pytest.mark.parametrize("key", ["1f", "x" * 64, GIVEN + "1f"])
def test_a_key_that_is_none_stops_the_start(tmp_path: Path, key: str) -> None:
    with pytest.raises(Unsafe, match="CHECKPOINT_KEY"):
        settings_from({"MODE": "test", "DATA_DIR": str(tmp_path), "CHECKPOINT_KEY": key})
    assert settings_from({"MODE": "test", "DATA_DIR": str(tmp_path), "CHECKPOINT_KEY": GIVEN}).checkpoint_key == GIVEN
