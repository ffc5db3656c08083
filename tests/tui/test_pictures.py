"""Pictures of the screens; a difference is looked at, then --snapshot-update."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from diag.tui.sheet import Sheet
from tests.tui.opened import WELL, is_open, program, settled, stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

SIZES = [(80, 24), (120, 40), (200, 60)]
LOOKS = [*((size, False) for size in SIZES), ((80, 24), True)]
NAMES = [f"{w}x{h}{'-plain' if plain else ''}" for (w, h), plain in LOOKS]
QUERY = (
    "Events | where Level == 'error' | project TimeGenerated, Log, File, Line | take 5"
)


async def overview(pilot: Pilot[None]) -> None:
    await pilot.press("1", "down", "down")


async def files(pilot: Pilot[None]) -> None:
    await pilot.press("7", "G")


async def query(pilot: Pilot[None]) -> None:
    await pilot.press("6")
    editor: Any = pilot.app.query_one("#query-text")
    editor.text = QUERY
    editor.cursor_blink = False
    await pilot.press("ctrl+r")
    await settled(pilot)
    assert pilot.app.query_one("#query-rows", Sheet).rows


async def wrong(pilot: Pilot[None]) -> None:
    await pilot.press("6")
    editor: Any = pilot.app.query_one("#query-text")
    editor.cursor_blink = False
    editor.text = "Events\n| where Levle == 'error'"
    await pilot.press("ctrl+r")
    await settled(pilot)


async def compare(pilot: Pilot[None]) -> None:
    await pilot.press("5")
    await settled(pilot)
    await pilot.press("down")


async def keys(pilot: Pilot[None]) -> None:
    await pilot.press("question_mark")
    field: Any = pilot.app.screen.query_one("Input")
    field.cursor_blink = False
    await pilot.pause()


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("size", "plain"), LOOKS, ids=NAMES)
@pytest.mark.parametrize("screen", [overview, files, query, wrong, compare, keys])
def test_it_looks_as_it_did(
    screen: Callable[[Pilot[None]], Any],
    size: tuple[int, int],
    plain: bool,  # noqa: FBT001 - a parameter of a test
    snap_compare: Callable[..., bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if plain:
        monkeypatch.setenv("NO_COLOR", "1")

    async def steps(pilot: Pilot[None]) -> None:
        await is_open(pilot)
        await screen(pilot)
        await settled(pilot)

    whole = screen in (overview, compare)  # where findings matter
    app = program(against=stored(WELL), quick=not whole)
    assert snap_compare(app, terminal_size=size, run_before=steps)
