"""The redactor of one bundle: members, names and values; counts what it wrote over."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from diag.redact import coding
from diag.redact.names import Names
from diag.redact.rules import RedactionError, compile_rules
from diag.redact.stream import Engine, Stream
from diag.redact.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from diag.redact.prefilter import Finder
    from diag.redact.pseudonyms import Pseudonyms

    Told = Callable[[int, str], None]

GZIP_MARK = b"\x1f\x8b\x08"
_GZIP = 16 + zlib.MAX_WBITS
# Never sent on, whatever is in them: challenge files, the identity's certificate and
# key, key stores (agent-facts.md, 1.6).
DENIED = re.compile(
    r"(?i)(?:^|/)(?:tokens/[^/]*|certs/.*|[^/]*\.(?:key|pfx|p12|jks)|authtoken-msi\.json)$"
    r"|(?:azcmagent|azureconnectedmachineagent|guestconfig|gc_ext|gc_service"
    r"|plugins|waagent)/(?:.*/)?[^/]*\.pem$"
)
_STEP = 1 << 18


class Redactor:
    """Cleans the members of one bundle. What it cannot look into, it refuses."""

    def __init__(
        self,
        rules: Sequence[Mapping[str, object]] | Engine,
        pseudonyms: Pseudonyms | None = None,
        finder: Finder | None = None,
    ) -> None:
        """Compile the rules.

        Args:
            rules: As `redaction` has them, or compiled.
            pseudonyms: Replaces ids and names, too; None leaves them.
            finder: Finds the words of the rules where there is more than the standard
                library (`prefilter`); what is found is the same.

        Raises:
            RedactionError: A rule is wrong.
        """
        if not isinstance(rules, Engine):
            rules = Engine(compile_rules(rules), finder)
        self._engine = rules
        self._tokens = Tokens()
        self._pseudonyms = pseudonyms

    def anew(self) -> Redactor:
        """Return one that has met no secret yet; no rule is compiled again."""
        return Redactor(self._engine, self._pseudonyms)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many secrets of each kind were written over, and names replaced."""
        counts = dict(self._tokens.counts)
        if self._pseudonyms is not None:
            counts.update(self._pseudonyms.counts)
        return dict(sorted(counts.items()))

    def clean(
        self, name: str, chunks: Iterable[bytes], told: Told | None = None
    ) -> Iterator[bytes]:
        """Yield a member without its secrets; its line ends are all there.

        Args:
            name: The member's; some rules hold for some files.
            chunks: Its bytes in pieces of any size.
            told: Is called with the line, from 1 (0 where there are none), and the
                kind of each secret.

        Raises:
            RedactionError: It must not be sent on, or cannot be looked into.
        """
        if denied(name):
            raise RedactionError(
                "it is a file of keys or tokens, which is never sent on"
            )
        pieces = iter(chunks)
        head = _head(pieces)
        if head.startswith(GZIP_MARK):
            yield from gzipped(self._cleaned(name, _unpacked(head, pieces), told))
            return
        if head.startswith(coding.PACKED):
            raise RedactionError("it is packed, and what is in it cannot be looked at")
        yield from self._cleaned(name, _chained(head, pieces), told)

    def text(self, text: str, name: str = "") -> str:
        """Return a name or a value without secrets.

        Args:
            text: Anything; lone surrogates stay.
            name: The member that it is from; some rules hold for some files.
        """
        data = text.encode("utf-8", "surrogatepass")
        stream = Stream(self._engine, self._tokens, self._engine.for_member(name))
        data = stream.feed(data) + stream.flush()
        if self._pseudonyms is not None:
            data = self._pseudonyms.replaced(data)
        return data.decode("utf-8", "surrogatepass")

    def _cleaned(
        self, name: str, pieces: Iterator[bytes], told: Told | None
    ) -> Iterator[bytes]:
        head = _head(pieces)
        if head.startswith(coding.PACKED):
            raise RedactionError("it is packed twice, and cannot be looked into")
        encoding, mark = coding.encoding_of(head[: coding.HEAD])
        cleaner = self._cleaner(name, encoding, told)
        yield head[:mark]
        for piece in _chained(head[mark:], pieces):
            yield _safely(cleaner.feed, piece)
        yield _safely(cleaner.flush)

    def _cleaner(self, name: str, encoding: str, told: Told | None) -> coding.Runs:
        """Return what cleans a member: its text, and runs of another encoding in it."""
        active = self._engine.for_member(name)
        binary = encoding == coding.BINARY

        tell: Callable[[int, bytes], None] | None = None
        if told is not None:
            said = told

            def tell(line: int, kind: bytes) -> None:
                said(0 if binary else line, kind.decode())

        def stream() -> Stream | _Chain:
            plain = Stream(self._engine, self._tokens, active, fixed=binary, told=tell)
            if self._pseudonyms is None:
                return plain
            return _Chain(plain, Names(self._pseudonyms))

        if encoding in {coding.WIDE_LE, coding.WIDE_BE}:
            return coding.Runs(coding.Wide(encoding, stream()), stream(), wide=False)
        return coding.Runs(stream(), coding.Wide(coding.WIDE_LE, stream()), wide=True)


def _safely(clean: Callable[..., bytes], *data: bytes) -> bytes:
    """Return what cleaning gives; any fault in it keeps the member from going out."""
    try:
        return clean(*data)
    except (
        ArithmeticError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise RedactionError(
            f"it could not be redacted ({type(error).__name__}); report this"
        ) from error


class _Chain:
    """Secrets first, then names."""

    def __init__(self, first: Stream, second: Names) -> None:
        """Take both."""
        self._first = first
        self._second = second

    def feed(self, data: bytes) -> bytes:
        """Take a piece; return what is clean by now."""
        return self._second.feed(self._first.feed(data))

    def flush(self) -> bytes:
        """Return the rest."""
        rest = self._second.feed(self._first.flush())
        return rest + self._second.flush()


def denied(name: str) -> bool:
    """Say whether a file must never be sent on, whatever is in it.

    Args:
        name: Of a member, with `/` between its parts.
    """
    return DENIED.search(name.replace("\\", "/")) is not None


def _head(pieces: Iterator[bytes]) -> bytes:
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= coding.HEAD:
            break
    return head


def _chained(head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from pieces


def _unpacked(head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what gzip data hold.

    Raises:
        RedactionError: They are damaged.
    """
    inflate = zlib.decompressobj(_GZIP)
    try:
        for piece in _chained(head, pieces):
            waiting = piece
            while waiting:
                if inflate.eof:
                    if not waiting.strip(b"\0"):
                        return
                    inflate = zlib.decompressobj(_GZIP)
                made = inflate.decompress(waiting, _STEP)
                waiting = inflate.unconsumed_tail or inflate.unused_data
                if made:
                    yield made
        yield inflate.flush()
    except zlib.error as error:
        raise RedactionError("its gzip data are damaged") from error


def gzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield gzip data, the same for the same content.

    Args:
        pieces: The content.
    """
    deflate = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    crc = size = 0
    yield GZIP_MARK + b"\0\0\0\0\0\4\xff"
    for piece in pieces:
        crc, size = zlib.crc32(piece, crc), size + len(piece)
        made = deflate.compress(piece)
        if made:
            yield made
    end = (crc & 0xFFFFFFFF).to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(
        4, "little"
    )
    yield deflate.flush() + end
