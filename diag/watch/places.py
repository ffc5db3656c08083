"""Which files there are to follow: below a folder, or in the agent's own folders.

Links are never followed: whoever may write to a folder of logs could otherwise show us
any file of the server. What is left out for that is told.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from diag.bundle.names import path_text
from diag.collect.folders import Folder, is_file, is_folder, is_link
from diag.collect.roots import close_roots, open_roots, zone_of
from diag.collect.walk import Walk, what_it_is
from diag.collect.windows import Drive, WindowsFolder, usual_places

if TYPE_CHECKING:
    from diag.collect.plan import Never, Plan

MOST_FILES = 2_000
DEEPEST = 12
# What the collector looks at beside the agent's logs, and what is not followed: the
# system's log and those of its packages are busy, and old logs do not grow.
LEFT_OUT = frozenset({"system", "packages", "packed", "listing"})
SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Place:
    """A file: what it is called as a member of a bundle, and where it lies.

    `parts` lead from the folder `top` to it; an empty `top` is the running system.
    """

    name: str
    path: Path
    top: str
    parts: tuple[str, ...]

    def open(self) -> int:
        """Return the file's descriptor; no link on the way is followed.

        Raises:
            OSError: It is gone, no regular file, or may not be read.
        """
        folder = _top(self.top)
        try:
            for part in self.parts[:-1]:
                inner = folder.enter(part)
                folder.close()
                folder = inner
            number: int = folder.file(self.parts[-1])
            return number
        finally:
            folder.close()

    def status(self) -> os.stat_result | None:
        """Return what stands in its place, itself and not what it leads to."""
        try:
            return self.path.lstat()
        except OSError:
            return None


def _top(path: str) -> Any:  # noqa: ANN401 - folders of the systems have no common name
    if sys.platform == "win32":
        return WindowsFolder.at(path) if path else Drive(usual_places(os.environ))
    return Folder.at(path or os.sep)


@dataclass(slots=True)
class Found:
    """Files by their names, folders to look at, and what is not followed and why."""

    places: dict[str, Place] = field(default_factory=dict)
    folders: set[Path] = field(default_factory=set)
    left: dict[str, str] = field(default_factory=dict)


class Listing(Protocol):
    """Where files are looked for. `zone` is that of the machine, if it is known."""

    label: str
    zone: str

    def look(self) -> Found:
        """Return what is there now; nothing when the folder is missing."""


class FolderListing:
    """All regular files below one folder."""

    zone = ""

    def __init__(self, top: Path, never: Never) -> None:
        """Take the folder, which need not be there yet.

        Args:
            top: The folder.
            never: What the collector never opens, and so do we not.
        """
        self.top = top
        self._never = never
        name = top.name
        self.label = name if name not in {"", ".."} else top.resolve().name

    def look(self) -> Found:
        """Return what is there now."""
        found = Found()
        if self.top.is_dir():
            self._into(self.top, (), found)
        return found

    def _into(self, folder: Path, parts: tuple[str, ...], found: Found) -> None:
        found.folders.add(folder)
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            found.left[_named(parts)] = error.strerror or "it cannot be read"
            return
        for entry in entries:
            inner = (*parts, entry.name)
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:
                continue  # it went away meanwhile
            if self._is_denied(entry.name, status):
                continue
            if is_folder(status) and len(inner) <= DEEPEST:
                self._into(Path(entry.path), inner, found)
            elif is_file(status) and len(found.places) < MOST_FILES:
                name = _named(inner)
                place = Place(name, Path(entry.path), str(self.top), inner)
                found.places[name] = place
            elif is_link(status):
                found.left[_named(inner)] = what_it_is(status)

    def _is_denied(self, name: str, status: os.stat_result) -> bool:
        """Say whether keys and tokens may be there: nobody needs to be told of them."""
        never = self._never
        return never.folder(name) if is_folder(status) else never.file(name)


def _named(parts: tuple[str, ...]) -> str:
    return path_text("/".join(parts)) or "."


class SystemListing:
    """The agent's documented logs and documents, as the collector finds them."""

    def __init__(self, plan: Plan, root: str, label: str) -> None:
        """Take what is looked for.

        Args:
            plan: The collector's.
            root: A folder that holds a system; empty for the running one.
            label: What the machine is called when nothing says so.
        """
        wanted = [
            one
            for one in plan.candidates
            if one.component not in LEFT_OUT and one.kind != SETTINGS
        ]
        self._plan = plan._replace(candidates=tuple(wanted))
        self._root = root
        self.label = label
        self.zone = ""
        self.look()  # for the zone

    def look(self) -> Found:
        """Return what is there now."""
        found = Found()
        if self._root and not _holds_something(self._root):
            return found
        roots = open_roots(self._root)
        try:
            for root in roots:
                self.zone = self.zone or zone_of(root)
                walk = Walk(self._plan, root.system)
                walk.run(root.folder)
                self._take(walk, found)
        finally:
            close_roots(roots)
        return found

    def _take(self, walk: Walk, found: Found) -> None:
        for one in walk.found[:MOST_FILES]:
            path = self._path(one.parts)
            place = Place(path_text(one.name), path, self._root, one.parts)
            found.places[place.name] = place
            found.folders.add(path.parent)
        for left in walk.left:
            found.left[path_text(left.name)] = left.detail

    def _path(self, parts: tuple[str, ...]) -> Path:
        if sys.platform == "win32" and not self._root:
            return Path(usual_places(os.environ)[parts[0]]).joinpath(*parts[1:])
        return Path(self._root or os.sep).joinpath(*parts)


def _holds_something(root: str) -> bool:
    """Return whether a root is there; one that is empty may be mounted later."""
    try:
        return any(os.scandir(root))
    except OSError:
        return False
