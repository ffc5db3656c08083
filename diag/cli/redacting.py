"""Reading a source member by member, and writing it without its secrets."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from diag import bundle
from diag.bundle.unpacked import Unpacked
from diag.content.redaction import redaction_rules
from diag.errors import DiagError
from diag.packing import BundleWriter
from diag.packing.manifest import FORMAT, HEAD, NAME, NO_TIME
from diag.redact import RedactionError, Redactor, denied, gzipped
from diag.redact.pseudonyms import LEARN, REPLACE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from diag.model import Bundle, Member
    from diag.redact import Pseudonyms

    Say = Callable[[str], None]

# Nothing says when the source was made; readers take it for no time at all.
MOST_MANIFEST = 64 << 20
DENIED, FAILED, UNREADABLE = "deny-list", "redaction-failed", "unreadable"


class Copied(NamedTuple):
    """What became of a source. `left_out`: name, reason, text."""

    members: int
    counts: Mapping[str, int]
    left_out: list[tuple[str, str, str]]
    problems: list[tuple[str, str]]
    table: Path | None = None


def copy(
    source: Path,
    target: Path,
    pseudonyms: Pseudonyms | None,
    say: Say,
    *,
    replace: bool = False,
    before: Callable[[], None] | None = None,
) -> Copied:
    """Write a source as a bundle without its secrets.

    Args:
        source: A zip, a folder or a file; it is only read.
        target: The bundle.
        pseudonyms: Replace names, too; two passes, as a name may be known late.
        say: Is told what is being done.
        replace: Replace a bundle that is there.
        before: Is called when all is written, before the bundle gets its name.

    Raises:
        DiagError: There is nothing at this path, or the bundle cannot be written.
    """
    with bundle.Scratch() as scratch:
        opened = bundle.open_bundle(source, scratch)
        if not opened.members:
            texts = "; ".join(problem.text for problem in opened.problems)
            raise DiagError(texts or "there is nothing to redact", where=str(source))
        if pseudonyms is not None:
            _learn(opened, pseudonyms, say)
        copying = _Copying(opened, built_in(pseudonyms), say)
        with BundleWriter(
            str(target), created=copying.created, kind="redacted", replace=replace
        ) as writer:
            copied = copying.run(writer)
            if before is not None:
                before()
            writer.finish(copying.head())
    _date(target, opened)
    return copied


def _learn(opened: Bundle, pseudonyms: Pseudonyms, say: Say) -> None:
    redactor = built_in(pseudonyms)
    pseudonyms.mode = LEARN
    for member in opened.members:
        say(f"learning names from {member.name}")
        try:
            for _ in redactor.clean(member.name, Unpacked(member).blocks()):
                pass
        except RedactionError:
            continue  # told when it is its turn
    pseudonyms.mode = REPLACE


class _Copying:
    """Writes the members of one source."""

    def __init__(self, opened: Bundle, redactor: Redactor, say: Say) -> None:
        self._opened = opened
        self._redactor = redactor
        self._say = say
        self._old = old_manifest(opened)
        stamps = [m.modified for m in opened.members if m.modified is not None]
        newest = max(stamps).strftime("%Y-%m-%dT%H:%M:%SZ") if stamps else NO_TIME
        self.created: str = self._old.get("created") or newest
        self._facts = {
            one["path"]: one
            for one in self._old.get("members", ())
            if isinstance(one, dict) and "path" in one
        }

    def run(self, writer: BundleWriter) -> Copied:
        """Write all members; what cannot be made safe is left out, with its reason."""
        left_out: list[tuple[str, str, str]] = []
        problems: list[tuple[str, str]] = []
        count = 0
        for one in self._old.get("not_taken", ()):
            reason, detail = str(one["reason"]), str(one.get("detail", ""))
            writer.left_out(self._clean(str(one["path"])), reason, self._clean(detail))
        for name, text in source_gaps(self._opened):
            writer.left_out(self._clean(name), UNREADABLE, self._clean(text))
            problems.append((name, text))
        for member in self._opened.members:
            if self._old and member.name == NAME:
                continue
            self._say(f"redacting {member.name}")
            why = self._one(writer, member, problems)
            if why is None:
                count += 1
                continue
            writer.left_out(self._clean(member.name), *why)
            left_out.append((member.name, *why))
        return Copied(count, self._redactor.counts, left_out, problems)

    def _one(
        self, writer: BundleWriter, member: Member, problems: list[tuple[str, str]]
    ) -> tuple[str, str] | None:
        """Write a member; or return why it is not in the copy."""
        if denied(member.name):
            return DENIED, "it is a file of keys or tokens"
        reader = Unpacked(member)
        known = self._facts.get(member.name, {})
        facts = {key: self._values(known[key]) for key in known if key not in _OWN}
        chunks: Iterator[bytes] = self._redactor.clean(member.name, reader.blocks())
        if member.packing.is_gzip:
            chunks = gzipped(chunks)
        chunks = self._noting(chunks, reader, facts)
        mtime = member.modified.timestamp() if member.modified else None
        try:
            name = self._clean(member.name)
            writer.member(name, chunks, mtime=mtime, facts=facts)
        except RedactionError as error:
            return FAILED, str(error)
        problems += [(member.name, text) for _, _, text in reader.problems()]
        return None

    def _noting(
        self, chunks: Iterator[bytes], reader: Unpacked, facts: dict[str, Any]
    ) -> Iterator[bytes]:
        """Pass a member on; the manifest then tells what was wrong with its source."""
        yield from chunks
        told = [self._clean(text) for _, _, text in reader.problems()]
        if told:
            facts["source_problems"] = told

    def head(self) -> dict[str, Any]:
        """Return what the manifest says of the whole: as before, without secrets."""
        head = {
            key: self._values(value)
            for key, value in self._old.items()
            if key not in _OWN and key not in _WHOLE
        }
        counts = dict(self._redactor.counts)
        before = self._old.get("redactions", {})
        for kind, number in before.items() if isinstance(before, dict) else ():
            counts[kind] = counts.get(kind, 0) + int(number)
        head["redactions"] = dict(sorted(counts.items()))
        return {**dict(HEAD), **head}

    def _clean(self, text: str) -> str:
        return self._redactor.text(text)

    def _values(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, str):
            return self._clean(value)
        if isinstance(value, list):
            return [self._values(one) for one in value]
        if isinstance(value, dict):
            return {self._clean(key): self._values(value[key]) for key in value}
        return value


# What the writer measures anew, and what it says of the whole by itself.
_OWN = frozenset(
    {"path", "size", "mtime", "sha256", "encoding", "packed", "packed_sha256", "crc32"}
)
_WHOLE = frozenset(
    {"format", "format_version", "kind", "created", "layout", "not_taken", "members"}
    | {"members_sha256", "redactions"}
)


def old_manifest(opened: Bundle) -> dict[str, Any]:
    """Return the manifest of a bundle of ours, else nothing."""
    for member in opened.members:
        if member.name != NAME:
            continue
        data = bytearray()
        for block in Unpacked(member).blocks():
            data += block
            if len(data) > MOST_MANIFEST:
                return {}
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            return {}
        if isinstance(value, dict) and value.get("format") == FORMAT:
            return value
    return {}


def source_gaps(opened: Bundle) -> list[tuple[str, str]]:
    """Return what of a source could not be read, by name; not what is only packed."""
    from diag.report.kinds import is_gap

    return [
        (problem.file, problem.text)
        for problem in opened.problems
        if is_gap(problem) and problem.kind != "packed-file"
    ]


def _date(target: Path, opened: Bundle) -> None:
    """Give the copy the time of its source: a log without years is dated by it."""
    stamps = []
    for path in {member.path for member in opened.members}:
        try:
            stamps.append(path.stat().st_mtime)
        except OSError:
            continue
    if stamps:
        os.utime(target, (max(stamps), max(stamps)))


def built_in(pseudonyms: Pseudonyms | None) -> Redactor:
    """Return a redactor with the rules that come with the program."""
    from arcdiag_core import Words

    try:
        return Redactor(redaction_rules(), pseudonyms, Words)
    except RedactionError as error:
        raise DiagError(str(error), hint="install arcdiag again") from error
