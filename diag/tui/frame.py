"""Header, tabs and footer: what stands around every screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.style import Style

from diag.clock import iso
from diag.tui.door import content, plain
from diag.tui.keys import SCREENS, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from diag.tui.case import Case
    from diag.tui.keys import Key

# Less than this shows nothing that helps.
LEAST_WIDTH, LEAST_HEIGHT = 40, 10


def who_content(case: Case, width: int) -> Content:
    """Return whose logs these are, and as of when; what has no room is left out.

    Args:
        case: What is looked at.
        width: Columns.
    """
    machines = case.standing.machines
    names = ", ".join(one.computer for one in machines[:2])
    if len(machines) > 2:  # noqa: PLR2004 - no room for more
        names += f" and {len(machines) - 2} more"
    system = ", ".join(dict.fromkeys(one.os or "system unknown" for one in machines))
    agents = ", ".join(dict.fromkeys(one.version or "unknown" for one in machines))
    moment = iso(case.diagnosis.now)
    zones = dict.fromkeys(one.zone for one in machines if one.zone)
    parts = [
        names or "no machine",
        case.standing.status,
        f"as of {moment}" if moment else "without a time",
        f"agent {agents}",
        system,
        f"zone {', '.join(zones)}" if zones else "",
    ]
    text = " arcdiag"
    for part in parts:
        if part and len(text) + 2 + len(part) <= width:
            text += f"  {part}"
    return content(text)


def tabs_content(
    current: str, there: Collection[str], counts: Mapping[str, str], width: int
) -> Content:
    """Return the tabs, each of which can be clicked.

    Args:
        current: The screen that is shown.
        there: Which screens there are.
        counts: What stands behind their names.
        width: Columns. With little room there are no counts, then only numbers.
    """
    tabs = [
        (number, name, title)
        for number, (name, title) in enumerate(SCREENS, 1)
        if name in there
    ]
    full = [f" {n} {title}{counts.get(name, '')} " for n, name, title in tabs]
    plainer = [f" {n} {title} " for n, _, title in tabs]
    short = [
        f" {n} {title} " if name == current else f" {n} " for n, name, title in tabs
    ]
    fitting = next(
        (some for some in (full, plainer) if sum(map(len, some)) <= width), short
    )
    return Content("").join(
        _clickable(text, f"app.show('{name}')", chosen=name == current)
        for text, (_, name, _) in zip(fitting, tabs, strict=True)
    )


def foot_content(keys: Sequence[Key], width: int) -> Content:
    """Return the keys of a screen that have a word for the footer.

    Args:
        keys: Of the screen, its own first.
        width: Columns; what has no room is left out, but help never is.
    """
    told = [key for key in keys if key.foot]
    last = [key for key in told if key.id in {"help", "quit"}]
    room = width - sum(map(_wide, last))
    made: list[Key] = []
    for key in told:
        if key not in last and _wide(key) <= room:
            made.append(key)
            room -= _wide(key)
    return Content("").join(
        part
        for key in (*made, *last)
        for part in (
            _clickable(f" {_name(key)}", _press(key), chosen=False, bold=True),
            _clickable(f" {key.foot} ", _press(key), chosen=False),
        )
    )


def _name(key: Key) -> str:
    return shown(key.keys).split()[0]


def _press(key: Key) -> str:
    return f"app.simulate_key('{key.keys.split(',')[0].strip()}')"


def _wide(key: Key) -> int:
    return len(_name(key)) + len(key.foot) + 3


def _clickable(text: str, action: str, *, chosen: bool, bold: bool = False) -> Content:
    """Return a text that does something when it is clicked; `action` is our own."""
    style = Style(bold=bold or chosen, reverse=chosen)
    return Content.styled(plain(text), style + Style.from_meta({"@click": action}))
