"""What somebody did in a case, kept for the next time: marks, notes, filters, place.

One JSON file for each case in the user's state folder, readable by the user alone and
written whole or not at all. The key is what the bundles hold, so that a case is found
again wherever its files lie now.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from diag.store.cache import key_of, state_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from diag.model import Finding

FORM = 1
MOST_BYTES = 4_000_000
MOST_PAST = 50  # texts that are offered again

Place = tuple[str, int]  # file and line
Subject = tuple[str, str, str, str]  # rule, computer, subject, title


class Foreign(Exception):  # noqa: N818 - says what the file is
    """The file is not one that this version wrote."""


@dataclass(slots=True)
class Session:
    """What is kept of a case.

    `bookmarks` are notes by place, `notes` those of findings. `filter`, `level`,
    `hidden`, `untimed`, `zone` and `search` are of the log, `at` is the place of its
    cursor and `screen` the name of the screen. `past` are texts typed before, by what
    they were typed for.
    """

    bookmarks: dict[Place, str] = field(default_factory=dict)
    notes: dict[Subject, str] = field(default_factory=dict)
    filter: str = ""
    level: int = 0
    hidden: list[str] = field(default_factory=list)
    untimed: bool = False
    zone: int = 0
    search: str = ""
    at: Place | None = None
    screen: str = ""
    past: dict[str, list[str]] = field(default_factory=dict)

    def remember(self, what: str, text: str) -> None:
        """Keep a text that was typed, the newest last."""
        if text:
            kept = [one for one in self.past.get(what, []) if one != text]
            self.past[what] = [*kept, text][-MOST_PAST:]

    def note_of(self, one: Finding) -> str:
        """Return the note of a finding, or nothing."""
        return self.notes.get(subject_of(one), "")


def subject_of(one: Finding) -> Subject:
    """Return by what a finding is known again."""
    return one.rule, one.computer, one.subject, one.title


def session_path(hashes: Sequence[str]) -> Path:
    """Return where the session of a case lies or would lie.

    Args:
        hashes: Those of its bundles, in their order.
    """
    return state_folder() / f"triage-{key_of(hashes)}.json"


def read_session(path: Path) -> tuple[Session, str]:
    """Return what was kept, and what is wrong with it if it is left aside."""
    import orjson

    try:
        large = path.stat().st_size > MOST_BYTES
        return _session({} if large else orjson.loads(path.read_bytes())), ""
    except FileNotFoundError:
        return Session(), ""
    except OSError as error:
        why = error.strerror or str(error)
    except Foreign as error:
        why = str(error)
    except ValueError:
        why = "it is damaged"
    return Session(), f"what was kept of this case is not used: {why} ({path})"


def write_session(path: Path, session: Session) -> str:
    """Keep a session; returns what is wrong if that fails."""
    import orjson

    data = {
        "form": FORM,
        "bookmarks": [[*at, note] for at, note in session.bookmarks.items()],
        "notes": [[*about, note] for about, note in session.notes.items()],
        "at": list(session.at) if session.at else None,
        **{name: getattr(session, name) for name in PLAIN},
    }
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        with os.fdopen(_create(partial), "wb") as stream:
            stream.write(orjson.dumps(data))
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except (OSError, TypeError) as error:
        try:
            partial.unlink(missing_ok=True)
        except OSError:
            return f"marks and notes cannot be kept: {error}"
        return f"marks and notes cannot be kept: {error}"
    return ""


def _create(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


PLAIN: dict[str, type] = {
    "filter": str,
    "level": int,
    "hidden": list,
    "untimed": bool,
    "zone": int,
    "search": str,
    "screen": str,
    "past": dict,
}


def _session(data: Any) -> Session:  # noqa: ANN401 - what JSON gave
    """Return a session, if the data are one that this version wrote."""
    if not isinstance(data, dict) or "form" not in data:
        raise Foreign("it is no session of arcdiag")
    if data["form"] != FORM:
        raise Foreign("another version wrote it")
    for name, kind in PLAIN.items():
        if type(data.get(name)) is not kind:
            raise Foreign("it is damaged")
    try:
        made = Session(**{name: data[name] for name in PLAIN})
        made.bookmarks = {(_text(f), int(n)): _text(t) for f, n, t in data["bookmarks"]}
        made.notes = {
            (_text(a), _text(b), _text(c), _text(d)): _text(t)
            for a, b, c, d, t in data["notes"]
        }
        made.at = (_text(data["at"][0]), int(data["at"][1])) if data["at"] else None
        made.hidden = [_text(one) for one in made.hidden]
        made.past = {_text(k): [_text(t) for t in v] for k, v in made.past.items()}
    except (KeyError, TypeError, IndexError) as error:
        raise Foreign("it is damaged") from error
    return made


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Foreign("it is damaged")
    return value
