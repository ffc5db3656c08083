"""Help and palette: everything that can be done, from the table of keys."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from textual.content import Content

from diag.errors import UsageError
from diag.tui.helpscreen import HelpScreen
from diag.tui.keys import KEYS, SCREENS, checked, keys_of
from diag.tui.palette import Everything
from diag.tui.panes.findings import FindingsPane
from tests.tui.opened import drive, program, seen, settled

if TYPE_CHECKING:
    from textual.command import DiscoveryHit, Hit
    from textual.pilot import Pilot

    from diag.tui.app import TriageApp


@pytest.mark.parametrize("screen", [name for name, _ in SCREENS])
def test_ids_are_unique_and_no_screen_has_a_key_twice(screen: str) -> None:
    assert len({key.id for key in KEYS}) == len(KEYS)
    assert checked({}) == {}
    assert keys_of(screen)


def test_help_lists_the_keys_of_the_screen_and_finds_some() -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("7", "question_mark")
        await pilot.pause()
        text = seen(pilot)
        assert "Keys of Files" in text
        assert "what is odd" in text
        await pilot.press(*"screen", "space", *"query")
        await pilot.pause()
        assert "the screen Query" in seen(pilot)
        assert "what is odd" not in seen(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert app.pane.id == "query"

    drive(app, steps, size=(100, 40))


def test_help_does_what_a_key_of_a_list_does() -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("1", "question_mark", *"last", "space", *"row", "enter")
        await settled(pilot)
        sheet = app.pane.first
        assert sheet.has_focus
        assert sheet.scroll_offset.y > 0

    drive(app, steps)


def test_help_closes_without_doing_anything() -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("question_mark", *"nothing like it", "enter")
        assert not isinstance(app.screen, HelpScreen)
        await pilot.press("question_mark", "escape")
        assert not isinstance(app.screen, HelpScreen)
        assert app.pane.id == "findings"

    drive(app, steps)


def test_the_users_keys_are_shown_and_work() -> None:
    app = program(quick=True, keymap=checked({"problems": "P", "help": "K"}))

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("7")
        assert "P problems" in seen(pilot)
        await pilot.press("P")
        await pilot.pause()
        assert "PROBLEMS" in seen(pilot)
        await pilot.press("K")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)

    drive(app, steps)


@pytest.mark.parametrize(
    ("keymap", "said"),
    [
        ({"nonsense": "x"}, "there is no key 'nonsense'"),
        ({"help": "q"}, "the key 'q' would be"),
        ({"problems": "j"}, "the key 'j' would be"),
        ({"help": ""}, "is no name of a key"),
        ({"help": "ctrl+"}, "is no name of a key"),
    ],
)
def test_keys_that_cannot_be_are_refused(keymap: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("'", "'")):
        checked(keymap)


async def offered(app: TriageApp, text: str) -> list[Hit | DiscoveryHit]:
    """Return what the palette offers for some letters."""
    palette = Everything(app.screen)
    hits = palette.search(text) if text else palette.discover()
    return [hit async for hit in hits]


def test_the_palette_offers_keys_screens_findings_and_files() -> None:
    app = program()

    async def steps(pilot: Pilot[None]) -> None:
        every = [hit.text or "" for hit in await offered(app, "")]
        for key in keys_of("findings"):
            if not key.id.startswith("screen-") and key.id != "palette":
                assert any(key.about[1:] in text for text in every), key.id
        for _, title in SCREENS:
            name = title.lower()
            assert (f"Screen: {title}" in every) == (name in app.names)
        files = await offered(app, "himds.log")
        assert any("var/opt/azcmagent/log/himds.log" in (h.text or "") for h in files)
        for hit in (*files, *await offered(app, "ARC-HB-004")):
            assert isinstance(hit.prompt, Content)
            assert hit.help is None
        await pilot.press("ctrl+p", *"ARC-HB-004")
        await asyncio.sleep(0.3)
        await pilot.press("enter")
        await settled(pilot)
        pane = app.pane
        assert isinstance(pane, FindingsPane)
        assert pane.finding
        assert pane.finding.rule == "ARC-HB-004"

    drive(app, steps)
