"""Pipelines and operators with pyparsing; an expression is one element to it.

pyparsing says which parts an operator has and in which order; a `-` behind a
keyword is an error stop, so that a message names the first place that is wrong.
Packrat is never enabled: it makes every query slower (rule-language.md, 6.1).
"""

from __future__ import annotations

from typing import Any

import pyparsing as pp

from diag.kql import steps
from diag.kql.operators import OPERATORS
from diag.kql.parts import OPERATOR, PIPELINE, SOURCE
from diag.kql.sources import SOURCES
from diag.kql.tokens import tokens_of

__all__ = ["OPERATORS", "PIPELINE", "SOURCES"]

OPERATOR.known.update(OPERATORS)
SOURCE.keywords.update(SOURCES)


class PipelineElement(pp.Token):
    """A source, and operators behind `|`: what every query is made of.

    A loop of our own, as pyparsing takes ten calls for each turn of one.
    """

    def parseImpl(  # noqa: N802 - pyparsing's name
        self,
        instring: str,
        loc: int,
        do_actions: bool = True,  # noqa: FBT001, FBT002 - pyparsing's signature
    ) -> tuple[int, Any]:
        """Read a pipeline; what is wrong behind a `|` is wrong for good."""
        tokens = tokens_of(instring)
        at = tokens[tokens.index(loc)].start
        end, source = SOURCE.parseImpl(instring, loc, do_actions)
        found = []
        try:
            while (bar := tokens[tokens.index(end)]).text == "|":
                end, operator = OPERATOR.parseImpl(instring, bar.end, do_actions)
                found.append(operator)
        except pp.ParseException as error:
            raise pp.ParseSyntaxException(
                instring, error.loc, error.msg, error.parser_element
            ) from error
        return end, steps.Pipeline(source, tuple(found), at)

    def _generateDefaultName(self) -> str:  # noqa: N802 - pyparsing's name
        return "a query"


PIPELINE << PipelineElement()
