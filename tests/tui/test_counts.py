"""Numbers before motions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from textual.widgets import Static

from diag.store.browse import ERROR
from tests.tui.logopened import drive, log_of, program, settled

if TYPE_CHECKING:
    from textual.pilot import Pilot


def test_a_number_goes_before_a_motion() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3", "g")
        view = log_of(pilot).log_view
        for keys, expected in (
            ("020j", 20),
            ("03k", 17),
            ("0100j", 117),
            ("0120G", 119),
            ("0999999999G", len(view.view) - 1),
            ("099999k", 0),
        ):
            await pilot.press(*keys)
            assert view.cursor == expected, keys
        errors = np.flatnonzero(view.view.levels() >= ERROR).tolist()
        await pilot.press(*"g04e")
        assert view.cursor == errors[3]
        await pilot.press(*"02E")
        assert view.cursor == errors[1]
        await pilot.press(*"0900e")  # only as far as there are
        assert view.cursor == errors[-1]

    drive(program(), steps)


def test_a_number_can_be_given_up_and_goes_to_no_other_key() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3", "g")
        log = log_of(pilot)
        await pilot.press("0", "7")
        foot = str(log.app.query_one("#foot", Static).content)
        assert "7 … and a motion" in foot
        await pilot.press("escape", "j")
        assert log.log_view.cursor == 1
        assert log.triage.pane.id == "log"
        assert "motion" not in str(log.app.query_one("#foot", Static).content)
        await pilot.press("0", "5", "p")  # a key that takes no number
        assert log.query_one("#log-details").has_class("away")
        await pilot.press("0", "j", "slash", "0", "2", "0")
        assert log.log_view.cursor == 2
        assert log.query_one("#log-ask").value == "020"  # type: ignore[attr-defined]

    drive(program(), steps)


def test_lists_take_numbers_too() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("7")
        await settled(pilot)
        sheet = log_of(pilot).triage.pane.first
        await pilot.press(*"g03j")
        assert sheet.cursor >= 3  # type: ignore[attr-defined]
        await pilot.press(*"09k")
        first = sheet.cursor  # type: ignore[attr-defined]
        await pilot.press("g")
        assert sheet.cursor == first  # type: ignore[attr-defined]

    drive(program(), steps)
