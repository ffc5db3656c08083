"""Text operators: `has` by terms, `contains` by characters, and their kin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diag.kql.compare import lowered
from diag.kql.convert import to_text
from diag.kql.nodes import Name
from diag.kql.regexes import check_regex
from diag.kql.values import Value, made
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.nodes import Binary
    from diag.kql.scope import Scope

PLAIN = ("has", "contains", "startswith", "endswith", "hasprefix", "hassuffix")
TESTS = {
    "matches regex",
    *(f"{no}{word}{cs}" for word in PLAIN for no in ("", "!") for cs in ("", "_cs")),
}
# A term is a run of letters and digits; `_` separates (trap 1).
EDGE_BEFORE = r"(?:^|[^\pL\pN])"
EDGE_AFTER = r"(?:$|[^\pL\pN])"


def text_test(scope: Scope, node: Binary, left: Value, right: Value) -> Value:
    """Compile a text operator; what is no text is tested as `tostring` shows it.

    Args:
        scope: For messages and constants.
        node: The operator with its KQL spelling.
        left: What is searched.
        right: What is searched for.
    """
    left = to_text(left)
    if right.type is not Type.STRING:
        said = f"{node.op} searches for a text, this is {right.type}"
        raise scope.error(said, node.right.at, "KQL105")
    if node.op == "matches regex":
        pattern = pattern_of(scope, node, right)
        sql = f"regexp_matches({left.sql}, {pattern.sql})"
        return made(sql, Type.BOOL, left, right, nullable=False)
    word = node.op.removeprefix("!")
    test = one_test(scope, word, left, right)
    sql = f"(NOT {test})" if node.op.startswith("!") else test
    return made(sql, Type.BOOL, left, right, nullable=False)


def pattern_of(scope: Scope, node: Binary, value: Value) -> Value:
    """Return a regular expression, checked if it is a constant."""
    if value.is_literal:
        check_regex(scope, str(value.literal), node.right.at)
    return value


def one_test(scope: Scope, word: str, left: Value, right: Value) -> str:
    """Return the SQL of one positive test.

    Args:
        scope: Binds constants.
        word: `has`, `contains_cs` and so on.
        left: Text to search in.
        right: Text to search for.
    """
    kind = word.removesuffix("_cs")
    folded = word == kind
    if kind in {"has", "hasprefix", "hassuffix"}:
        return _term_test(scope, kind, left, right, folded=folded)
    if folded:
        left, right = lowered(scope, left), lowered(scope, right)
    name = {"startswith": "starts_with", "endswith": "ends_with"}.get(kind, kind)
    return f"{name}({left.sql}, {right.sql})"


def _term_test(
    scope: Scope, kind: str, left: Value, right: Value, *, folded: bool
) -> str:
    before = EDGE_BEFORE if kind != "hassuffix" else ""
    after = EDGE_AFTER if kind != "hasprefix" else ""
    flags = "(?i)" if folded else ""
    if not right.is_literal:
        inner = f"regexp_escape({right.sql})"
        before, after = (scope.plan.bind(part) for part in (flags + before, after))
        return f"regexp_matches({left.sql}, concat({before}, {inner}, {after}))"
    text = str(right.literal)
    # A boundary counts only where the searched text ends in a letter or digit.
    before = before if text[:1].isalnum() else ""
    after = after if text[-1:].isalnum() else ""
    pattern = scope.plan.bind(f"{flags}{before}{escaped(text)}{after}")
    # The plain search is much quicker and leaves few rows to the pattern.
    haystack, needle = (
        (lowered(scope, left), lowered(scope, right)) if folded else (left, right)
    )
    quick = f"contains({haystack.sql}, {needle.sql})"
    return f"({quick} AND regexp_matches({left.sql}, {pattern}))"


def escaped(text: str) -> str:
    """Return a pattern that matches a text as it is, for RE2."""
    return re.sub(r"[^0-9A-Za-z\u0080-\U0010ffff]", _escape, text)


def _escape(found: re.Match[str]) -> str:
    letter = found.group()
    return f"\\{letter}" if letter > " " else f"\\x{ord(letter):02x}"


def any_column(scope: Scope, node: Binary) -> Value:
    """Compile `* has "x"`: true if any text column passes.

    Raises:
        KqlError: The operator is no text operator or `==`.
    """
    if node.op not in TESTS and node.op not in {"==", "=~"}:
        said = f"'*' cannot stand before {node.op}"
        raise scope.error(said, node.at, "KQL105")
    columns = scope.relation.columns if scope.relation else ()
    kinds = {Type.STRING} if node.op in {"==", "=~"} else {Type.STRING, Type.DYNAMIC}
    names = [Name(c.name, node.at) for c in columns if c.type in kinds]
    positive = type(node)(node.op.removeprefix("!"), node.left, node.right, node.at)
    tests = [
        scope.value(type(node)(positive.op, name, node.right, node.at))
        for name in names
    ]
    sql = " OR ".join(test.sql for test in tests) or "FALSE"
    sql = f"(NOT ({sql}))" if node.op.startswith("!") else f"({sql})"
    return made(sql, Type.BOOL, *tests, nullable=False)
