"""How much of a text a family explains, counted in two ways."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.amount import examples
from tests.core.ingested import family_ids, plan_of
from tests.core.test_core_lines import ENDS, ODD, STARTS

END = re.compile(r"\r\n|\n|\r")
TEXT = st.lists(
    st.tuples(st.sampled_from(STARTS + ODD), st.sampled_from(ENDS)), max_size=40
).map(lambda pairs: "".join(text + end for text, end in pairs))


def counted(family: str, text: str, first: int, folded: int) -> tuple[int, int]:
    lines = [line.strip(" \t\x0c") != "" for line in END.split(text)]
    starts = plan_of(family).match(text)
    begun = [line for line, layout in starts if layout >= 0]
    if not begun or sum(lines[: begun[0] - 1]) >= first:
        return 0, sum(lines)
    ends = [line for line, _ in starts[1:]] + [len(lines) + 1]
    covered = [
        min(sum(lines[start - 1 : end - 1]), folded)
        for (start, layout), end in zip(starts, ends, strict=True)
        if layout >= 0
    ]
    return sum(covered), sum(lines)


@pytest.mark.parametrize("family", family_ids())
@settings(max_examples=examples(80), deadline=None)
@given(TEXT, st.integers(0, 6), st.integers(1, 6))
def test_lines_explained(family: str, text: str, first: int, folded: int) -> None:
    found = plan_of(family).explained(text, first, folded)
    assert found == counted(family, text, first, folded)


def test_of_one_record_only_so_many_lines_count() -> None:
    text = "prose\n\nlevel=info msg=a\n" + "  more\n" * 50 + "\nlevel=info msg=b\n"
    assert plan_of("himds").explained(text, 10, 20) == (21, 53)
    assert plan_of("himds").explained(text, 1, 20) == (0, 53)
    assert plan_of("himds").explained("", 10, 20) == (0, 0)
