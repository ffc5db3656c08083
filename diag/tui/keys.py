"""The one table of keys: bindings, footer, help, documentation and a test come from it.

Nothing needs Alt, F-keys or a mouse. Each key has an id by which the configuration can
give it other keys.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.binding import Binding

from diag.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EVERYWHERE, LISTS = "everywhere", "lists"


@dataclass(frozen=True, slots=True)
class Key:
    """A key: what it is called, what it does, and where.

    `keys` are Textual's names, separated by commas; `foot` is a word for the footer,
    empty to leave it out; `pane` is that of the screen, or `EVERYWHERE`. `first`: the
    program takes the key before the widget does, so that what is typed right behind
    it goes where it belongs.
    """

    id: str
    keys: str
    action: str
    about: str
    pane: str = EVERYWHERE
    foot: str = ""
    first: bool = False


SCREENS = (
    ("overview", "Overview"),
    ("findings", "Findings"),
    ("log", "Log"),
    ("timeline", "Timeline"),
    ("compare", "Compare"),
    ("query", "Query"),
    ("files", "Files"),
)

# Screens whose lists are a `Sheet`, which has keys of its own.
LISTED = ("overview", "compare", "query", "files")

KEYS: tuple[Key, ...] = (
    *(
        Key(f"screen-{name}", str(n), f"app.show('{name}')", f"the screen {title}")
        for n, (name, title) in enumerate(SCREENS, 1)
    ),
    Key("help", "question_mark,f1", "app.help", "the keys of this screen", foot="help"),
    Key("palette", "ctrl+p", "app.command_palette", "everything by name", foot="all"),
    Key("back", "escape", "app.back", "back to where you came from"),
    Key("quit", "q", "app.leave", "back, and out of the program", foot="quit"),
    Key("evidence", "enter", "evidence", "its evidence in the log", "findings", "log"),
    Key("next-proof", "n", "proof(1)", "the next line of its evidence", "findings"),
    Key("last-proof", "N", "proof(-1)", "the line of evidence before", "findings"),
    Key("step", "c", "copy", "copy the commands of its remedy", "findings", "copy"),
    Key("note", "a", "note", "add a note to the finding", "findings", "note"),
    Key("export", "r", "app.export", "write a report with the notes", foot="report"),
    Key("down", "j,down", "move(1)", "down", "log"),
    Key("up", "k,up", "move(-1)", "up", "log"),
    Key("page-down", "pagedown,space", "page(1)", "a screen down", "log"),
    Key("page-up", "pageup,b", "page(-1)", "a screen up", "log"),
    Key("half-down", "ctrl+d", "page(0.5)", "half a screen down", "log"),
    Key("half-up", "ctrl+u", "page(-0.5)", "half a screen up", "log"),
    Key("count", "0", "app.count", "a number before a motion: 020j, 05e", "log"),
    Key("top", "g,home", "top", "the first line", "log"),
    Key("end", "G,end", "bottom", "the last line; 0120G: line 120", "log"),
    Key("left", "h,left", "sideways(-20)", "the text to the right", "log"),
    Key("right", "l,right", "sideways(20)", "the text to the left", "log"),
    Key("next-error", "e", "severe(True, True)", "the next error", "log", "error"),
    Key("last-error", "E", "severe(True, False)", "the error before", "log"),
    Key("next-warning", "w", "severe(False, True)", "the next warning", "log"),
    Key("last-warning", "W", "severe(False, False)", "the warning before", "log"),
    Key("search", "slash", "search", "search in the text", "log", "search", first=True),
    Key("next-hit", "n", "hit(True)", "the next hit", "log"),
    Key("last-hit", "N", "hit(False)", "the hit before", "log"),
    Key(
        "filter",
        "f",
        "filter",
        "filter by a condition in KQL",
        "log",
        "filter",
        first=True,
    ),
    Key("suspend", "x", "suspend", "filters off, and on again", "log"),
    Key("level", "v", "level", "all, warnings, errors", "log", "level"),
    Key("include", "plus", "value(True)", "only lines like this: in what", "log", "±"),
    Key("exclude", "minus", "value(False)", "hide lines like this: in what", "log"),
    Key("same-id", "o", "same(True)", "the next line of this activity", "log"),
    Key("same-id-back", "O", "same(False)", "the line of this activity before", "log"),
    Key("next-silence", "s", "silence(True)", "the next silence", "log"),
    Key("last-silence", "S", "silence(False)", "the silence before", "log"),
    Key("next-rate", "y", "rate(True)", "the next change of rate", "log"),
    Key("last-rate", "Y", "rate(False)", "the change of rate before", "log"),
    Key("time", "t", "time", "go to a time", "log", "time", first=True),
    Key("zone", "T", "zone", "times in UTC, of the machine, of this computer", "log"),
    Key("unfold", "enter", "unfold", "all of the record, here", "log", "unfold"),
    Key("pane", "p", "details", "the details below", "log"),
    Key("record", "P", "record", "all fields of the record, in rows", "log"),
    Key("bytes", "B", "bytes", "the bytes of the record in its source", "log"),
    Key("wrap", "z", "wrap", "wrap long lines", "log"),
    Key("mark", "m", "mark", "a bookmark with a note", "log", "mark"),
    Key("next-mark", "u", "marked(True)", "the next bookmark", "log"),
    Key("last-mark", "U", "marked(False)", "the bookmark before", "log"),
    Key("marks", "M", "marks", "the list of bookmarks", "log"),
    Key("next-finding", "d", "proof(True)", "the next line of evidence", "log"),
    Key("last-finding", "D", "proof(False)", "the line of evidence before", "log"),
    Key("rules", "R", "rules", "which rules looked at this line", "log", "rules"),
    Key("logs", "L", "logs", "show and hide logs", "log", "logs"),
    Key("copy", "c", "copy(False)", "copy the line", "log"),
    Key("copy-raw", "C", "copy(True)", "copy all of the record", "log"),
    Key("to-timeline", "i", "timeline", "the timeline at this time", "log"),
    Key("choose", "enter", "choose", "open what is selected", LISTS, "open"),
    Key("list-down", "j,down", "move(1)", "down", LISTS),
    Key("list-up", "k,up", "move(-1)", "up", LISTS),
    Key("list-page-down", "pagedown,space", "page(1)", "a screen down", LISTS),
    Key("list-page-up", "pageup,b", "page(-1)", "a screen up", LISTS),
    Key("list-count", "0", "app.count", "a number before a motion: 020j", LISTS),
    Key("list-top", "g,home", "top", "the first row", LISTS),
    Key("list-end", "G,end", "bottom", "the last row", LISTS),
    Key("list-left", "h,left", "sideways(-20)", "the text to the right", LISTS),
    Key("list-right", "l,right", "sideways(20)", "the text to the left", LISTS),
    Key("other", "o", "other", "compare with another source", "compare", "other"),
    Key("problems", "exclamation_mark", "problems", "what is odd", "files", "problems"),
    Key("run", "ctrl+r,ctrl+j,ctrl+enter", "run", "run the query", "query", "run"),
    Key("complete", "tab", "complete", "complete a word; to the rows", "query", "word"),
    Key("earlier", "ctrl+up", "earlier(-1)", "the query before", "query", "before"),
    Key("later", "ctrl+down", "earlier(1)", "the query after", "query"),
    Key("edit", "i", "edit", "to the editor", "query", "edit"),
    Key("chart", "v", "chart", "rows or chart", "query", "chart"),
    Key("save", "x", "save", "write rows as csv, json or jsonl", "query", "save"),
    Key("earlier-time", "h,left", "move(-1)", "earlier", "timeline"),
    Key("later-time", "l,right", "move(1)", "later", "timeline"),
    Key("page-later", "pagedown,L", "move(20)", "much later", "timeline"),
    Key("page-earlier", "pageup,H", "move(-20)", "much earlier", "timeline"),
    Key("first-time", "g,home", "ends(False)", "the beginning", "timeline"),
    Key("last-time", "G,end", "ends(True)", "the end", "timeline"),
    Key("lane-down", "j,down", "lane(1)", "the lane below", "timeline"),
    Key("lane-up", "k,up", "lane(-1)", "the lane above", "timeline"),
    Key("closer", "z,plus", "zoom(0.5)", "closer", "timeline", "zoom"),
    Key("wider", "Z,minus", "zoom(2.0)", "wider", "timeline", "wider"),
    Key("all-time", "0", "everything", "all of the time", "timeline", "all"),
    Key(
        "from", "space", "select", "select from here, or no more", "timeline", "select"
    ),
    Key("log-here", "enter", "log", "the log at this time", "timeline", "log"),
    Key(
        "filter-span", "f", "filter", "the log of this time only", "timeline", "filter"
    ),
    Key("later-rate", "y", "rate(True)", "the next change of rate", "timeline"),
    Key("earlier-rate", "Y", "rate(False)", "the change of rate before", "timeline"),
    Key("plot", "p", "plot", "errors and warnings as a plot", "timeline", "plot"),
    Key("ascii", "A", "ascii", "lanes in ASCII", "timeline"),
    Key("copy-lanes", "c", "copy", "copy the lanes", "timeline"),
)


def bindings(pane: str) -> list[Binding]:
    """Return the bindings of a screen, or with `EVERYWHERE` of all."""
    return [
        Binding(
            *(key.keys, key.action, key.about),
            show=False,
            id=key.id,
            priority=key.first,
        )
        for key in KEYS
        if key.pane == pane
    ]


def keys_of(pane: str, keymap: Mapping[str, str] | None = None) -> list[Key]:
    """Return the keys that work on a screen, its own first.

    Args:
        pane: Of the screen.
        keymap: The user's keys by id.
    """
    places = [pane, *([LISTS] if pane in LISTED else []), EVERYWHERE]
    given = keymap or {}
    return [
        replace(key, keys=given.get(key.id, key.keys))
        for place in places
        for key in KEYS
        if key.pane == place
    ]


# As Textual names keys: `j`, `G`, `slash`, `ctrl+shift+up`, `f1`.
WORD = re.compile(r"(?:(?:ctrl|shift|alt)\+)*(?:[a-zA-Z0-9]|[a-z][a-z_0-9]+)")
NAMES = {
    "question_mark": "?",
    "exclamation_mark": "!",
    "tab": "Tab",
    "slash": "/",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "escape": "Esc",
    "enter": "Enter",
    "pagedown": "PgDn",
    "pageup": "PgUp",
}


def shown(keys: str) -> str:
    """Return keys as people write them: `?`, `^p`, `PgDn`."""
    words = [NAMES.get(word, word) for word in keys.split(",")]
    return " ".join(f"^{w[5:]}" if w.startswith("ctrl+") else w for w in words)


def checked(keymap: Mapping[str, str]) -> dict[str, str]:
    """Return a user's keymap, if it can be used.

    Args:
        keymap: Keys by the id of what they do.

    Raises:
        UsageError: An id is unknown, or one key would do two things on a screen.
    """
    known = {key.id: key for key in KEYS}
    for name, keys in keymap.items():
        if name not in known:
            raise UsageError(f"there is no key '{name}'", hint="docs/triage.md has all")
        for word in keys.split(","):
            if not WORD.fullmatch(word.strip()):
                said = f"'{word.strip()}' is no name of a key ('{name}')"
                raise UsageError(said, hint="such as j, G, slash, ctrl+r or pagedown")
    for pane in [name for name, _ in SCREENS]:
        _no_conflict(keys_of(pane), keymap)
    return dict(keymap)


def _no_conflict(keys: Iterable[Key], keymap: Mapping[str, str]) -> None:
    taken: dict[str, str] = {}
    for key in keys:
        for word in keymap.get(key.id, key.keys).split(","):
            if (other := taken.get(word.strip())) is not None:
                said = f"the key '{word.strip()}' would be '{other}' and '{key.id}'"
                raise UsageError(said, hint="give one of them another key")
            taken[word.strip()] = key.id
