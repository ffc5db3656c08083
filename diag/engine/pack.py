"""Packs: a folder with `pack.yaml` that names its rule files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.engine.fields import Notes, Reader, short
from diag.engine.versions import parse_range, parse_version

if TYPE_CHECKING:
    from collections.abc import Iterable

# Raised when a pack written for an older engine would mean something else.
ENGINE = "1.0"
LANGUAGE = "kql-subset/1"
SCHEMA = "events/1"
PACK_FILE = "pack.yaml"
# One file, or a folder of files, as a pack likes.
REFERENCE_FILES = re.compile(r"(?:.*/)?data/error-codes(?:/[^/]+)?\.yaml")
LOCK_FILE = "pack.lock"
# A pattern becomes a regular expression, which stars make slow.
LONGEST_GLOB, MOST_STARS = 200, 8
PACK_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
SEMVER = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")


@dataclass(frozen=True, slots=True)
class Pack:
    """What a pack says of itself. `folder` ends in `/`, or is empty.

    `functions` are patterns like `globs`, of files with `let` statements. The rules of
    a pack that is `broken` must not run: it may be for another engine.
    """

    name: str
    version: str
    folder: str
    globs: tuple[str, ...]
    functions: tuple[str, ...] = ()
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """One YAML file: its name, its text, and the data in it."""

    name: str
    text: str
    data: object


def read_pack(source: Source, notes: Notes, reader: Reader | None = None) -> Pack:
    """Check a `pack.yaml`.

    Args:
        source: The file.
        notes: Collects what is wrong.
        reader: As for `validate.read_rule`.

    Returns:
        The pack; with harmless values where something is wrong.
    """
    before = len(notes.errors)
    reader = reader or Reader(source.data, (), notes)
    name = reader.pattern("pack", PACK_NAME, "arc")
    version = reader.pattern("version", SEMVER, "1.0.0")
    engine = reader.parsed("engine", parse_range)
    if engine and not engine.holds(parse_version(ENGINE)):
        reader.error(f"needs engine {engine.text}; this is engine {ENGINE}", "engine")
    for key, ours in (("language", LANGUAGE), ("schema", SCHEMA)):
        if (theirs := reader.text(key, ours)) != ours:
            reader.error(f"'{key}' is '{theirs}'; this engine reads {ours}", key)
    globs = reader.texts("rules")
    if not globs:
        reader.error("'rules' is missing: which files of the pack are rules")
    functions = reader.texts("functions")
    for key, patterns in (("rules", globs), ("functions", functions)):
        for glob in patterns:
            if glob.startswith("/") or ".." in glob.split("/"):
                reader.error(f"'{glob}' leads out of the pack", key)
            elif len(glob) > LONGEST_GLOB or glob.count("*") > MOST_STARS:
                reader.error(f"'{short(glob)}' is too long or has too many *", key)
    for key in ("description", "license"):
        reader.text(key)
    reader.texts("maintainers")
    reader.finish()
    folder = source.name.removesuffix(PACK_FILE)
    broken = len(notes.errors) > before
    return Pack(name, version, folder, globs, functions, broken)


def is_pack(name: str) -> bool:
    """Return whether a file name is that of a pack's own description."""
    return name.rsplit("/", 1)[-1] == PACK_FILE


def is_reference(name: str) -> bool:
    """Return whether a file name is that of a reference table."""
    return REFERENCE_FILES.fullmatch(name) is not None


def pack_of(name: str, packs: Iterable[Pack]) -> Pack | None:
    """Return the innermost pack that a file lies in."""
    around = [pack for pack in packs if name.startswith(pack.folder)]
    return max(around, key=lambda pack: len(pack.folder), default=None)


def matches(glob: str, name: str) -> bool:
    """Return whether a name inside a pack fits a pattern.

    Args:
        glob: `*` and `?` stay inside one folder; `**` is any number of them.
        name: Relative to the pack, with `/` between the parts.
    """
    pieces = [_piece(part) for part in glob.split("/")]
    return (
        re.fullmatch("/".join(pieces).replace(ANY_DEPTH + "/", ANY_DEPTH), name)
        is not None
    )


ANY_DEPTH = "(?:[^/]+/)*"


def _piece(part: str) -> str:
    if part == "**":
        return ANY_DEPTH
    return re.escape(part).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
