"""The names that columns get when the author gives none (traps 11 and 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.kql import nodes
from diag.kql.aggregates import AGGREGATES

if TYPE_CHECKING:
    from collections.abc import Container

    from diag.kql.nodes import Expr
    from diag.kql.scope import Scope

# Functions whose result keeps the column's name.
KEEPING = {
    *("bin", "floor", "bin_at", "round", "abs", "split", "parse_json", "todynamic"),
    *("format_datetime", "format_timespan", "parsejson", "tostring", "toint"),
    *("tolong", "todouble", "toreal", "todecimal", "tobool", "todatetime"),
    *("totimespan", "startofhour", "startofday", "startofweek", "startofmonth"),
    *("startofyear", "endofday", "toboolean"),
}
# Functions that put their own name before the column's.
PREFIXING = {"strlen", "array_length"}


def column_name(node: Expr) -> str:
    """Return the name that an expression passes on, empty when it has none."""
    match node:
        case nodes.Name():
            return node.name
        case nodes.Path():
            base, key = column_name(node.base), node.key
            if isinstance(key, nodes.Literal) and base:
                return f"{base}_{key.value}"
            return ""
        case nodes.Call() if node.name in KEEPING and node.args:
            return column_name(node.args[0])
        case nodes.Call() if node.name in PREFIXING and len(node.args) == 1:
            inner = column_name(node.args[0])
            return f"{node.name}_{inner}" if inner else ""
        case _:
            return ""


def aggregate_name(node: Expr) -> str:
    """Return the name of an aggregate's column, empty when it is no plain call."""
    if not isinstance(node, nodes.Call) or node.name not in AGGREGATES:
        return ""
    prefix = AGGREGATES[node.name].prefix
    inner = column_name(node.args[0]) if node.args else ""
    if node.name.endswith("if") or not node.args:
        inner = inner if node.name == "take_anyif" else ""
    if not prefix:
        return inner
    name = f"{prefix}_{inner}"
    if node.name == "percentile" and isinstance(node.args[1], nodes.Literal):
        name = f"{name}_{node.args[1].value}".replace(".", "_")
    return name


class Taken:
    """Gives out names; no column is called as another one."""

    def __init__(self, scope: Scope, used: Container[str] = ()) -> None:
        """Begin with names that are taken already."""
        self.scope = scope
        self.used = used
        self.names: set[str] = set()
        self.unnamed = 0

    def given(self, name: str, at: int) -> str:
        """Return a name that the author chose.

        Raises:
            KqlError: Another column has it.
        """
        if name in self.names:
            said = f"two columns are called '{name}'; rename one of them"
            raise self.scope.error(said, at, "KQL109")
        self.names.add(name)
        return name

    def derived(self, name: str) -> str:
        """Return a name that we chose, with a number where it is taken."""
        if not name:
            self.unnamed += 1
            name = f"Column{self.unnamed}"
            while name in self.names or name in self.used:
                self.unnamed += 1
                name = f"Column{self.unnamed}"
        base, number = name, 1
        while name in self.names:
            name = f"{base}{number}"
            number += 1
        self.names.add(name)
        return name
