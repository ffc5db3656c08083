"""Expressions by precedence climbing over tokens (rule-language.md, 4.2).

pyparsing would need eight nested levels; a loop is ten times quicker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.kql.cursor import Cursor
from diag.kql.nodes import (
    Among,
    Between,
    Binary,
    Call,
    Expr,
    Literal,
    Logic,
    Name,
    Negative,
    Path,
    Star,
    Subquery,
)
from diag.kql.precedence import (
    AMONG,
    AND,
    BETWEEN,
    EQUALITY,
    FOLLOWERS,
    OLD,
    OR,
    ORDER,
    POWERS,
    SUM,
    WORDS,
)
from diag.kql.source import nearest, quoted
from diag.kql.tokens import Kind
from diag.schema import Type

if TYPE_CHECKING:
    from collections.abc import Callable

    from diag.kql.steps import Pipeline
    from diag.kql.tokens import Tokens

DEEPEST = 100
# Operators or properties one behind the other: each is one level of the tree.
LONGEST = 100
MOST_ITEMS = 10_000

# What begins a pipeline without being a table's name.
SOURCES = {"print", "union", "datatable", "range"}


class Expressions(Cursor):
    """Reads expressions from tokens, from a place on."""

    def __init__(
        self, tokens: Tokens, at: int, pipeline: Callable[[int], tuple[int, Pipeline]]
    ) -> None:
        """Begin at a token.

        Args:
            tokens: All tokens of the query.
            at: Index of the first one to read.
            pipeline: Reads a pipeline from an offset on and returns where it ends.
        """
        super().__init__(tokens, at)
        self.pipeline = pipeline
        self.depth = 0
        self.searching = False

    def expression(self) -> Expr:
        """Read one expression."""
        value = self._climb(OR)
        self._hint()
        return value

    def pattern(self) -> Expr:
        """Read an expression, or a pattern of columns such as `Agent*`."""
        parts, index, end = [], self.at, self.token.start
        while (token := self.tokens[index]).start == end and (
            token.kind is Kind.NAME or token.text == "*"
        ):
            parts.append(token.text)
            index, end = index + 1, token.end
        if (
            "*" not in parts
            or parts == ["*"]
            or self.tokens[index].text not in {",", "|", ")", ";", ""}
        ):
            return self.expression()
        at = self.token.start
        self.at = index
        return Name("".join(parts), at)

    def _hint(self) -> None:
        """Say it when the token behind an expression is a slip of the author."""
        token = self.token
        if self.is_sign("="):
            raise self.error("found '='; for a comparison write ==")
        if token.kind is not Kind.NAME or token.text in FOLLOWERS:
            return
        if hint := nearest(token.text, WORDS):
            follower = self.tokens[self.at + 1]
            if follower.kind is Kind.LITERAL or follower.text == "(":
                raise self.error(f"{quoted(token.text)}{hint}")

    def _climb(self, least: int) -> Expr:
        """Read operators that bind at least so tightly."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error(f"nested deeper than {DEEPEST} levels", code="KQL006")
        left = self._unary()
        before = links = 0
        while (power := self._power()) >= least:
            links += power > AND
            if links > LONGEST:
                raise self.error(f"more than {LONGEST} in a row", code="KQL006")
            if power == before and power in {EQUALITY, ORDER}:
                said = f"{quoted(self.token.text)} cannot follow another comparison"
                raise self.error(f"{said}; use parentheses or 'and'")
            left = self._operator(left, power)
            before = power
        self.depth -= 1
        return left

    def _power(self) -> int:
        token = self.token
        if token.text == ":" and self.searching:
            return EQUALITY
        return POWERS.get(token.text, 0) if token.kind in {Kind.SIGN, Kind.NAME} else 0

    def _operator(self, left: Expr, power: int) -> Expr:
        token = self.skip()
        op = OLD.get(token.text, token.text)
        at = left.at
        if op in AMONG:
            return Among(op, left, self._items(), at)
        if op in BETWEEN:
            return self._between(op, left)
        if op == "matches":
            if not self.is_word("regex"):
                raise self.error("'regex' expected after 'matches'")
            self.skip()
            op = "matches regex"
        right = self._climb(power + 1)
        if power > AND:
            return Binary(op, left, right, at)
        terms = left.terms if isinstance(left, Logic) and left.op == op else (left,)
        return Logic(op, (*terms, right), at)

    def _items(self) -> tuple[Expr, ...]:
        self.expect("(")
        items: list[Expr] = []
        while not self.is_sign(")"):
            items.append(self.value_or_pipeline())
            if not self.is_sign(")"):
                if not self.is_sign(","):
                    raise self.error(f"')' expected, found {self.found()}")
                self.skip()
            if len(items) > MOST_ITEMS:
                raise self.error(f"more than {MOST_ITEMS:,} items", code="KQL006")
        self.skip()
        return tuple(items)

    def _between(self, op: str, left: Expr) -> Expr:
        self.expect("(")
        low = self._climb(SUM)
        self.expect("..")
        high = self._climb(SUM)
        self.expect(")")
        return Between(BETWEEN[op], left, low, high, left.at)

    def _unary(self) -> Expr:
        if not self.is_sign("-", "+"):
            return self.path()
        at = self.token.start
        negative = False
        while self.is_sign("-", "+"):
            negative ^= self.skip().text == "-"
        value = self.path()
        return Negative(value, at) if negative else value

    def path(self) -> Expr:
        """Read a value without operators: a name, a call, a property."""
        value = self._primary()
        links = 0
        while self.is_sign(".", "["):
            links += 1
            if links > LONGEST:
                raise self.error(f"more than {LONGEST} in a row", code="KQL006")
            op = self.skip()
            if op.text == "[" or self.is_sign("["):
                if op.text == ".":
                    self.skip()
                key = self.expression()
                self.expect("]")
            else:
                name = self.skip()
                if name.kind is not Kind.NAME:
                    raise self.error("a property's name expected after '.'", name.start)
                key = Literal(name.text, Type.STRING, name.start)
            value = Path(value, key, value.at)
        return value

    def _primary(self) -> Expr:
        token = self.token
        if token.kind is Kind.LITERAL:
            return self._literal()
        if token.kind is Kind.NAME:
            return self._named()
        if self.is_sign("("):
            return self._group()
        if self.is_sign("["):
            return self._bracketed()
        if self.is_sign("*"):
            self.skip()
            return Star(token.start)
        raise self.error(f"a value expected, found {self.found()}")

    def _literal(self) -> Expr:
        token = self.skip()
        literal: Literal = token.value
        if literal.value == "now" and literal.type is Type.DATETIME:
            return Call("now", (), token.start)
        if literal.type is not Type.STRING:
            return literal
        # Adjacent strings are one, as in C.
        texts = [literal.value]
        while self.token.kind is Kind.LITERAL and self.token.value.type is Type.STRING:
            texts.append(self.skip().value.value)
        return Literal("".join(texts), Type.STRING, token.start)

    def _named(self) -> Expr:
        token = self.skip()
        if not self.is_sign("("):
            return Name(token.text, token.start)
        self.skip()
        args: list[Expr] = []
        while not self.is_sign(")"):
            args.append(self.value_or_pipeline())
            if self.is_sign("="):
                said = "arguments have no names here; for a comparison write =="
                raise self.error(said)
            if not self.is_sign(")"):
                if not self.is_sign(","):
                    raise self.error(f"')' expected, found {self.found()}")
                self.skip()
        self.skip()
        return Call(token.text, tuple(args), token.start)

    def _group(self) -> Expr:
        self.skip()
        value = self.value_or_pipeline()
        self.expect(")")
        return value

    def _bracketed(self) -> Expr:
        open_ = self.skip()
        token = self.token
        if token.kind is Kind.LITERAL and token.value.type is Type.STRING:
            self.skip()
            self.expect("]")
            return Name(token.value.value, open_.start)
        raise self.error("a column's name in quotes expected after '['")

    def value_or_pipeline(self) -> Expr:
        """Read what stands in parentheses: a value, or a pipeline."""
        start = self.at
        if (self.is_word(*SOURCES) and self.tokens[self.at + 1].text != "(") or (
            self.is_word("datatable", "union")
        ):
            return self._pipeline(start)
        value = self.expression()
        return self._pipeline(start) if self.is_sign("|") else value

    def _pipeline(self, start: int) -> Expr:
        offset = self.tokens[start].start
        end, pipeline = self.pipeline(offset)
        self.at = self.tokens.index(end)
        return Subquery(pipeline, offset)
