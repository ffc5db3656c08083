"""A machine's bundle while it is written: lines by time, and marks on some of them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from samples.making.machine import Machine
from tests.scenarios.generations import LINUX, WINDOWS, Age, layout, released

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
REGIONS = (("westeurope", "weu"), ("eastus", "eus"), ("southcentralus", "scus"))
ZONES = (-8, -5, 0, 0, 1, 2)


@dataclass(slots=True)
class Entry:
    """A record of a log. `at` orders it; text without a time keeps its place."""

    at: datetime
    text: str
    marks: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Failing:
    """A span in which heartbeats fail, and how."""

    first: datetime
    last: datetime
    make: Callable[[datetime], str]
    mark: str


class Site:
    """A bundle of one machine, all of it decided by a name and a seed.

    `begin` and `end` are the times of its first and last lines. What the story
    changes about the machine's normal life is set before `everyday.fill` writes that.
    """

    def __init__(self, name: str, seed: int, age: Age, *, windows: bool) -> None:
        self.random = random.Random(f"{name} {seed}")
        pick = self.random.choice
        self.age = age
        region, shard = pick(REGIONS)
        prefix = pick(("srv", "web", "db", "edge", "app"))
        host = f"{prefix}{self.random.randrange(1000, 9999)}"
        self.machine = Machine(
            host.upper() if windows else host,
            pick((WINDOWS if windows else LINUX)[age]),
            offset=pick(ZONES),
            windows=windows,
            group=f"rg-{prefix}",
            region=region,
            shard=shard,
        )
        self.paths = layout(age, windows=windows)
        since = timedelta(
            days=self.random.randrange(20, 200), seconds=self.random.randrange(86_400)
        )
        self.end = released(self.machine.version) + since
        self.begin = self.end - timedelta(minutes=self.random.randrange(420, 700))
        self.files: dict[str, list[Entry]] = {}
        self.gaps: list[tuple[datetime, datetime]] = []
        self.failing: list[Failing] = []
        self.gap_marks: list[tuple[datetime, datetime, str]] = []
        self.facts: dict[str, str] = {}
        self.states: dict[str, str] = {}
        self.status = "Connected"
        self.registered = True
        self.shown = True
        self.bare = False
        self.rotated: datetime | None = None
        self.left_out: set[str] = set()

    @property
    def windows(self) -> bool:
        """Whether the machine runs Windows."""
        return self.machine.windows

    def move(self, by: timedelta) -> None:
        """Let all of it happen later; before anything is written."""
        assert not self.files
        self.begin += by
        self.end += by

    def moment(self, part: float, slack: int = 240) -> datetime:
        """Return a time at a part of the span, up to `slack` seconds later."""
        span = (self.end - self.begin) * part
        late = timedelta(seconds=self.random.randrange(slack))
        return (self.begin + span + late).replace(microsecond=0)

    def add(self, path: str, at: datetime, text: str, *marks: str) -> None:
        """Write a record into a log, at its time."""
        self.files.setdefault(path, []).append(Entry(at, text, set(marks)))

    def page(self, path: str, text: str, *marks: tuple[str, str]) -> None:
        """Write a document; each mark is a name and a piece of the lines it is for."""
        start = self.begin
        for number, line in enumerate(text.split("\n")):
            own = {name for name, piece in marks if piece in line}
            at = start + timedelta(microseconds=number)
            self.files.setdefault(path, []).append(Entry(at, line, own))

    def silence(self, first: datetime, last: datetime, mark: str) -> None:
        """Let himds write nothing between two times, and mark the lines around."""
        self.gaps.append((first, last))
        self.gap_marks.append((first, last, mark))

    def fail(
        self,
        first: datetime,
        last: datetime,
        make: Callable[[datetime], str],
        mark: str,
    ) -> None:
        """Let the heartbeats between two times fail."""
        self.failing.append(Failing(first, last, make, mark))

    def quiet(self, at: datetime) -> bool:
        """Return whether himds writes nothing at a time."""
        return any(first < at < last for first, last in self.gaps)

    def write(self, top: Path) -> dict[str, set[tuple[str, int]]]:
        """Write the bundle.

        Returns:
            For every mark the places, file and line, that carry it.
        """
        self._mark_silences()
        places: dict[str, set[tuple[str, int]]] = {}
        end = "\r\n" if self.windows else "\n"
        for path, entries in self.files.items():
            if path in self.left_out:
                continue
            line = 1
            text = []
            for entry in sorted(entries, key=lambda one: one.at):
                count = entry.text.count("\n") + 1
                spot = {(path, line + more) for more in range(count)}
                for mark in entry.marks:
                    places.setdefault(mark, set()).update(spot)
                text.append(entry.text)
                line += count
            place = top / path
            place.parent.mkdir(parents=True, exist_ok=True)
            joined = "\n".join(text) + "\n"
            place.write_bytes(joined.replace("\n", end).encode())
        return places

    def _mark_silences(self) -> None:
        lines = sorted(self.files.get(self.paths.himds, []), key=lambda one: one.at)
        for first, last, mark in self.gap_marks:
            before = [entry for entry in lines if entry.at <= first]
            after = [entry for entry in lines if entry.at >= last]
            for entry in (*before[-1:], *after[:1]):
                entry.marks.add(mark)
