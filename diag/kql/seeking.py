"""From a predicate to texts of which a column must hold one.

A computed column is followed to what it was computed from: `extend Step =
case(Message has "started", "up", "")` and `where Step != ""` search messages, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.kql.nodes import Among, Binary, Call, Literal, Logic, Name
from diag.kql.required import Texts, required, weight

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from diag.kql.nodes import Expr
    from diag.kql.scope import Scope

PARTS = {
    f"{word}{cs}"
    for word in ("has", "contains", "startswith", "endswith", "hasprefix", "hassuffix")
    for cs in ("", "_cs")
}
EQUAL = {"==", "=~"}
REGEX = "matches regex"
# Names may lead to one another in many ways; what is not found soon is left.
MOST_LOOKS = 500
# What may stand between a message and its fields: nothing that anybody looks for.
GAPS = " \n:;|-"


@dataclass(slots=True)
class Seeker:
    """Looks for texts of one column, or of messages and fields together.

    `columns` are the column's ids; `fields` those of `Fields` where these are
    searched, too. `kept` returns the part of a text that counts, or an empty one.
    With `whole` only whole values count, else parts of them, too.
    """

    columns: Collection[str]
    kept: Callable[[str], str]
    fields: Collection[str] = ()
    whole: bool = False
    looks: int = 0

    def texts(self, scope: Scope, node: Expr) -> Texts | None:
        """Return texts of which the column holds one in each row that meets `node`.

        None when nothing is known.
        """
        self.looks += 1
        if self.looks > MOST_LOOKS:
            return None
        match node:
            case Logic(op="and", terms=terms):
                return best([self.texts(scope, term) for term in terms])
            case Logic(op="or", terms=terms):
                return together([self.texts(scope, term) for term in terms])
            case Binary():
                return self._binary(scope, node)
            case Among(op=op, left=left, items=items):
                return self._among(scope, op, left, items)
            case Call(name="isnotempty", args=(Name() as name,)):
                return self._made(scope, name, bool)
            case Name():
                made = _definition(scope, node)
                return self.texts(*made) if made else None
        return None

    def _binary(self, scope: Scope, node: Binary) -> Texts | None:
        text = constant(scope, node.right)
        if text is None:
            return None
        if self._is_ours(scope, node.left):
            if node.op in EQUAL or (node.op in PARTS and not self.whole):
                return self._one(text)
            return self._matching(text) if node.op == REGEX else None
        if not isinstance(node.left, Name):
            return None
        if node.op == "!=" and not text:
            return self._made(scope, node.left, bool)
        if node.op == "==" and text:
            return self._made(scope, node.left, lambda value: value == text)
        return None

    def _among(
        self, scope: Scope, op: str, left: Expr, items: Sequence[Expr]
    ) -> Texts | None:
        listed = [constant(scope, item) for item in items]
        values = [text for text in listed if text is not None]
        if len(values) < len(listed):
            return None
        if not self._is_ours(scope, left):
            if not isinstance(left, Name):
                return None
            if op == "in" and all(values):
                return self._made(scope, left, lambda value: value in values)
            if op == "!in" and "" in values:
                return self._made(scope, left, lambda value: value not in values)
            return None
        found = [self._one(text) for text in values]
        if op in {"in", "in~"} or (op == "has_any" and not self.whole):
            return together(found)
        return best(found) if op == "has_all" and not self.whole else None

    def _one(self, text: str) -> Texts | None:
        kept = self.kept(text)
        return frozenset({kept}) if kept else None

    def _matching(self, pattern: str) -> Texts | None:
        return None if self.whole else required(pattern, self.kept)

    def _is_ours(self, scope: Scope, node: Expr) -> bool:
        """Return whether what a value holds, the column (or the fields) holds.

        Fields begin with a brace, and `kept` keeps none: no text spans a message and
        the fields behind it.
        """
        self.looks += 1
        if self.looks > MOST_LOOKS:
            return False
        match node:
            case Name():
                column = scope.column(node.name)
                if column is not None and column.sql in self.columns:
                    return True
                made = None if self.whole else _definition(scope, node)
                return made is not None and self._is_ours(*made)
            case Call(name="tostring", args=(Name(),)) if not self.whole:
                return self._are_fields(scope, node)
            case Call(name="iff" | "iif", args=(_, one, other)) if not self.whole:
                return self._is_ours(scope, one) and self._is_ours(scope, other)
            case Call(name="strcat", args=(first, *gaps, last)) if not self.whole:
                texts = [constant(scope, gap) for gap in gaps]
                plain = all(text is not None and not text.strip(GAPS) for text in texts)
                fields = self._are_fields(scope, last)
                return plain and fields and self._is_ours(scope, first)
        return False

    def _are_fields(self, scope: Scope, node: Expr) -> bool:
        """Return whether a value is all fields of the event, as they are written."""
        if isinstance(node, Call) and node.name == "tostring" and len(node.args) == 1:
            node = node.args[0]
        column = scope.column(node.name) if isinstance(node, Name) else None
        return column is not None and column.sql in self.fields

    def _made(
        self, scope: Scope, node: Expr, accept: Callable[[str], bool]
    ) -> Texts | None:
        """Return what must be there for `node` to be a text that is accepted.

        An empty text must not be accepted: it is what everything without a value
        gives.
        """
        self.looks += 1
        if self.looks > MOST_LOOKS:
            return None
        match node:
            case Name():
                made = _definition(scope, node)
                return self._made(*made, accept) if made else None
            case Call(name="extract", args=(pattern, _, source)):
                text = constant(scope, pattern)
                if text is None or not self._is_ours(scope, source):
                    return None
                return self._matching(text)
            case Call(name="case" | "iff" | "iif", args=args) if len(args) % 2:
                return self._branches(scope, args, accept)
        return None

    def _branches(
        self, scope: Scope, args: Sequence[Expr], accept: Callable[[str], bool]
    ) -> Texts | None:
        needs: list[Texts | None] = []
        for test, value in zip(args[::2], args[1::2], strict=False):
            text = constant(scope, value)
            if text is None:
                made = self._made(scope, value, accept)
                needs.append(best([self.texts(scope, test), made]))
            elif accept(text):
                needs.append(self.texts(scope, test))
        text = constant(scope, args[-1])
        if text is None:
            needs.append(self._made(scope, args[-1], accept))
        elif accept(text):
            return None
        return together(needs)


def _definition(scope: Scope, node: Name) -> tuple[Scope, Expr] | None:
    """Return what a column was computed from, and where."""
    column = scope.column(node.name)
    return scope.plan.made.get(column.sql) if column else None


def best(found: Sequence[Texts | None]) -> Texts | None:
    """Return the texts that leave the least, of those of which one must be there."""
    return min((one for one in found if one), key=weight, default=None)


def together(found: Sequence[Texts | None]) -> Texts | None:
    """Return all texts, if something is known of each alternative."""
    known = [one for one in found if one]
    if not known or len(known) < len(found):
        return None
    return frozenset[str]().union(*known)


def constant(scope: Scope, node: Expr) -> str | None:
    """Return the text that a node stands for, if it is a constant text."""
    if isinstance(node, Name):
        known = scope.names.values.get(node.name)
        value = known.literal if known and scope.column(node.name) is None else None
    else:
        value = node.value if isinstance(node, Literal) else None
    return value if isinstance(value, str) else None
