"""Order, views and spacing against plain lists that say the same slowly."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from diag.store.browse import ERROR, WARNING
from diag.store.columns import Columns, Runs
from diag.store.scale import NO_TIME, Scale
from diag.tui.logview.order import Order, carried
from diag.tui.logview.places import SILENCE_US, step
from diag.tui.logview.spacing import Spacing

MINUTE = 60_000_000
MANY = 30_000  # lines; the next error is looked for in steps of some thousands
EVENTS = st.lists(
    st.tuples(st.integers(0, 4), st.none() | st.integers(0, 200), st.integers(0, 6)),
    max_size=40,
)


def columns_of(events: list[tuple[int, int | None, int]]) -> Columns:
    """Return events sorted by file; times are minutes."""
    events = sorted(events, key=lambda one: one[0])
    scale = Scale.of(0, 200 * MINUTE)
    ticks = [0 if t is None else scale.tick(t * MINUTE) for _, t, _ in events]
    return Columns(
        np.array(ticks, dtype=np.uint32),
        np.array([level for _, _, level in events], dtype=np.int8),
        runs_of([file for file, _, _ in events]),
        scale,
    )


def runs_of(files: list[int]) -> Runs:
    """Return the runs of files that stand together."""
    starts = [at for at, one in enumerate(files) if not at or one != files[at - 1]]
    numbers = [files[at] for at in starts]
    return Runs(np.array(starts, dtype=np.int64), np.array(numbers, dtype=np.int64))


def slowly(columns: Columns) -> list[int]:
    """Return what `carried` should, one event at a time."""
    ticks = columns.ticks.tolist()
    files = columns.files.of(np.arange(len(ticks))).tolist()
    made = []
    for at, tick in enumerate(ticks):
        near = [tick] if tick else []
        near += [ticks[n] for n in range(at, -1, -1) if files[n] == files[at]]
        near += [ticks[n] for n in range(at, len(ticks)) if files[n] == files[at]]
        made.append(next((one for one in near if one), 0))
    return made


@given(EVENTS)
def test_events_without_a_time_stand_with_their_neighbours(
    events: list[tuple[int, int | None, int]],
) -> None:
    wanted = slowly(columns_of(events))
    assert carried(columns_of(events)).tolist() == wanted


@given(EVENTS, st.data())
def test_views_are_what_a_list_is(
    events: list[tuple[int, int | None, int]], data: st.DataObject
) -> None:
    columns = columns_of(events)
    ticks = slowly(columns_of(events))
    order = Order(columns)
    rows = sorted(range(len(events)), key=lambda row: (ticks[row], row))
    assert order.rows.tolist() == rows
    assert order.untimed == ticks.count(0)
    wanted = set(data.draw(st.lists(st.integers(0, max(len(events) - 1, 0)))))
    wanted &= set(range(len(events)))
    level = data.draw(st.integers(0, 6))
    hidden = set(data.draw(st.lists(st.integers(0, 4), max_size=3)))
    untimed = data.draw(st.booleans())
    matched = order.indexes(wanted) if data.draw(st.booleans()) else None
    view = order.choose(matched, level=level, hidden=hidden, untimed=untimed)
    sorted_events = sorted(events, key=lambda one: one[0])
    kept = [
        row
        for row in rows
        if (matched is None or row in wanted)
        and sorted_events[row][2] >= level
        and sorted_events[row][0] not in hidden
        and (untimed or ticks[row])
    ]
    assert view.rows(0, len(view)).tolist() == kept
    assert [view.row(place) for place in range(len(view))] == kept
    assert view.of(wanted).tolist() == [n for n, r in enumerate(kept) if r in wanted]
    for row in rows:
        assert view.has(row) == (row in kept)
        if kept:
            later = [
                n for n, one in enumerate(kept) if rows.index(one) >= rows.index(row)
            ]
            assert view.nearest(row) == (later[0] if later else len(kept) - 1)
    quiet = [
        n
        for n in range(1, len(kept))
        if ticks[kept[n - 1]]
        and (ticks[kept[n]] - ticks[kept[n - 1]]) * order.scale.unit > SILENCE_US
    ]
    assert view.silences().tolist() == quiet
    moment = data.draw(st.integers(-5, 205)) * MINUTE
    after = [n for n, row in enumerate(kept) if order.scale.time(ticks[row]) >= moment]
    assert view.at_time(moment) == (after[0] if after else len(kept))
    parts = data.draw(st.integers(1, 12))
    worst = view.worst(parts)
    assert len(worst) == parts
    assert max(worst, default=0) == max(
        (sorted_events[row][2] for row in kept), default=0
    )


@given(st.dictionaries(st.integers(0, MANY - 1), st.integers(0, 6)), st.data())
def test_the_next_error_is_the_next_of_a_list(
    few: dict[int, int], data: st.DataObject
) -> None:
    """Errors lie anywhere: at once below the line, or many steps away."""
    order = Order(columns_of([(0, 0, few.get(at, 0)) for at in range(MANY)]))
    some = order.indexes(range(0, MANY, 2)) if data.draw(st.booleans()) else None
    view = order.choose(some, level=data.draw(st.sampled_from((0, WARNING))))
    shown = order.levels if view.indexes is None else order.levels[view.indexes]
    at = data.draw(st.integers(0, max(len(shown) - 1, 0)))
    errors, forward = data.draw(st.booleans()), data.draw(st.booleans())
    met = [
        place
        for place in np.flatnonzero(shown >= WARNING).tolist()
        if (place > at if forward else place < at)
        and (shown[place] >= ERROR if errors else shown[place] == WARNING)
    ]
    wanted = (met[0] if forward else met[-1]) if met else None
    assert view.severe(at, errors=errors, forward=forward) == wanted


def test_no_events_have_no_files_to_hide() -> None:
    order = Order(columns_of([]))
    assert len(order.choose(None, hidden={0})) == 0
    assert order.of_files({0}).tolist() == []


@given(st.lists(st.integers(0, 50)), st.integers(0, 50))
def test_the_next_place_is_the_next_of_a_list(places: list[int], at: int) -> None:
    some = np.array(sorted(set(places)), dtype=np.int64)
    assert step(some, at, forward=True) == min(
        (p for p in places if p > at), default=None
    )
    assert step(some, at, forward=False) == max(
        (p for p in places if p < at), default=None
    )


@given(
    st.integers(0, 20),
    st.sets(st.integers(0, 19)),
    st.dictionaries(st.integers(0, 19), st.integers(0, 4)),
)
def test_spacing_is_a_list_of_rows(
    lines: int, above: set[int], below: dict[int, int]
) -> None:
    above = {place for place in above if place < lines}
    below = {place: more for place, more in below.items() if place < lines}
    spacing = Spacing.of(lines, above)
    spacing.open(below)
    rows = []
    for place in range(lines):
        rows += [(place, -1)] if place in above else []
        rows += [(place, part) for part in range(below.get(place, 0) + 1)]
    assert spacing.height == len(rows)
    for number, (place, part) in enumerate(rows):
        spot = spacing.spot(number)
        assert spot is not None
        assert (spot.place, spot.part) == (place, part)
        if part == 0:
            assert spacing.row_of(place) == number
            assert spacing.around(place) == (number, number + below.get(place, 0))
    assert spacing.spot(len(rows)) is None


@given(st.integers(-(10**15), 10**15), st.integers(0, 10**15), st.integers(0, 10**15))
def test_a_tick_is_as_near_as_its_unit(base: int, span: int, inside: int) -> None:
    scale = Scale.of(base, base + span)
    moment = base + min(inside, span)
    tick = scale.tick(moment)
    assert moment <= scale.time(tick) < moment + scale.unit
    assert scale.time(0) == NO_TIME
    assert not scale.short or tick < 1 << 32
    assert timedelta(microseconds=scale.unit) <= timedelta(milliseconds=10)
