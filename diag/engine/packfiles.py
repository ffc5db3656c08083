"""The files of rule packs: from folders, single files and zips, and their locks.

Nothing is unpacked to disk. A pack that was locked is read only as it was then.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from diag import bundle, content
from diag.bundle.unpacked import Unpacked
from diag.engine.pack import LOCK_FILE, PACK_FILE, is_pack
from diag.errors import ContentError, RuleError
from diag.model import BundleKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from diag.model import Member

READ = (".yaml", ".yml", ".kql", f"/{LOCK_FILE}")
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
MOST_FILES = 2_000
MOST_BYTES = 50_000_000
LOOK = "look at what changed, then run: arcdiag rules lock DIR; or give --unlocked"

Files = list[tuple[str, str]]


@dataclass(slots=True)
class Root:
    """The files of one folder, file or zip: names and texts.

    `errors` say why a pack in there is refused, and `remarks` what was overlooked;
    the files of a refused pack are not among `files`.
    """

    files: Files
    errors: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read_roots(
    extra: Sequence[Path], *, unlocked: bool = False, errors: list[str] | None = None
) -> list[Root]:
    """Read the built-in packs and the user's.

    Args:
        extra: Folders, files and zips of the user.
        unlocked: Read packs too whose files are not those of their lock.
        errors: Collects why a root cannot be read at all; None raises it.

    Returns:
        The built-in root first. It is part of the program and not checked against
        its lock when it runs; a test does that.

    Raises:
        UsageError: One of `extra` does not exist.
        ContentError: A file is too large, not UTF-8 or not readable.
    """
    first, *others = content.roots("rules", extra)
    found = [Root(list(content.files_under(first, "rules", READ)))]
    for path in others:
        try:
            found.append(_unbroken(_files(Path(str(path))), unlocked=unlocked))
        except ContentError as error:
            if errors is None:
                raise
            errors.append(str(error))
            found.append(Root([]))
    return found


def _files(path: Path) -> Files:
    """Read a folder, a file or a zip.

    Raises:
        ContentError: It cannot be read, or is too much.
    """
    if _is_zip(path):
        return _bounded(_of_zip(path), path)
    return _bounded(content.files_under(path, str(path), READ), path)


def _bounded(files: Iterable[tuple[str, str]], path: Path) -> Files:
    """Return files as long as they are no more than any pack needs."""
    found: Files = []
    left = MOST_BYTES
    for name, text in files:
        found.append((name, text))
        left -= len(text)
        if len(found) > MOST_FILES or left < 0:
            said = f"more than {MOST_FILES:,} files or {MOST_BYTES:,} characters"
            hint = "give the folder of the rules alone"
            raise RuleError(f"{said} of rules", where=str(path), hint=hint)
    return found


def _is_zip(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        with path.open("rb") as stream:
            return path.suffix == ".zip" or stream.read(4) in ZIP_STARTS
    except OSError as error:
        raise RuleError(
            f"the file cannot be read: {error.strerror}", where=str(path)
        ) from error


def _of_zip(path: Path) -> Iterator[tuple[str, str]]:
    """Read a zip that holds packs; one with anything wrong in it is refused.

    Raises:
        RuleError: It is damaged, holds too much, or no rules.
    """
    opened = bundle.open_bundle(path)
    hint = "get the pack again"
    if opened.kind is not BundleKind.ZIP:
        raise RuleError("this is no zip", where=str(path), hint=hint)
    for problem in opened.problems:
        said = f"the zip is not in order: {problem.file}: {problem.text}"
        raise RuleError(said, where=str(path), hint=hint)
    wanted = [one for one in opened.members if _is_wanted(one.name)]
    if not wanted:
        raise RuleError("there are no rules in this zip", where=str(path))
    for one in sorted(wanted, key=lambda member: member.name):
        name = f"{path}/{one.name}"
        yield name, content.decoded(_unpacked(one, name), name)


def _is_wanted(name: str) -> bool:
    parts = name.split("/")
    return f"/{name}".endswith(READ) and not any(one.startswith(".") for one in parts)


def _unpacked(member: Member, name: str) -> bytes:
    """Return the bytes of a member, no more than a file of rules may have."""
    reader, data = Unpacked(member), bytearray()
    for block in reader.blocks():
        data += block
        if len(data) > content.MAX_BYTES:
            break  # told below, as for a file in a folder
    else:
        for _, _, text in reader.problems():
            raise RuleError(f"the file in the zip is damaged: {text}", where=name)
    return bytes(data)


def _unbroken(files: Files, *, unlocked: bool) -> Root:
    """Return files without those of packs that are not as they were locked."""
    root = Root(files)
    texts = dict(files)
    for name in texts:
        if not is_pack(name):
            continue
        folder = name.removesuffix(PACK_FILE)
        lock = texts.get(f"{folder}{LOCK_FILE}")
        wrong = [] if lock is None else _differences(folder, lock, texts)
        if not wrong:
            continue
        place = f"{folder}{LOCK_FILE}:1"
        if unlocked:
            root.remarks += [
                f"{place}: {text}, and read all the same" for text in wrong
            ]
            continue
        root.errors += [
            f"{place}: {text}; the pack is not read ({LOOK})" for text in wrong
        ]
        root.files = [one for one in root.files if not one[0].startswith(folder)]
    return root


def _differences(folder: str, lock: str, texts: Mapping[str, str]) -> list[str]:
    """Return what is not as the lock says, by name."""
    locked = {}
    for line in lock.splitlines():
        digest, _, name = line.partition("  ")
        locked[name] = digest
    there = locked_names(folder, texts)
    found = []
    for name in sorted({*locked, *there}):
        if name not in there:
            found.append(f"{name} is missing")
        elif name not in locked:
            found.append(f"{name} is not in the lock")
        elif locked[name] != digest_of(texts[f"{folder}{name}"]):
            found.append(f"{name} was changed since the pack was locked")
    return found


def locked_names(folder: str, names: Iterable[str]) -> set[str]:
    """Return the files of a pack that its lock covers: all that the engine reads.

    Args:
        folder: The pack's, with `/` at the end, or empty.
        names: Of all files that were read.
    """
    return {
        name.removeprefix(folder)
        for name in names
        if name.startswith(folder) and name != f"{folder}{LOCK_FILE}"
    }


def lock_text(folder: str, texts: Mapping[str, str]) -> str:
    """Return the `pack.lock` of a pack, which `sha256sum --check` reads too.

    Args:
        folder: The pack's, with `/` at the end.
        texts: All files that were read, by name.
    """
    return "".join(
        f"{digest_of(texts[f'{folder}{name}'])}  {name}\n"
        for name in sorted(locked_names(folder, texts))
    )


def digest_of(text: str) -> str:
    """Return the SHA-256 of a text with LF line ends, as a checkout may have others."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


def lock_of(folder: Path) -> str:
    """Return the lock for a pack's folder as it is now.

    Raises:
        ContentError: A file cannot be read.
    """
    return lock_text(f"{folder}/", dict(_files(folder)))
