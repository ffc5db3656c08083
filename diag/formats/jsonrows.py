"""From a JSON document to rows of the store, as its definition says."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from diag.formats.extensions import extension_of
from diag.formats.jsonform import LeafForm
from diag.formats.jsonpath import Constant, Named, select
from diag.formats.jsontree import Fault, Harm, Node, Shape, Tree, drawable, read_tree
from diag.formats.sampling import LINE_END, lines_of
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
    from collections.abc import Collection, Iterable, Iterator

    from diag.formats.family import Family
    from diag.formats.jsonform import JsonForm, RowForm
    from diag.formats.jsonpath import Choice, Column

MOST_INSIDE = 500  # facts of one text that is JSON
CONTAINERS = frozenset({Shape.OBJECT, Shape.LIST})


def json_rows(family: Family, text: str, name: str) -> Extract:
    """Return the rows of a JSON document.

    Args:
        family: A family with a JSON form.
        text: The decoded document.
        name: The member's name, which may tell the extension.
    """
    if family.json is None:
        return Extract((), ())
    return _rows(family, family.json, read_tree(text), name)


def word_rows(family: Family, text: str, name: str) -> Extract:
    """Return the rows of a document that is one short text as a whole.

    Args:
        family: A family with a form for it.
        text: The decoded document; of one with several lines nothing is known.
        name: The member's name, which may tell the extension.
    """
    word = text.strip()
    if family.word is None or not word or len(lines_of(word)) > 1:
        return Extract((), ())
    at = text.index(word)
    ends = tuple(end.end() for end in LINE_END.finditer(text, 0, at))
    tree = Tree(Node(Shape.TEXT, at, drawable(word)), (), ends)
    return _rows(family, family.word, tree, name)


def _rows(family: Family, form: JsonForm, tree: Tree, name: str) -> Extract:
    if tree.root is None:
        return Extract((), tree.faults)
    maker = _Maker(family, tree, name)
    rows: list[TableRow] = []
    for one in form.rows:
        for row in maker.made(one):
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
            facts = leaves_below(top, form.without)
            if form.inside:
                facts = _inside(facts)
            for node, name, outer in facts:
                called = form.names.get(name, name)
                values: dict[str, Value] = {
                    "Source": self.family.id,
                    "Name": called,
                    "Value": _cut(node_text(node)),
                }
                if called:
                    yield TableRow("Facts", self.tree.line(outer), values)

    def _found(self, form: RowForm | LeafForm) -> Iterator[Node]:
        """Yield each value once, though several paths may lead to it."""
        root, seen = self.tree.root, set[int]()
        for path in form.at if root is not None else ():
            for node in select(root, path) if root is not None else ():
                if id(node) not in seen:
                    seen.add(id(node))
                    yield node

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


def leaves_below(
    top: Node, without: Collection[str] = (), name: str = ""
) -> Iterator[tuple[Node, str, Node]]:
    """Yield the scalars below a value: each, its name, and whose line is its own.

    Args:
        top: Any value.
        without: Names below which nothing is looked at.
        name: What the value itself is called.
    """
    # A stack and not recursion; the deepest document has 64 levels.
    stack = [(top, name)]
    while stack:
        node, name = stack.pop()
        if name in without or is_secret(node.key):
            continue
        if _is_leaf(node):
            yield node, name, node
            continue
        below = [
            (item, f"{name}.{key}" if name else key) for key, item in node.items.items()
        ]
        stack += reversed(below)


def _inside(
    leaves: Iterable[tuple[Node, str, Node]],
) -> Iterator[tuple[Node, str, Node]]:
    """Yield the scalars of JSON that stands as text in other scalars."""
    for node, name, _ in leaves:
        text = node.text
        if not name or len(text) > MOST_TEXT or text.lstrip()[:1] not in ("[", "{"):
            continue
        root = read_tree(text).root
        if root is not None and root.items:
            found = leaves_below(root, name=name)
            yield from ((one, key, node) for one, key, _ in islice(found, MOST_INSIDE))


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
