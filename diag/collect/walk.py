"""Finding candidates: down from the root, one name from one open folder at a time."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Any, NamedTuple

from diag.collect.folders import identity_of, is_file, is_folder, is_link
from diag.collect.told import (
    DENY_LIST,
    OVER,
    SPECIAL,
    Left,
    reason_of,
    why,
)
from diag.collect.trie import below, best_of, listing_of, tree_of, wanted

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from diag.collect.folders import Identity
    from diag.collect.plan import Candidate, Plan
    from diag.collect.trie import Node

MOST_FILES = 20000
DEEPEST = 32
LONGEST_NAME = 4096  # bytes


class Found(NamedTuple):
    """A file that is wanted, as it was when the folder was looked through."""

    parts: tuple[str, ...]
    candidate: Candidate
    identity: Identity
    folders: tuple[Identity, ...]  # those on the way, the root first
    size: int
    allocated: int  # bytes on the disk; less than the size if it has holes
    mtime: float
    links: int
    own: bool  # in one of the agent's own folders

    @property
    def name(self) -> str:
        """What its member is called."""
        return "/".join(self.parts)


class Place(NamedTuple):
    """An open folder on the way down, and what may stand below it."""

    folder: Any
    parts: tuple[str, ...]
    nodes: Sequence[Node]
    chain: tuple[Identity, ...]
    own: bool


class Walk:
    """One look through a root. `found`, `left` and `listings` are the result."""

    def __init__(self, plan: Plan, system: str) -> None:
        """Take what is looked for, and on which system."""
        self._plan = plan
        self._tree = tree_of(c for c in plan.candidates if c.system == system)
        self.found: list[Found] = []
        self.left: list[Left] = []
        self.listings: list[str] = []
        self.met: set[str] = set()  # kinds of files of which there was one
        self._listed: set[tuple[str, ...]] = set()

    def run(self, folder: Any) -> None:
        """Look through a root.

        Args:
            folder: Open; a `Folder` or what is like one.
        """
        self._into(Place(folder, (), [self._tree], (folder.identity,), False))

    def _into(self, place: Place) -> None:
        try:
            names = place.folder.names(lambda name: wanted(place.nodes, name))
        except OSError as error:
            self._leave(place.parts, reason_of(error), why(error))
            return
        for name in names:
            if len(self.found) >= MOST_FILES:
                text = f"there are more than {MOST_FILES:,} files"
                self._leave(place.parts, OVER, text)
                return
            self._one(place, name)

    def _one(self, place: Place, name: str) -> None:
        parts = (*place.parts, name)
        nodes = below(place.nodes, name)
        best = best_of(nodes)
        try:
            status = place.folder.look(name)
        except OSError as error:
            self._leave(parts, reason_of(error), why(error))
            return
        never = self._plan.never
        if is_folder(status):
            if never.folder(name):
                self._leave(parts, DENY_LIST, "nothing in such a folder is looked at")
            else:
                self._folder(place, name, nodes, status)
        elif best is None:
            # The links of a root, such as lib, lead to what is looked at anyway.
            if is_link(status) and place.parts:
                self._leave(parts, SPECIAL, what_it_is(status))
        elif never.file(name):
            self.met.add(best.key)
            self._leave(parts, DENY_LIST, "no file of such a name is opened")
        else:
            self._file(place, parts, best, status)

    def _folder(
        self, place: Place, name: str, nodes: list[Node], status: os.stat_result
    ) -> None:
        parts = (*place.parts, name)
        own = place.own or "/".join(parts).lower() in self._plan.own
        if place.own and status.st_dev != place.chain[-1].device:
            text = "another file system is mounted there"
            self._leave(parts, SPECIAL, text)
            return
        try:
            with place.folder.enter(name) as inner:
                chain = (*place.chain, inner.identity)
                listing = listing_of(nodes)
                if listing is not None:
                    self._list(inner, parts, listing.depth)
                if any(node.children for node in nodes):
                    self._into(Place(inner, parts, nodes, chain, own))
        except OSError as error:
            self._leave(parts, reason_of(error), why(error))

    def _file(
        self,
        place: Place,
        parts: tuple[str, ...],
        best: Candidate,
        status: os.stat_result,
    ) -> None:
        name = "/".join(parts)
        self.met.add(best.key)
        if not is_file(status):
            self._leave(parts, SPECIAL, what_it_is(status))
        elif len(name.encode("utf-8", "surrogateescape")) > LONGEST_NAME:
            self._leave(parts, OVER, f"its name has more than {LONGEST_NAME:,} bytes")
        else:
            self.found.append(
                Found(
                    parts=parts,
                    candidate=best,
                    identity=identity_of(status),
                    folders=place.chain,
                    size=status.st_size,
                    allocated=allocated_of(status),
                    mtime=status.st_mtime,
                    links=status.st_nlink,
                    own=place.own,
                )
            )

    def _list(self, folder: Any, parts: tuple[str, ...], depth: int) -> None:
        from diag.collect.listing import list_folder

        if parts in self._listed:
            return
        self._listed.add(parts)
        list_folder(folder, parts, depth, self._plan.never, self.listings, self.left)

    def _leave(self, parts: tuple[str, ...], reason: str, detail: str) -> None:
        self.left.append(Left("/".join(parts) or "/", reason, detail))


def allocated_of(status: os.stat_result) -> int:
    """Return how many bytes a file takes on the disk, as far as it is known."""
    blocks = getattr(status, "st_blocks", None)
    return status.st_size if blocks is None else blocks * 512


def what_it_is(status: os.stat_result) -> str:
    """Return a word for what is no regular file."""
    mode = status.st_mode
    if is_link(status):
        return "it is a link and not followed"
    for test, text in (
        (stat.S_ISFIFO, "it is a pipe"),
        (stat.S_ISSOCK, "it is a socket"),
        (stat.S_ISDIR, "it is a folder"),
    ):
        if test(mode):
            return text
    return "it is a device"


def open_again(root: Any, found: Found) -> tuple[int, Any]:
    """Open a file that a walk found, the same way down.

    Args:
        root: The root that was walked, still open.
        found: The file.

    Returns:
        Its descriptor, and its folder, still open.

    Raises:
        OSError: It is gone, may not be read, or a folder on the way was exchanged.
    """
    from diag.collect.folders import SwappedError

    folder = root
    for depth, name in enumerate(found.parts[:-1], 1):
        try:
            inner = folder.enter(name)
        finally:
            if folder is not root:
                folder.close()
        folder = inner
        if folder.identity != found.folders[depth]:
            folder.close()
            raise SwappedError("a folder on the way was exchanged")
    try:
        return folder.file(found.parts[-1]), folder
    except OSError:
        if folder is not root:
            folder.close()
        raise
