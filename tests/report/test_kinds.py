"""The closed list of problem kinds, against every place that makes a problem."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from diag.model import Problem
from diag.report.kinds import KINDS, Weight, gaps, is_gap

ROOT = Path(__file__).parents[2]
PYTHON = [
    path
    for package in ("analyze", "bundle", "engine", "formats", "report", "store")
    for path in sorted((ROOT / "diag" / package).rglob("*.py"))
    if path.name != "kinds.py"
]
WORD = re.compile(r"[a-z]+(-[a-z0-9]+)*")
HYPHENATED = re.compile(r"[a-z]+(-[a-z0-9]+)+")
IN_RUST = re.compile(
    r'Problem::new\([^,;"]+,\s*"([^"]+)"|Series::new\("([^"]+)"\)|\btell\(\s*"([^"]+)",'
)

# Constants of the same form that are no kinds of problems.
OTHER = {"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "arcdiag-core"}
NOT_TOLD = {"directory"}  # a folder's entry in a zip is no problem


def text_of(node: ast.expr | None) -> str:
    """Return a string constant that could be a kind, else an empty text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value if WORD.fullmatch(node.value) else ""
    return ""


def emitted_by(tree: ast.AST) -> set[str]:
    """Return the kinds in calls, in pairs of kind and text, and in `kind = ...`."""
    found: list[ast.expr | None] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name.endswith("told.add"):
                found += node.args[:1]
            elif name.endswith("tell"):
                found += node.args[:2]
            elif name == "Problem" and len(node.args) > 2:
                found.append(node.args[2])
        elif isinstance(node, ast.Tuple) and len(node.elts) == 2:
            second = node.elts[1]
            if not isinstance(second, ast.Constant):
                found += node.elts[:1]
        elif isinstance(node, ast.FunctionDef) and node.name == "failure":
            found += [part for part in ast.walk(node) if isinstance(part, ast.Constant)]
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "kind":
            value = node.value
            if isinstance(value, ast.IfExp):
                found += [value.body, value.orelse]
    return {text for node in found if (text := text_of(node))}


def in_python() -> set[str]:
    found: set[str] = set()
    for path in PYTHON:
        if path.parent.name in {"analyze", "bundle", "readers", "report"}:
            found |= emitted_by(ast.parse(path.read_text(encoding="utf-8")))
    return found - NOT_TOLD


def in_rust() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "core" / "src").rglob("*.rs"):
        for match in IN_RUST.finditer(path.read_text(encoding="utf-8")):
            found.add(match[1] or match[2] or match[3])
    return found


def test_every_kind_that_the_source_emits_has_a_weight() -> None:
    emitted = {kind for kind in in_python() if "-" in kind or kind in KINDS}
    assert (emitted | in_rust()) - OTHER == set(KINDS)


@pytest.mark.parametrize("path", PYTHON, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_no_word_that_looks_like_a_kind_is_unknown(path: Path) -> None:
    if path.parent.name not in {"analyze", "bundle"}:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    words = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and HYPHENATED.fullmatch(node.value)
    }
    assert words <= {*KINDS, *OTHER}


def test_every_kind_has_a_reason_and_stands_in_the_docs() -> None:
    docs = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z0-9-]+)` \| (yes|no) \|", docs, re.MULTILINE))
    for kind, (weight, reason) in KINDS.items():
        assert reason
        assert rows.pop(kind, "") == ("yes" if weight is Weight.GAP else "no"), kind
    assert rows == {}


@pytest.mark.parametrize(
    ("kind", "gap"),
    [("bad-crc", True), ("guessed-encoding", False), ("of-a-newer-store", True)],
)
def test_gaps_are_told_from_remarks(kind: str, *, gap: bool) -> None:
    problem = Problem("file", 0, kind, "text")
    assert is_gap(problem) is gap
    assert gaps([problem]) == ((problem,) if gap else ())
