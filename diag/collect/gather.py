"""Collecting: from what was chosen to a bundle, in one pass."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from diag.collect import told as words
from diag.collect.choose import HARD_LINK, Pick
from diag.collect.head import Head
from diag.collect.member import content_of, is_packed
from diag.collect.pace import Pace
from diag.collect.plan import BINARY, LOG, PACKED
from diag.collect.reading import LiveFile, Source
from diag.collect.record import Record
from diag.collect.roots import close_roots, open_roots
from diag.collect.state import FOLDER, search_of, state_of, this_system
from diag.collect.survey import Chosen, size_of, survey
from diag.collect.told import Left
from diag.collect.unpacking import DamagedError, inner_of
from diag.collect.walk import Walk, open_again

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diag.collect.folders import Identity
    from diag.collect.options import Options
    from diag.collect.plan import Plan
    from diag.collect.record import Outcome
    from diag.collect.roots import Root
    from diag.collect.state import State
    from diag.collect.survey import Survey
    from diag.collect.told import Told
    from diag.collect.walk import Found
    from diag.packing import BundleWriter
    from diag.redact import Redactor

LISTING = FOLDER + "listing.txt"
BEGIN = 512  # bytes that tell a file from another one that has its number later
SHRINKS = 5  # logs become a fifth to an eighth when they are packed
ROUNDS = 3  # looks for what was rotated while we read


class _Taken(NamedTuple):
    name: str
    begin: bytes


class Gathering:
    """One run of the collector."""

    def __init__(
        self,
        plan: Plan,
        options: Options,
        writer: BundleWriter,
        redactor: Redactor | None,
        told: Told,
    ) -> None:
        """Take what is collected, how, and where it goes."""
        self._plan = plan
        self._options = options
        self._record = Record(writer, redactor)
        self._told = told
        self._pace = Pace(gentle=options.gentle, fast=options.fast)
        self._head = Head()
        self._taken: dict[Identity, _Taken] = {}
        self._exchanged: set[str] = set()

    def run(self, search: Sequence[str] | None) -> Outcome:
        """Collect everything and finish the bundle.

        Args:
            search: Folders of programs, instead of the plan's.
        """
        roots = open_roots(self._options.root)
        try:
            self._all(roots, search)
            self._head.of_roots(roots, live=not self._options.root)
        finally:
            close_roots(roots)
        head = self._head.values(self._options, self._record.counts())
        return self._record.finish(head)

    def _all(self, roots: Sequence[Root], search: Sequence[str] | None) -> None:
        self._told.say("looking for files")
        found = survey(self._plan, roots, self._options)
        self._record.check_room(found.size // SHRINKS)
        for one in found.left:
            self._record.leave(one)
        if not self._options.root:
            self._states(search)
            self._pace.begin()  # commands have limits of their own
        for number, chosen in enumerate(found.chosen):
            if self._pace.over():
                self._give_up(found.chosen[number:])
                break
            self._told.at(self._record.size, found.size)
            self._one(chosen)
        self._rotated(roots, found)
        self._listing(found.listings)

    def _states(self, search: Sequence[str] | None) -> None:
        if search is None:
            search = search_of(self._plan, this_system())
        now = time.time() if self._options.now is None else self._options.now
        for state in state_of(self._plan, self._options, now, search):
            self._told.say(state.name)
            self._state(state)
            self._pace.rest(len(state.text))

    def _state(self, state: State) -> None:
        self._head.of_state(state)
        if state.left is not None:
            self._record.leave(state.left)
        if state.text:
            self._record.put(state.name, [state.text], None, state.facts)

    def _one(self, chosen: Chosen) -> None:
        found = chosen.pick.found
        self._told.say(found.name)
        if self._record.redacts and found.candidate.kind == BINARY:
            text = "it is binary, and secrets cannot be found in it"
            self._record.leave(Left(found.name, words.NOT_REDACTED, text))
            return
        try:
            number, folder = open_again(chosen.root.folder, found)
        except OSError as error:
            self._record.leave(
                Left(found.name, words.reason_of(error), words.why(error))
            )
            return
        try:
            source = Source(number, folder, found.parts[-1])
            self._file(chosen, source)
        except OSError as error:
            self._record.leave(
                Left(found.name, words.reason_of(error), words.why(error))
            )
        finally:
            os.close(number)
            if folder is not chosen.root.folder:
                folder.close()

    def _file(self, chosen: Chosen, source: Source) -> None:
        found, most = chosen.pick
        lines = found.candidate.kind == LOG and not is_packed(found.name)
        live = LiveFile(source, most=most, lines=lines, pace=self._pace)
        begin = live.head(BEGIN)
        before = self._taken.get(live.identity)
        if before is not None and begin.startswith(before.begin):
            self._exchanged.discard(found.name)
            return  # rotation has moved here what was taken under another name
        if live.identity != found.identity:
            # How many names it had when it got this one is not known any more, so it
            # may be a hard link from elsewhere. The next look knows.
            self._exchanged.add(found.name)
            return
        self._exchanged.discard(found.name)
        if found.candidate.kind == PACKED and self._record.redacts:
            self._unpack(found, source)
            self._taken[live.identity] = _Taken(found.name, begin)
            return
        facts: dict[str, Any] = {"component": found.candidate.component}
        facts["kind"] = found.candidate.kind
        if found.candidate.family:
            facts["family"] = found.candidate.family
        chunks = _ending(live, facts, content_of(self._plan, found, live))
        if self._record.put(found.name, chunks, live.mtime, facts):
            self._taken[live.identity] = _Taken(found.name, begin)
            self._record.measure(found.name, live)

    def _unpack(self, found: Found, source: Source) -> None:
        """Take the logs in a zip one by one: redaction cannot look into it."""
        facts = {"component": found.candidate.component, "kind": PACKED}
        try:
            for inner in inner_of(source.number, self._pace):
                name = f"{found.name}/{inner.name}"
                room = self._options.max_size - self._record.size
                if inner.problem:
                    self._record.leave(Left(name, words.UNREADABLE, inner.problem))
                elif inner.size > min(room, self._options.tail):
                    text = f"unpacked it has {inner.size:,} bytes"
                    self._record.leave(Left(name, words.OVER, text))
                elif self._record.put(name, inner.chunks, inner.mtime, facts):
                    self._record.size += inner.size
        except DamagedError as error:
            self._record.leave(Left(found.name, words.UNREADABLE, str(error)))

    def _rotated(self, roots: Sequence[Root], first: Survey) -> None:
        """Take what rotation put under other names while we read."""
        known = {(one.name, one.identity) for one in first.seen}
        chosen = {one.pick.found.identity for one in first.chosen}
        left = {one.identity for one in first.seen} - chosen
        for _ in range(ROUNDS):
            fresh: list[Chosen] = []
            for root in roots:
                walk = Walk(self._plan, root.system)
                walk.run(root.folder)
                now = [f for f in walk.found if (f.name, f.identity) not in known]
                known.update((one.name, one.identity) for one in now)
                fresh += [
                    Chosen(root, Pick(one, self._options.tail))
                    for one in now
                    if one.candidate.kind == LOG and one.identity not in left
                ]
            for late in fresh:
                self._late(late)
            if not fresh:
                break
        for name in sorted(self._exchanged):
            text = "another file had its name, and it was not found again"
            self._record.leave(Left(name, words.VANISHED, text))

    def _late(self, chosen: Chosen) -> None:
        found = chosen.pick.found
        room = self._options.max_size - self._record.size
        if found.links > 1:
            self._record.leave(Left(found.name, words.SPECIAL, HARD_LINK))
        elif self._pace.over():
            self._give_up([chosen])
        elif size_of(chosen.pick) > max(room, 0):
            text = "it came by rotation, and there is no room for it"
            self._record.leave(Left(found.name, words.OVER, text))
        else:
            self._one(chosen)

    def _give_up(self, chosen: Sequence[Chosen]) -> None:
        for one in chosen:
            text = "the time for the whole run was up"
            self._record.leave(Left(one.pick.found.name, words.TIMED_OUT, text))

    def _listing(self, lines: Sequence[str]) -> None:
        if lines:
            text = "".join(["kind\tbytes\twritten\tmode\tpath\n", *lines])
            data = text.encode("utf-8", "backslashreplace")
            self._record.put(LISTING, [data], None, {"kind": "listing"})


def collect(
    plan: Plan,
    options: Options,
    writer: BundleWriter,
    redactor: Redactor | None,
    told: Told,
    search: Sequence[str] | None = None,
) -> Outcome:
    """Collect into a bundle, and finish it.

    Args:
        plan: What to look for.
        options: What was asked for.
        writer: Of the bundle.
        redactor: Takes secrets out; None leaves them in.
        told: Is told what is being done.
        search: Folders of programs, instead of the plan's.

    Raises:
        DiagError: The root is none, or the bundle cannot be written.
    """
    return Gathering(plan, options, writer, redactor, told).run(search)


def _ending(live: LiveFile, facts: dict[str, Any], chunks: Any) -> Iterator[bytes]:
    """Yield what is taken, and add to the facts what turned out while reading."""
    yield from chunks
    facts.update(live.facts())
