"""A rule that is not asked would have found nothing."""

from __future__ import annotations

import random
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.analyze import load
from diag.engine.presence import Presence
from diag.kql import compile_query
from diag.kql.need import of_plain, plain
from tests.amount import examples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from diag.store import Store

NOW = datetime(2026, 3, 10)  # noqa: DTZ001 - the store has naive times
CHOICE = random.Random(7)
WORDS = (
    "Heartbeat", "failed", "feed42", "deadbeef-1", "café", "\u017fent", "\u212aelvin",
    "connection", "refused", "Started", "himdsd.service", "AZCM0026", "x509", "a.b",
)  # fmt: skip
ERRORS = ("dial tcp: no such host", 'said \\"no\\"', "tls: bad {record}", "x509: old")


def _line(number: int) -> str:
    text = " ".join(CHOICE.choices(WORDS, k=CHOICE.randint(1, 4)))
    error = f' Error="{CHOICE.choice(ERRORS)}"' if CHOICE.random() < 0.3 else ""
    level = CHOICE.choice(("info", "error", "fatal"))
    return (
        f'time="2026-03-01T10:{number // 60:02}:{number % 60:02}Z" level={level} '
        f'msg="{text}"{error}\n'
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    root: Path = tmp_path_factory.mktemp("presence")
    logs = root / "var/opt/azcmagent/log"
    logs.mkdir(parents=True)
    for name in ("himds.log", "azcmagent.log"):
        lines = "".join(_line(number) for number in range(150))
        (logs / name).write_text(lines, encoding="utf-8")
    with load([root], cache=False) as loaded:
        yield loaded.store


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@st.composite
def texts(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from([*WORDS, *ERRORS, "not there", "elsewhere"]))
    text = text.replace('\\"', '"')
    start = draw(st.integers(0, len(text) - 1))
    cut = text[start : start + draw(st.integers(3, 24))]
    return draw(st.sampled_from([cut, cut.upper(), cut.lower()]))


@st.composite
def patterns(draw: st.DrawFn) -> str:
    def escaped() -> str:
        text = draw(texts())
        return "".join(f"\\{c}" if c in r".\{}()[]|*+?^$" else c for c in text)

    piece = draw(
        st.sampled_from(
            [
                "{}",
                "({})?{}",
                "{}|{}",
                r"\b{}\w*",
                "(?i){}",
                "(?P<n>{}).*{}",
                "{}{{1,2}}",
            ]
        )
    )
    count = piece.replace("{{", "").count("{}")
    return piece.format(*(escaped() for _ in range(count)))


@st.composite
def conditions(draw: st.DrawFn, depth: int = 2) -> str:
    if depth and draw(st.booleans()):
        word = draw(st.sampled_from([" and ", " or "]))
        parts = draw(st.lists(conditions(depth - 1), min_size=2, max_size=3))
        joined = word.join(f"({part})" for part in parts)
        return f"not({joined})" if draw(st.integers(0, 5)) == 0 else joined
    column = draw(st.sampled_from(["Message", "Text", "Either"]))
    text = quoted(draw(texts()))
    pattern = "@'" + draw(patterns()).replace("'", "") + "'"
    return draw(
        st.sampled_from(
            [
                f"{column} has {text}",
                f"{column} contains_cs {text}",
                f"{column} has_any ({text}, {quoted(draw(texts()))})",
                f"{column} has_all ({text}, {quoted(draw(texts()))})",
                f"{column} matches regex {pattern}",
                f"extract({pattern}, 0, {column}) != ''",
                f"Step == 'A' and {column} has {text}",
                "Step != ''",
                "Step in ('A', 'C')",
                "Step !in ('', 'B')",
                f"strcat(Message, Fields) has {text}",
                f"extract({pattern}, 0, strcat(Message, ': ', Fields)) != ''",
                'Log == "himds"',
                'Level in ("error", "critical")',
                f"{column} !has {text}",
            ]
        )
    )


MADE = (
    'Events | extend Text = strcat(Message, " ", tostring(Fields)) '
    '| extend Either = iff(Message has "failed", Message, tostring(Fields)) '
    "| extend Step = case({}, 'A', {}, 'B', '') "
)


@settings(max_examples=examples(80), deadline=None)
@given(conditions(), conditions(), conditions())
def test_what_is_ruled_out_has_no_row(
    store: Store, first: str, second: str, last: str
) -> None:
    first, second = (one.replace("Step", "Level") for one in (first, second))
    query = compile_query(MADE.format(first, second) + f"| where {last}")
    rows = store.query(*query.bind({}, NOW)).rows
    possible = Presence(store, [query.need]).possible(query.need)
    assert possible or not rows
    # And the same condition on columns that no template is known of finds no more.
    hidden = MADE.replace("Events |", "Events | extend Message = strcat('', Message) |")
    plainly = compile_query(hidden.format(first, second) + f"| where {last}")
    assert len(store.query(*plainly.bind({}, NOW)).rows) == len(rows)


TEXT = 'Events | where strcat(Message, " ", tostring(Fields))'
STEP = 'Events | extend S = case(Message has "elsewhere", '
ELSE = 'Events | extend M = extract("(elsewhere)", 1, Message)'


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ('Events | where Message has "elsewhere"', False),
        ('Events | where Message has "refused"', True),
        ('Events | where Log == "gc_ext"', False),
        ('Events | where Log == "himds" and Level == "debug"', False),
        ('Events | where Message has "no such host"', False),
        (TEXT + ' has "no such host"', True),
        (TEXT + ' has "elsewhere"', False),
        ('Events | where Message matches regex @"else(where|when)"', False),
        ('Events | where Message has "elsewhere" | summarize count()', True),
        ('Events | where Message has "elsewhere" | count', True),
        ('Events | where Message has "elsewhere" | summarize count() by Log', False),
        ('union (Events | where Message has "elsewhere"), (Events | take 1)', True),
        ('union (Events | where Message has "elsewhere"), (Services | take 1)', False),
        ('Services | where Name == "himds"', False),
        ('Facts | where Name == "no such fact"', False),
        ("Events | join kind=inner (Services) on Computer", False),
        ("Events | join kind=leftouter (Services) on Computer", True),
        ("Events | join kind=leftanti (Services) on Computer", True),
        ("Services | join kind=rightouter (Events) on Computer", True),
        ("Services | join kind=fullouter (Events) on Computer", True),
        ("print x = 1", True),
        ('Events | where not(Message has "elsewhere")', True),
        (STEP + '"A", "") | where S == "A"', False),
        (STEP + '"A", "B") | where S == "A"', False),
        (STEP + '"A", "B") | where S != ""', True),
        (ELSE + " | where isnotempty(M)", False),
    ],
)  # fmt: skip
def test_what_can_have_a_row(store: Store, text: str, *, possible: bool) -> None:
    query = compile_query(text)
    assert Presence(store, [query.need]).possible(query.need) is possible
    assert of_plain(plain(query.need)) == query.need
    rows = store.query(*query.bind({}, NOW)).rows
    assert bool(rows) <= possible
