"""An inbox: each bundle that comes to stand still in it is checked once.

What is checked is a private copy, hashed while it was made: whatever is exchanged
in the inbox meanwhile, a report is about the content that its entry names.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.clock import iso, now
from diag.watch.inboxfind import Left, Sight, look, mark_of
from diag.watch.inboxpage import page
from diag.watch.inboxshelf import Shelf, digest_of, safe_name
from diag.watch.inboxstate import Entry, Stage, State, Verdict, write_state
from diag.watch.inboxwork import private_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from diag.watch.inboxfind import Mark

MOST_BEGUN = 2  # a check that never ended so often is not begun again
AGAIN = 30.0  # seconds until what could not be read or written is tried again
INDEX = "index"


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a bundle; `reports` are contents by ending, such as `.json`."""

    verdict: Verdict
    said: str
    reports: dict[str, bytes]
    machines: tuple[str, ...] = ()
    counts: dict[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Ways:
    """What the command line hands in.

    `check` gets a private folder and the name of the bundle in it, and does not raise
    for anything that the bundle is; `failed` makes the reports of a failure; `told`
    is given each bundle that came to its end, and `warn` what is wrong with the inbox.
    `ended` says whether to leave the rest; a check that is under way raises `Ended`.
    """

    check: Callable[[Path, str], Checked]
    failed: Callable[[str, str], Checked]
    told: Callable[[str, Entry], None]
    warn: Callable[[str], None]
    ended: Callable[[], bool]


class Ended(Exception):  # noqa: N818 - says what happened, and is no error
    """A check was left, because all is to end."""


class Inbox:
    """One inbox and what is known of it."""

    def __init__(self, root: Path, place: Path, state: State, ways: Ways) -> None:
        """Take it up.

        Args:
            root: The folder.
            place: Where the state is kept.
            state: What was kept.
            ways: What the command line hands in.
        """
        self._root, self._place, self._state, self._ways = root, place, state, ways
        self._waiting: dict[str, tuple[Mark, float]] = {}
        self._later: dict[str, float] = {}
        self._trouble: dict[str, str] = {}
        self._unwritten: dict[str, Checked] = {}
        self.sight = Sight()

    @property
    def waiting(self) -> list[str]:
        """The bundles that are not done, in the order of their names."""
        return sorted({*self._waiting, *self._unwritten})

    @property
    def trouble(self) -> bool:
        """Whether something could not be read or written."""
        return bool(self._trouble)

    @property
    def verdicts(self) -> list[Verdict]:
        """How the bundles came out that lie in the inbox."""
        entries = self._state.entries.values()
        return [e.verdict for e in entries if e.stage is Stage.DONE and not e.gone]

    def round(self, settle: float, landed: Iterable[str]) -> None:
        """Look once, and check what stands still.

        Args:
            settle: How long, in seconds, a bundle must not have changed.
            landed: Bundles that were renamed into place, and are whole.

        Raises:
            OSError: The inbox cannot be listed, or the state not be kept.
        """
        self.sight = look(self._root, self._state.ours())
        self._note_gone()
        for name in self._due(settle, set(landed)):
            if self._ways.ended():
                return
            try:
                self._take(name)
            except Ended:
                return
            self.write_index()
        for name, checked in list(self._unwritten.items()):
            if self._may(name):
                self._publish(name, checked)
        self.write_index()

    def write_index(self) -> None:
        """Write the page, if it is another than before."""
        left = [*self.sight.left, *(Left(n, w) for n, w in self._trouble.items() if n)]
        content = page(self._state.entries, sorted(left, key=lambda one: one.name))
        digest = digest_of(content)
        try:
            with Shelf(self._root) as shelf:
                name = shelf.free_name(INDEX, ".html", self._state.index, "")
                if self._state.index == {name: digest} and shelf.status(name):
                    return
                before = self._state.index.get(name, "")
                self._state.index = {name: f"{before} {digest}".strip()}
                self._save()
                shelf.put(name, content)
            self._state.index = {name: digest}
            self._save()
            self._trouble.pop("", None)
        except OSError as error:
            self._warn("", f"the page cannot be written: {error.strerror or error}")

    def lost(self, error: OSError) -> None:
        """Tell that the inbox cannot be listed at the moment."""
        self._warn("", f"the inbox cannot be listed: {error.strerror or error}")

    def _note_gone(self) -> None:
        for name, entry in self._state.entries.items():
            entry.gone = name not in self.sight.bundles
        for known in (self._waiting, self._trouble, self._unwritten, self._later):
            for name in [n for n in known if n and n not in self.sight.bundles]:
                del known[name]

    def _due(self, settle: float, landed: set[str]) -> list[str]:
        """Return what is new or changed and has stood still, first come first."""
        moment = time.monotonic()
        for name, mark in self.sight.bundles.items():
            entry = self._state.entries.get(name)
            if entry and entry.stage is Stage.DONE and entry.mark == mark:
                self._waiting.pop(name, None)
            elif self._waiting.get(name, (None, 0))[0] != mark:
                self._waiting[name] = (mark, moment)
                self._unwritten.pop(name, None)
        due = [
            (since, name)
            for name, (_, since) in self._waiting.items()
            if (moment - since >= settle or name in landed) and self._may(name)
        ]
        return [name for _, name in sorted(due) if name not in self._unwritten]

    def _may(self, name: str) -> bool:
        return self._later.get(name, 0.0) <= time.monotonic()

    def _take(self, name: str) -> None:
        """Copy a bundle, and check the copy unless this content was checked."""
        with private_folder(self._place) as folder:
            digest = self._copy(name, folder)
            if not digest:
                return
            mark = self._waiting[name][0]
            entry = self._state.entries.get(name)
            if entry and entry.sha256 == digest and entry.stage is Stage.DONE:
                entry.mark = mark  # touched, or copied over itself
                self._save()
                self._waiting.pop(name, None)
                return
            entry = self._begin(name, digest, mark)
            if entry.begun > MOST_BEGUN:
                said = (
                    f"its check was begun {MOST_BEGUN} times and never came to an end"
                )
                checked = self._ways.failed(name, said)
            else:
                checked = self._check(folder, name, entry)
        self._publish(name, checked)

    def _check(self, folder: Path, name: str, entry: Entry) -> Checked:
        try:
            return self._ways.check(folder, name)
        except BaseException:  # being ended is no fault of the bundle
            entry.begun -= 1
            self._save()
            raise

    def _copy(self, name: str, folder: Path) -> str:
        """Copy a bundle to a private folder; returns its hash, or nothing."""
        case, _, base = name.rpartition("/")
        target = folder / "in" / name
        target.parent.mkdir(mode=0o700, parents=True)
        total = hashlib.sha256()
        try:
            with Shelf(self._root, case) as shelf, target.open("xb") as stream:
                for block in shelf.blocks(base):
                    if self._ways.ended():
                        raise Ended
                    total.update(block)
                    stream.write(block)
                status = shelf.status(base)
        except FileNotFoundError:
            return ""  # gone again
        except OSError as error:
            self._warn(name, f"it cannot be read: {error.strerror or error}")
            return ""
        self._trouble.pop(name, None)
        if status is None or mark_of(status) != self._waiting[name][0]:
            return ""  # it changed meanwhile: the next look sees it
        return total.hexdigest()

    def _begin(self, name: str, digest: str, mark: Mark) -> Entry:
        old = self._state.entries.get(name)
        same = old is not None and old.sha256 == digest
        entry = Entry(digest, mark, iso(now().replace(microsecond=0)))
        if old is not None:
            entry.reports = old.reports
            entry.begun = old.begun + 1 if same else 1
        self._state.entries[name] = entry
        self._save()
        return entry

    def _publish(self, name: str, checked: Checked) -> None:
        """Put the reports beside the bundle."""
        entry = self._state.entries[name]
        try:
            reports = self._put(name, entry, checked.reports)
        except OSError as error:
            self._unwritten[name] = checked
            self._warn(name, f"its report cannot be written: {error.strerror or error}")
            return
        self._finish(name, entry, checked, reports)

    def _put(
        self, name: str, entry: Entry, contents: dict[str, bytes]
    ) -> dict[str, str]:
        """Write reports, and remove those of the check before; returns their hashes."""
        case, slash, base = name.rpartition("/")
        stem, at = f"{safe_name(base)}.report", case + slash
        with Shelf(self._root, case) as shelf:
            ours = self._state.ours()
            made = {
                f"{at}{shelf.free_name(stem, ending, ours, at)}": data
                for ending, data in contents.items()
            }
            new = {path: digest_of(data) for path, data in made.items()}
            before = dict(entry.reports)
            # Known to be ours whenever this ends.
            for path, digest in new.items():
                entry.reports[path] = f"{before.get(path, '')} {digest}".strip()
            self._save()
            for path, data in made.items():
                shelf.put(path.rpartition("/")[2], data)
            for path in before.keys() - new.keys():
                base = path.rpartition("/")[2]
                if shelf.hash(base) in before[path].split():
                    shelf.remove(base)
        return new

    def _finish(
        self, name: str, entry: Entry, checked: Checked, reports: dict[str, str]
    ) -> None:
        entry.reports = reports
        entry.verdict, entry.said = checked.verdict, checked.said
        entry.machines = list(checked.machines)
        entry.counts = dict(checked.counts or {})
        entry.stage = Stage.DONE
        self._save()
        for known in (self._waiting, self._unwritten, self._trouble, self._later):
            known.pop(name, None)
        self._ways.told(name, entry)

    def _warn(self, name: str, text: str) -> None:
        """Tell of trouble once, and try again in a while."""
        self._later[name] = time.monotonic() + AGAIN
        if self._trouble.get(name) != text:
            self._trouble[name] = text
            self._ways.warn(f"{name}: {text}" if name else text)

    def _save(self) -> None:
        write_state(self._place, self._state)
