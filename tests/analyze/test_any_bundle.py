"""Whatever a small bundle holds: no error, every line accounted for, same answer."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.amount import examples
from tests.analyze.machines import (
    AZCMAGENT,
    GC_AGENT,
    HIMDS,
    JOURNAL,
    SHOW,
    WINDOWS_HIMDS,
    zipped,
)
from tests.analyze.machines import folder as made_folder
from tests.analyze.stored import lines_in, snapshot

CODECS = {
    "utf-8": None,
    "utf-8-bom": None,
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
}
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20)
TIMES = st.sampled_from(
    [
        "2026-03-10T12:00:00Z", "2026-03-10T12:00:00+01:00", "2026-03-10T12:00:00",
        "2026-02-30T12:00:00Z", "2016-12-31T23:59:60Z", "soon",
    ]
)  # fmt: skip
DAYS = st.sampled_from(["Dec 31", "Jan  1", "Feb 29", "Feb 30", "Mar 10", "Mrz 10"])


def logrus(time: str, word: str, tail: str) -> str:
    return f'time="{time}" level=info msg="{word}" Status Code=1 {tail}'


def bracket(time: str, word: str, tail: str) -> str:
    guid = "00000000-0000-0000-0000-000000000000"
    moment = time[:19].replace("T", " ")
    return f"[{moment}.123] [PID 1] [TID 2] [{word}] [ERROR] [{guid}] [x.cpp:1] {tail}"


LINES = st.one_of(
    st.builds(logrus, TIMES, WORDS, WORDS),
    st.builds(bracket, TIMES, WORDS, WORDS),
    st.builds("{} 12:00:00 web-1 himdsd[1]: {}".format, DAYS, WORDS),
    st.builds("{}  : {}".format, WORDS, WORDS),
    st.builds("INFO    {}   {}".format, WORDS, WORDS),
    st.builds("Agent Status  : {}".format, WORDS),
    WORDS,
    st.sampled_from(
        ["", "   ", "\t", "-- Reboot --", "AZCM0042", "\x00" * 70, "x" * 9000]
    ),
)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@st.composite
def contents(draw: st.DrawFn) -> bytes:
    lines = draw(st.lists(st.tuples(LINES, ENDS), max_size=12))
    text = "".join(line + end for line, end in lines)
    if draw(st.booleans()):
        text = text.rstrip("\r\n")
    encoding = draw(
        st.sampled_from(
            [
                "utf-8",
                "utf-8",
                "utf-8-sig",
                "utf-16",
                "utf-16-le",
                "utf-16-be",
                "cp1252",
            ]
        )
    )
    data = text.encode(encoding, "replace")
    if draw(st.integers(0, 4)) == 0:
        at = draw(st.integers(0, len(data)))
        data = data[:at] + draw(st.binary(max_size=8)) + data[at:]
    return data


NAMES = st.sampled_from(
    [HIMDS, WINDOWS_HIMDS, AZCMAGENT, GC_AGENT, JOURNAL, SHOW, "notes.txt", "a/b.log",
     "commands/azcmagent-connect.txt", "var/opt/azcmagent/log/arcproxy-1.log"]
)  # fmt: skip
# A load takes a tenth of a second: looking for the smallest failure takes minutes.
QUICK = settings(
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
BUNDLES = st.dictionaries(NAMES, contents(), max_size=4)


def lines_of(data: bytes, encoding: str) -> int:
    """Count the lines of a file of this encoding, independently of the core."""
    if encoding == "binary":
        return 0
    data = data.removeprefix(b"\xef\xbb\xbf")
    if encoding.startswith("utf-16"):
        data = data.removeprefix(
            b"\xff\xfe" if encoding == "utf-16-le" else b"\xfe\xff"
        )
        data = data.decode(encoding, "replace").encode()
    return lines_in(data)


def without_place(held: dict[str, list[dict[str, Any]]], place: str) -> str:
    """Return all that a store holds as text, without where the input lies."""
    return repr(held).replace(place, "<here>")


@settings(QUICK, max_examples=examples(15))
@given(files=BUNDLES)
def test_any_folder_and_any_zip(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "m").mkdir()
        held = snapshot([made_folder(place / "m", files)])
        packed = snapshot([zipped(place / "m.zip", files)])
    rows = {row["File"]: row for row in held["Files"]}
    assert sorted(rows) == sorted(files)
    for file, data in files.items():
        row = rows[file]
        assert row["Lines"] == lines_of(data, row["Encoding"]), file
        assert row["Bytes"] == len(data)
        assert row["Encoding"] == "binary" or row["Encoding"] in CODECS
    same = ("Log", "Encoding", "Lines", "Events", "Continued", "Blank", "Unparsed")
    for row in packed["Files"]:
        assert {key: row[key] for key in same} == {
            key: rows[row["File"]][key] for key in same
        }
    assert [t["Template"] for t in held["Templates"]] or not held["Events"]


@settings(QUICK, max_examples=examples(6))
@given(files=BUNDLES)
def test_the_same_input_gives_the_same_store(files: dict[str, bytes]) -> None:
    seen = []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as name:
            source = made_folder(Path(name) / "m", files)
            source.mkdir(exist_ok=True)
            seen.append(without_place(snapshot([source]), name))
    assert seen[0] == seen[1]


@settings(QUICK, max_examples=examples(12))
@given(
    files=st.dictionaries(NAMES, contents(), min_size=1, max_size=4),
    place=st.integers(0, 9999),
    put=st.binary(max_size=40),
    taken=st.integers(0, 40),
)
def test_a_damaged_zip(
    files: dict[str, bytes], place: int, put: bytes, taken: int
) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = zipped(Path(name) / "m.zip", files)
        data = path.read_bytes()
        at = place * len(data) // 9999
        path.write_bytes(data[:at] + put + data[at + taken :])
        held = snapshot([path])
    assert held["Files"] or held["Problems"]
    assert {row["File"] for row in held["Events"]} <= {
        row["File"] for row in held["Files"]
    }
