"""Grammar elements that are chosen by their first word: sources and operators."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyparsing as pp

from diag.kql import steps
from diag.kql.elements import Element, Word, fail
from diag.kql.listings import ExpressionElement
from diag.kql.refusals import OPERATORS_BEYOND, SOURCES_BEYOND
from diag.kql.source import nearest, quoted
from diag.kql.tokens import Kind, tokens_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from diag.errors import KqlError
    from diag.kql.expressions import Expressions

Grammar = dict[str, "Callable[[], pp.ParserElement]"]


class OperatorElement(Element):
    """An operator: its name decides which grammar reads the rest."""

    wanted = "an operator"

    def __init__(self, known: dict[str, Callable[[], pp.ParserElement]]) -> None:
        """Keep the grammars by name; each is built when it is first met."""
        super().__init__()
        self.known = known
        self.built: dict[str, pp.ParserElement] = {}

    def parseImpl(  # noqa: N802 - pyparsing's name
        self,
        instring: str,
        loc: int,
        do_actions: bool = True,  # noqa: FBT001, FBT002 - pyparsing's signature
    ) -> tuple[int, Any]:
        """Read the name, then what belongs to it."""
        tokens = tokens_of(instring)
        index = tokens.index(loc)
        after, name = hyphenated(instring, index)
        start = tokens[index].start
        if name not in self.known:
            raise self._unknown(instring, start, name)
        if name not in self.built:
            self.built[name] = self.known[name]()
        end = tokens[after - 1].end
        rest, found = self.built[name]._parse(instring, end, do_actions)  # noqa: SLF001 - see above
        return rest, replace(found[0], at=start)

    def _unknown(self, text: str, at: int, name: str) -> KqlError:
        if not name:
            return fail(text, at, "an operator such as where expected after '|'")
        if name in OPERATORS_BEYOND:
            return fail(text, at, f"operator '{name}' is not supported", "KQL201")
        hint = nearest(name, self.known)
        return fail(text, at, f"unknown operator {quoted(name)}{hint}", "KQL005")


def hyphenated(text: str, index: int) -> tuple[int, str]:
    """Return a word with its hyphens, such as `project-away`, and where it ends."""
    tokens = tokens_of(text)
    if tokens[index].kind is not Kind.NAME:
        return index, ""
    word, end = tokens[index].text, tokens[index].end
    index += 1
    while tokens[index].text == "-" and tokens[index].start == end:
        part = tokens[index + 1]
        if part.kind is not Kind.NAME or part.start != tokens[index].end:
            break
        word, end = f"{word}-{part.text}", part.end
        index += 2
    return index, word


class SourceValue(ExpressionElement):
    """A table's or a `let` table's name, or a function that returns rows."""

    wanted = "a table"

    def read(self, reader: Expressions) -> Any:  # noqa: ANN401 - a node
        """See `ExpressionElement`."""
        if reader.is_word(*SOURCES_BEYOND):
            said = f"{quoted(reader.token.text)} is not supported"
            raise reader.error(said, code="KQL201")
        return reader.path()


class SourceElement(pp.Token):
    """Where rows come from: a table, `print` and its like, or a pipeline."""

    def __init__(self, pipeline: pp.ParserElement) -> None:
        """Keep the grammar of pipelines; `keywords` is filled in later."""
        super().__init__()
        self.keywords: Grammar = {}
        self.built: dict[str, pp.ParserElement] = {}
        self.value = SourceValue(pipeline)
        self.nested = Word("(") + pipeline - Word(")")

    def parseImpl(  # noqa: N802 - pyparsing's name
        self,
        instring: str,
        loc: int,
        do_actions: bool = True,  # noqa: FBT001, FBT002 - pyparsing's signature
    ) -> tuple[int, Any]:
        """Read a source; see `Element.parseImpl`."""
        tokens = tokens_of(instring)
        index = tokens.index(loc)
        token = tokens[index]
        at, word = token.start, token.text
        if word == "(":
            end, found = self.nested._parse(instring, at, do_actions)  # noqa: SLF001 - how elements call each other
            return end, steps.Nested(found[1], at)
        if token.kind is Kind.NAME and self._is_keyword(word, tokens[index + 1].text):
            if word not in self.built:
                self.built[word] = self.keywords[word]()
            end, found = self.built[word]._parse(instring, token.end, do_actions)  # noqa: SLF001 - see above
            return end, replace(found[0], at=at)
        end, value = self.value.parseImpl(instring, loc, do_actions)
        return end, steps.Table(value, at)

    def _is_keyword(self, word: str, follower: str) -> bool:
        # `range(1, 5)` is a function, `range x from ...` a source.
        return word in self.keywords and not (word == "range" and follower == "(")

    def _generateDefaultName(self) -> str:  # noqa: N802 - pyparsing's name
        return "a table"


def as_pipeline(source: steps.Start) -> steps.Pipeline:
    """Return a source as a pipeline, without parentheses around one."""
    if isinstance(source, steps.Nested):
        return source.pipeline
    return steps.Pipeline(source, (), source.at)
