"""Where to look: the running system, or a folder that holds one."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from diag.collect.folders import Folder, is_folder
from diag.collect.plan import LINUX, WINDOWS
from diag.collect.windows import Drive, WindowsFolder, usual_places
from diag.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

TOPS = {
    LINUX: {"var", "opt", "etc", "usr", "lib"},
    WINDOWS: {"programdata", "program files", "packages", "windows", "windowsazure"},
}
DRIVE = re.compile(r"[A-Za-z]:?\Z")  # the folder of a drive in a copy
MOST_LINE = 256  # bytes that are read of a file with one word in it


class Root(NamedTuple):
    """A system to look through, and its open top folder."""

    system: str
    folder: Any


def open_roots(path: str) -> list[Root]:
    """Open what is to be looked through.

    Args:
        path: The folder that holds a system; empty for the running one.

    Raises:
        UsageError: It is no folder, or none that holds a system.
    """
    if not path:
        if sys.platform == "win32":
            return [Root(WINDOWS, Drive(usual_places(os.environ)))]
        return [Root(LINUX, Folder.at(os.sep))]
    kind: Any = WindowsFolder if sys.platform == "win32" else Folder
    try:
        top = kind.at(path)
    except OSError as error:
        text = f"it cannot be opened: {error.strerror or error}"
        hint = "give the folder on which the disk is mounted"
        raise UsageError(text, where=path, hint=hint) from error
    found = list(_systems(top))
    if all(root.folder is not top for root in found):
        top.close()
    if not found:
        text = "it holds neither a Linux system (var, opt, etc) nor a Windows system"
        hint = "give the folder in which ProgramData or var lies, or that of the drive"
        raise UsageError(text, where=path, hint=hint)
    return found


def close_roots(roots: Iterable[Root]) -> None:
    """Close what `open_roots` opened."""
    for folder in {id(root.folder): root.folder for root in roots}.values():
        folder.close()


def _systems(top: Any) -> Iterable[Root]:
    names = {name.lower() for name in top.names(lambda _: True)}
    for system, tops in TOPS.items():
        if names & tops:
            yield Root(system, top)
    for name in top.names(DRIVE.match):
        if is_folder(top.look(name)):
            drive = top.enter(name)
            if TOPS[WINDOWS] & {n.lower() for n in drive.names(lambda _: True)}:
                yield Root(WINDOWS, drive)
            else:
                drive.close()


def first_line(folder: Any, *parts: str) -> str:
    """Return the first line of a small file; empty when there is none."""
    on_way = []
    try:
        for part in parts[:-1]:
            folder = folder.enter(part)
            on_way.append(folder)
        number = folder.file(parts[-1])
        try:
            data = os.read(number, MOST_LINE)
        finally:
            os.close(number)
    except OSError:
        return ""
    finally:
        for one in on_way:
            one.close()
    return data.decode("utf-8", "replace").split("\n")[0].strip()


def zone_of(root: Root) -> str:
    """Return the name of a system's time zone, such as `Europe/Berlin`, if known."""
    if root.system == WINDOWS:
        return ""
    try:
        with root.folder.enter("etc") as etc:
            target = etc.link("localtime")
    except OSError:
        return ""
    _, there, zone = target.partition("zoneinfo/")
    return zone if there else first_line(root.folder, "etc", "timezone")
