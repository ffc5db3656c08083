"""A definition for a document that is written as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from diag.formats.definition import read_family
from diag.formats.document import document_rows
from diag.formats.draft.excerpts import Excerpt
from diag.formats.draft.paths import paths_of
from diag.formats.draft.yamlwriter import Page, flow
from diag.formats.jsontree import Shape, read_tree
from diag.formats.samples import run_sample
from diag.formats.secrets import HIDDEN, is_secret, without_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.formats.family import Family
    from diag.formats.jsontree import Node

MOST_KEYS = 4  # signs
MOST_ITEMS = 3  # of a list in a sample
MOST_MEMBERS = 12  # of an object in a sample
LONGEST = 200  # characters of a text in a sample
MOST_DEPTH = 6
NOTE = "its beginning, written anew"
STATE = {"status", "state"}
NAME = {"name", "servicename", "displayname"}


def draft_json(name: str, path: str, text: str) -> str | None:
    """Return a definition of a JSON document, None if it holds no value.

    Args:
        name: The id of the new family.
        path: Where the file lies.
        text: The decoded document; it may be torn.
    """
    tree = read_tree(text)
    root = tree.root
    if root is None or not root.items:
        return None
    of_objects = root.shape is Shape.LIST and any(
        one.shape is Shape.OBJECT for one in root.items.values()
    )
    top = "*" if of_objects else "$"
    bare = read_family(_page(name, path, root, top, []), name)
    excerpts = [
        excerpt
        for value in _pieces(_without_secrets(root, 0))
        if (excerpt := _excerpt(bare, value)) is not None
    ]
    page = _page(name, path, root, top, excerpts)
    family = read_family(page, name)
    kept = [
        excerpt
        for number, excerpt in enumerate(excerpts)
        if not run_sample(family, family.samples[number], number + 1)
    ]
    return page if len(kept) == len(excerpts) else _page(name, path, root, top, kept)


def _page(
    name: str, path: str, root: Node, top: str, excerpts: Sequence[Excerpt]
) -> str:
    file = path.rpartition("/")[2]
    page = Page()
    page.comment(
        f"Drafted from {file}. Read parsers/README.md, mend what is wrong, and run",
        f"arcdiag formats test {name} --parsers DIR [--file ANOTHER FILE]",
    )
    page.value("id", name)
    page.value("title", f"Document like {file}", "say what it is")
    page.value("kind", "document")
    page.value("basis", f"One file, {file}; no other was looked at.")
    page.paths(paths_of(path))
    page.line("json:")
    if keys := _signs(root):
        page.comment("Files of other names are this document if these keys are in it.")
        page.line(f"  signs: {flow([keys])}")
    page.line("  rows:")
    page.comment("Each scalar is a fact, called by its keys; except: [a.b] leaves out.")
    page.line(f"    - table: Facts\n      leaves: {flow(top)}")
    for at, columns in _services(root):
        page.comment(
            "Perhaps these are services; if so, take the comment signs away.",
            "   - table: Services",
            f"     at: {flow(at)}",
            f"     columns: {columns}",
        )
    page.excerpts(file, excerpts)
    return page.text


def _signs(root: Node) -> list[str]:
    """Return keys of the outermost object that other documents will not all have."""
    while root.shape is Shape.LIST and root.items:
        root = next(iter(root.items.values()))
    if root.shape is not Shape.OBJECT:
        return []
    keys = [key for key in root.items if key.strip() and len(key) <= LONGEST]
    return keys[:MOST_KEYS] if len(keys) > 1 else []


def _services(root: Node) -> list[tuple[str, str]]:
    """Return lists of objects that have a name and a state: path and columns."""
    found = []
    for key, node in root.items.items() if root.shape is Shape.OBJECT else ():
        first = next(iter(node.items.values()), None)
        keys = {one.casefold(): one for one in (first.items if first else ())}
        names, states = NAME & keys.keys(), STATE & keys.keys()
        if names and states and not set('"\n') & set("".join((key, *keys.values()))):
            name, state = keys[min(names)], keys[min(states)]
            columns = {"Name": f'"{name}"', "State": f'"{state}"'}
            found.append((f'"{key}".*', flow(columns)))
    return found


def _without_secrets(node: Node, depth: int) -> Any:  # noqa: ANN401 - JSON is any
    """Return the beginning of a value, short, with secrets masked."""
    if node.shape is Shape.OBJECT:
        members = list(node.items.items())[:MOST_MEMBERS]
        if depth >= MOST_DEPTH:
            return {}
        return {
            key: HIDDEN if is_secret(key) else _without_secrets(one, depth + 1)
            for key, one in members
        }
    if node.shape is Shape.LIST:
        items = list(node.items.values())[: MOST_ITEMS if depth < MOST_DEPTH else 0]
        return [_without_secrets(one, depth + 1) for one in items]
    if node.shape is Shape.TEXT:
        return without_secrets(node.text[:LONGEST])
    try:
        return orjson.loads(node.text)
    except ValueError:  # NaN, or a number that is too long
        return node.text[:LONGEST]


def _pieces(value: Any) -> list[Any]:  # noqa: ANN401 - JSON is any
    """Return the whole and its two halves, so that parts are tried alone."""
    if isinstance(value, dict) and len(value) > 1:
        members = list(value.items())
        half = len(members) // 2
        return [value, dict(members[:half]), dict(members[half:])]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        inner = _pieces(value[0])
        return [value, *([one] for one in inner[1:])]
    return [value]


def _excerpt(family: Family, value: Any) -> Excerpt | None:  # noqa: ANN401
    text = orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n"
    rows = document_rows(family, text, "", as_json=True).rows
    if not rows:
        return None
    wanted = [
        {name: row.values[name] for name in ("Name", "Value")}
        for row in rows
        if row.table == "Facts"
    ]
    return Excerpt(text, note=NOTE, rows={"Facts": wanted})
