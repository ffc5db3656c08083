"""Templates: the same ids whoever parses, and every event has one."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.amount import examples
from tests.core.ingested import ingest, plan_of, read, spec

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = re.compile(r"[0-9A-Fa-f-]+")
WORD = re.compile(r"[0-9A-Za-z\x80-\U0010ffff]")


def masked(text: str) -> str:
    """Mask as `template.rs` does, by another way."""

    def replaced(found: re.Match[str]) -> str:
        token = found[0]
        if not re.search("[0-9]", token):
            return token
        around = (
            text[found.start() - 1 : found.start()]
            + text[found.end() : found.end() + 1]
        )
        if len(token) >= 8 and not WORD.search(around):
            return "*"
        return re.sub("[0-9]+", "#", token)

    return TOKEN.sub(replaced, text)


@settings(max_examples=examples(100), deadline=None)
@given(st.text(st.sampled_from("0159afAFgz-:. é#"), min_size=1, max_size=80))
def test_masking_hides_digits_and_identifiers(text: str) -> None:
    message = f"x {text}"
    answer = read(message.encode(), None)
    assert [template for _, template, _, _ in answer.templates] == [masked(message)]


def lines(count: int, seed: int) -> bytes:
    return "".join(
        f'level=info msg="job {n} of kind {"abcdefghijkl"[n * seed % 11]} ended"'
        f"{f' by={n % 3}x{seed % 2}' if n % 2 else ''}\n"
        for n in range(count)
    ).encode()


@pytest.mark.parametrize("threads", [1, 2, 4, 16])
def test_ids_are_in_the_order_of_the_events(threads: int, tmp_path: Path) -> None:
    files = []
    for number in range(1, 9):
        path = tmp_path / f"{number}.log"
        path.write_bytes(lines(400, number) * (60 if number == 3 else 1))
        # As if it were deflated and large, so that it is a unit of its own.
        files.append(spec(path, file_id=number))
    answer = ingest(files, [plan_of("himds")], threads=threads, batch_rows=100)
    first: dict[int, tuple[str, str]] = {}
    for row in answer.rows:
        fields = "" if row.fields == "{}" else masked(row.fields)
        first.setdefault(row.template, (masked(row.message), fields))
    assert list(first) == list(range(1, len(first) + 1))
    told = [(number, (text, fields)) for number, text, fields, _ in answer.templates]
    assert told == list(first.items())
    assert {a: n for a, _, _, n in answer.templates} == Counter(
        row.template for row in answer.rows
    )


def test_only_the_first_thousand_bytes_make_a_template() -> None:
    answer = read(("é" * 600 + "1\n" + "é" * 600 + "2\n").encode(), None)
    # The ellipsis says that there is more.
    assert answer.templates == [(1, "é" * 500 + "…", "", 2)]


def test_no_events_no_templates() -> None:
    assert read(b"", "himds").templates == []
