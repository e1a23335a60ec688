"""What goes wrong ends with a clear error, the next command, and the exit code of the contract."""

import gzip
import importlib.metadata
import json

import pytest


def assert_error(result, code, *words):
    found, out, err = result
    assert found == code, err
    assert out == ""
    assert err.startswith("error: ")
    assert "Traceback" not in err
    for word in words:
        assert word in err


def test_no_case(run, tmp_path):
    assert_error(run("report", "--case", tmp_path / "none"), 10, "no case in", "hint: forensics import")


def test_a_case_of_a_newer_format(run, case):
    (case / "case.json").write_text('{"format": 99, "id": "case"}')
    assert_error(run("report", "--case", case), 1, "format 99", "pip install --upgrade")


def test_a_damaged_case_file(run, case):
    (case / "case.json").write_text("{")
    assert_error(run("report", "--case", case), 6)


def test_a_changed_part_of_evidence_is_not_analysed(run, case, records, tmp_path):
    part = next((case / "evidence").rglob("*.parquet"))
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    more = tmp_path / "more.json"
    more.write_text(json.dumps(records["segment"](id="b1b2c3d4e5f60718")))
    run("import", more, "--case", case)
    assert_error(run("report", "--case", case, "--quiet"), 6, part.name)


def test_an_unknown_command_and_option(run, case):
    assert_error(run("explode"), 2)
    assert_error(run("report", "--case", case, "--colour"), 2)


def test_what_is_wrong_with_the_words_names_the_help_that_tells_more(run, case):
    assert_error(run("report", "--case", case, "-o", "pdf"), 2, "hint: forensics report --help")
    assert_error(run("explode"), 2, "hint: forensics --help")
    code, out, err = run()
    assert code == 2
    assert "Commands:" in out
    assert err == ""


def test_a_window_that_ends_before_it_begins(run, case):
    assert_error(
        run("report", "--case", case, "--since", "2026-01-02", "--until", "2026-01-01", "-q"), 2, "empty"
    )


def test_commands_to_run_next_name_the_case(run, case, tmp_path):
    spaced = tmp_path / "my case"
    case.rename(spaced)
    out = run("report", "--case", spaced, "--quiet")[1]
    assert f"--case '{spaced}'" in out


def test_an_id_that_nobody_knows(run, case):
    assert_error(run("why", "no-such-thing", "--case", case, "--quiet"), 1, "no-such-thing")
    assert_error(run("trace", "no-such-thing", "--case", case, "--quiet"), 1, "forensics why")


def test_a_file_is_not_replaced_without_force(run, case, tmp_path):
    target = tmp_path / "report.json"
    target.write_text("mine")
    assert_error(run("report", "-o", "json", "-f", target, "--case", case, "--quiet"), 1, "--force")
    assert target.read_text() == "mine"
    code, _, err = run("report", "-o", "json", "-f", target, "--force", "--case", case, "--quiet")
    assert code == 0
    assert json.loads(target.read_text())["schema"] == 1
    assert err.splitlines()[-1] == f"Wrote {target}"


@pytest.mark.parametrize(
    "content", [b"", b"hello, world\n", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256))]
)
def test_a_file_that_is_no_telemetry(run, tmp_path, content):
    file = tmp_path / "picture.png"
    file.write_bytes(content)
    assert_error(run("import", file, "--case", tmp_path / "case", "--quiet"), 1, "no telemetry")


def test_an_empty_folder_and_a_missing_path(run, tmp_path):
    (tmp_path / "empty").mkdir()
    assert_error(run("import", tmp_path / "empty", "--case", tmp_path / "case"), 1, "no files")
    assert_error(run("import", tmp_path / "none", "--case", tmp_path / "case"), 1, "no file or folder")


def test_what_was_good_in_a_cut_file_is_kept(run, tmp_path, records):
    whole = json.dumps({"Traces": [{"Id": records["segment"]()["trace_id"], "Segments": [
        {"Id": "a1b2c3d4e5f60718", "Document": json.dumps(records["segment"]())},
        {"Id": "b1b2c3d4e5f60718", "Document": json.dumps(records["segment"](id="b1b2c3d4e5f60718"))},
    ]}]})  # fmt: skip
    file = tmp_path / "cut.json"
    file.write_text(whole[:-200])
    code, _, err = run("import", file, "--case", tmp_path / "case")
    assert code == 3, "broken telemetry that was kept as far as it goes"
    assert "1 segment documents" in err
    _, out, _ = run("sql", "from lake.warning", "-o", "json", "--case", tmp_path / "case", "--quiet")
    (warning,) = json.loads(out)
    assert warning["code"] == "truncated"
    assert warning["locator"].startswith("cut.json")


def test_a_cut_archive_keeps_the_lines_before_the_cut(run, tmp_path, records):
    lines = "".join(
        json.dumps(records["log_event"](f"line {n}", eventId=f"{n:05}")) + "\n" for n in range(4000)
    )
    packed = gzip.compress(lines.encode())
    file = tmp_path / "cut.ndjson.gz"
    file.write_bytes(packed[: len(packed) // 2])
    code, _, _ = run("import", file, "--case", tmp_path / "case", "--quiet")
    assert code == 3
    _, out, _ = run(
        "sql", "select count(*) n from lake.log_event", "-o", "json", "--case", tmp_path / "case", "--quiet"
    )
    assert 0 < json.loads(out)[0]["n"] < 4000


def test_a_broken_line_does_not_take_its_neighbours_along(run, tmp_path, records):
    good = (
        json.dumps(records["log_event"]("one", eventId="1")),
        json.dumps(records["log_event"]("two", eventId="2")),
    )
    file = tmp_path / "log.ndjson"
    file.write_text(f'{good[0]}\n{{"timestamp": \n{good[1]}\n')
    code, _, _ = run("import", file, "--case", tmp_path / "case", "--quiet")
    assert code == 3
    _, out, _ = run(
        "sql",
        "select message from lake.log_event order by 1",
        "-o",
        "json",
        "--case",
        tmp_path / "case",
        "-q",
    )
    assert [row["message"] for row in json.loads(out)] == ["one", "two"]


def test_the_same_import_twice_adds_nothing(run, case, tmp_path):
    code, _, err = run("import", tmp_path / "telemetry", "--case", case)
    assert code == 0
    assert "nothing new" in err
    _, out, _ = run("sql", "select count(*) n from lake.span", "-o", "json", "--case", case, "--quiet")
    assert json.loads(out) == [{"n": 1}]


def test_an_empty_case_has_a_report(run, tmp_path, records):
    file = tmp_path / "log.json"
    file.write_text(json.dumps(records["log_event"]("a quiet night")))
    run("import", file, "--case", tmp_path / "case", "--quiet")
    code, out, _ = run("report", "--case", tmp_path / "case", "--quiet")
    assert code == 0
    assert "0 failures in 0 issues" in out


def test_version_is_that_of_the_distribution(run):
    code, out, _ = run("--version")
    assert (code, out) == (0, f"forensics {importlib.metadata.version('trace-forensics')}\n")


def test_a_missing_case_names_those_that_lie_beside_it(run, case):
    case.rename(case.parent / "case-42")
    hint = f"hint: --case {case.parent / 'case-42'}\n"
    assert_error(run("report", "--case", case), 10, f"no case in {case}", hint)


def test_the_command_to_run_next_names_the_case_of_this_one(run, case):
    assert_error(run("trace", "zzz", "--case", case, "-q"), 1, f"hint: forensics why zzz --case {case}")
    assert_error(run("map", "--node", "zzz", "--case", case, "-q"), 1, f"hint: forensics map --case {case}")


def test_a_folder_that_is_not_there_is_named_before_anything_is_computed(run, case, tmp_path):
    target = tmp_path / "nowhere" / "report.html"
    result = run("report", "-o", "html", "-f", target, "--case", case, "-q")
    assert_error(result, 1, "no folder", f"hint: mkdir -p {target.parent}")


def test_the_list_of_commands_says_whole_sentences(run):
    code, out, _ = run("--help")
    assert code == 0
    assert "..." not in out.split("Commands:")[1]
    assert "Begin with `forensics demo`" in out
