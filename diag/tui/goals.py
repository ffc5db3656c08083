"""Where a row of a list leads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file of what is looked at."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, by its place in the diagnosis."""

    number: int


@dataclass(frozen=True, slots=True)
class OneFile:
    """The lines of one file."""

    file: str


@dataclass(frozen=True, slots=True)
class Screen:
    """Another screen."""

    name: str


Goal = Place | Found | OneFile | Screen
