"""Grammar elements that hold expressions: one, a list of them, the keys of a sort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyparsing as pp

from diag.kql import nodes, statements, steps
from diag.kql.elements import (
    Brackets,
    Element,
    Many,
    NameElement,
    TypeElement,
    explained,
)
from diag.kql.expressions import Expressions
from diag.kql.searching import searched
from diag.kql.tokens import Kind, tokens_of

if TYPE_CHECKING:
    from collections.abc import Callable

# An expression or a list ends before these.
ENDS = ("", "|", ")", ";", "]", "}")


class ExpressionElement(Element):
    """One expression."""

    wanted = "a value"

    def __init__(self, pipeline: pp.ParserElement) -> None:
        """Keep the grammar of pipelines, which expressions may hold."""
        super().__init__()
        self.pipeline = pipeline

    def take(self, text: str, index: int) -> tuple[int, Any] | None:
        """See `Element`."""
        token = tokens_of(text)[index]
        if token.text in ENDS and token.kind in {Kind.SIGN, Kind.END}:
            return None
        reader = Expressions(tokens_of(text), index, nested(self.pipeline, text))
        value = self.read(reader)
        return reader.at, value

    def read(self, reader: Expressions) -> Any:  # noqa: ANN401 - a node
        """Read what this element is."""
        return reader.expression()


class SearchElement(ExpressionElement):
    """The condition of `search`, in which a text alone means "anywhere"."""

    wanted = "a text to search for"

    def read(self, reader: Expressions) -> Any:  # noqa: ANN401 - a node
        """See `ExpressionElement`."""
        reader.searching = True
        return searched(reader.expression())


class LetValue(ExpressionElement):
    """The value of a `let`: an expression, a pipeline or a function.

    `lets` is the grammar of statements, which a function may begin with; it is
    filled in where that grammar is made.
    """

    def __init__(self, pipeline: pp.ParserElement, lets: pp.ParserElement) -> None:
        """Keep the grammars of pipelines and of statements."""
        super().__init__(pipeline)
        self.lets = lets

    def read(self, reader: Expressions) -> Any:  # noqa: ANN401 - a node
        """See `ExpressionElement`."""
        if self._is_function(reader):
            return self._function(reader)
        return plain(reader.value_or_pipeline())

    def _is_function(self, reader: Expressions) -> bool:
        tokens, at = reader.tokens, reader.at
        at += tokens[at].text == "view"
        if tokens[at].text != "(":
            return False
        depth = 1
        while depth and tokens[at].kind is not Kind.END:
            at += 1
            depth += {"(": 1, ")": -1}.get(tokens[at].text, 0)
        return tokens[at + 1].text == "{"

    def _function(self, reader: Expressions) -> statements.Function:
        at = reader.token.start
        if reader.is_word("view"):
            reader.skip()
        parameters = self._parameters(reader)
        reader.expect("{")
        text = reader.tokens.source.text
        try:
            end, found = self.lets._parse(text, reader.token.start)  # noqa: SLF001 - how elements call each other
        except pp.ParseBaseException as error:
            raise explained(text, error) from error
        reader.at = reader.tokens.index(end)
        body = plain(reader.value_or_pipeline())
        if reader.is_sign(";"):
            reader.skip()
        reader.expect("}")
        return statements.Function(parameters, found[0].values, body, at)

    def _parameters(self, reader: Expressions) -> tuple[statements.Parameter, ...]:
        reader.expect("(")
        found: list[statements.Parameter] = []
        while not reader.is_sign(")"):
            found.append(self._parameter(reader))
            if not reader.is_sign(")"):
                reader.expect(",")
        reader.skip()
        return tuple(found)

    def _parameter(self, reader: Expressions) -> statements.Parameter:
        text = reader.tokens.source.text
        named = NameElement().take(text, reader.at)
        if named is None:
            raise reader.error(f"a parameter's name expected, found {reader.found()}")
        reader.at = named[0]
        reader.expect(":")
        if reader.is_sign("("):
            # A parameter that takes rows; which columns is not checked.
            end = Brackets().take(text, reader.at)
            reader.at = end[0] if end else reader.at
            return statements.Parameter(named[1], None, None)
        kind = TypeElement().take(text, reader.at)
        if kind is None:
            raise reader.error(f"a type expected, found {reader.found()}")
        reader.at = kind[0]
        default = None
        if reader.is_sign("="):
            reader.skip()
            default = reader.expression()
        return statements.Parameter(named[1], kind[1], default)


def plain(value: nodes.Expr) -> nodes.Expr | steps.Pipeline:
    """Return a pipeline as such, and any other value as it is."""
    return value.pipeline if isinstance(value, nodes.Subquery) else value


class Items(ExpressionElement):
    """A list of expressions, each with or without a name in front."""

    wanted = "a column or a value"

    def __init__(self, pipeline: pp.ParserElement, ends: tuple[str, ...] = ()) -> None:
        """Prepare.

        Args:
            pipeline: The grammar of pipelines.
            ends: Words that end the list, and may stand in its place.
        """
        super().__init__(pipeline)
        self.ends = ends

    def take(self, text: str, index: int) -> tuple[int, Any] | None:
        """See `Element`."""
        token = tokens_of(text)[index]
        if token.kind is Kind.NAME and token.text in self.ends:
            return None
        return super().take(text, index)

    def read(self, reader: Expressions) -> Any:  # noqa: ANN401 - a node
        """See `ExpressionElement`."""
        found = [self.item(reader)]
        while reader.is_sign(","):
            reader.skip()
            # Kusto takes a comma at the end of a datatable's values.
            if reader.is_sign("]"):
                break
            found.append(self.item(reader))
        return Many(tuple(found))

    def item(self, reader: Expressions) -> nodes.Item:
        """Read one expression with or without a name."""
        text = reader.tokens.source.text
        at = reader.token.start
        named = NameElement().take(text, reader.at)
        if named and reader.tokens[named[0]].text == "=":
            reader.at = named[0] + 1
            return nodes.Item(named[1], reader.expression(), at)
        if names := self._names(reader):
            return nodes.Item(names[0], reader.expression(), at, names[1:])
        return nodes.Item("", reader.pattern(), at)

    def _names(self, reader: Expressions) -> tuple[str, ...]:
        """Read `(a, b) =`, if that is what stands here."""
        text, index = reader.tokens.source.text, reader.at + 1
        names: list[str] = []
        if not reader.is_sign("("):
            return ()
        while named := NameElement().take(text, index):
            names.append(named[1])
            index = named[0] + 1
            if reader.tokens[named[0]].text != ",":
                break
        closed = reader.tokens[index - 1].text == ")"
        if not names or not closed or reader.tokens[index].text != "=":
            return ()
        reader.at = index + 1
        return tuple(names)


class SortKeys(Items):
    """The keys of `sort`, with their directions."""

    def read(self, reader: Expressions) -> Any:  # noqa: ANN401 - a node
        """See `ExpressionElement`."""
        found = [self._key(reader)]
        while reader.is_sign(","):
            reader.skip()
            found.append(self._key(reader))
        return Many(tuple(found))

    def _key(self, reader: Expressions) -> steps.SortKey:
        value = reader.expression()
        descending = True
        if reader.is_word("asc", "desc"):
            descending = reader.skip().text == "desc"
        nulls = ""
        if reader.is_word("nulls"):
            reader.skip()
            if not reader.is_word("first", "last"):
                raise reader.error("'first' or 'last' expected after 'nulls'")
            nulls = reader.skip().text
        return steps.SortKey(value, descending, nulls)


def nested(
    pipeline: pp.ParserElement, text: str
) -> Callable[[int], tuple[int, steps.Pipeline]]:
    """Return a function that reads a pipeline inside an expression.

    Args:
        pipeline: The grammar of pipelines.
        text: The query.

    Returns:
        From an offset to where the pipeline ends, and its node.
    """

    def read(offset: int) -> tuple[int, steps.Pipeline]:
        try:
            end, found = pipeline._parse(text, offset)  # noqa: SLF001 - how elements call each other
        except pp.ParseBaseException as error:
            raise explained(text, error) from error
        return end, found[0]

    return read
