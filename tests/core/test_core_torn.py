"""A line that was torn when its log was rotated is one line again."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from diag.formats import load_families
from tests.core.ingested import (
    Answer,
    count_lines,
    family_ids,
    ingest,
    plan_of,
    spec,
)

if TYPE_CHECKING:
    from pathlib import Path

A = 'time="2026-03-10T12:00:00Z" level=info msg="first"\n'
B = 'time="2026-03-10T12:00:01Z" level=error msg="second" Key=value\n'
C = 'time="2026-03-10T12:00:02Z" level=warning msg="third"\n'


def parts(folder: Path, *texts: str, family: str = "himds", **options: int) -> Answer:
    """Read texts as the parts of one log, the oldest first."""
    specs = []
    for number, text in enumerate(texts):
        path = folder / str(number)
        path.write_bytes(text.encode())
        following = number + 1 if number + 1 < len(texts) else None
        specs.append(spec(path, file_id=number + 1, next=following))
    return ingest(specs, [plan_of(family)], **options)


def fields(answer: Answer) -> list[tuple[object, ...]]:
    return [row[1:10] for row in answer.rows]


def test_a_cut_at_any_place_makes_no_difference(tmp_path: Path) -> None:
    text = A + B + "  goes on\n\n  and on\n\n" + C
    whole = fields(parts(tmp_path, text))
    for at in range(1, len(text)):
        # A line that begins the next part and is no record start is joined only
        # when the line before has no end.
        older, newer = text[:at], text[at:]
        if older.endswith("\n") and not newer.startswith("time="):
            continue
        # The line's end alone does not tell that there is a rest.
        if newer.startswith("\n"):
            continue
        answer = parts(tmp_path, older, newer)
        assert fields(answer) == whole, at
        lines = [report["lines"] for report in answer.reports]
        assert lines == [len(part.splitlines()) for part in (older, newer)]


@pytest.mark.parametrize("threads", [1, 2])
def test_the_rest_is_counted_where_it_stands(tmp_path: Path, threads: int) -> None:
    older, newer = A + B[:50], B[50:] + "  more\n\n  yet\n\n\n" + C
    answer = parts(tmp_path, older, newer, threads=threads)
    _, torn, last = answer.rows
    assert torn.message == "second\n  more\n\n  yet"
    assert (torn.file, torn.line, torn.line_count) == (1, 2, 1)
    assert (last.file, last.line) == (2, 7)
    first, second = answer.reports
    assert (first["joined"], first["continued"]) == (0, 0)
    assert (second["joined"], second["continued"]) == (4, 4)
    assert (second["lines"], second["blank"], second["events"]) == (7, 2, 1)


def test_a_line_torn_twice_keeps_its_last_part_apart(tmp_path: Path) -> None:
    answer = parts(tmp_path, B[:30], B[30:45], B[45:] + C)
    assert [row.parsed for row in answer.rows] == [True, False, True]
    assert [report["joined"] for report in answer.reports] == [0, 1, 0]


@pytest.mark.parametrize("newer", [C, "\n" + C, "", "\x00\x01\x02" * 99])
def test_a_last_line_without_an_end_may_be_whole(tmp_path: Path, newer: str) -> None:
    answer = parts(tmp_path, A + B[:-1], newer)
    assert fields(answer)[:2] == fields(parts(tmp_path, A + B))
    assert [report["joined"] for report in answer.reports] == [0, 0]


def test_text_that_belongs_to_no_record_is_not_joined(tmp_path: Path) -> None:
    answer = parts(tmp_path, "some text", "and more\n" + C)
    assert answer.messages == ["some text", "and more", "third"]
    assert answer.reports[1]["joined"] == 0


def test_what_damage_tore_is_not_joined(tmp_path: Path) -> None:
    path, behind = tmp_path / "a", tmp_path / "b"
    path.write_text(A + B[:40], newline="\n")
    behind.write_text(B[40:] + C, newline="\n")
    files = [spec(path, next=1, size=9999), spec(behind, file_id=2)]
    answer = ingest(files, [plan_of("himds")])
    assert [report["joined"] for report in answer.reports] == [0, 0]
    assert [row.parsed for row in answer.rows] == [True, False, True]


def test_other_files_may_stand_between(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in "abc"]
    for path, text in zip(paths, (A + B[:40], C, B[40:] + C), strict=True):
        path.write_text(text, newline="\n")
    for threads, second in itertools.product((1, 2), (None, 2)):
        files = [spec(path, file_id=n + 1) for n, path in enumerate(paths)]
        files[0]["next"], files[1]["next"] = 2, second
        answer = ingest(files, [plan_of("himds")], threads=threads)
        assert answer.messages == ["first", "second", "third", "third"]


@pytest.mark.parametrize("next_one", [0, 1])
def test_the_next_part_stands_behind(tmp_path: Path, next_one: int) -> None:
    path = tmp_path / "a"
    path.write_text(A)
    with pytest.raises(ValueError, match=r"next: . is no place behind 0 among 1"):
        ingest([spec(path, next=next_one)], [plan_of("himds")])


@pytest.mark.parametrize("family", family_ids())
def test_of_any_family_every_line_is_counted_once(family: str, tmp_path: Path) -> None:
    samples = load_families(())[family].samples
    lines = "".join(f"{sample.text.rstrip()}\n" for sample in samples)[:3000]
    for at in range(1, len(lines), max(1, len(lines) // 12)):
        # `ingest` looks at the account of each file and at the place of each event.
        older, newer = lines[:at], lines[at:]
        answer = parts(tmp_path, older, newer, family=family)
        assert [report["lines"] for report in answer.reports] == [
            count_lines(part.encode(), "utf-8") for part in (older, newer)
        ]
        joined = answer.reports[1]["joined"]
        assert joined == 0 or not older.endswith("\n")
        assert not joined or answer.rows[0].file == 1
