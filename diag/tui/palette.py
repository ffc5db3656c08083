"""The command palette: every key, screen, finding and file by name.

The palette reads markup in a `str`, so everything reaches it as `Content`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

from diag.tui.door import content, inline
from diag.tui.goals import Found, OneFile
from diag.tui.keys import SCREENS, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from diag.tui.app import TriageApp

MOST_FILES = 2_000


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be done. `text` is drawn, and searched in."""

    text: str
    run: Callable[[], object]


class Everything(Provider):
    """All that can be done at the moment."""

    @property
    def triage(self) -> TriageApp:
        """The program."""
        from diag.tui.app import TriageApp

        assert isinstance(self.app, TriageApp)  # noqa: S101 - for the type checker
        return self.app

    async def search(self, query: str) -> Hits:
        """Yield what matches the letters."""
        matcher = self.matcher(query)
        for entry in self._entries():
            score = matcher.match(entry.text)
            if score > 0:
                yield Hit(score, content(entry.text), entry.run, text=entry.text)

    async def discover(self) -> Hits:
        """Yield what can be done, before anything is typed."""
        for entry in self._entries(files=False):
            yield DiscoveryHit(content(entry.text), entry.run, text=entry.text)

    def _entries(self, *, files: bool = True) -> Iterator[Entry]:
        app = self.triage
        if not app.is_open:
            return
        for name, title in SCREENS:
            if name in app.names:
                yield Entry(f"Screen: {title}", partial(app.action_show, name))
        for key in app.keys_here():
            if not key.id.startswith("screen-") and key.id != "palette":
                text = f"{key.about[0].upper()}{key.about[1:]}  ({shown(key.keys)})"
                yield Entry(text, partial(app.run_key, key))
        for number, one in enumerate(app.case.diagnosis.findings):
            text = inline(f"Finding: {one.rule}  {one.title}")
            yield Entry(text, partial(app.follow, Found(number)))
        if files:
            for file in app.case.diagnosis.files[:MOST_FILES]:
                text = inline(f"File: {file.file}")
                yield Entry(text, partial(app.follow, OneFile(file.file)))
