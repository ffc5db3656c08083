"""What goes into the bundle, and what is told about what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from diag.collect import told as words
from diag.collect.settings import ProtectedError
from diag.collect.told import Left
from diag.collect.unpacking import DamagedError
from diag.errors import OutputError
from diag.packing import manifest
from diag.redact import RedactionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diag.collect.reading import LiveFile
    from diag.packing import BundleWriter
    from diag.redact import Redactor


class Outcome(NamedTuple):
    """What was done. `left` has the reasons, `short` what is there only in part."""

    taken: int
    cut: int
    size: int
    left: Sequence[Left]
    short: Sequence[tuple[str, str]]

    @property
    def complete(self) -> bool:
        """Whether all that was asked for and could be is there, and whole."""
        gaps = any(one.reason in manifest.GAPS for one in self.left)
        return not gaps and not self.short


class Record:
    """Writes members without their secrets, and counts."""

    def __init__(self, writer: BundleWriter, redactor: Redactor | None) -> None:
        """Take the bundle, and what takes secrets out; None leaves them in."""
        self._writer = writer
        self._redactor = redactor
        self._left: list[Left] = []
        self._short: list[tuple[str, str]] = []
        self._count = self._cut = 0
        self.size = 0

    @property
    def redacts(self) -> bool:
        """Whether secrets are taken out."""
        return self._redactor is not None

    def check_room(self, size: int) -> None:
        """Refuse to begin what cannot be finished.

        Args:
            size: How many bytes the bundle will have, at a guess that is low.

        Raises:
            OutputError: There is no room for it.
        """
        room = self._writer.room()
        if room is not None and room < size:
            text = f"there is no room for the bundle: about {size:,} bytes are needed, "
            hint = "make room, collect less (--max-size), or give -o on another disk"
            raise OutputError(f"{text}{room:,} may be used", hint=hint)

    def put(
        self, name: str, chunks: Iterable[bytes], mtime: float | None, facts: Any
    ) -> bool:
        """Write a member; say whether it is in the bundle.

        Args:
            name: Its path.
            chunks: Its bytes, secrets and all. What they raise says why it
                must not or cannot be taken.
            mtime: When it was last written, in seconds since 1970.
            facts: For the manifest; may be added to while it is written.
        """
        shown = name
        try:
            if self._redactor is not None:
                chunks = self._redactor.clean(name, chunks)
                shown = self._redactor.text(name)
            self._writer.member(shown, chunks, mtime=mtime, facts=facts)
        except RedactionError as error:
            self.leave(Left(name, words.NOT_REDACTED, str(error)))
            return False
        except ProtectedError as error:
            self.leave(Left(name, words.DENY_LIST, str(error)))
            return False
        except DamagedError as error:
            self.leave(Left(name, words.UNREADABLE, str(error)))
            return False
        except (ValueError, LookupError, ArithmeticError, RecursionError) as error:
            # A defect of ours in one file must neither let its secrets out nor keep
            # all the others from being taken.
            text = f"{type(error).__name__} while it was looked through"
            self.leave(Left(name, words.NOT_REDACTED, text))
            return False
        self._count += 1
        return True

    def measure(self, name: str, live: LiveFile) -> None:
        """Count a file that was taken."""
        self.size += live.read
        self._cut += live.skipped > 0
        self._short += [(name, note) for note in live.notes if note in manifest.SHORT]

    def leave(self, left: Left) -> None:
        """Note what was not taken."""
        self._left.append(left)
        name, detail = self.clean(left.name), self.clean(left.detail)
        self._writer.left_out(name, left.reason, detail)

    def clean(self, value: Any) -> Any:
        """Return what goes into the manifest: without secrets, and text in UTF-8.

        Args:
            value: Plain data.
        """
        if isinstance(value, str):
            data = value.encode("utf-8", "surrogateescape")
            text = data.decode("utf-8", "backslashreplace")
            return text if self._redactor is None else self._redactor.text(text)
        if isinstance(value, dict):
            return {key: self.clean(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.clean(inner) for inner in value]
        return value

    def counts(self) -> Mapping[str, int]:
        """Return what was redacted, by kind."""
        return {} if self._redactor is None else dict(self._redactor.counts)

    def finish(self, head: Mapping[str, Any]) -> Outcome:
        """Finish the bundle.

        Args:
            head: Of the manifest.
        """
        self._writer.finish(self.clean(dict(head)))
        return Outcome(self._count, self._cut, self.size, self._left, self._short)
