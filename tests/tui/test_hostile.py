"""Text of logs, files and queries is drawn; it never styles, links or controls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual.events import Paste

from diag.tui.editor import Editor
from tests.tui.opened import LOST, drive, is_open, program, seen, settled

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

EVIL = "[bold red]x[/] \x1b]0;owned\x07\x1b[31m \u202e [@click=app.quit]y[/]"
ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def hostile(folder: Path) -> Path:
    """Make a bundle in which every text that is shown is hostile."""
    show = (LOST / "commands" / "azcmagent-show.txt").read_text(encoding="utf-8")
    show = re.sub(r"(Agent Status +: ).*", lambda m: m[1] + EVIL, show)
    show = re.sub(r"(Resource Name +: ).*", lambda m: m[1] + EVIL, show)
    (folder / "commands").mkdir(parents=True)
    (folder / "commands" / "azcmagent-show.txt").write_text(show, encoding="utf-8")
    log = folder / "var" / "opt" / "azcmagent" / "log"
    log.mkdir(parents=True)
    line = f'time="2026-03-10T10:00:00Z" level=error msg="{EVIL}"\n'
    (log / "himds.log").write_text(line * 20, encoding="utf-8")
    (folder / "[red]evil[!].log").write_text(line, encoding="utf-8")
    return folder


async def look(pilot: Pilot[None]) -> str:
    """Return what is drawn, in which nothing acts."""
    await settled(pilot)
    text = seen(pilot)
    assert not ACTING.search(text)
    return text


def test_nothing_on_any_screen_acts(tmp_path: Path) -> None:
    source = hostile(tmp_path / "[red]case[!]")
    app = program(source, against=source)

    async def steps(pilot: Pilot[None]) -> None:
        await is_open(pilot)
        told = ""
        for number in range(1, 8):
            app.action_show(sorted(app.names)[number - 1])
            told += await look(pilot)
            await pilot.press("G")
            told += await look(pilot)
        assert "[red]evil[!].log" in told
        assert "[bold red]x[/] ␛]0;owned␇␛[31m" in told
        app.action_show("query")
        editor = app.query_one(Editor)
        editor.text = f'print a = "{EVIL}'
        editor.post_message(Paste(f"{EVIL}\n\x1b[32m"))
        await look(pilot)
        assert "␛[32m" in editor.text
        await pilot.press("ctrl+r")
        await look(pilot)
        await pilot.press("ctrl+p", *"evil")
        await pilot.pause(0.5)
        assert "[red]evil[!].log" in await look(pilot)
        assert app.is_running

    drive(app, steps, size=(160, 50))
