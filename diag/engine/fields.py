"""Read a mapping from YAML field by field, and collect all that is wrong with it.

A rule author wants all errors at once, each with its line; so nothing here
raises. A wrong value is noted and a harmless one returned in its place.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable
    from enum import StrEnum

    EnumT = TypeVar("EnumT", bound=StrEnum)

Path = tuple[str | int, ...]

T = TypeVar("T")

SHOWN = 60
KINDS: dict[type, str] = {
    type(None): "nothing",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a mapping",
}


@dataclass(slots=True)
class Notes:
    """What was found wrong (`errors`) or is worth a word (`notes`), with its place."""

    errors: list[tuple[Path, str]] = field(default_factory=list)
    notes: list[tuple[Path, str]] = field(default_factory=list)


def closest(word: str, words: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the nearest of some words, or an empty text."""
    folded = {w.lower(): w for w in words}
    found = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return f"; did you mean '{folded[found[0]]}'?" if found else ""


def short(value: object) -> str:
    """Return a value for a message, cut to a readable length."""
    text = str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def kind_of(value: object) -> str:
    """Return what a YAML value is, in an author's words."""
    return KINDS.get(type(value), "something else")


class Reader:
    """One mapping, and where it stands in its file."""

    def __init__(self, value: object, path: Path, notes: Notes) -> None:
        """Start to read.

        Args:
            value: What should be a mapping; anything else is noted.
            path: Keys and indexes that lead to it from the document.
            notes: Collects what is wrong.
        """
        self.path = path
        self.notes = notes
        self.asked: set[str] = set()
        self.values: dict[str, Any] = {}
        if isinstance(value, dict):
            self.values = dict(zip(map(str, value), value.values(), strict=True))
        elif value is not None:
            self.error(f"expected a mapping, found {kind_of(value)}")

    def __contains__(self, key: str) -> bool:
        """Return whether the field is given and not empty."""
        return self.values.get(key) is not None

    def error(self, text: str, key: str | int | None = None) -> None:
        """Note that a field, or the mapping as a whole, is wrong."""
        self.notes.errors.append(
            (self.path if key is None else (*self.path, key), text)
        )

    def note(self, text: str, key: str | None = None) -> None:
        """Note something that is no error."""
        self.notes.notes.append((self.path if key is None else (*self.path, key), text))

    def raw(self, key: str) -> Any:  # noqa: ANN401 - YAML holds anything
        """Return a field as it is, None when it is not given."""
        self.asked.add(key)
        return self.values.get(key)

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """Return a text; numbers are taken as they are written."""
        self.asked.add(key)
        value = self.values.get(key)
        if type(value) is str and value:
            return value.strip()
        if value is None or value == "":
            if required:
                self.error(f"'{key}' is missing", key if key in self.values else None)
            return default
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            self.error(f"'{key}' must be text, found {kind_of(value)}", key)
            return default
        return str(value).strip()

    def pattern(self, key: str, pattern: re.Pattern[str], example: str) -> str:
        """Return a required text that has a form."""
        value = self.text(key, required=True)
        if value and not pattern.fullmatch(value):
            self.error(f"'{key}' is '{short(value)}'; expected such as {example}", key)
        return value

    def choice(
        self, key: str, words: type[EnumT], default: EnumT | None
    ) -> EnumT | None:
        """Return one word of a closed list; `default` None makes it required."""
        value = self.text(key, required=default is None)
        if not value:
            return default
        try:
            return words(value)
        except ValueError:
            known = ", ".join(words)
            hint = closest(value, list(words))
            self.error(f"'{key}' is '{short(value)}'; one of {known}{hint}", key)
            return default

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; one text alone counts as a list of one."""
        value = self.raw(key)
        if value is None:
            return ()
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(
            isinstance(item, (str, int, float)) and not isinstance(item, bool)
            for item in items
        ):
            self.error(f"'{key}' must be a list of texts", key)
            return ()
        return tuple(str(item).strip() for item in items)

    def number(self, key: str, default: int, low: int, high: int) -> int:
        """Return a whole number inside bounds."""
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            self.error(f"'{key}' must be a whole number, found {kind_of(value)}", key)
            return default
        if not low <= value <= high:
            self.error(f"'{key}' is {value}; allowed are {low} to {high}", key)
            return default
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.error(f"'{key}' must be true or false, found {kind_of(value)}", key)
            return default
        return value

    def parsed(self, key: str, parse: Callable[[str], T]) -> T | None:
        """Return a text read by a function whose ValueError says what is wrong."""
        value = self.text(key)
        if not value:
            return None
        try:
            return parse(value)
        except ValueError as error:
            self.error(f"'{key}': {error}", key)
            return None

    def section(self, key: str) -> Reader:
        """Return a mapping inside this one; empty when it is not given."""
        return Reader(self.raw(key), (*self.path, key), self.notes)

    def sections(self, key: str) -> list[Reader]:
        """Return a list of mappings."""
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.error(f"'{key}' must be a list, found {kind_of(value)}", key)
            return []
        path = (*self.path, key)
        return [
            Reader(item if item is not None else "", (*path, place), self.notes)
            for place, item in enumerate(value)
        ]

    def finish(self, ignored: Iterable[str] = ()) -> None:
        """Note every field that nobody asked for.

        Args:
            ignored: Fields that have no meaning here and are no error.
        """
        skipped = set(ignored)
        for key in self.values:
            if key in self.asked or key.startswith("x-"):
                continue
            if key in skipped:
                self.note(f"'{key}' is ignored", key)
                continue
            hint = closest(key, [*self.asked, *skipped])
            self.error(f"unknown field '{short(key)}'{hint}", key)
