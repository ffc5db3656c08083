"""What is near to the cursor is shown first: a part of the whole, in its order."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.widgets import Static

from diag.store import browse
from diag.tui import looking
from diag.tui.asking import by_line, filter_rows, hits_of
from diag.tui.caseopening import open_case
from diag.tui.logview import nearby
from diag.tui.logview.nearby import STEPS, Near, around
from diag.tui.looking import Asked
from tests.amount import examples
from tests.tui.logopened import drive, log_of, program, seen, settled, typed
from tests.tui.opened import LOST, one_rule, stored, wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.pilot import Pilot

    from diag.tui.case import Case, Wanted
    from diag.tui.logview.order import Indexes

SMALL = (10, 40, 160)  # the sample has 576 events
TESTS = (
    'Level == "error"',
    'Level != "info"',
    'Log == "himds"',
    'Log in ("himds", "gc_agent")',
    'Message has "error"',
    'Message contains "cert"',
    'Message matches regex @"[0-9]{3}"',
    "Line % 3 == 0",
    'File endswith ".log"',
    "isnull(TimeGenerated)",
    "TimeGenerated > datetime(2026-03-10T10:00:00Z)",
    'tostring(Fields) contains "a"',
    '* has "failed"',
    '"failed"',
    "EventId > 100",
    "false",
)
OTHERS = (
    '| where Level == "error" | take 3',
    'Level == "error" | take 3',
    "Line > 1 | top 5 by Line",
    "true | sort by Line desc | where row_number() < 9",
    "EventId in ((Events | summarize max(EventId) by Log | project max_EventId))",
    "Line == toscalar(Events | summarize max(Line))",
    'Level == "info" | distinct EventId',
    "Events | summarize EventId = max(EventId) by File",
    'search "failed" | take 2',
    "let few = 4; Events | take few",
)
CONDITIONS = st.recursive(
    st.sampled_from(TESTS[:-3]),
    lambda inner: (
        st.builds("({}) {} ({})".format, inner, st.sampled_from(("and", "or")), inner)
        | st.builds("not({})".format, inner)
    ),
    max_leaves=4,
) | st.sampled_from(TESTS)


@cache
def case() -> Case:
    """Return the sample with its lines in order."""
    asked: Wanted = wanted(stored(LOST), rule_set=one_rule)
    made = open_case(asked, lambda _: None)
    made.sorted = made.sort()
    return made


@contextmanager
def small_steps() -> Iterator[None]:
    """Look at few lines at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearby, "STEPS", SMALL)
        yield


@given(st.integers(1, 600_000), st.integers(0, 599_999), st.booleans())
def test_what_is_near_grows_around_the_line(
    count: int,
    at: int,
    forward: bool,  # noqa: FBT001 - drawn
) -> None:
    at = min(at, count - 1)
    seen_so_far: list[tuple[int, int]] = []
    for spans, size in zip(around(count, at, forward=forward), STEPS, strict=False):
        seen_so_far = sorted([*seen_so_far, *spans])
        low, high = seen_so_far[0][0], seen_so_far[-1][1]
        assert low <= at < high
        # No gap, nothing twice.
        assert sum(last - first for first, last in seen_so_far) == high - low
        below = count - at if forward else count
        assert high - low == min(size, below)
        assert not forward or low == at


@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_what_comes_first_is_what_the_whole_has_there(data: st.DataObject) -> None:
    order = case().order
    level = data.draw(st.sampled_from([0, 0, 4, 5]))
    hidden = data.draw(st.sets(st.sampled_from(sorted(case().file_names)), max_size=3))
    pool = order.choose(
        None, level=level, hidden=hidden, untimed=data.draw(st.booleans())
    )
    at = data.draw(st.integers(0, len(order) - 1))
    forward = data.draw(st.booleans())
    if data.draw(st.booleans()):
        asked = filter_rows(data.draw(CONDITIONS), case())
    else:
        text = data.draw(
            st.sampled_from(["error", "id", "/[0-9]{4}/", "/fail|cert/", "\u017f"])
        )
        asked = hits_of(text, case())[1]
    enough = data.draw(st.sampled_from([1, 20, 1_000]))
    whole = set(asked.run().tolist())
    with small_steps():
        near = Near(lambda: pool, at, enough, forward=forward)
        steps = list(near.steps())
        given_first = list(asked.soon(near))
    looked: set[int] = set()
    wanted_first: list[list[int]] = []
    for some in steps:
        looked |= set(some.tolist())
        found = sorted(looked & whole)
        # What is nearest is told even if it is nothing.
        if not wanted_first or found != wanted_first[-1]:
            wanted_first.append(found)
        if len(found) >= enough:
            break
    assert [one.tolist() for one in given_first] == wanted_first
    # The order of the whole, by another way.
    sql, params = asked.make()
    rows = case().browser.matching(sql, params)
    assert asked.run().tolist() == order.indexes(rows).tolist()


@settings(max_examples=examples(60), deadline=None)
@given(
    CONDITIONS | st.sampled_from(OTHERS),
    st.integers(1, 700),
    st.sampled_from((0.0, 0.004, 60.0)),
)
def test_parts_of_all_lines_are_the_whole(text: str, size: int, short: float) -> None:
    """Parts of one line, of many, and the rest at once when it is quickly done."""
    asked = filter_rows(text, case())
    whole, told = asked.run().tolist(), list[float]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looking, "FIRST_PART", max(size, 30))
        patch.setattr(looking, "SHORT", short)
        patch.setattr(browse, "BYTES", 3)
        assert asked.run(lambda: told.append(asked.done)).tolist() == whole
    parts = by_line(text) and max(size, 30) < len(case().order)
    assert bool(told) == parts
    assert told == sorted(told)
    assert all(0 < one < 1 for one in told)
    assert short < 1 or len(told) <= 1  # the rest at once


@pytest.mark.parametrize("text", OTHERS)
def test_a_filter_that_asks_other_lines_is_not_asked_in_parts(text: str) -> None:
    asked = filter_rows(text, case())
    assert len(asked.run())
    assert not by_line(text)
    near = Near(case().order.whole, 0, 1)
    assert list(asked.soon(near)) == []


class Gate:
    """Holds whole scans until they may run."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        """Hold those of all questions."""
        self.open = threading.Event()
        run = Asked.run

        def waiting(asked: Asked, tell: Callable[[], None]) -> object:
            for _ in range(1_000):  # a test that fails must end, too
                if asked.stopped or self.open.wait(0.01):
                    break
            return run(asked, tell)

        patch.setattr(Asked, "run", waiting)


async def until(pilot: Pilot[None], text: str) -> None:
    """Wait for a text on the screen."""
    for _ in range(500):
        await pilot.pause(0.01)
        if text in seen(pilot):
            return
    raise AssertionError(f"{text!r} never came:\n{seen(pilot)}")


def indexes_of(pilot: Pilot[None]) -> Indexes:
    """Return what is shown."""
    view = log_of(pilot).log_view.view
    return view.span(0, len(view))


def test_lines_near_the_cursor_are_shown_before_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = Gate(monkeypatch)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3", *"0300G", "f")
        log = log_of(pilot)
        await typed(pilot, 'Log == "himds"\n')
        await until(pilot, "filtering … so far")
        part, row = indexes_of(pilot), log.log_view.row
        assert len(part) < 243
        assert 'f> Log == "himds"' in seen(pilot)
        await pilot.press("k", "k")
        assert log.log_view.row != row
        row, top = log.log_view.row, _row_of_cursor(pilot)
        gate.open.set()
        await settled(pilot)
        assert "filtering" not in seen(pilot)
        whole = indexes_of(pilot)
        assert len(whole) == 243
        assert set(part.tolist()) < set(whole.tolist())
        assert (log.log_view.row, _row_of_cursor(pilot)) == (row, top)

    with small_steps():
        drive(program(), steps, (120, 40))


def _row_of_cursor(pilot: Pilot[None]) -> int:
    """Return at which row of the screen the cursor is."""
    view = log_of(pilot).log_view
    return view.spacing.row_of(view.cursor) - view.scroll_offset.y


def test_a_filter_of_nothing_near_says_so_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = Gate(monkeypatch)
    monkeypatch.setattr(looking, "FIRST_PART", 200)
    monkeypatch.setattr(looking, "SHORT", 0.0)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3", *"0300G", "f")
        log, told = log_of(pilot), list[str]()
        bar = log.bar

        def noted() -> None:
            bar()
            told.append(str(log.query_one("#log-bar", Static).content))

        monkeypatch.setattr(log, "bar", noted)
        await typed(pilot, 'Message has "nowhere"\n')
        await until(pilot, "filtering … so far 0")
        assert "no line near to where it was; the others are looked at" in seen(pilot)
        await pilot.press("j", "e", "escape")  # nothing to go to, then none of it
        assert len(indexes_of(pilot)) == 539
        assert log.log_view.cursor == 299
        await pilot.press("f")
        await typed(pilot, 'Message has "nowhere"\n')
        await until(pilot, "filtering … so far 0")
        gate.open.set()
        await settled(pilot)
        assert "filtering" not in seen(pilot)
        assert "no line of 0" in seen(pilot)
        shares = [one.partition("so far 0 ")[2][:13] for one in told]
        assert [one for one in dict.fromkeys(shares) if "%" in one] == [
            "35% looked at",
            "69% looked at",
        ]

    drive(program(), steps, (120, 40))


def test_a_filter_on_its_way_is_stopped_by_escape_and_by_another_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = Gate(monkeypatch)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3", "f")
        await typed(pilot, 'Log == "himds"\n')
        await until(pilot, "filtering … so far")
        await pilot.press("escape")
        assert "filtering" not in seen(pilot)
        assert "f>" not in seen(pilot)
        assert len(indexes_of(pilot)) == 539
        for text in ('Log == "himds"', 'Level == "error"'):
            log_of(pilot).filter_by(text)
            await until(pilot, "filtering … so far")
            await until(pilot, f"f> {text}")
        gate.open.set()
        await settled(pilot)
        assert len(indexes_of(pilot)) == 11
        assert 'f> Level == "error"' in seen(pilot)

    with small_steps():
        drive(program(), steps, (120, 40))


def test_the_first_hit_is_gone_to_before_the_others_are_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = Gate(monkeypatch)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3", "g", "slash")
        await typed(pilot, "certstore\n")
        log = log_of(pilot)
        for _ in range(500):
            await pilot.pause(0.01)
            if log.log_view.cursor:
                break
        line = log.log_view.line
        assert line is not None
        assert "certstore" in line.text.lower()
        assert "/certstore …" in seen(pilot)
        await pilot.press("n")
        assert "searching" in seen(pilot)
        gate.open.set()
        await settled(pilot)
        assert log.log_view.line == line
        assert "11 hits" in seen(pilot)
        gate.open.clear()
        await pilot.press("slash")
        await typed(pilot, "another\n")
        await pilot.press("escape")
        await pilot.pause()
        assert "another" not in seen(pilot).splitlines()[2]
        assert log.log_view.line == line

    drive(program(), steps)
