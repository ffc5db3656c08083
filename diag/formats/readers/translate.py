"""From a member to lines that the core reads, by the first reader that fits."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, NamedTuple

from diag.bundle.unpacked import Unpacked
from diag.formats.readers import csvevents, evtx, jsonevents, textevents, xmlevents
from diag.formats.readers.decoded import Text
from diag.formats.readers.written import FullError, Written

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from diag.bundle.unpacked import Told
    from diag.model import Member

BINARY = "binary"
HEAD = 8


class TextReader(NamedTuple):
    """Says whether a text begins like its form, and reads it."""

    fits: Callable[[str], bool]
    read: Callable[[Text, Written], None]


EVTX = "evtx"
TEXTS = {
    "events_xml": TextReader(xmlevents.fits, xmlevents.read),
    "events_csv": TextReader(csvevents.fits, csvevents.read),
    "events_text": TextReader(textevents.fits, textevents.read),
    "events_json": TextReader(jsonevents.fits, jsonevents.read),
}
READERS = (EVTX, *TEXTS)


@dataclass(frozen=True, slots=True)
class Translated:
    """A file of ours in place of a member, and what is told of the member.

    `length` is that of our file, `size` and `encoding` are the member's.
    """

    path: Path
    length: int
    size: int
    encoding: str
    problems: list[Told] = field(default_factory=list)


def fitting(head: str, names: Sequence[str]) -> str:
    """Return the first of the readers that fits a text, empty if none does.

    Args:
        head: How the text begins.
        names: Of readers.
    """
    return next((n for n in names if n in TEXTS and TEXTS[n].fits(head)), "")


def is_evtx(member: Member) -> bool:
    """Say whether a member begins like a binary event log."""
    return evtx.fits(next(Unpacked(member).blocks(), b"")[:HEAD])


def translate(
    member: Member, names: Sequence[str], encoding: str, head: str, path: Path
) -> Translated:
    """Write a member as lines for the core.

    Args:
        member: A member whose family has readers.
        names: The readers of its family.
        encoding: What the core saw.
        head: How its text begins.
        path: The file to write; it must not exist.

    Returns:
        Where it is. A member that no reader fits keeps its lines as they are.

    Raises:
        OSError: The file cannot be written.
    """
    source = Unpacked(member)
    text = Text(source.blocks, encoding)
    with path.open("xb") as file:
        out = Written(file)
        try:
            if encoding != BINARY:
                _translate_text(text, head, names, out)
            elif EVTX in names and is_evtx(member):
                encoding = EVTX
                evtx.read(source.blocks(), out)
            else:
                said = "It is called an event log and does not begin like one"
                out.tell(0, "torn-events", f"{said}. {evtx.AGAIN}")
                for _ in source.blocks():
                    pass  # how long it is, and its checksum, count all the same
            out.finish()
        except FullError:
            said = "Reading was stopped: its events need more room than is allowed"
            out.tell(0, "over-limit", f"{said}. Give the end of it as a new file.")
        length = file.tell()
    problems = out.problems() + text.problems() + source.problems()
    return Translated(path, length, source.size, encoding, problems)


def translate_text(text: str, names: Sequence[str]) -> tuple[str, list[Told]]:
    """Return the lines for the core that a text gives, and what is told of it.

    Args:
        text: A sample.
        names: The readers of its family.
    """
    file: IO[bytes] = io.BytesIO()
    out = Written(file)
    whole = text.encode("utf-8", "replace")
    _translate_text(Text(lambda: [whole], "utf-8"), text, names, out)
    out.finish()
    file.seek(0)
    return file.read().decode(), out.problems()


def _translate_text(text: Text, head: str, names: Sequence[str], out: Written) -> None:
    if name := fitting(head, names):
        TEXTS[name].read(text, out)
        return
    for number, line in enumerate(text.lines(), start=1):
        out.raw(number, line)
