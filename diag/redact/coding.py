"""Encodings: what the first bytes say, as the reader decides, and a way there and back.

Wide text (UTF-16) is cleaned as UTF-8 and made wide again. A log of single bytes may
hold runs of wide text, or the other way round, when two programs wrote to one file; and
files that are no text hold both. Such runs are cleaned as well.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Protocol

    class Cleaner(Protocol):
        """Takes a text in pieces and gives it back clean."""

        def feed(self, data: bytes) -> bytes:
            """Take a piece; return what is clean by now."""

        def flush(self) -> bytes:
            """Return the rest."""


HEAD = 4096
BINARY, UTF8, WIDE_LE, WIDE_BE = "binary", "utf-8", "utf-16-le", "utf-16-be"
# Starts of files that are no text; of the first ones nothing can be seen from outside.
PACKED = (
    *(
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\x1f\x8b",
        b"\xfd7zXZ\x00",
        b"7z\xbc\xaf\x27\x1c",
    ),
    *(b"\x28\xb5\x2f\xfd", b"BZh", b"MSCF", b"Rar!\x1a", b"\x04\x22\x4d\x18"),
)
_MAGIC = (
    *(b"ElfFile\x00", b"MZ\x90\x00", b"\x7fELF", b"regf", b"SQLite format 3\x00"),
    *(b"\x89PNG", *PACKED),
)
_TAR, _TAR_AT = b"ustar", 257
_SPACE = b" \t\n\r\x0b\x0c"
_TEXT = rb"\t\n\r\x20-\x7e"
# Wide runs have the low byte first, as Windows writes. What is taken as a run of single
# bytes must not take the low byte of the wide text behind it.
_WIDE_RUN = re.compile(rb"(?:[" + _TEXT + rb"]\x00){6,}")
_WIDE_MORE = re.compile(rb"(?:[" + _TEXT + rb"]\x00)*")
_RUN = re.compile(rb"[" + _TEXT + rb"]{16,}(?!\x00)")
_MORE = re.compile(rb"(?:[" + _TEXT + rb"]+(?!\x00))?")
_HELD = 64  # bytes at the end of a piece in which a run may begin
_CHANGE = re.compile(rb"(?:[" + _TEXT + rb"]\x00){8}")
LEAST_BEFORE = 8
LEAST_WIDE = 6


def encoding_of(head: bytes) -> tuple[str, int]:
    """Say how a member is encoded, by its first 4 KiB.

    Args:
        head: Its first bytes.

    Returns:
        One of the four encodings, and how long its byte order mark is.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, UTF8),
        (codecs.BOM_UTF16_LE, WIDE_LE),
        (codecs.BOM_UTF16_BE, WIDE_BE),
    ):
        if head.startswith(mark):
            return encoding, len(mark)
    if head.startswith(_MAGIC) or head[_TAR_AT:].startswith(_TAR):
        return BINARY, 0
    if _goes_on_wide(head):
        return UTF8, 0
    wide = _guessed_wide(head)
    if wide:
        return wide, 0
    return (BINARY if _looks_binary(head) else UTF8), 0


def _guessed_wide(head: bytes) -> str:
    """UTF-16 of mostly Latin text has a NUL in every second place, and no other."""
    pairs = len(head) // 2
    if b"\0" not in head or pairs < 4:
        return ""
    even = odd = wild = 0
    for first, second in zip(head[0::2], head[1::2]):
        if first == 0 == second:
            wild += 1
        elif first == 0 and (second >= 32 or second in _SPACE):
            even += 1
        elif second == 0 and (first >= 32 or first in _SPACE):
            odd += 1
    if wild * 20 > pairs:
        return ""
    if odd * 2 > pairs and even * 20 <= pairs:
        return WIDE_LE
    if even * 2 > pairs and odd * 20 <= pairs:
        return WIDE_BE
    return ""


def _goes_on_wide(head: bytes) -> bool:
    """Say whether a text of single bytes goes on as UTF-16."""
    change = _CHANGE.search(head)
    if change is None or change.start() < LEAST_BEFORE:
        return False
    before = head[: change.start()]
    if before.endswith(codecs.BOM_UTF16_LE):
        before = before[:-2]
    if b"\0" in before or _looks_binary(before):
        return False
    try:
        before.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _looks_binary(head: bytes) -> bool:
    """Logs hold hardly any control bytes; a run of NULs counts once."""
    control = sum(1 for byte in head if 0 < byte < 32 and byte not in _HARMLESS)
    odd = control + len(_NUL_RUNS.findall(head))
    return odd >= 8 and odd * 25 > len(head)


_HARMLESS = frozenset((0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1B))
_NUL_RUNS = re.compile(rb"\x00+")


class Wide:
    """Wide text through a stream: there as UTF-8, and back byte for byte."""

    def __init__(self, encoding: str, stream: Cleaner) -> None:
        """Take the encoding and the stream that cleans."""
        self._encoding = encoding
        self._stream = stream
        self._begin()

    def _begin(self) -> None:
        self._decoder = codecs.getincrementaldecoder(self._encoding)("surrogatepass")
        self._back = codecs.getincrementaldecoder("utf-8")("surrogatepass")
        self._odd = b""

    def feed(self, data: bytes) -> bytes:
        """Take a piece; return what is clean by now."""
        data = self._odd + data
        even = len(data) & ~1
        self._odd = data[even:]
        return self._wide(self._stream.feed(self._narrow(data[:even])))

    def flush(self) -> bytes:
        """Return the rest; a byte too much at the end stays as it is."""
        rest = self._narrow(b"", final=True)
        out = self._wide(self._stream.feed(rest) + self._stream.flush()) + self._odd
        self._begin()
        return out

    def _narrow(self, data: bytes, *, final: bool = False) -> bytes:
        try:
            text = self._decoder.decode(data, final)
        except UnicodeDecodeError:  # half a pair at the very end
            text = "\ufffd"
        return text.encode("utf-8", "surrogatepass")

    def _wide(self, data: bytes) -> bytes:
        return self._back.decode(data).encode(self._encoding, "surrogatepass")


class Runs:
    """Takes runs of another encoding out of the pieces, and cleans both apart."""

    def __init__(self, own: Cleaner, other: Cleaner, *, wide: bool) -> None:
        """Take who cleans what.

        Args:
            own: Cleans the text.
            other: Cleans the runs.
            wide: The runs are UTF-16, else single bytes.
        """
        self._own = own
        self._other = other
        self._wide = wide
        self._run, self._more = (_WIDE_RUN, _WIDE_MORE) if wide else (_RUN, _MORE)
        self._held = b""
        self._inside = False

    def feed(self, data: bytes) -> bytes:
        """Take a piece; return what is clean by now."""
        if self._wide and not self._inside and not self._held:
            few = data.count(b"\0") < LEAST_WIDE and b"\0" not in data[-_HELD:]
            if few:  # no run is here, and none but its first byte begins
                return self._own.feed(data)
        return self._take(data, last=False)

    def flush(self) -> bytes:
        """Return the rest."""
        out = self._take(b"", last=True)
        out += (self._other if self._inside else self._own).flush()
        self._inside = False
        return out

    def _take(self, data: bytes, *, last: bool) -> bytes:
        data = self._held + data
        self._held = b""
        out, at = [], 0
        if self._inside:
            more = self._more.match(data)
            at = more.end() if more else 0
            out.append(self._other.feed(data[:at]))
            if self._goes_on(data, at, last=last):
                return b"".join(out)
            out.append(self._other.flush())
        for match in self._run.finditer(data, at):
            out.append(self._own.feed(data[at : match.start()]) + self._own.flush())
            out.append(self._other.feed(match.group()))
            at = match.end()
            if self._goes_on(data, at, last=last):
                return b"".join(out)
            out.append(self._other.flush())
        tail = max(at, len(data) - _HELD)
        none = last or (self._wide and b"\0" not in data[tail:])
        stop = len(data) if none else tail
        out.append(self._own.feed(data[at:stop]))
        self._held = data[stop:]
        return b"".join(out)

    def _goes_on(self, data: bytes, at: int, *, last: bool) -> bool:
        """Say whether the run may go on in the next piece."""
        self._inside = len(data) - at <= 1 and not last
        if self._inside:
            self._held = data[at:]
        return self._inside
