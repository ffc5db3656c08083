"""Keys for a screen that is not there yet wait for it, and are nobody else's."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.widgets import ContentSwitcher, Input

from diag.tui.case import Case
from diag.tui.dialogs import Prompt
from diag.tui.keys import keys_of
from tests.tui.logopened import log_of, program, seen, settled, typed
from tests.tui.opened import is_open

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.pilot import Pilot

    from diag.tui.app import TriageApp
    from diag.tui.logview.order import Order

CONDITION = 'Level == "error" and Log != "q1234567?r"'


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Hold the lines back until they may be sorted."""
    may = threading.Event()
    sort = Case.sort

    def late(case: Case) -> Order:
        may.wait(20)
        return sort(case)

    monkeypatch.setattr(Case, "sort", late)
    yield may
    may.set()


def current(pilot: Pilot[None]) -> str | None:
    """Return the screen that is shown."""
    return pilot.app.query_one(ContentSwitcher).current


async def _opened(pilot: Pilot[None], app: TriageApp) -> None:
    while not app.is_open:
        await pilot.pause(0.02)
    await pilot.pause()


def test_a_filter_that_is_typed_while_lines_are_sorted_is_a_filter(
    gate: threading.Event,
) -> None:
    app = program()

    async def run() -> None:
        async with app.run_test(size=(120, 40)) as pilot:
            await _opened(pilot, app)
            await pilot.press("3", "f")
            await typed(pilot, CONDITION)
            assert current(pilot) == "findings"
            assert f"{len(CONDITION) + 1} keys wait for the log" in seen(pilot)
            gate.set()
            await is_open(pilot)
            await pilot.pause()
            assert current(pilot) == "log"
            assert CONDITION in seen(pilot)
            await pilot.press("enter")
            await settled(pilot)
            assert len(log_of(pilot).log_view.view) == 11
            assert "wait for" not in seen(pilot)

    asyncio.run(run())


def test_keys_wait_from_the_opening_on_and_are_pressed_in_their_order(
    gate: threading.Event,
) -> None:
    app = program()

    async def run() -> None:
        async with app.run_test(size=(120, 40)) as pilot:
            assert not app.is_open
            await pilot.press("3", "g", "j", "j", *"03j", "2", "3", "k")
            await _opened(pilot, app)
            gate.set()
            await is_open(pilot)
            await pilot.pause(0.5)
            assert current(pilot) == "log"
            assert log_of(pilot).log_view.cursor == 4
            await pilot.press("q")
            assert current(pilot) == "findings"

    asyncio.run(run())


def test_what_is_typed_at_once_goes_where_it_belongs(gate: threading.Event) -> None:
    app = program()

    async def run() -> None:
        async with app.run_test(size=(120, 40)) as pilot:
            assert not app.is_open
            post(app, f"3f{CONDITION}")
            await _opened(pilot, app)
            await pilot.pause(0.1)
            assert f"{len(CONDITION) + 1} keys wait for the log" in seen(pilot)
            gate.set()
            await is_open(pilot)
            await pilot.pause(0.2)
            assert CONDITION in seen(pilot)
            post(app, "\x1b234")
            await comes(pilot, lambda: current(pilot) == "timeline")
            post(app, "3g")
            await comes(pilot, lambda: log_of(pilot).log_view.cursor == 0)
            post(app, "03j010jf1")
            line = log_of(pilot).query_one("#log-ask", Input)
            await comes(pilot, lambda: line.value == "1")
            assert log_of(pilot).log_view.cursor == 13

    asyncio.run(run())


async def comes(pilot: Pilot[None], what: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(300):
        if what():
            return
        await pilot.pause(0.01)
    raise AssertionError(seen(pilot))


def post(app: TriageApp, text: str) -> None:
    """Press keys faster than anything can be done."""
    names = {"\r": "enter", " ": "space", "\x1b": "escape", "/": "slash"}
    for one in text:
        character = one if one >= " " else None
        app.post_message(events.Key(names.get(one, one), character))


def test_escape_forgets_what_waits_and_q_leaves(gate: threading.Event) -> None:
    app = program()

    async def run() -> None:
        async with app.run_test(size=(120, 40)) as pilot:
            await _opened(pilot, app)
            await pilot.press("3", "f", "1", "q")
            assert "3 keys wait" in seen(pilot)
            await pilot.press("escape")
            assert "wait" not in seen(pilot).splitlines()[-1]
            gate.set()
            await is_open(pilot)
            await pilot.pause(0.1)
            assert current(pilot) == "findings"
            assert not log_of(pilot).query_one("#log-asking").display

    asyncio.run(run())
    gate.clear()
    again = program()

    async def leave() -> None:
        async with again.run_test(size=(120, 40)) as pilot:
            await _opened(pilot, again)
            await pilot.press("3", "j", "q")
            await pilot.pause()
            gate.set()

    asyncio.run(leave())
    assert again.return_code == 0


def test_a_key_of_the_screen_that_comes_back_waits_for_it(
    gate: threading.Event,
) -> None:
    gate.set()
    for text in ("", 'Level == "error"'):
        app = program()

        async def run(app: TriageApp = app, text: str = text) -> None:
            async with app.run_test(size=(120, 40)) as pilot:
                await _opened(pilot, app)
                if text:
                    await pilot.press("f")
                    await typed(pilot, text)
                    assert current(pilot) == "findings"
                    gate.set()
                    await is_open(pilot)
                    await pilot.pause(0.1)
                    await pilot.press("enter")
                    await settled(pilot)
                    assert len(log_of(pilot).log_view.view) == 11
                else:
                    await is_open(pilot)
                    await pilot.press("3")
                    app.keep_session()

        asyncio.run(run())
        gate.clear()


def test_keys_behind_the_end_of_a_text_are_no_part_of_it() -> None:
    app = program()

    async def run() -> None:
        async with app.run_test(size=(120, 40)) as pilot:
            await is_open(pilot)
            await pilot.press("3")
            for text in (
                "f" + 'Level == "error"' + "\rm",
                "note\r",
                "t10:50\rg",
                "/xyz\x1bj",
            ):
                post(app, text)
                await settled(pilot)
                await pilot.pause(0.1)
                if text.endswith("m"):
                    assert isinstance(app.screen, Prompt)
            assert log_of(pilot).showing.filter == 'Level == "error"'
            assert list(app.session.bookmarks.values()) == ["note"]
            assert log_of(pilot).log_view.cursor == 1

    asyncio.run(run())


def test_keys_of_the_log_that_begin_a_text_are_known() -> None:
    first = {key.id for key in keys_of("log") if key.first}
    assert first == {"search", "filter", "time"}
