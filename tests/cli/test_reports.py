"""`check --format ...`: files that travel, without secrets, and since a baseline."""

from __future__ import annotations

import json
import shutil
from xml.etree import ElementTree as ET

import pytest

from tests.amount import ALL
from tests.cli.calling import SAMPLES, Call
from tests.report.test_html import harmless
from tests.report.test_json import validated
from tests.report.test_sarif import run_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

LOST = SAMPLES / "heartbeat-lost"
HIMDS = "var/opt/azcmagent/log/himds.log"
FAILED = "failed to send a heartbeat: [certStore]"
SECRET = "Zx81-hunter2"
ATTACK = "<script>alert(1)</script>]]>```\x1b]0;x\x07\u202e\"' javascript:alert(2)"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one cache for all of these: what is asked is what becomes of a result."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(autouse=True)
def same_cache(cache: Path, shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use it instead of one for each test."""
    assert cache != shared
    monkeypatch.setenv("ARCDIAG_CACHE_DIR", str(shared))


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """Return a bundle whose evidence holds a secret, and what acts elsewhere."""
    folder = tmp_path / "bundle"
    shutil.copytree(LOST, folder)
    log = folder / HIMDS
    text = log.read_text(encoding="utf-8")
    assert FAILED in text
    bad = f"{FAILED} client_secret={SECRET} {ATTACK}".replace('"', '\\"')
    log.write_text(text.replace(FAILED, bad), encoding="utf-8")
    return folder


FORMATS = ("html", "json", "text", *(("sarif", "junit", "markdown") if ALL else ()))


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_hostile_log_with_a_secret_in_every_format(
    call: Call, hostile: Path, fmt: str
) -> None:
    made = call("check", hostile, "--format", fmt)
    assert made.code == 3
    assert made.err == ""
    assert SECRET not in made.out
    assert "redacted:client-secret:1" in made.out.replace("\\", "")
    assert not set(made.out) & {"\x1b", "\x07", "\u202e"}
    if fmt == "html":
        assert "<script>alert(1)</script>" in harmless(made.out).text
    elif fmt == "sarif":
        run_of(made.out)
    elif fmt == "junit":
        assert "<script>alert(1)</script>" in "".join(
            ET.fromstring(made.out).itertext()
        )
    elif fmt == "json":
        shown = {
            line["text"]
            for o in validated(made.out)["findings"]
            for line in o["evidence"]
        }
        assert any(ATTACK in text for text in shown)


def test_secrets_stay_only_where_that_is_asked_for(call: Call, hostile: Path) -> None:
    made = call("check", hostile, "--format", "html", "--no-redact")
    assert SECRET in made.out
    assert "it may hold secrets" in made.out


def test_names_are_replaced_on_demand_with_a_table_beside(
    call: Call, tmp_path: Path
) -> None:
    target, table = tmp_path / "report.html", tmp_path / "report.map.json"
    made = call("check", LOST, "--format", "html", "--pseudonyms", "-o", target)
    assert (made.code, made.out) == (3, "")
    assert "db0003" not in target.read_text(encoding="utf-8")
    assert "Secrets and names were replaced" in target.read_text(encoding="utf-8")
    assert "db0003" in json.loads(table.read_text())["label"]
    first = target.read_bytes()
    call("check", LOST, "--format", "html", "--pseudonyms", "-o", target)
    assert target.read_bytes() == first


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--pseudonyms",), "no place for the table"),
        (("--map", "x.json"), "it is the table of --pseudonyms"),
        (("--pseudonyms", "--no-redact", "--map", "x"), "while secrets stay"),
        (("--baseline", "none.json"), "the older report cannot be read"),
        (("--baseline", LOST / HIMDS), "it is no JSON"),
        (("--format", "xml"), "is none of text, json, sarif, junit, markdown, html"),
    ],
)
def test_what_cannot_be_is_told(
    call: Call, words: tuple[object, ...], said: str
) -> None:
    made = call("check", LOST, *words)
    assert made.code == 2
    assert said in made.err
    assert made.out == ""


def test_a_baseline_leaves_out_what_is_known(
    call: Call, hostile: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old.json"
    assert call("check", LOST, "--format", "json", "-o", old).code == 3
    again = call("check", LOST, "--baseline", old)
    assert again.code == 0
    assert "since old.json: 6 known findings not shown, 0 gone" in again.out
    assert "Nothing new." in again.out
    (hostile / HIMDS).write_bytes(b"")
    less = call("check", hostile, "--baseline", old, "--format", "json")
    value = validated(less.out)
    assert value["baseline"]["gone"]
    assert "ARC-HB-001" not in {one["rule"] for one in value["findings"]}
    one = call("check", LOST, "--only", "ARC-ID-001", "--baseline", old, "-j")
    unsure = {gone["unsure"] for gone in validated(one.out)["baseline"]["gone"]}
    assert unsure == {"its rule did not run"}


SOME = ("sarif", "html", *(("junit", "markdown") if ALL else ()))


@pytest.mark.parametrize("fmt", SOME)
def test_a_baseline_works_with_every_format(call: Call, shared: Path, fmt: str) -> None:
    old = shared / "old.json"
    if not old.exists():
        call("check", LOST, "--only", "ARC-ID-001", "-j", "-o", old)
    made = call("check", LOST, "--baseline", old, "--format", fmt)
    assert made.code == 3
    plain = made.out.replace("\\", "")
    assert "db0003: himds wrote nothing for 46 min 59 s" in plain
    assert "the agent's certificate was refused" not in plain.replace("&#x27;", "'")
    if fmt == "sarif":
        states = {one["baselineState"] for one in run_of(made.out)["results"]}
        assert states == {"new"}


def test_the_older_report_is_not_written_over(call: Call, tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    call("check", LOST, "-j", "-o", old)
    before = old.read_bytes()
    made = call("check", LOST, "-j", "--baseline", old, "-o", old)
    assert made.code == 2
    assert old.read_bytes() == before
