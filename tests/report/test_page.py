"""A page without colours is the page with them, without the colours."""

from __future__ import annotations

import io
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from diag.report.formats import Style
from diag.report.page import Page
from tests.amount import examples

LOOK = re.compile(r"\x1b\[[0-9;]*m")
WORDS = st.lists(
    st.sampled_from(
        [
            "a",
            "two words",
            "x" * 30,
            "路径",
            "e\u0301",
            "\t",
            "\x1b[31m",
            "\u202e",
            " ",
            "",
        ]
    ),
    max_size=12,
)


def _written(texts: list[str], indent: int, width: int, *, colour: bool) -> str:
    stream = io.StringIO()
    page = Page(stream, Style(colour=colour, width=width))
    parts = [(text, "bold") for text in texts]
    page.line(*parts, indent=indent, hang=2)
    page.labelled("why", *parts)
    page.columned([("  lead ", "dim")], 7, *parts)
    page.whole(*parts, indent=indent)
    page.quoted("".join(texts), indent)
    return LOOK.sub("", stream.getvalue())


@settings(max_examples=examples(200), deadline=None)
@given(WORDS, st.integers(0, 9), st.integers(24, 60))
def test_colours_change_nothing_but_colours(
    texts: list[str], indent: int, width: int
) -> None:
    plain = _written(texts, indent, width, colour=False)
    assert plain == _written(texts, indent, width, colour=True)
