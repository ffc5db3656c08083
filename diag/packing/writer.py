"""Writes a bundle: members as they come, the manifest last, its name at the end."""

from __future__ import annotations

import hashlib
import os
import sys
import zlib
from typing import TYPE_CHECKING, Any

from diag.packing import manifest
from diag.packing.encoding import ENOUGH, encoding_of
from diag.packing.layout import directory_record, end_records, local_header
from diag.packing.names import Names
from diag.packing.packer import Packer, in_blocks
from diag.packing.sinks import FileSink, StreamSink, check_name
from diag.packing.target import OTHER_NAME, Folder, fail

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import TracebackType
    from typing import BinaryIO

    from diag.packing.layout import Entry

STDOUT = "-"


class BundleWriter:
    """A bundle that is being written. A context: leaving it early leaves no bundle.

    `left` is then the path of a `.partial` that holds members, or empty, and
    `recovered` what became of one that an earlier run had left.
    """

    def __init__(
        self,
        target: str | BinaryIO,
        *,
        created: str,
        kind: str = "collected",
        head: Mapping[str, Any] | None = None,
        expected: int | None = None,
        keep_free: int = 0,
        replace: bool = False,
    ) -> None:
        """Begin a bundle.

        Args:
            target: A path, `-` for stdout, or an open binary stream.
            created: When it is made, as ISO 8601 in UTC with `Z`.
            kind: One of `manifest.KINDS`.
            head: What is known of the machine by now; if the run dies, the recovered
                bundle says so. What `finish` is given replaces it.
            expected: How many bytes the bundle will have at the most, if known.
            keep_free: How many bytes of the disk to leave free.
            replace: Replace a bundle that is there.

        Raises:
            OutputError: The name is taken, there is no room, or no rights.
            ValueError: `created` is no such time.
        """
        manifest.unix_time(created)  # or it is none
        self._created = created
        self._kind = kind
        self._names = Names()
        self._members: list[dict[str, Any]] = []
        self._starts: list[int] = []
        self._not_taken: list[dict[str, Any]] = []
        self._open = True
        self.left = ""
        self.recovered: str = ""
        self._sink = self._sink_of(target, replace=replace)
        self._sink.expected = expected
        self._keep_free = keep_free
        first = {"created": created, "kind": kind, "head": dict(head or {})}
        try:
            self._check_room(expected)
            self._sink.keep({"format": manifest.FORMAT, **first})
        except BaseException:
            self._close(keep=False)
            raise

    def _sink_of(
        self, target: str | BinaryIO, *, replace: bool
    ) -> FileSink | StreamSink:
        if not isinstance(target, (str, os.PathLike)):
            return StreamSink(target)
        if target == STDOUT:
            return StreamSink(sys.stdout.buffer)
        from diag.packing.recover import take_over

        folder = Folder(os.fspath(target))
        try:
            check_name(folder, replace=replace)
            self.recovered = take_over(folder)
            return FileSink(folder)
        except BaseException:
            folder.close()
            raise

    def _check_room(self, expected: int | None) -> None:
        free = self._sink.free()
        if expected is None or free is None or free - self._keep_free >= expected:
            return
        where = self._sink.where
        text = f"there is no room for the bundle: {expected:,} bytes are needed, "
        text += f"{free:,} are free"
        text += f", and {self._keep_free:,} are to stay so" if self._keep_free else ""
        fail(text, where, f"make room, collect less, or {OTHER_NAME} on another disk")

    def room(self) -> int | None:
        """Return how many bytes may still be written; None when it is not known."""
        free = self._sink.free()
        return None if free is None else max(free - self._keep_free, 0)

    def member(
        self,
        name: str,
        chunks: Iterable[bytes],
        *,
        mtime: float | None,
        facts: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Write one member and see it on the disk.

        Args:
            name: What it is called; see `names.Names` for what may become of it.
            chunks: Its bytes. What they raise passes through, and the member is then
                not in the bundle; only in a stream, which cannot be taken back, is it
                there as far as it came, and marked as incomplete.
            mtime: When it was last written, as Unix time in seconds.
            facts: More about it for the manifest. They are read when all chunks are
                there, so that what turned out while reading can be among them.

        Returns:
            Its entry in the manifest.

        Raises:
            OutputError: It cannot be written. No more members can be then.
        """
        path = self._names.take(name)
        known = {"path": path, "size": 0, "mtime": manifest.iso_time(mtime)}
        known.update(crc32="0", packed=0)
        start = self._sink.at
        packer = Packer()
        head = b""
        self._sink.write(local_header(self._entry(known)))
        try:
            for block in in_blocks(chunks):
                head = head or block[:ENOUGH]
                self._sink.write(packer.add(block))
        except Exception:
            if self._sink.full or self._sink.undo(start):
                self._names.give_back(path)
            else:
                self._end(known, packer, head, {"incomplete": True}, start)
            raise
        return self._end(known, packer, head, facts, start)

    def _end(
        self,
        known: dict[str, Any],
        packer: Packer,
        head: bytes,
        facts: Mapping[str, Any],
        start: int,
    ) -> dict[str, Any]:
        self._sink.write(packer.end())
        one: dict[str, Any] = {
            "path": known["path"],
            "size": packer.size,
            "mtime": known["mtime"],
            "sha256": packer.sha256,
            "encoding": encoding_of(head),
        }
        one.update((key, facts[key]) for key in facts if key not in manifest.MEASURED)
        one["packed"] = packer.packed
        one["packed_sha256"] = packer.packed_sha256
        one["crc32"] = format(packer.crc, "08x")
        self._sink.end(self._entry(one), start)
        self._sink.keep({"offset": start, "member": one})
        self._members.append(one)
        self._starts.append(start)
        return one

    def left_out(self, name: str, reason: str, detail: str = "") -> None:
        """Note that something was not taken.

        Args:
            name: What it would be called, or what was looked for.
            reason: One of `manifest.REASONS`.
            detail: More about it, such as what the system said.

        Raises:
            ValueError: There is no such reason.
        """
        if reason not in manifest.REASONS:
            raise ValueError(reason)
        one = {"path": name, "reason": reason}
        if detail:
            one["detail"] = detail
        self._not_taken.append(one)
        self._sink.keep({"not_taken": one})

    def finish(self, head: Mapping[str, Any]) -> dict[str, Any]:
        """Write the manifest and the directory, and give the bundle its name.

        Args:
            head: What the manifest says of the bundle as a whole; the keys of
                `manifest.HEAD` first, and any others.

        Returns:
            The whole manifest.

        Raises:
            OutputError: It cannot be written.
        """
        text, whole = manifest.manifest_text(
            self._kind,
            self._created,
            "streamed" if self._sink.streamed else "sized",
            head,
            self._not_taken,
            self._members,
        )
        pairs = [
            (self._entry(one), start) for one, start in zip(self._members, self._starts)
        ]
        for part in tail(pairs, text, self._created, self._sink.at):
            self._sink.write(part)
        self._sink.finish()
        self._open = False
        return whole

    def _entry(self, one: Mapping[str, Any]) -> Entry:
        streamed = self._sink.streamed
        return manifest.entry_of(one, self._created, streamed=streamed)

    def __enter__(self) -> BundleWriter:  # noqa: PYI034 - Self is younger than 3.6
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave nothing behind but a bundle, or a `.partial` with whole members."""
        if self._open:
            # A full disk is worse for the server than the loss of this bundle.
            self._close(keep=bool(self._members) and not self._sink.full)

    def _close(self, *, keep: bool) -> None:
        self._open = False
        self.left = self._sink.abandon(keep=keep)


def tail(
    members: Iterable[tuple[Entry, int]], text: bytes, created: str, at: int
) -> Iterator[bytes]:
    """Yield what stands behind the last member: manifest, directory, end.

    Args:
        members: What decides the headers of each, and where it begins.
        text: The manifest.
        created: When the bundle was made.
        at: Where the last member ends.
    """
    whole = hashlib.sha256()
    last = manifest.entry_of_manifest(text, zlib.crc32(text), created)
    header = local_header(last)
    offset = at + len(header) + len(text)
    count, size = 0, 0
    for part in (header, text):
        whole.update(part)
        yield part
    for entry, start in [*members, (last, at)]:
        record = directory_record(entry, start)
        count, size = count + 1, size + len(record)
        whole.update(record)
        yield record
    length = len(manifest.COMMENT) + whole.digest_size * 2
    end = end_records(count, size, offset, length)
    whole.update(end)
    yield end
    yield (manifest.COMMENT + whole.hexdigest()).encode("ascii")
