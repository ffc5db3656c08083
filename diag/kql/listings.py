"""Grammar elements that hold expressions: one, a list of them, the keys of a sort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyparsing as pp

from diag.kql import nodes, steps
from diag.kql.elements import Element, Many, NameElement, explained
from diag.kql.expressions import Expressions
from diag.kql.tokens import Kind, tokens_of

if TYPE_CHECKING:
    from collections.abc import Callable

# An expression or a list ends before these.
ENDS = ("", "|", ")", ";", "]")


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


class LetValue(ExpressionElement):
    """The value of a `let`: an expression or a pipeline."""

    def read(self, reader: Expressions) -> Any:  # noqa: ANN401 - a node
        """See `ExpressionElement`."""
        self._refuse_functions(reader)
        value = reader.value_or_pipeline()
        return value.pipeline if isinstance(value, nodes.Subquery) else value

    def _refuse_functions(self, reader: Expressions) -> None:
        tokens, at = reader.tokens, reader.at
        at += tokens[at].text == "view"
        if tokens[at].text != "(":
            return
        depth = 1
        while depth and tokens[at].kind is not Kind.END:
            at += 1
            depth += {"(": 1, ")": -1}.get(tokens[at].text, 0)
        if tokens[at + 1].text == "{":
            raise reader.error("functions in let are not supported", code="KQL201")


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
        if reader.is_sign("("):
            self._refuse_pairs(reader)
        return nodes.Item("", reader.pattern(), at)

    def _refuse_pairs(self, reader: Expressions) -> None:
        end = reader.at
        while reader.tokens[end].text not in {")", ""}:
            end += 1
        if reader.tokens[end + 1].text == "=":
            said = "several names for one value are not supported"
            raise reader.error(said, code="KQL201")


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
