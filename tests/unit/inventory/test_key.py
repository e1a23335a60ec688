"""The key of the hashes: the user's, made once, never in a case."""

import stat

import pytest

from forensics.inventory import load_key


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path):
    load_key.cache_clear()
    monkeypatch.delenv("FORENSICS_KEY", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    yield
    load_key.cache_clear()


def test_it_is_made_once_and_for_the_user_alone(tmp_path):
    key = load_key()
    load_key.cache_clear()
    assert load_key() == key
    [file] = (tmp_path / "state").rglob("hash-key")
    assert file.read_bytes() == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_emptied_file_is_no_key(monkeypatch, tmp_path):
    (tmp_path / "key").write_bytes(b"")
    monkeypatch.setenv("FORENSICS_KEY", str(tmp_path / "key"))
    assert len(load_key()) == 32


def test_where_nothing_can_be_written_there_is_still_one(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("FORENSICS_KEY", str(tmp_path / "file" / "key"))
    assert len(load_key()) == 32
