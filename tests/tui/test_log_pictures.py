"""Pictures of log and timeline; a difference is looked at, then --snapshot-update."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.tui.logopened import program, settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from diag.tui.app import TriageApp

SIZES = [(80, 24), (120, 40), (200, 60)]
LOOKS = [*((size, False) for size in SIZES), ((80, 24), True)]
NAMES = [f"{w}x{h}{'-plain' if plain else ''}" for (w, h), plain in LOOKS]


async def log(pilot: Pilot[None]) -> None:
    await pilot.press("3", "D", "slash", *"certstore", "enter")
    await settled(pilot)
    await pilot.press("enter")


async def timeline(pilot: Pilot[None]) -> None:
    await pilot.press("4")
    await settled(pilot)
    await pilot.press("end", *"zzzz", "j", "space", *"hhhh")


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("size", "plain"), LOOKS, ids=NAMES)
@pytest.mark.parametrize("screen", [log, timeline])
def test_it_looks_as_it_did(
    screen: Callable[[Pilot[None]], Any],
    size: tuple[int, int],
    plain: bool,  # noqa: FBT001 - a parameter of a test
    snap_compare: Callable[..., bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if plain:
        monkeypatch.setenv("NO_COLOR", "1")
    app: TriageApp = program()

    async def steps(pilot: Pilot[None]) -> None:
        while not app.is_sorted:
            await pilot.pause(0.02)
        await pilot.pause()
        await screen(pilot)
        await settled(pilot)
        app.clear_notifications()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=steps)
