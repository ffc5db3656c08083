"""What the first screen shows of a case that was open before, found without its store.

Sources, definitions, rules and our own code are known by size, times and place on the
disk, so that nothing of them is read. A source that changed is another one: its time
of change, which no program can set, is part of the name of the file. Whoever shows
what stands there still loads the case then, and looks whether it is the same.
"""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from diag import __version__, content
from diag.schema import SCHEMA_VERSION
from diag.store.cache import key_of
from diag.store.keeping import keep

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FORM = 1  # of the file
MOST_BYTES = 8_000_000
MOST_ENTRIES = 5_000  # files and folders of a source
# A file may change twice within one tick of its clock (FAT counts in two seconds).
TICK_NS = 3_000_000_000
PACKAGE = Path(__file__).parents[1]
CORE = "arcdiag_core"


class Mark(NamedTuple):
    """By what a case is known: where its file would lie, and its newest change.

    `newest` is in nanoseconds since the epoch.
    """

    path: Path
    newest: int

    def is_settled(self, begun: int) -> bool:
        """Return whether nothing changed shortly before a moment.

        Args:
            begun: Nanoseconds since the epoch, before anything was read.
        """
        return self.newest < begun - TICK_NS


@dataclass(frozen=True, slots=True)
class First:
    """Where store and diagnosis lie, and what else is shown before they are asked.

    `judged` is the name of the kept diagnosis, `hashes` are those of the bundles.
    """

    store: str
    judged: str
    hashes: tuple[str, ...]
    standing: Any


class _Unsure(Exception):  # noqa: N818 - says what the sources are
    """A source cannot be known without reading it."""


class _Signs:
    """Collects what tells files from those of another time."""

    def __init__(self) -> None:
        self.newest = 0
        self._left = MOST_ENTRIES

    def of(self, path: Path) -> Iterator[str]:
        """Yield the signs of a source; a link leads to what is opened."""
        real = os.path.realpath(path)
        status = os.stat(real)  # noqa: PTH116 - a text, as below
        yield from (str(path), real, self._sign("", status))
        if stat.S_ISDIR(status.st_mode):
            yield from self._inside(real)

    def _inside(self, folder: str) -> Iterator[str]:
        for entry in _entries(folder):
            self._left -= 1
            if self._left < 0:
                raise _Unsure(folder)
            status = os.lstat(entry.path)
            yield self._sign(entry.name, status)
            if stat.S_ISDIR(status.st_mode):
                yield from self._inside(entry.path)
                yield ".."

    def _sign(self, name: str, status: os.stat_result) -> str:
        self.newest = max(self.newest, status.st_mtime_ns, status.st_ctime_ns)
        times = f"{status.st_mtime_ns} {status.st_ctime_ns}"
        where = f"{status.st_dev} {status.st_ino} {status.st_mode}"
        return f"{name}\0{status.st_size} {times} {where}"


def mark_of(
    folder: Path | None,
    sources: Sequence[Path],
    extra: Sequence[Path],
    decides: str,
) -> Mark | None:
    """Return by what a case is known; None when it has to be read for that.

    Args:
        folder: The cache; None keeps nothing.
        sources: As the command line has them.
        extra: The user's own definitions and rules.
        decides: All else that decides what is shown, as a text.
    """
    if folder is None:
        return None
    signs = _Signs()
    try:
        parts = [
            *(str(FORM), __version__, str(SCHEMA_VERSION), decides, str(len(sources))),
            *(sign for path in (*sources, *extra) for sign in signs.of(path)),
            *_own(),
        ]
    except (OSError, ValueError, _Unsure):
        return None
    return Mark(folder / f"first-{key_of(parts)}.json", signs.newest)


def _own() -> Iterator[str]:
    """Yield what tells our code and content from those of yesterday."""
    roots = [PACKAGE, content.roots("parsers")[0], content.roots("rules")[0]]
    core = find_spec(CORE)
    roots += [Path(one) for one in (core and core.submodule_search_locations) or ()]
    for root in roots:
        if not isinstance(root, Path):
            raise _Unsure(str(root))  # inside a zip
        yield from _files(str(root))


def _files(folder: str) -> Iterator[str]:
    for entry in _entries(folder):
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _files(entry.path)
        else:
            status = entry.stat()
            yield f"{entry.path} {status.st_size} {status.st_mtime_ns}"


def _entries(folder: str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as listing:
        return sorted(listing, key=lambda entry: entry.name)


def read_first(mark: Mark) -> First | None:
    """Return what was kept; None if there is nothing, or anything is wrong with it.

    Args:
        mark: By which the case is known.
    """
    import orjson

    path = mark.path
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        found = orjson.loads(path.read_bytes())
        store, judged, hashes = found["store"], found["judged"], found["hashes"]
        texts = (store, judged, *hashes)
        if not all(isinstance(one, str) for one in texts) or os.sep in judged:
            return None
        # Whoever purged the cache has purged it, too.
        if Path(store).stat().st_size != found["bytes"]:
            return None
        first = First(store, judged, tuple(hashes), found["standing"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    with contextlib.suppress(OSError):
        path.touch()  # its age counts from the last use
    return first


def keep_first(mark: Mark, first: First) -> None:
    """Keep what the first screen shows; it is no error if that fails.

    Args:
        mark: By which the case is known.
        first: What is shown, with a store and a diagnosis that are kept.
    """
    try:
        size = Path(first.store).stat().st_size
    except OSError:
        return
    data = {
        "store": first.store,
        "bytes": size,
        "judged": first.judged,
        "hashes": first.hashes,
        "standing": first.standing,
    }
    keep(mark.path, data)
