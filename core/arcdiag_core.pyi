"""Reads log bytes into Arrow for arcdiag.

Bad input never raises: it is told in the reports. Errors are for wrong
arguments and for files that cannot be opened (`sample`).
"""

from collections.abc import Sequence
from os import PathLike
from typing import Any, NotRequired, TypedDict

__version__: str

class FileSpec(TypedDict):
    """Where a member lies and how it reads."""

    file_id: int
    path: str | PathLike[str]
    offset: int
    """Of the packed bytes in the file at `path`."""
    packed: int
    """Bytes as they lie there."""
    packing: str
    """`stored`, `deflate` (raw, as in a zip), `gzip` (a gzip file as it is) or
    `deflate+gzip` (a gzip file as a member of a zip)."""
    crc: int | None
    """CRC-32 of the bytes that are held: unpacked, but gzip data as they are; None:
    not checked."""
    size: int | None
    """How many bytes are held, likewise; None: not checked."""
    plan: int | None
    """Index into the plans; None: every line is an unparsed event."""
    zone: list[tuple[int, int]]
    """(local time in microseconds, offset from UTC in seconds) in order: how a
    time without an offset becomes UTC. The first entry holds before it, too;
    no entry means UTC."""
    reference_us: int
    """UTC: the last event of a file without years is at most a day later."""
    next: NotRequired[int | None]
    """The next part of the same rotated log: its index in the list, behind this one.
    If the last line has no end and no record begins with the first line there, they
    are read as one, and the record is this file's."""

class Report(TypedDict):
    """The account of one file.

    For text: lines == sum of LineCount of parsed events + blank + unparsed + joined,
    and lines == events + continued + blank + unparsed.
    """

    file_id: int
    encoding: str
    """utf-8, utf-8-bom, utf-16-le, utf-16-be or binary."""
    bytes: int
    crc: int | None
    """CRC-32 of the unpacked bytes; None of binary content."""
    lines: int
    events: int
    continued: int
    blank: int
    unparsed: int
    joined: int
    """So many lines at the begin belong to the last record of the part before."""
    first_us: int | None
    last_us: int | None
    offsets: list[int]
    problems: list[tuple[int, str, str]]
    """(line or 0, kind, text)."""

class Record(TypedDict):
    """One record as `Plan.parse` returns it."""

    TimeGenerated: int | None
    Component: str
    Level: str
    Code: str
    Message: str
    ActivityId: str
    Pid: int | None
    Tid: int | None
    Fields: str
    Parsed: bool
    Line: int
    LineCount: int

class Plan:
    """How the records of one log family read."""

    def __new__(cls, plan_json: str) -> Plan:
        """Compile a plan.

        Raises:
            ValueError: The plan is wrong; the text says where.
        """

    def match(self, text: str) -> list[tuple[int, int]]:
        """Return (first line, layout index or -1 if unparsed) for each record."""

    def explained(self, text: str, first: int, folded: int) -> tuple[int, int]:
        """Count the lines that are records or go on with one; all without blank ones.

        Args:
            text: Whole lines.
            first: Nothing is explained when so many lines stand before the first
                record.
            folded: So many lines of one record count at most.

        Returns:
            Lines explained, and lines.
        """

    def parse(
        self, text: str, zone: Sequence[tuple[int, int]], reference_us: int
    ) -> list[Record]:
        """Return the records of a text.

        Raises:
            ValueError: The zone is not in order or has an impossible offset.
        """

class Templates:
    """TemplateId int64, Template utf8, Events int64."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> Any:  # noqa: ANN401
        """Return a capsule `arrow_array_stream`; any number of times."""

class Ingest:
    """Parses files on threads of its own, ahead of who reads its stream."""

    def __new__(
        cls,
        files: list[FileSpec] | list[dict[str, Any]],
        plans: list[Plan],
        *,
        threads: int = 1,
        batch_rows: int = 122_880,
        memory: int = 67_108_864,
    ) -> Ingest:
        """Check the arguments; nothing is read yet.

        Args:
            files: In the order of their events in the stream.
            plans: What `plan` of a file points into.
            threads: Files parsed at the same time, 1 to 64. With one, which
                unpacks large files on a second thread, all batches but the last
                have `batch_rows` rows unless these would be too large.
            batch_rows: Most rows of one record batch.
            memory: Bytes of finished batches that may wait.

        Raises:
            ValueError: An argument is wrong; the text says which file and key.
        """

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> Any:  # noqa: ANN401
        """Return a capsule `arrow_array_stream` of the events.

        It may be asked for again as long as only one of them is read: reading
        starts with the first batch.
        """

    def reports(self) -> list[Report]:
        """Return one report for each file, in order.

        Raises:
            RuntimeError: The stream was not read to its end.
        """

    def templates(self) -> Templates:
        """Return the templates of all events.

        Raises:
            RuntimeError: The stream was not read to its end.
        """

    def cancel(self) -> None:
        """Stop the workers soon; the stream then ends with an error."""

def sample(
    path: str | PathLike[str],
    offset: int,
    packed: int,
    packing: str,
    limit: int,
    tail: bool = False,  # noqa: FBT001, FBT002
) -> tuple[str, str]:
    """Decode the start or the end of a member.

    Args:
        path: File that holds it.
        offset: Of its packed bytes in that file.
        packed: Bytes as they lie there.
        packing: `stored` or `deflate`.
        limit: Unpacked bytes to look at, 64 MiB at most.
        tail: The last bytes, from the first whole line on.

    Returns:
        Text (empty for binary content) and the name of the encoding.

    Raises:
        OSError: The file cannot be read.
        ValueError: The packing is not known.
    """

class Words:
    """Many words that are looked for in one pass."""

    def __new__(cls, words: Sequence[bytes]) -> Words:
        """Compile the words.

        Raises:
            ValueError: A word is empty, or there are too many.
        """

    def places(self, text: bytes, start: int, end: int) -> list[tuple[int, int]]:
        """Find words, also such that overlap; upper and lower case differ.

        Args:
            text: Where.
            start: Where they may begin.
            end: Where they end at the latest.

        Returns:
            (where it begins, index of the word) in the order of their ends.

        Raises:
            ValueError: The range is not in the text.
        """

def find_texts(needles: Sequence[str], texts: Sequence[str]) -> list[list[int]]:
    """Find many texts in many others, in one pass.

    Args:
        needles: What is looked for, none empty.
        texts: Where.

    Returns:
        For each needle the indexes of the texts that hold it, in order.

    Raises:
        ValueError: A needle is empty, or there are too many.
    """
