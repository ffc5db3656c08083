"""The smallest parts of the grammar: pyparsing elements that read our tokens.

They look at tokens, never at characters, so blanks, comments and strings are
understood in one place. What an author got wrong inside an expression is raised
at once as `KqlError`; pyparsing lets that pass. `ParseException` only says "not
this way", which is how optional parts work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyparsing as pp

from diag.kql.literals import TYPE_NAMES
from diag.kql.source import nearest, quoted
from diag.kql.tokens import Kind, Token, tokens_of
from diag.schema import Type

if TYPE_CHECKING:
    from diag.errors import KqlError


@dataclass(frozen=True, slots=True)
class Many:
    """Several values as one result; pyparsing would take a list apart."""

    values: tuple[Any, ...] = ()


def many(found: pp.ParseResults, name: str) -> tuple[Any, ...]:
    """Return the values of a named list, none when it is absent."""
    listed = optional(found, name)
    return listed.values if isinstance(listed, Many) else ()


def optional(found: pp.ParseResults, name: str) -> Any:  # noqa: ANN401 - any part
    """Return a named part, None when it is absent."""
    return found[name] if name in found else None  # noqa: SIM401 - get() has no type


def fail(text: str, at: int, said: str, code: str = "KQL004") -> KqlError:
    """Return an error about a place of a query."""
    return tokens_of(text).source.error(code, said, at)


class Element(pp.Token):
    """Reads tokens from a place on."""

    wanted = "something else"

    def parseImpl(  # noqa: N802 - pyparsing's name
        self,
        instring: str,
        loc: int,
        do_actions: bool = True,  # noqa: FBT001, FBT002 - pyparsing's signature
    ) -> tuple[int, Any]:
        """Read, and return where it ended and what it is."""
        del do_actions
        tokens = tokens_of(instring)
        index = tokens.index(loc)
        if (found := self.take(instring, index)) is None:
            at = tokens[index].start
            raise pp.ParseException(instring, at, f"{self.wanted} expected", self)
        after, value = found
        return (tokens[after - 1].end if after > index else loc), value

    def take(self, text: str, index: int) -> tuple[int, Any] | None:
        """Return the index behind what was read and its value, None if it is not."""
        raise NotImplementedError

    def _generateDefaultName(self) -> str:  # noqa: N802 - pyparsing's name
        return self.wanted


class Word(Element):
    """A keyword or a sign that has to stand here."""

    def __init__(self, text: str) -> None:
        """Keep the word."""
        super().__init__()
        self.text = text
        self.wanted = f"'{text}'"

    def take(self, text: str, index: int) -> tuple[int, Any] | None:
        """See `Element`."""
        token = tokens_of(text)[index]
        fits = token.text == self.text and token.kind in {Kind.NAME, Kind.SIGN}
        return (index + 1, self.text) if fits else None


class NameElement(Element):
    """A name, also in brackets."""

    wanted = "a name"

    def take(self, text: str, index: int) -> tuple[int, Any] | None:
        """See `Element`."""
        tokens = tokens_of(text)
        if tokens[index].kind is Kind.NAME:
            return index + 1, tokens[index].text
        return bracketed(text, index)


def bracketed(text: str, index: int) -> tuple[int, str] | None:
    """Return a name such as `['last']` and where it ends."""
    open_, name, close = (tokens_of(text)[index + step] for step in range(3))
    if open_.text != "[" or close.text != "]" or not _is_text(name):
        return None
    return index + 3, str(name.value.value)


def _is_text(token: Token) -> bool:
    return token.kind is Kind.LITERAL and token.value.type is Type.STRING


class TextElement(Element):
    """A string literal."""

    wanted = "a text in quotes"

    def take(self, text: str, index: int) -> tuple[int, Any] | None:
        """See `Element`."""
        token = tokens_of(text)[index]
        return (index + 1, token.value) if _is_text(token) else None


class TypeElement(Element):
    """A type's name, also in parentheses as behind `typeof`."""

    wanted = "a type"

    def take(self, text: str, index: int) -> tuple[int, Any] | None:
        """See `Element`."""
        tokens = tokens_of(text)
        closed = tokens[index].text == "("
        index += closed
        token = tokens[index]
        if token.kind is not Kind.NAME:
            return None
        if token.text not in TYPE_NAMES:
            hint = nearest(token.text, TYPE_NAMES)
            said = f"unknown type {quoted(token.text)}{hint}"
            raise fail(text, token.start, said, "KQL104")
        if closed and tokens[index + 1].text != ")":
            raise fail(text, tokens[index + 1].start, "')' expected")
        return index + 1 + closed, TYPE_NAMES[token.text]


class Parameters(Element):
    """`kind=inner hint.strategy=shuffle`: settings in front of an operator's parts."""

    def __init__(self, *known: str, free: bool = False) -> None:
        """Keep which names mean something; with `free` all names are taken."""
        super().__init__()
        self.known = known
        self.free = free

    def take(self, text: str, index: int) -> tuple[int, Any] | None:
        """See `Element`."""
        tokens = tokens_of(text)
        found: list[tuple[str, str]] = []
        while True:
            name, after = tokens[index].text, index + 1
            if name == "hint" and tokens[after].text == ".":
                name, after = "hint", after + 2
            wanted = self.free or name == "hint" or name in self.known
            if not wanted or tokens[after].text != "=":
                return index, Many(tuple(found))
            found.append((name, tokens[after + 1].text))
            index = after + 2


class Brackets(Element):
    """Whatever stands in parentheses; it only draws, so it is skipped."""

    wanted = "'('"

    def take(self, text: str, index: int) -> tuple[int, Any] | None:
        """See `Element`."""
        tokens = tokens_of(text)
        if tokens[index].text != "(":
            return None
        depth = 0
        while tokens[index].kind is not Kind.END:
            depth += {"(": 1, ")": -1}.get(tokens[index].text, 0)
            index += 1
            if depth == 0:
                return index, ""
        raise fail(text, tokens[index].start, "')' expected at the end of the query")


def explained(text: str, error: pp.ParseBaseException) -> KqlError:
    """Return pyparsing's refusal in words for an author."""
    tokens = tokens_of(text)
    token = tokens[tokens.index(error.loc)]
    if token.kind is Kind.END:
        return fail(text, len(text), f"{error.msg} at the end of the query")
    return fail(text, token.start, f"{error.msg}, found {quoted(token.text)}")
