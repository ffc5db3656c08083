"""The parts that the grammars of operators and of sources are put together from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyparsing as pp

from diag.kql.dispatch import OperatorElement, SourceElement, as_pipeline
from diag.kql.elements import NameElement, Word
from diag.kql.listings import ExpressionElement, Items, SortKeys

if TYPE_CHECKING:
    from collections.abc import Callable

    Build = Callable[[str, int, pp.ParseResults], object]

PIPELINE = pp.Forward()
SOURCE = SourceElement(PIPELINE)
TABLE = SOURCE.copy().add_parse_action(lambda _t, _at, found: as_pipeline(found[0]))
EXPR = ExpressionElement(PIPELINE)
ITEMS = Items(PIPELINE)
KEYS = SortKeys(PIPELINE)
NAME = NameElement()
COMMA = Word(",")
# Some operators hold operators; which there are is filled in below.
OPERATOR = OperatorElement({})


def rule(parts: pp.ParserElement, build: Build) -> pp.ParserElement:
    """Return parts with what is built of them."""
    return parts.copy().add_parse_action(build)


class OneItem(Items):
    """One expression with or without a name; what follows is not its business."""

    def read(self, reader: Any) -> Any:  # noqa: ANN401 - see `Items`
        """See `Items`."""
        return self.item(reader)
