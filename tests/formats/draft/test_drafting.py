"""Drafts: they compile, their samples pass, and they explain the file they are from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from diag.content import load_yaml
from diag.errors import DefinitionError
from diag.formats import load_families, test_samples
from diag.formats.draft import check_id, draft
from diag.formats.draft.excerpts import masked
from diag.formats.draft.paths import paths_of
from diag.formats.draft.yamlwriter import flow, quoted, scalar
from diag.formats.family import FamilyKind
from diag.formats.layout import Codec
from diag.formats.plan import compiled, core_plan
from tests.amount import examples

CORPUS = Path(__file__).parents[2] / "data" / "corpus"
FILES = sorted(path for path in CORPUS.rglob("*.*") if path.suffix != ".yaml")
NAMED = [pytest.param(path, id=path.name) for path in FILES]
ENOUGH = 0.8


@pytest.mark.parametrize("path", NAMED)
def test_every_real_file_is_drafted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    drafted = draft("drafted", path.as_posix(), text)
    family = drafted.family
    assert test_samples(family) == []
    assert family.samples
    assert len(family.samples) <= 3
    assert all(sample.origin.startswith(path.name) for sample in family.samples)
    assert path.name in family.basis
    if path.suffix == ".json":
        assert family.kind is FamilyKind.DOCUMENT
        return
    explained, total = compiled(core_plan(family)).explained(text, 10, 20)
    assert explained >= ENOUGH * total
    assert drafted.tried is not None
    assert drafted.tried.share >= ENOUGH


# Layouts that a person would have written for these files, too.
GOOD = {
    "windows-2019-dsc-uri-must-contain-hostname.log": (
        "[{time}] [PID {pid:int}] [TID {tid:int}] [{component:text}] [{level:level}] "
        "[{activity:guid}] {?[{source:source}] }{message}"
    ),
    "linux-1.21-connect-start.log": (
        'time="{time}" level={level:level} msg={message:quoted}'
    ),
    "windows-1.64-show-connected.txt": "{name}{pad}:{?{pad}}{value}",
    "linux-2021-connect-missing-subscription-registration.txt": (
        "{level:level}[{number:int}] {message}"
    ),
    "standin-modern-systemd-restart-loop.log": (
        "{time} {host:word} {component:word}[{pid:int}]: {message}"
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_the_grammar_is_found(name: str) -> None:
    (path,) = CORPUS.rglob(name)
    text = draft("drafted", name, path.read_text(encoding="utf-8")).text
    layouts = load_yaml(text, "t")["record"]["layouts"]  # type: ignore[index]
    assert GOOD[name] in layouts


def test_a_times_codec_and_zone_are_found() -> None:
    known = {codec.value for codec in Codec}
    lines = {
        "ymd": ("2026-03-10 12:00:0{}.5 INFO x: a", "machine"),
        "rfc3339": ("2026-03-10T12:00:0{}Z INFO a", "carried"),
        "syslog": ("Mar 10 12:00:0{} host prog[1]: a", "machine"),
        "mdy": ("[03/25/2026 12:00:0{}.12] [INFO] a", "machine"),
        "dmy": ("25.03.2026 12:00:0{} INFO a", "machine"),
        "rfc822": ("Tue, 10 Mar 2026 12:00:0{} GMT INFO a", "carried"),
        "epoch": ("177314400{} INFO a", "utc"),
    }
    for codec in known & lines.keys():
        line, zone = lines[codec]
        text = "".join(f"{line.format(second)}\n" for second in range(9))
        family = draft("drafted", "x.log", text).family
        assert (family.codec, family.zone) == (codec, zone), codec
        assert family.samples[0].expect[0]["TimeGenerated"]
    text = "2026-03-10T12:00:00 INFO no offset\n"
    assert draft("drafted", "x.log", text).family.zone == "machine"


def test_a_log_of_json_objects_is_drafted_by_its_members() -> None:
    line = (
        '{{"ts": "2026-03-10T12:00:0{0}Z", "severity": "{1}", "msg": "n{0}", "n": 1}}'
    )
    words = ["INFO", "ERROR", "INFO", "warn"]
    text = "\n".join(line.format(n, word) for n, word in enumerate(words))
    drafted = draft("drafted", "x.jsonl", text)
    family = drafted.family
    assert family.kind is FamilyKind.LOG
    assert family.objects is not None
    assert (family.codec, family.zone) == (Codec.RFC3339, "carried")
    assert test_samples(family) == []
    (first, *_) = family.samples
    assert first.expect[0]["Message"] == "n0"
    assert first.expect[0]["Level"] == "info"
    assert first.expect[0]["Fields"] == {"n": 1}
    assert drafted.tried is not None
    assert drafted.tried.share == 1.0


def test_a_journal_as_json_is_drafted_by_its_members() -> None:
    line = (
        '{{"__REALTIME_TIMESTAMP": "177314400{0}123456", "PRIORITY": "{1}", '
        '"MESSAGE": "m", "SYSLOG_IDENTIFIER": "himds", "_PID": "7", "password": "x1"}}'
    )
    text = "\n".join(line.format(n, n) for n in (3, 6))
    drafted = draft("drafted", "x.json", text)
    assert "x1" not in drafted.text
    expect = drafted.family.samples[0].expect[0]
    assert (expect["Level"], expect["Component"], expect["Pid"]) == (
        "error",
        "himds",
        7,
    )
    assert expect["TimeGenerated"] == "2026-03-10T12:00:03.123456Z"


def test_no_secret_reaches_a_sample() -> None:
    text = (
        "2026-03-10 12:00:00 INFO password=hunter2 url=https://me:hunter2@host/?a=1\n"
        '2026-03-10 12:00:01 INFO {"sas_token": "hunter2", "a": 1} sig\n'
        "2026-03-10 12:00:02 ERROR https://x/?a=1&sig=hunter2&b access key: hunter2\n"
    )
    drafted = draft("drafted", "x.log", text)
    assert len(drafted.family.samples) == 3
    assert "hunter2" not in drafted.text
    assert "(secrets masked)" in drafted.text
    document = '{"protectedSettings": {"a": "hunter2"}, "password": "hunter2", "b": 1}'
    drafted = draft("drafted", "x.json", document)
    assert drafted.family.samples
    assert "hunter2" not in drafted.text
    assert masked("user=me key=abc") == "user=me key=abc"


def test_a_document_is_known_by_its_keys_and_may_be_torn() -> None:
    text = '{"name": "x", "services": [{"name": "himds", "status": "Running"}], "c'
    drafted = draft("drafted", "var/opt/thing/a.json", text)
    form = drafted.family.json
    assert form is not None
    assert form.signs == (("name", "services"),)
    assert "#    - table: Services" in drafted.text
    assert drafted.family.systems == {
        "linux": ("var/opt/thing/a.json",),
        "any": ("a.json",),
    }
    # What looks like JSON and holds nothing is read as text.
    assert draft("drafted", "x", "{}\n").family.kind is FamilyKind.LOG


def test_the_suggested_services_are_right() -> None:
    text = '{"a": 1, "list": [{"Name": "himds", "State": "Running"}]}'
    lines = draft("drafted", "x.json", text).text.splitlines()
    start = lines.index("#    - table: Services")
    lines[start : start + 3] = [line[1:] for line in lines[start : start + 3]]
    from diag.formats import document_rows, read_family

    family = read_family("\n".join(lines), "t")
    rows = document_rows(family, text, "", as_json=True).rows
    found = [row.values for row in rows if row.table == "Services"]
    assert found == [{"Name": "himds", "State": "Running"}]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/home/me/x.log", {"any": ["x.log"]}),
        (
            "/mnt/c/ProgramData/Agent/Log/himds-2026-03-10T01-02-03.123.log",
            {"windows": ["ProgramData/Agent/Log/himds-*.log"], "any": ["himds-*.log"]},
        ),
        (
            "/a/var/log/x-20260310.log",
            {"linux": ["var/log/x-*.log"], "any": ["x-*.log"]},
        ),
        ("/a/[x]: b?.log", {"any": ["?x?? b?.log"]}),
        ("/a/20260310", {"any": ["*.log"]}),
    ],
)
def test_paths_that_a_bundle_can_have(
    path: str, expected: dict[str, list[str]]
) -> None:
    assert paths_of(path) == expected


def test_a_name_that_can_be_no_id_is_refused() -> None:
    check_id("my_log")
    for name in ("My", "1a", "a-b", "", "../x", "a" * 41):
        with pytest.raises(DefinitionError, match="is no id"):
            check_id(name)


def test_a_draft_is_recognised_beside_the_built_in_families(tmp_path: Path) -> None:
    (path,) = CORPUS.rglob("windows-2019-dsc-rest-server.log")
    text = draft("drafted", "my.log", path.read_text(encoding="utf-8")).text
    (tmp_path / "drafted.yaml").write_text(text, encoding="utf-8")
    assert "drafted" in load_families([tmp_path])


PIECES = st.sampled_from(
    [
        *("2026-03-10 12:00:00.123", "2026-03-10T12:00:00Z", "Mar 10 12:00:00", "["),
        *("]", " ", "  ", "\t", "INFO", "error", "[PID 7]", "<debug>", ":", " - ", "{"),
        *(
            "}",
            'k="v w"',
            "a=b",
            "x.cpp:12",
            "\\",
            "'",
            '"',
            "#",
            "é",
            "\u2028",
            "\x1b",
        ),
        *("12345678-1234-1234-1234-123456789abc", "word", "a: ", "%", "|", "\ufeff"),
        *("[a:1]", "\x85", "😀", "- ", "password=x", "\x1b"),
    ]
)
LINES = st.lists(st.lists(PIECES, max_size=8).map("".join), min_size=1, max_size=12)


@settings(max_examples=examples(150), deadline=None)
@given(LINES.map("\n".join).filter(lambda text: text.strip()))
@example("{time} {{x}}\n")
@example("time=x msg=\n")
@example("[{a}] b")
@example("2026-03-10T12:00:00ZINFO[")
def test_whatever_is_in_a_file_its_draft_is_right(text: str) -> None:
    drafted = draft("drafted", "any/where.log", text)
    assert test_samples(drafted.family) == []


@settings(max_examples=examples(150), deadline=None)
@given(st.text(max_size=300).filter(lambda text: text.strip()))
@example('{"a": {"b": [1, 2, {"c": null}]}, "d": 1e999, "\\u0000": "\\ud800"}')
@example('[{"a": 1}, [], "x", {"": 2}]')
@example('"lost": 1, "b": {"c": "d"}}')
def test_any_text_at_all_gives_a_draft(text: str) -> None:
    assert test_samples(draft("drafted", "x", text).family) == []


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
@example("1.0")
@example("NO")
@example("null")
@example(" x ")
@example("a: b #c")
def test_what_is_written_is_read_back(value: object) -> None:
    assert load_yaml(f"key: {flow(value)}\n", "t") == {"key": value}


@given(st.text())
def test_texts_are_read_back(text: str) -> None:
    assert load_yaml(f"- {scalar(text)}\n- {quoted(text)}\n", "t") == [text, text]
