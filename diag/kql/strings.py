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
# A term is a run of letters and digits; `_` separates (trap 1). Compiling the
# classes of all letters costs RE2 several milliseconds for each pattern, so two
# quick patterns decide nearly every line: one that takes ASCII separators only,
# and one for which letters beyond ASCII separate, too. Where they disagree, the
# exact one is asked; it is put together row by row, so as not to be compiled else.
SEPARATOR = r"[\x00-/:-@\[-`{-\x7f]"
PERHAPS = r"[^0-9A-Za-z]"
EXACT = r"[^\pL\pN]"
# What has no case is looked for before anything is put into lower case: no letter
# becomes one of these. Shorter ones stand nearly everywhere.
NAMES = {"startswith": "starts_with", "endswith": "ends_with", "contains": "contains"}
DIGIT = re.compile("[0-9]")
UNCASED = re.compile(r"[!-@\[-`{-~]{3,}")


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
        return _folded_test(scope, kind, left, right)
    return f"{NAMES[kind]}({left.sql}, {right.sql})"


def _folded_test(scope: Scope, kind: str, left: Value, right: Value) -> str:
    small = lowered(scope, left), lowered(scope, right)
    test = f"{NAMES[kind]}({small[0].sql}, {small[1].sql})"
    core = uncased(right)
    if not core:
        return test
    if core == right.literal:  # a text without case needs no folding
        return f"{NAMES[kind]}({left.sql}, {right.sql})"
    return f"(contains({left.sql}, {scope.plan.bind(core)}) AND {test})"


def uncased(value: Value) -> str:
    """Return the longest part of a constant text that has no case.

    A text that holds the constant in any case holds this part as it stands. Empty
    when the part is short or without a digit, and so tells few texts apart.
    """
    if not value.is_literal:
        return ""
    parts = [part for part in UNCASED.findall(str(value.literal)) if DIGIT.search(part)]
    return max(parts, key=len, default="")


def _term_test(
    scope: Scope, kind: str, left: Value, right: Value, *, folded: bool
) -> str:
    start, end = kind != "hassuffix", kind != "hasprefix"
    if not right.is_literal:
        return _late_term(scope, left, right, (start, end), folded=folded)
    text = str(right.literal)
    # A boundary counts only where the searched text ends in a letter or digit.
    start, end = start and text[:1].isalnum(), end and text[-1:].isalnum()
    # The plain search is much quicker and leaves few rows to the patterns.
    plain = f"contains({left.sql}, {right.sql})"
    quick = _folded_test(scope, "contains", left, right) if folded else plain
    if not start and not end:
        return quick
    inner = f"(?{'i' if folded else ''}:{escaped(text)})"

    def pattern(separator: str) -> str:
        before = f"(?:^|{separator})" if start else ""
        after = f"(?:$|{separator})" if end else ""
        return scope.plan.bind(f"{before}{inner}{after}")

    sure, perhaps, exact = (pattern(one) for one in (SEPARATOR, PERHAPS, EXACT))
    late = f"concat({exact}, substring({left.sql}, 1, 0))"
    return (
        f"({quick} AND CASE WHEN regexp_matches({left.sql}, {sure}) THEN TRUE "
        f"WHEN regexp_matches({left.sql}, {perhaps}) "
        f"THEN regexp_matches({left.sql}, {late}) ELSE FALSE END)"
    )


def _late_term(
    scope: Scope, left: Value, right: Value, edges: tuple[bool, bool], *, folded: bool
) -> str:
    """Return the SQL of a term that only the data knows."""
    needle = right.sql
    flags = scope.plan.bind("(?i)" if folded else "")
    parts = [flags]
    for wanted, at_edge, edge in (
        (edges[0], r"^[\pL\pN]", f"(?:^|{EXACT})"),
        (edges[1], r"[\pL\pN]$", f"(?:$|{EXACT})"),
    ):
        test = f"regexp_matches({needle}, {scope.plan.bind(at_edge)})"
        sql = f"CASE WHEN {test} THEN {scope.plan.bind(edge)} ELSE '' END"
        parts.append(sql if wanted else "''")
    parts.insert(2, f"regexp_escape({needle})")
    return f"regexp_matches({left.sql}, concat({', '.join(parts)}))"


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
