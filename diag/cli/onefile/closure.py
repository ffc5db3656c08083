"""Which modules a module needs, found by reading its imports."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from diag.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator

OURS = "diag"


def closure(root: str) -> dict[str, Path]:
    """Return all modules of ours that a module needs, itself and packages included.

    Imports within functions count; those for type checkers only do not.

    Args:
        root: The full name of a module.

    Returns:
        Names and source files, sorted by name.

    Raises:
        ContentError: One of them imports what is neither ours nor part of Python.
    """
    found: dict[str, Path] = {}
    waiting = [root]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        path = source_of(name)
        if path is None:
            raise ContentError(f"there is no module {name}", where=root)
        found[name] = path
        parent = name.rpartition(".")[0]
        waiting += [parent] if parent else []
        for wanted, line in imports(path.read_text(encoding="utf-8"), name, path):
            top = wanted.partition(".")[0]
            if top == OURS:
                waiting.append(wanted)
            elif top not in sys.stdlib_module_names:
                text = f"{wanted} is not part of Python, so it cannot be in one file"
                raise ContentError(text, where=f"{path}:{line}")
    return dict(sorted(found.items()))


def source_of(name: str) -> Path | None:
    """Return the source file of a module, None when there is none."""
    try:
        spec = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        return None
    return Path(spec.origin) if spec is not None and spec.origin else None


def imports(source: str, name: str, path: Path) -> Iterator[tuple[str, int]]:
    """Yield the full names of modules that a source imports, with the line.

    Args:
        source: The text of a module.
        name: The name of the module, for relative imports.
        path: Its file, which says whether it is a package.
    """
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in _run(ast.parse(source).body):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            base = importlib.util.resolve_name(base, package)
            yield base, node.lineno
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                if base.startswith(OURS) and source_of(inner) is not None:
                    yield inner, node.lineno


def _run(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Yield all nodes that can be run: not those below `if TYPE_CHECKING:`."""
    waiting: list[ast.AST] = list(reversed(body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and _for_types(node.test):
            waiting += node.orelse
            continue
        yield node
        waiting += ast.iter_child_nodes(node)


def _for_types(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"
