"""From text to tokens: one pattern, positions kept, nothing judged."""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from enum import StrEnum
from typing import Any, NamedTuple

from diag.kql.literals import QUOTED, TYPE_NAMES, UNITS, span, typed, unescape
from diag.kql.nodes import Literal
from diag.kql.source import Source, quoted
from diag.schema import Type

LONGEST = 20_000
# Copied queries hold these beside the usual ones (rule-language.md, 4.1).
BLANKS = "\\s\u00a0\u1680\u180e\u2000-\u200b\u202f\u205f\u3000\ufeff"
WORDS = "contains|startswith|endswith|hasprefix|hassuffix|has"
TYPED = "|".join(
    name
    for name in sorted(TYPE_NAMES, key=len, reverse=True)
    if name not in {"dynamic", "string"}
)

PATTERN = re.compile(
    rf"""
    (?:[{BLANKS}]+|//[^\n]*+)*+
    (?:
    # Most tokens are names and signs. What a name begins may be a literal, though.
    (?P<word>[A-Za-z_][A-Za-z0-9_]*+(?![{BLANKS}]*\(|["'@~]))
  | (?P<sign>[-+*%()\[\]{{}},;|:](?!:)|=(?![=~>]))
  | (?P<fence>```(?:[^`]|`(?!``))*```|~~~(?:[^~]|~(?!~~))*~~~)
  | (?P<verbatim>[hH]?@(?:"(?:[^"]|"")*"|'(?:[^']|'')*'))
  | (?P<string>[hH]?(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
  | (?P<dynamic>\bdynamic\s*(?=\())
  | (?P<typed>\b(?:{TYPED})\s*\(\s*(?:"[^"\n]*"|'[^'\n]*'|[-+:./0-9A-Za-z \t]*)\s*\))
  | (?P<span>[0-9]+(?:\.[0-9]+)?(?:{"|".join(sorted(UNITS, key=len, reverse=True))})\b)
  | (?P<hex>0[xX][0-9a-fA-F]+\b)
  | (?P<real>[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?\b|[0-9]+[eE][-+]?[0-9]+\b)
  | (?P<whole>[0-9]+(?![0-9A-Za-z_]))
  | (?P<op>!(?:{WORDS})(?:_cs)?\b|!in~|!in\b|!between\b|in~)
  | (?P<pair>=~|!~|==|!=|<>|<=|>=|=>|\.\.)
  | (?P<name>\$?[A-Za-z0-9_]*[A-Za-z_][A-Za-z0-9_]*)
  | (?P<other>[-+*/%<>=()\[\]{{}},;|:.])
  | (?P<end>\Z)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
BETWEEN = re.compile(rf"(?:[{BLANKS}]+|//[^\n]*)*")
NAMES = frozenset({"word", "name"})
SIGNS = frozenset({"sign", "op", "pair", "other"})
TRUTHS = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})


class Kind(StrEnum):
    """What a token is."""

    NAME = "name"
    LITERAL = "literal"
    SIGN = "sign"
    END = "end"


class Token(NamedTuple):
    """A piece of the text. `value` is the literal's node."""

    kind: Kind
    text: str
    start: int
    end: int
    value: Any = None


class Tokens:
    """The tokens of one text, found by their place."""

    def __init__(self, text: str, source: Source) -> None:
        """Split a text.

        Raises:
            KqlError: A character or a string that nothing can begin with.
        """
        self.source = source
        self.list = _tokens(text, source)
        self._starts = [token.start for token in self.list]

    def index(self, offset: int) -> int:
        """Return the index of the first token that begins at `offset` or later."""
        return bisect_left(self._starts, offset)

    def __getitem__(self, index: int) -> Token:
        """Return a token; behind the last one there is always the end."""
        try:
            return self.list[index]
        except IndexError:
            return self.list[-1]


@functools.lru_cache(maxsize=8)
def tokens_of(text: str) -> Tokens:
    """Return the tokens of a text; kept, as pyparsing hands the text around."""
    return Tokens(text, Source(text))


def _tokens(text: str, source: Source) -> list[Token]:
    if len(text) > LONGEST:
        said = f"the query has {len(text):,} characters; {LONGEST:,} at most"
        raise source.error("KQL006", said, 0)
    found: list[Token] = []
    at = 0
    while True:
        match = PATTERN.match(text, at)
        if match is None:
            raise _unreadable(text, source, at)
        kind = match.lastgroup or ""
        start, at = match.span(kind)
        if kind in NAMES:
            found.append(_name(match[kind], start, at))
        elif kind in SIGNS:
            found.append(Token(Kind.SIGN, match[kind], start, at))
        elif kind == "end":
            found.append(Token(Kind.END, "", start, start))
            return found
        elif kind == "dynamic":
            found.append(_dynamic(text, source, start, at))
            at = found[-1].end
        else:
            value, of = _value(kind, match[kind], source, start)
            literal = Literal(value, of, start)
            found.append(Token(Kind.LITERAL, match[kind], start, at, literal))


def _unreadable(text: str, source: Source, at: int) -> Exception:
    blanks = BETWEEN.match(text, at)
    at = blanks.end() if blanks else at
    letter = text[at]
    if letter in "\"'@":
        return source.error("KQL002", "the string that begins here is not closed", at)
    return source.error("KQL001", f"{quoted(letter)} cannot stand here", at)


def _name(word: str, start: int, end: int) -> Token:
    if word in TRUTHS:
        value = Literal(word.lower() == "true", Type.BOOL, start)
        return Token(Kind.LITERAL, word, start, end, value)
    return Token(Kind.NAME, word, start, end)


def _value(kind: str, word: str, source: Source, at: int) -> tuple[Any, Type]:
    match kind:
        case "fence":
            return word[3:-3], Type.STRING
        case "verbatim":
            body = word.lstrip("hH@")
            return body[1:-1].replace(body[0] * 2, body[0]), Type.STRING
        case "string":
            return unescape(word.lstrip("hH")[1:-1]), Type.STRING
        case "span":
            number = word.rstrip("abcdefghijklmnopqrstuvwxyz")
            return span(number, word[len(number) :]), Type.TIMESPAN
        case "real":
            return float(word), Type.REAL
        case "hex" | "whole":
            return _checked(Type.LONG, word, source, at), Type.LONG
        case _:
            name, _, body = word.partition("(")
            of = TYPE_NAMES[name.strip()]
            text = body.rstrip()[:-1].strip().strip("\"'")
            if of is Type.DATETIME and text == "now":
                return "now", of
            return _checked(of, text, source, at), of


def _checked(of: Type, text: str, source: Source, at: int) -> Any:  # noqa: ANN401 - a value of the type
    try:
        return typed(of, text)
    except (ValueError, OverflowError, RecursionError):
        raise source.error("KQL003", f"{quoted(text)} is no {of}", at) from None


def _dynamic(text: str, source: Source, start: int, end: int) -> Token:
    """Read `dynamic(...)`: JSON up to its own closing parenthesis."""
    close = _closing(text, end)
    if close < 0:
        raise source.error("KQL002", "the ')' of dynamic() is missing", start)
    value = _checked(Type.DYNAMIC, text[end + 1 : close], source, start)
    literal = Literal(value, Type.DYNAMIC, start)
    return Token(Kind.LITERAL, text[start : close + 1], start, close + 1, literal)


PARENS = re.compile(rf"{QUOTED.pattern}|[()]", re.DOTALL)


def _closing(text: str, start: int) -> int:
    depth = 0
    for found in PARENS.finditer(text, start):
        depth += {"(": 1, ")": -1}.get(found.group(), 0)
        if depth == 0:
            return found.start()
    return -1
