"""No input takes long: these finish, and every line of them is accounted for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import arcdiag_core
import pytest

from tests.core.ingested import count_lines, family_ids, fetch, plan_of, spec

if TYPE_CHECKING:
    from pathlib import Path

SIZE = 6_000_000
LONG = (1 << 20) - 100  # the longest lines that are not cut
GUID = "00000000-0000-0000-0000-000000000000"
HIMDS = 'time="2026-03-10T12:00:00Z" level=info msg='
BRACKET = f"[2026-03-10 12:00:00] [PID 1] [TID 2] [M] [INFO] [{GUID}] "
FILLERS = [
    "[",
    " ",
    '"',
    "\t",
    "=",
    "a=1 ",
    'k="',
    "\\",
    ": ",
    "] ",
    "-",
    "0",
    "#é",
    "\r",
    "a\n",
]
STARTS = [
    HIMDS,
    HIMDS + '"',
    BRACKET,
    BRACKET + "[",
    "Agent Version",
    "  Agent (",
    "INFO[0001] ",
    "Mar 10 12:00:00 host a[1]",
    " 20% [",
]


def swallow(path: Path) -> None:
    """Read a file as each of our families and as none, and check the lines."""
    plans = [plan_of(family) for family in family_ids()]
    choices: list[int | None] = [None, *range(len(plans))]
    files = [
        spec(path, file_id=n, plan=plan) for n, plan in enumerate(choices, start=1)
    ]
    work = arcdiag_core.Ingest(files, plans)
    covered = fetch(
        work,
        "SELECT FileId, sum(LineCount) FILTER (WHERE Parsed) FROM incoming GROUP BY 1",
    )
    parsed = {file: lines or 0 for file, lines in covered}
    reports = work.reports()
    (encoding,) = {report["encoding"] for report in reports}
    lines = count_lines(path.read_bytes(), encoding)
    for report in reports:
        rest = report["blank"] + report["unparsed"]
        assert report["lines"] == parsed.get(report["file_id"], 0) + rest
        assert report["lines"] == lines


@pytest.mark.parametrize("filler", FILLERS[:3])
def test_megabytes_of_one_sign(filler: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(filler.encode() * SIZE)
    swallow(path)


@pytest.mark.parametrize("filler", [f for f in FILLERS if f != "a\n"])
def test_very_long_lines(filler: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    # A quarter of the longest: there are more than sixty plans to try.
    lines = [start + filler * (LONG // 4 // len(filler)) + "x" for start in STARTS]
    path.write_text("\n".join(lines), encoding="utf-8", newline="")
    swallow(path)


@pytest.mark.parametrize("filler", FILLERS)
def test_many_lines_of_one_kind(filler: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    text = "".join(start + filler * (1000 // len(filler)) + "\n" for start in STARTS)
    path.write_text(text * (600_000 // len(text)), encoding="utf-8", newline="")
    swallow(path)


@pytest.mark.parametrize(
    "piece",
    [b"\xff", b"\xc3\xff", b"\0", b"\0a", b"\xff\n", b"\0\n", b"\r\n", b"\xf0\x9f\x98"],
)
@pytest.mark.parametrize("head", [b"text of a log\n" * 400, b"\xff\xfe", b"\xfe\xff"])
def test_bytes_that_are_no_text(piece: bytes, head: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(head + piece * (4_000_000 // len(piece)))
    work = arcdiag_core.Ingest([spec(path)], [plan_of("gc_agent")])
    fetch(work, "SELECT count(*) FROM incoming")
    (report,) = work.reports()
    assert report["bytes"] == path.stat().st_size


def test_a_record_of_many_short_lines(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text(HIMDS + '"' + "\n" * 300_000 + "a\n" * 300_000)
    swallow(path)


@pytest.mark.parametrize(
    "layout",
    [
        [{"field": "a", "kind": "text"}, {"optional": [{"field": "*", "kind": "pad"}]}],
        [
            {"field": "a", "kind": "text"},
            {"field": "*", "kind": "pad"},
            {"lit": ":"},
            {"optional": [{"field": "*", "kind": "pad"}]},
            {"field": "b", "kind": "rest"},
        ],
        [
            {"field": "a", "kind": "text"},
            {"optional": [{"lit": " "}, {"field": "b", "kind": "text"}, {"lit": "!"}]},
            {"field": "*", "kind": "pad"},
            {"lit": "?"},
        ],
        [{"field": "a", "kind": "source"}, {"field": "*", "kind": "pad"}, {"lit": "x"}],
    ],
)
@pytest.mark.parametrize("filler", [" ", " a", " :", "  !", ":1 ", "  x"])
def test_no_layout_makes_a_line_slow(
    layout: list[dict[str, object]], filler: str
) -> None:
    plan = arcdiag_core.Plan(
        json.dumps({"id": "x", "time": "none", "layouts": [layout]})
    )
    text = "a" + filler * (LONG // len(filler)) + "z"
    assert len(plan.match(text)) == 1
