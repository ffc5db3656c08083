"""Checks on values that a definition holds; every surprise has a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from diag import content
from diag.errors import DefinitionError
from diag.formats.layout import suggest

if TYPE_CHECKING:
    from enum import StrEnum

Place = tuple[str | int, ...]
Choice = TypeVar("Choice", bound="StrEnum")


class Checked:
    """The text of a definition, for the line numbers, and checks on its values."""

    def __init__(self, text: str, name: str) -> None:
        """Keep the text and what messages call it."""
        self.text = text
        self.name = name

    def mapping(
        self, value: object, place: Place, known: list[str] | None
    ) -> dict[str, Any]:
        """Return a mapping; `known` are the keys that it may have, None for any."""
        if not isinstance(value, dict):
            self.expected("a mapping", value, place)
        for key in value:
            if known is not None and key not in known:
                hint = suggest(key, known)
                self.fail((*place, key), f"unknown key '{key}'", hint, key=True)
        return value

    def items(self, value: object, place: Place) -> list[Any]:
        """Return a list."""
        if not isinstance(value, list):
            self.expected("a list", value, place)
        return value

    def strings(self, value: object, place: Place) -> tuple[str, ...]:
        """Return a list of texts."""
        items = enumerate(self.items(value, place))
        return tuple(self.string(item, (*place, number)) for number, item in items)

    def string(self, value: object, place: Place) -> str:
        """Return a text that is not empty."""
        if not isinstance(value, str) or not value:
            self.expected("text", value, place)
        return value

    def number(self, value: object, place: Place) -> int:
        """Return a whole number."""
        if not isinstance(value, int) or isinstance(value, bool):
            self.expected("a whole number", value, place)
        return value

    def flag(self, value: object, place: Place) -> bool:
        """Return true or false."""
        if not isinstance(value, bool):
            self.expected("true or false", value, place)
        return value

    def choice(self, value: object, place: Place, kind: type[Choice]) -> Choice:
        """Return one of the words of an enumeration."""
        known = [item.value for item in kind]
        if value not in known:
            self.fail(
                place, f"unknown {place[-1]} '{value}'", suggest(str(value), known)
            )
        return kind(value)

    def expected(self, wanted: str, value: object, place: Place) -> NoReturn:
        """Say that another kind of value was expected."""
        path = ".".join(str(step) for step in place) or "the file"
        if value is None:
            self.fail(place, f"{path} is missing", f"give {wanted}")
        self.fail(place, f"{path} must be {wanted}", "quote it if it is meant as text")

    def fail(
        self, place: Place, text: str, hint: str, *, key: bool = False, offset: int = 0
    ) -> NoReturn:
        """Say what is wrong at a place, and how to mend it.

        Args:
            place: Keys and indexes that lead to it.
            text: What is wrong.
            hint: How to mend it.
            key: The key itself is wrong, not its value.
            offset: So many characters into the value it is wrong.
        """
        line, spot = content.spot_of(self.text, place, key=key, offset=offset)
        where = f"{self.name}:{line}:{spot.column}"
        raise DefinitionError(text, where=where, hint=hint, spot=spot)
