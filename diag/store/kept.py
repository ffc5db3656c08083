"""Diagnoses that were made before, so that a case opens at once the next time.

Kept beside the stores, under a key of all that decides what the rules say: the store,
the files of the rules, the time to judge at, what is silenced, and our own code. What
is wrong with a kept file in any way means that the rules run again.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diag import __version__, content
from diag.errors import ContentError
from diag.model import Diagnosis
from diag.schema import SCHEMA_VERSION
from diag.store.cache import key_of
from diag.store.reading import Unfit, read_back

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from diag.store import Store

FORM = 1  # of the file; another number is judged anew
MOST_BYTES = 64_000_000
PACKAGE = Path(__file__).parents[1]
READ = (".yaml", ".yml", ".kql", ".lock")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A diagnosis, and at which row of the store each piece of its evidence is."""

    diagnosis: Diagnosis
    places: Mapping[tuple[str, int], int] = field(default_factory=dict)


def kept_path(
    folder: Path | None,
    store: Store,
    rules: Sequence[Path],
    *,
    suppressions: Sequence[object] = (),
    now: datetime | None = None,
    options: str = "",
) -> Path | None:
    """Return the file that the diagnosis of a store is kept in, or would be.

    Args:
        folder: The cache; None keeps nothing.
        store: The open store. One in the cache is known by its name, any other by
            its size and time of change.
        rules: The user's own rules, as the command line has them.
        suppressions: What is silenced.
        now: The time to judge at, as the command line has it.
        options: All else that decides, as a text.

    Returns:
        None when nothing can be kept.
    """
    if folder is None:
        return None
    try:
        status = store.path.stat()
        parts = [
            *(str(FORM), __version__, str(SCHEMA_VERSION), str(store.path.resolve())),
            *(str(status.st_size), _age(store.path, folder, status), str(now)),
            *(options, repr(suppressions), *_code(), *_rules(rules)),
        ]
    except (OSError, ContentError):
        return None
    return folder / f"diagnosis-{key_of(parts)}.json"


def _age(path: Path, folder: Path, status: os.stat_result) -> str:
    """Return when a store was written; those of the cache are touched at each use."""
    return "" if path.parent == folder else str(status.st_mtime_ns)


def _code() -> Iterator[str]:
    """Yield what tells our own code from that of yesterday."""
    for name in ("engine", "kql", "analyze", "store"):
        for path in sorted((PACKAGE / name).rglob("*.py")):
            status = path.stat()
            yield f"{path.name} {status.st_size} {status.st_mtime_ns}"


def _rules(extra: Sequence[Path]) -> Iterator[str]:
    """Yield all that stands in the files of the rules."""
    first = content.roots("rules")[0]
    for name, text in content.files_under(first, "rules", READ):
        yield from (name, text)
    for root in extra:
        files = sorted(root.rglob("*")) if root.is_dir() else [root]
        for path in files:
            if path.is_file():
                yield from (str(path), path.read_bytes().hex())


def read_kept(path: Path | None) -> Judgement | None:
    """Return what was kept; None if there is nothing, or anything is wrong with it."""
    if path is None:
        return None
    import orjson

    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        found = orjson.loads(path.read_bytes())
        diagnosis = read_back(Diagnosis, found["diagnosis"])
        places = {(str(f), int(line)): int(row) for f, line, row in found["places"]}
    except (OSError, Unfit, ValueError, TypeError, KeyError):
        return None
    with contextlib.suppress(OSError):
        path.touch()  # its age counts from the last use
    return Judgement(diagnosis, places)


def keep_judgement(path: Path | None, made: Judgement) -> None:
    """Keep a diagnosis for the next time; it is no error if that fails."""
    if path is None:
        return
    from diag.store.keeping import keep

    data: dict[str, Any] = {
        "diagnosis": made.diagnosis,
        "places": [[file, line, row] for (file, line), row in made.places.items()],
    }
    keep(path, data)
