"""Where the bytes of a bundle go: a file with a journal, or a stream such as stdout."""

from __future__ import annotations

import contextlib
import json
import os
import stat
from typing import TYPE_CHECKING, Any

from diag.errors import OutputError
from diag.packing.layout import descriptor, local_header
from diag.packing.target import (
    FULL,
    JOURNAL,
    OTHER_NAME,
    Folder,
    PartialFile,
    fail,
    is_plain,
    write_all,
)

if TYPE_CHECKING:
    from typing import BinaryIO

    from diag.packing.layout import Entry

BUFFER = 1 << 18


class Sink:
    """Counts and gathers what is written. `at` is where the next byte goes."""

    streamed = False

    def __init__(self, where: str) -> None:
        """Begin with nothing.

        Args:
            where: What it is called in messages.
        """
        self.where = where
        self.at = 0
        self.full = False
        self.expected: int | None = None
        self._waiting = bytearray()

    def write(self, data: bytes) -> None:
        """Take bytes; they are written when there are enough of them.

        Raises:
            OutputError: They cannot be written.
        """
        self._waiting += data
        self.at += len(data)
        if len(self._waiting) >= BUFFER:
            self.flush()

    def flush(self) -> None:
        """Write what waits.

        Raises:
            OutputError: It cannot be written.
        """
        data, self._waiting = bytes(self._waiting), bytearray()
        try:
            self._put(data)
        except OSError as error:
            self.failed(error)

    def failed(self, error: OSError) -> None:
        """Raise our error for one of the system.

        Raises:
            OutputError: Always; it says how much room is needed and how much is left.
        """
        if error.errno not in FULL:
            why = error.strerror or str(error)
            text = f"the bundle cannot be written: {why}"
            hint = f"check rights and space, or {OTHER_NAME}"
            raise OutputError(text, where=self.where, hint=hint) from error
        self.full = True
        more = max((self.expected or 0) - self.at, BUFFER)
        free = self.free()
        text = (
            f"there is no room for the bundle: {self.at:,} bytes were written, about "
            f"{more:,} more are needed, {'?' if free is None else format(free, ',')} "
            "are free (or a limit or quota for files is reached)"
        )
        hint = f"make room, collect less, or {OTHER_NAME} on another disk"
        raise OutputError(text, where=self.where, hint=hint) from error

    def free(self) -> int | None:
        """Return how many bytes may still be written, if it can be known."""
        return None

    def _put(self, data: bytes) -> None:
        raise NotImplementedError


class StreamSink(Sink):
    """A stream that cannot be sought: sizes stand behind the data."""

    streamed = True

    def __init__(self, stream: BinaryIO) -> None:
        """Take an open binary stream; it is not closed."""
        super().__init__("stdout")
        self._stream = stream

    def end(self, entry: Entry, start: int) -> None:  # noqa: ARG002 - as for a file
        """Write what stands behind the data of a member."""
        self.write(descriptor(entry))
        self.flush()

    def undo(self, start: int) -> bool:  # noqa: ARG002 - as for a file
        """Say that what was written cannot be taken back."""
        return False

    def keep(self, line: dict[str, Any]) -> None:
        """Do nothing: a stream has no journal."""

    def finish(self) -> None:
        """Write the rest."""
        self.flush()

    def abandon(self, *, keep: bool) -> str:  # noqa: ARG002 - as for a file
        """Leave it as it is."""
        return ""

    def _put(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            # A raw stream may take only some of it, or nothing just now.
            view = view[self._stream.write(view) or 0 :]
        self._stream.flush()


class FileSink(Sink):
    """`NAME.partial`, and beside it `NAME.journal` with a line for each member."""

    def __init__(self, folder: Folder) -> None:
        """Create both files.

        Args:
            folder: The folder of the result.

        Raises:
            OutputError: They cannot be created.
        """
        super().__init__(folder.path)
        self._folder = folder
        try:
            self._file = PartialFile(folder)
        except OSError as error:
            self._cannot_begin(error)
        self._journal_name = folder.name + JOURNAL
        try:
            stale = folder.status(self._journal_name)
            if stale is not None and is_plain(stale):
                folder.remove(self._journal_name)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            self._journal = folder.open(self._journal_name, flags)
        except OSError as error:
            self._file.close()
            folder.remove(self._file.name)
            self._cannot_begin(error)

    def _cannot_begin(self, error: OSError) -> None:
        why = error.strerror or str(error)
        text = f"the bundle cannot be created: {why}"
        fail(text, self.where, f"check rights and space, or {OTHER_NAME}")

    def end(self, entry: Entry, start: int) -> None:
        """Write the sizes of a member into its header, and see it on the disk."""
        self.flush()
        try:
            self._file.patch(start, local_header(entry))
            self._file.sync()
        except OSError as error:
            self.failed(error)

    def undo(self, start: int) -> bool:
        """Take back all bytes from a place on."""
        self._waiting.clear()
        try:
            self._file.cut(start)
        except OSError as error:
            self.failed(error)
        self.at = start
        return True

    def keep(self, line: dict[str, Any]) -> None:
        """Write a line to the journal.

        Raises:
            OutputError: It cannot be written.
        """
        try:
            write_all(self._journal, json.dumps(line).encode() + b"\n")
        except OSError as error:
            self.failed(error)

    def finish(self) -> None:
        """See all of it on the disk and give it its final name."""
        self.flush()
        try:
            self._file.finish(self._folder.name)
        except OSError as error:
            self.failed(error)
        os.close(self._journal)
        with contextlib.suppress(OSError):  # the bundle is whole without it
            self._folder.remove(self._journal_name)
        self._folder.close()

    def abandon(self, *, keep: bool) -> str:
        """Close both files, and remove them unless they are to be kept.

        Returns:
            The path of what was kept, or an empty text.
        """
        os.close(self._journal)
        there = self._file.is_there()
        self._file.close()
        names = [] if there and keep else [self._journal_name]
        if there and not keep:
            names.append(self._file.name)
        for name in names:
            with contextlib.suppress(OSError):
                self._folder.remove(name)
        self._folder.close()
        return f"{self.where}.partial" if there and keep else ""

    def free(self) -> int | None:
        """Return how many bytes may still be written, if it can be known."""
        return self._folder.free()

    def _put(self, data: bytes) -> None:
        self._file.write(data)


def check_name(folder: Folder, *, replace: bool) -> None:
    """Refuse a name under which no bundle can be written.

    Args:
        folder: The folder of the result, which knows its name.
        replace: Whether a file that is there may be replaced, at the end.

    Raises:
        OutputError: It is taken, or is a folder, a link or a device.
    """
    where = folder.path
    there = folder.status(folder.name)
    if there is None:
        return
    if stat.S_ISDIR(there.st_mode):
        fail("the result cannot be a folder", where, OTHER_NAME)
    if stat.S_ISLNK(there.st_mode):
        text = "it is a link, and a bundle is never written through one"
        fail(text, where, "name the file that it leads to")
    if not stat.S_ISREG(there.st_mode):
        fail("it is no regular file", where, f"{OTHER_NAME}, or - for stdout")
    if not replace:
        fail("there is such a file already", where, f"move it, or {OTHER_NAME}")
