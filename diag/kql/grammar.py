"""Pipelines and operators with pyparsing; an expression is one element to it.

pyparsing says which parts an operator has and in which order; a `-` behind a
keyword is an error stop, so that a message names the first place that is wrong.
Packrat is never enabled: it makes every query slower (rule-language.md, 6.1).
"""

from __future__ import annotations

import pyparsing as pp

from diag.kql import steps
from diag.kql.elements import Word
from diag.kql.operators import OPERATORS
from diag.kql.parts import OPERATOR, PIPELINE, SOURCE, rule
from diag.kql.sources import SOURCES

__all__ = ["OPERATORS", "PIPELINE", "SOURCES"]

OPERATOR.known.update(OPERATORS)
SOURCE.keywords.update(SOURCES)


def _pipeline(_text: str, at: int, found: pp.ParseResults) -> steps.Pipeline:
    return steps.Pipeline(found[0], tuple(found[1:]), at)


PIPELINE << rule(
    SOURCE + pp.ZeroOrMore(pp.Suppress(Word("|")) - OPERATOR),
    _pipeline,
)
