"""What lies in a folder: telemetry, other things, and things that are no files."""

import os

import pytest

from forensics.errors import InputError

EVENT = b'{"timestamp": 1700000000000, "message": "m", "eventId": "e1", "logGroupName": "g"}'
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        PNG,
        b"Apache License\n{}",
        b"[tool.ruff]\nline-length = 110\n",
        b"[a link](https://example.com)\n",
        b"{name}: template",
        b'{"name": "package", "version": 1}',
        b'["a", 1, null]',
        b"[]",
        b"5",
        b"a,b\n1,2\n",
    ],
)
def test_file_without_telemetry_is_skipped(load, content) -> None:
    found = load(files={"other": content, "events": EVENT})
    assert found.result.skipped == ["other"]
    assert found.result.files == 1
    assert found.warnings == []


def test_nothing_but_other_files(load, source) -> None:
    with pytest.raises(InputError, match=r"no telemetry in .* \(2 files looked at\)") as caught:
        load(files={"a.png": PNG, "b": b""})
    assert caught.value.exit_code == 1
    assert "import --help" in caught.value.hint


def test_empty_folder(load) -> None:
    with pytest.raises(InputError, match="no files in"):
        load()


def test_path_that_is_not_there(load, tmp_path) -> None:
    with pytest.raises(InputError, match="no file or folder"):
        load(tmp_path / "missing")


def test_files_are_named_from_the_folder_given(load, source) -> None:
    (source / "deep" / "er").mkdir(parents=True)
    (source / "deep" / "er" / "x.json").write_bytes(EVENT + b"\n{")
    assert load().warnings == [("truncated", "deep/er/x.json: line 2")]


@pytest.fixture
def odd(source):
    """A folder that leads into itself, with things in it that are no files."""
    (source / "events").write_bytes(EVENT)
    (source / "loop").symlink_to(source, target_is_directory=True)
    (source / "self").symlink_to("self")
    (source / "nowhere").symlink_to("missing")
    (source / ".hidden").write_bytes(EVENT)
    (source / ".git").mkdir()
    os.mkfifo(source / "pipe")
    return source


def test_loops_pipes_and_hidden_files_are_counted_as_skipped(load, odd) -> None:
    found = load()
    assert sorted(found.result.skipped) == [".git/", ".hidden", "loop/", "nowhere", "pipe", "self"]
    assert len(found.messages) == 1


def test_pipe_given_by_name_does_not_hang(load, odd) -> None:
    with pytest.raises(InputError, match="neither a file nor a folder"):
        load(odd / "pipe")


def test_link_to_a_file_is_read(load, odd, tmp_path) -> None:
    (tmp_path / "elsewhere").write_bytes(EVENT.replace(b"e1", b"e2"))
    (odd / "link").symlink_to(tmp_path / "elsewhere")
    assert len(load().messages) == 2


def test_file_that_cannot_be_opened_is_a_warning_and_is_tried_again(load, source, monkeypatch) -> None:
    from forensics.importers import run

    whole = run.file_sha256

    def refuse(path):
        if path.name == "secret":
            raise PermissionError(13, "Permission denied", str(path))
        return whole(path)

    with monkeypatch.context() as patch:
        patch.setattr(run, "file_sha256", refuse)
        found = load(files={"secret": EVENT, "open": EVENT.replace(b"e1", b"e2")})
    assert found.warnings == [("unreadable", "secret")]
    assert len(found.messages) == 1
    assert len(load().messages) == 2


def test_folder_that_cannot_be_opened_is_a_warning(load, source, monkeypatch) -> None:
    (source / "closed").mkdir()
    (source / "events").write_bytes(EVENT)
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = load()
    assert found.warnings == [("unreadable", "closed")]
    assert len(found.messages) == 1


def test_name_that_is_no_text(load, source) -> None:
    with open(os.fsencode(source) + b"/bad\xff.json", "wb") as sink:
        sink.write(EVENT + b"\n{")
    assert [locator for _, locator in load().warnings] == [r"bad\xff.json: line 2"]


def test_name_cannot_reach_out_of_the_case(load, source, case_path, tmp_path) -> None:
    event = EVENT.replace(b'"g"', b'"/a/../../x"').replace(b'"m"', b'"m", "logStreamName": "../../../y"')
    found = load(files={"a": event})
    assert [(row["log_group"], row["log_stream"]) for row in found["log_event"]] == [
        ("/a/../../x", "../../../y")
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case", "source"]
