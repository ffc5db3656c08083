"""From a JSON document to rows of the store, as its definition says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from diag.formats.extensions import extension_of
from diag.formats.jsonform import LeafForm
from diag.formats.jsonpath import Constant, Named, select
from diag.formats.jsontree import Fault, Harm, Shape, read_tree
from diag.formats.secrets import is_secret, without_secrets
from diag.formats.tablerow import (
    MOST_ROWS,
    MOST_TEXT,
    Extract,
    TableRow,
    Value,
    converted,
)
from diag.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.formats.family import Family
    from diag.formats.jsonform import RowForm
    from diag.formats.jsonpath import Choice, Column
    from diag.formats.jsontree import Node, Tree

CONTAINERS = frozenset({Shape.OBJECT, Shape.LIST})


def json_rows(family: Family, text: str, name: str) -> Extract:
    """Return the rows of a JSON document.

    Args:
        family: A family with a JSON form.
        text: The decoded document.
        name: The member's name, which may tell the extension.
    """
    tree = read_tree(text)
    if tree.root is None or family.json is None:
        return Extract((), tree.faults)
    maker = _Maker(family, tree, name)
    rows: list[TableRow] = []
    for form in family.json.rows:
        for row in maker.made(form):
            if len(rows) == MOST_ROWS:
                said = f"Its first {MOST_ROWS:,} rows are in the tables."
                return Extract(tuple(rows), (*tree.faults, Fault(Harm.LIMIT, 1, said)))
            rows.append(row)
    return Extract(tuple(rows), tree.faults)


class _Maker:
    """Makes the rows of one document."""

    def __init__(self, family: Family, tree: Tree, name: str) -> None:
        self.family = family
        self.tree = tree
        self.extension = extension_of(name)

    def made(self, form: RowForm | LeafForm) -> Iterator[TableRow]:
        return self.leaves(form) if isinstance(form, LeafForm) else self.rows(form)

    def rows(self, form: RowForm) -> Iterator[TableRow]:
        types = TABLES[form.table]
        for node in self._found(form):
            values: dict[str, Value] = {}
            for name, column in form.columns.items():
                text = self._text(node, column)
                if text is None and not column.optional:
                    break
                values[name] = converted(text or "", types[name])
            else:
                if form.table == "Facts":
                    if is_secret(str(values.get("Name", ""))):
                        continue
                    values["Source"] = self.family.id
                yield TableRow(form.table, self.tree.line(node), values)

    def leaves(self, form: LeafForm) -> Iterator[TableRow]:
        for top in self._found(form):
            # A stack and not recursion; the deepest document has 64 levels.
            stack = [(top, "")]
            while stack:
                node, name = stack.pop()
                if name in form.without or is_secret(node.key):
                    continue
                if _is_leaf(node):
                    called = form.names.get(name, name)
                    values: dict[str, Value] = {
                        "Source": self.family.id,
                        "Name": called,
                        "Value": _cut(node_text(node)),
                    }
                    if called:
                        yield TableRow("Facts", self.tree.line(node), values)
                    continue
                below = [
                    (item, f"{name}.{key}" if name else key)
                    for key, item in node.items.items()
                ]
                stack += reversed(below)

    def _found(self, form: RowForm | LeafForm) -> Iterator[Node]:
        if self.tree.root is not None:
            for path in form.at:
                yield from select(self.tree.root, path)

    def _text(self, node: Node, column: Column) -> str | None:
        """Return the first value that there is; null counts if nothing else does."""
        found: str | None = None
        for choice in column.choices:
            text = self._chosen(node, choice)
            if text:
                return _cut(text)
            found = text if found is None else found
        return found

    def _chosen(self, node: Node, choice: Choice) -> str | None:
        if isinstance(choice, Constant):
            return choice.text
        if isinstance(choice, Named):
            named = {
                Named.KEY: node.key,
                Named.PUBLISHER: self.extension.publisher,
                Named.TYPE: self.extension.type,
                Named.VERSION: self.extension.version,
            }
            return named[choice] or None
        values = [found for found in select(node, choice) if not is_secret(found.key)]
        return ", ".join(map(node_text, values)) if values else None


def _is_leaf(node: Node) -> bool:
    if node.shape is Shape.LIST:
        return all(item.shape not in CONTAINERS for item in node.items.values())
    return node.shape is not Shape.OBJECT


def node_text(node: Node) -> str:
    """Return a value as text: null is empty, a list of scalars is joined by commas."""
    if node.is_null:
        return ""
    if node.shape not in CONTAINERS:
        return node.text
    if _is_leaf(node):
        return ", ".join(map(node_text, node.items.values()))
    return json.dumps(_plain(node), ensure_ascii=False)


def _plain(node: Node) -> Any:  # noqa: ANN401 - JSON is what it is
    """Return a value of at most 64 levels for `json.dumps`, secrets left out."""
    if node.shape is Shape.OBJECT:
        kept = {key: one for key, one in node.items.items() if not is_secret(key)}
        return {key: _plain(one) for key, one in kept.items()}
    if node.shape is Shape.LIST:
        return [_plain(one) for one in node.items.values()]
    return node.text


def _cut(text: str) -> str:
    return without_secrets(text[:MOST_TEXT])
