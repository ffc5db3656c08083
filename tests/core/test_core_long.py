"""Lines and records of any length: kept as far as is sensible, always counted."""

from __future__ import annotations

import hashlib

import pytest

from tests.core.ingested import plan_of, read

CAP = 1 << 20
HEAD = 64 << 10
TAIL = 4 << 10
CHUNK = 512 << 10


def hashed(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def shortened(line: str) -> str:
    """Return what is kept of a line; no character is cut in two."""
    raw = line.encode()
    head = raw[:HEAD].decode("utf-8", "ignore").encode()
    tail = raw[-TAIL:].decode("utf-8", "ignore").encode()
    left_out = len(raw) - len(head) - len(tail)
    mark = f"…[{left_out} bytes left out, SHA-256 {hashed(line)[:16]}]…"
    return f"{head.decode()}{mark}{tail.decode()}"


@pytest.mark.parametrize("filler", ["x", "é", "€", "😀"])
@pytest.mark.parametrize("length", [CAP + 1, CAP + CHUNK, 3 * CAP + 7])
@pytest.mark.parametrize("shift", [0, 1])
def test_a_long_line_keeps_head_and_tail(filler: str, length: int, shift: int) -> None:
    line = "y" * shift + filler * -(-length // len(filler.encode()))
    answer = read(f"before\n{line}\nbehind\n".encode(), None)
    assert answer.messages == ["before", shortened(line), "behind"]
    assert [row.line for row in answer.rows] == [1, 2, 3]
    ((at, kind, text),) = answer.report["problems"]
    assert (at, kind) == (2, "long-line")
    assert f"{len(line.encode())} bytes long" in text
    assert text.endswith(f"SHA-256 of the whole line: {hashed(line)}")


@pytest.mark.parametrize("behind", ["", "\n", "\r", "\r\n"])
def test_a_line_of_one_mebibyte_is_whole(behind: str) -> None:
    line = "x" * CAP
    answer = read((line + behind).encode(), None)
    assert answer.messages == [line]
    assert answer.kinds == []


def test_the_end_of_a_long_line_may_be_torn() -> None:
    line = "z" * (2 * CAP)
    answer = read(b"level=info msg=a\n" + line.encode(), "himds")
    assert answer.messages == ["a\n" + shortened(line)]
    assert answer.report["lines"] == 2


def test_a_record_on_a_long_line_has_its_fields() -> None:
    body = "w" * (2 * CAP)
    data = f'level=info msg="a"\nlevel=error msg="{body}" Key=value\nlevel=info msg=b\n'
    answer = read(data.encode("utf-16"), "himds")
    assert [row.level for row in answer.rows] == ["info", "error", "info"]
    assert answer.rows[1].fields == '{"Key":"value"}'
    assert "bytes left out" in answer.rows[1].message
    assert answer.messages[2] == "b"


def test_many_long_lines_are_summed_up() -> None:
    data = (b"q" * (CAP + 1) + b"\n") * 25
    answer = read(data, None)
    assert len(answer.rows) == 25
    assert [line for line, _, _ in answer.report["problems"]] == [*range(1, 21), 21]
    assert answer.report["problems"][-1][2].startswith("5 more from line 21 on")


def test_a_line_that_grows_when_shown_is_cut_too() -> None:
    answer = read(b"a\n" + b"\xff" * (CAP // 2) + b"\nb\n", None)
    assert answer.messages == ["a", shortened(r"\xff" * (CAP // 2)), "b"]
    assert answer.kinds == ["bad-utf8", "long-line"]


def test_120_000_lines_of_one_record() -> None:
    more = "".join(f"   at Step{number} (String id)\n" for number in range(120_000))
    data = f"level=info msg=a\n{more}\nlevel=warn msg=b\n".encode()
    answer = read(data, "himds")
    first, second = answer.rows
    assert (first.line, first.line_count) == (1, 120_001)
    assert (second.line, second.message) == (120_003, "b")
    assert answer.report["continued"] == 120_000
    assert answer.report["blank"] == 1
    assert first.message.startswith("a\n   at Step0 (String id)\n")
    assert first.message.endswith(" (String id)")
    assert CAP - 100 < len(first.message) <= CAP
    ((line, kind, text),) = answer.report["problems"]
    assert (line, kind) == (1, "long-record")
    assert "120001 lines" in text


def test_blank_lines_without_end_do_not_grow_a_record() -> None:
    data = b"level=info msg=a\n" + b"\n" * (3 * CAP) + b"  end\n"
    answer = read(data, "himds")
    assert answer.rows[0].line_count == 3 * CAP + 2
    assert len(answer.rows[0].message) <= CAP
    assert answer.kinds == ["long-record"]


def test_a_torn_last_line_is_kept() -> None:
    answer = read(
        b'level=info msg=a\ntime="2026-03-10T12:00:00Z" level=info msg="tor', "himds"
    )
    assert answer.messages == ["a", "tor"]
    assert answer.report["lines"] == 2


def test_a_plan_reads_long_texts_as_a_file_does() -> None:
    text = "level=info msg=a\n" + "  more\n" * 1000
    (record,) = plan_of("himds").parse(text, [], 0)
    (row,) = read(text.encode(), "himds").rows
    assert record["Message"] == row.message
    assert record["LineCount"] == row.line_count == 1001
