"""A random walk of keys and sizes, with a fixed seed: no exception, no dead end."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from diag.tui.app import TriageApp
from diag.tui.keys import KEYS
from tests.amount import ALL
from tests.tui.logopened import drive, program, seen

if TYPE_CHECKING:
    from textual.pilot import Pilot

STEPS = 250 if ALL else 80
LETTERS = [*'abE/ "=x', "tab", "backspace", "enter", "escape", "up", "down"]
# Leaving ends the walk; the clipboard and files are of the user.
NOT = {"quit", "export"}


@pytest.mark.parametrize("seed", [7])
def test_any_keys_in_any_order_do_no_harm(seed: int) -> None:
    chance = random.Random(seed)
    keys = [word for key in KEYS if key.id not in NOT for word in key.keys.split(",")]

    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, TriageApp)
        for number in range(STEPS):
            some = LETTERS if chance.random() < 0.25 else keys
            await pilot.press(chance.choice(some))
            if number % 25 == 0:
                await pilot.resize_terminal(
                    chance.choice((20, 40, 80, 200)), chance.choice((5, 16, 24, 60))
                )
            assert app.is_running
        await pilot.resize_terminal(80, 24)
        for _ in range(4):
            await pilot.press("escape")
        await pilot.press("3", "g", "G")
        await pilot.pause()
        assert "himds" in seen(pilot)

    drive(program(), steps)
