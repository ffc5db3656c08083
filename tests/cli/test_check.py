"""`arcdiag check` on the samples: what is found, and which number it ends with."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from diag.cli.exits import Exit
from tests.cli.calling import ROOT, SAMPLES, arcdiag
from tests.report.test_json import validated

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.calling import Call

CODES = "azcmagent-logs-260310T1021-web0004.zip"
ONE = ("--only", "ARC-HB-001")  # where it does not matter which rules run
ENDS = {
    "healthy-linux": Exit.CLEAN,
    "healthy-windows.zip": Exit.CLEAN,
    "heartbeat-lost": Exit.ALARM,
    CODES: Exit.ALARM,
    "crash-loop": Exit.ALARM,
    "half-missing.zip": Exit.PARTIAL,
}


def checked(call: Call, *words: object) -> Any:
    """Return the JSON report of a check, and its exit code."""
    done = call("check", *words, "-j")
    assert done.err == ""
    return validated(done.out), done.code


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("name", "code"), ENDS.items())
def test_the_samples_end_as_they_should(call: Call, name: str, code: Exit) -> None:
    text = call("check", SAMPLES / name)
    assert (text.code, text.err) == (code, "")
    value, ended = checked(call, SAMPLES / name)
    assert ended == code
    assert value["bundles"][0]["source"] == str(SAMPLES / name)
    loud = [
        one
        for one in value["findings"]
        if not one["benign"] and one["severity"] != "info"
    ]
    assert bool(loud) is (code in {Exit.ALARM, Exit.LOWER})
    for finding in loud:
        assert f"{finding['severity']:<8}  {finding['rule']}  " in text.out


def test_the_samples_are_all_here() -> None:
    names = {path.name for path in SAMPLES.iterdir()}
    assert names - {"README.md", "generate.py", "making", "__pycache__"} == set(ENDS)


def test_the_report_of_the_lost_heartbeat_is_as_approved() -> None:
    """Rewrite the file by hand, after looking at what the command prints."""
    expected = (ROOT / "tests" / "cli" / "expected" / "heartbeat-lost.txt").read_text(
        encoding="utf-8"
    )
    done = arcdiag("check", "samples/heartbeat-lost")
    shown = done.stdout.decode().replace("samples\\", "samples/")  # on Windows
    assert shown == expected
    assert (done.returncode, done.stderr) == (Exit.ALARM, b"")


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [
        ("critical", Exit.LOWER),
        ("high", Exit.LOWER),
        ("medium", Exit.ALARM),
        ("low", Exit.ALARM),
    ],
)
def test_fail_on_decides_between_alarm_and_lower(
    call: Call, fail_on: str, code: Exit
) -> None:
    words = ("--only", "ARC-HB-003", "--fail-on", fail_on)
    value, ended = checked(call, SAMPLES / "heartbeat-lost", *words)
    assert [one["severity"] for one in value["findings"]] == ["medium"]
    assert ended == code


def test_benign_findings_never_alarm(call: Call) -> None:
    words = ("--only", "ARC-OK-001", "--fail-on", "low")
    value, ended = checked(call, SAMPLES / "healthy-linux", *words)
    assert [one["benign"] for one in value["findings"]] == [True]
    assert ended == Exit.CLEAN


def test_findings_outweigh_what_could_not_be_read(call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "lost"
    shutil.copytree(SAMPLES / "heartbeat-lost", folder)
    archive = tmp_path / "lost.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for path in sorted(folder.rglob("*")):
            out.write(path, path.relative_to(folder).as_posix())
    whole = archive.read_bytes()
    archive.write_bytes(whole[:-30])
    value, ended = checked(call, archive)
    assert ended == Exit.ALARM
    assert "truncated-zip" in {one["kind"] for one in value["problems"]}
    text = call("check", archive).out
    assert "Could not be read" in text
    assert text.endswith("Part of the input could not be read.\n")


def test_only_runs_the_named_rules(call: Call) -> None:
    words = ("--only", "ARC-HB-001", "--only", "ARC-HB-003")
    value, _ = checked(call, SAMPLES / "heartbeat-lost", *words)
    assert {one["rule"] for one in value["findings"]} == {"ARC-HB-001", "ARC-HB-003"}


def test_only_takes_a_pattern(call: Call) -> None:
    value, _ = checked(call, SAMPLES / "heartbeat-lost", "--only", "ARC-HB-*")
    found = {one["rule"] for one in value["findings"]}
    assert {"ARC-HB-001", "ARC-HB-003"} <= found
    assert {name[:7] for name in found} == {"ARC-HB-"}
    none = call("check", SAMPLES / "heartbeat-lost", "--only", "ARC-BH-*")
    assert none.code == 2
    assert "there is no rule 'ARC-BH-*'" in none.err


def test_now_is_the_time_of_collection_or_as_given(call: Call) -> None:
    value, _ = checked(call, SAMPLES / "healthy-linux")
    assert value["now_from"] != "option"
    words = ("--now", "2026-03-10T23:00:00+01:00")
    later, ended = checked(call, SAMPLES / "healthy-linux", *words)
    assert (later["now"], later["now_from"]) == ("2026-03-10T22:00:00Z", "option")
    # Eleven hours after its last line the log is silent.
    assert "ARC-HB-002" in {one["rule"] for one in later["findings"]}
    assert ended == Exit.ALARM


def test_a_time_before_the_real_now_is_taken_from_the_clock(call: Call) -> None:
    value, _ = checked(call, SAMPLES / "healthy-linux", "--now", "-3d", *ONE)
    assert value["now"] > "2026-03-10"
    assert value["now_from"] == "option"


def test_several_sources_are_judged_together(call: Call) -> None:
    names = ("healthy-linux", "heartbeat-lost")
    value, ended = checked(call, *(SAMPLES / name for name in names), *ONE)
    assert [one["source"] for one in value["bundles"]] == [
        str(SAMPLES / name) for name in names
    ]
    assert {one["file"].split("/")[0] for one in value["files"]} == set(names)
    assert ended == Exit.ALARM


def test_a_single_log_is_a_source(call: Call) -> None:
    log = SAMPLES / "heartbeat-lost" / "var" / "opt" / "azcmagent" / "log" / "himds.log"
    value, ended = checked(call, log)
    assert [one["log"] for one in value["files"]] == ["himds"]
    assert ended == Exit.ALARM
    assert value["not_evaluated"]


def test_the_users_rules_and_definitions_count(call: Call, tmp_path: Path) -> None:
    from tests.cli.test_content_commands import family_file, rule_file

    rules, parsers, logs = (tmp_path / name for name in ("rules", "parsers", "logs"))
    for folder in (rules, parsers, logs):
        folder.mkdir()
    text = rule_file(rules, word="hello").read_text(encoding="utf-8")
    rule_file(rules, text=text.replace('"himds" and', '"mine" and'))
    family_file(parsers)
    (logs / "mine.log").write_text("[2026-03-10 12:00:00] [INFO] hello\n" * 2)
    (logs / "himds.log").write_text(
        'time="2026-03-10T12:00:00Z" level=info msg="x"\n', encoding="utf-8"
    )
    words = ("--rules", rules, "--parsers", parsers, "--only", "MINE-TST-001")
    value, ended = checked(call, logs, *words)
    assert [one["log"] for one in value["files"]] == ["himds", "mine"]
    assert len(value["findings"]) == 2
    assert ended == Exit.LOWER


def test_a_wrong_rule_is_told_with_its_place(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("id: [\n", encoding="utf-8")
    done = call("check", SAMPLES / "healthy-linux", "--rules", path)
    assert done.code == Exit.USAGE
    assert f"{path}:2:1: not valid YAML" in done.err
    assert "1 error in the rules; the others ran" in done.err
    assert "Nothing found." in done.out


def test_what_is_known_of_is_suppressed_until_its_end(
    call: Call, tmp_path: Path
) -> None:
    path = tmp_path / "known.yaml"
    text = "- {rule: ARC-HB-001, reason: is moved, until: 2026-03-11}\n"
    path.write_text(text, encoding="utf-8")
    words = (SAMPLES / "heartbeat-lost", "--only", "ARC-HB-001", "--suppress", path)
    value, ended = checked(call, *words)
    assert (value["findings"], ended) == ([], Exit.CLEAN)
    assert {one["silence"]["reason"] for one in value["suppressed"]} == {"is moved"}
    assert {one["silence"]["by"] for one in value["suppressed"]} == {f"{path}:1"}
    value, ended = checked(call, *words, "--now", "2026-03-11T00:00:00Z")
    assert ended == Exit.ALARM
    assert {one["rule"] for one in value["findings"]} == {"ARC-HB-001", "ARC-SUP-001"}
    path.write_text("- {rule: ARC-HB-001}\n", encoding="utf-8")
    done = call("check", *words)
    assert done.code == Exit.USAGE
    assert f"{path}:1" in done.err


def test_a_store_is_a_source_of_its_own(call: Call, tmp_path: Path) -> None:
    store = tmp_path / "kept.duckdb"
    assert call("load", SAMPLES / "heartbeat-lost", "-o", store).code == Exit.CLEAN
    direct, _ = checked(call, SAMPLES / "heartbeat-lost", *ONE)
    kept, ended = checked(call, store, *ONE)
    assert kept == direct
    assert ended == Exit.ALARM
    for option in (("--zone", "UTC"), ("--parsers", tmp_path)):
        done = call("check", store, *option)
        assert done.code == Exit.USAGE
        assert f"{option[0]}: a .duckdb file was read already" in done.err
    done = call("check", store, SAMPLES / "healthy-linux")
    assert done.code == Exit.USAGE
    assert "cannot be mixed" in done.err


def test_a_store_of_somebody_else_is_a_tool_error(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "other.duckdb"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE t (x)")
        other.commit()
    done = call("check", path)
    assert (done.code, done.out) == (Exit.TOOL_ERROR, "")
    assert f"{path}: this is no store that arcdiag wrote" in done.err
    assert "arcdiag load" in done.err


def test_a_cache_that_cannot_be_is_told_and_does_without(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("ARCDIAG_CACHE_DIR", str(blocked))
    done = call("check", SAMPLES / "healthy-linux", *ONE)
    assert done.code == Exit.CLEAN
    assert "\nNothing found." in done.out
    assert f"{blocked}: the cache folder cannot be" in done.err
    assert "--no-cache" in done.err
    for option in ("--no-cache", "-q"):
        done = call("check", SAMPLES / "healthy-linux", option, *ONE)
        assert (done.code, done.err) == (Exit.CLEAN, "")


def test_without_a_cache_nothing_is_left(
    call: Call, cache: Path, tmp_path: Path
) -> None:
    words = ("check", SAMPLES / "healthy-linux", "--tmp-dir", tmp_path, *ONE)
    assert call(*words, "--no-cache").code == Exit.CLEAN
    assert list(cache.iterdir()) == []
    # A time that is another one at each run: only the compiled rules are kept.
    assert call(*words, "--now", "1h").code != Exit.TOOL_ERROR
    assert {path.suffix for path in cache.iterdir()} == {".json"}
    assert call(*words).code == Exit.CLEAN
    assert {path.suffix for path in cache.iterdir()} == {".json", ".duckdb"}
    assert list(tmp_path.iterdir()) == []


def test_json_is_one_document_and_nothing_else(call: Call) -> None:
    done = call("check", SAMPLES / "half-missing.zip", "--format", "json", "-v", *ONE)
    assert done.err == ""
    assert json.loads(done.out)["schema_version"] == 1
