"""docs/bundle.md names every kind of problem and every column there is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from diag.bundle.manifestschema import manifest_schema
from diag.collect import told
from diag.packing import REASONS
from diag.packing.encoding import ENCODINGS
from diag.schema import RESULTS, TABLES
from diag.store import ddl

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "bundle.md").read_text(encoding="utf-8")
KIND = re.compile(r"[a-z]+(?:-[a-z0-9]+)*")
IN_RUST = re.compile(r'(?:Problem::new\([^"]*?|Series::new\(|tell\()\s*"([a-z0-9-]+)"')
# Pairs of texts in these packages that are no kind and text.
OTHERS = {"directory", "utf-16-le", "utf-16-be", "carried", "windows"}
# Where the kind stands among the arguments of a call.
CALLS = {"add": 0, "Problem": 2, "_without_members": 2}


# What the collector notes about how a file was read.
NOTES = {
    *(told.CUT, told.GREW, told.SHRANK, told.ROTATED, told.GONE, told.SPARSE),
    *(told.SLOW, told.BROKEN, told.LONG_LINE, "output-cut"),
}
KNOWN = {
    *("torn", "bad-crc", "bad-utf8", "vanished", "no-known-log", "symlink"),
    *("long-line", "not-a-zip", "packed-file", "duplicate-name"),
}


def texts(node: ast.expr | None) -> set[str]:
    if isinstance(node, ast.IfExp):
        return texts(node.body) | texts(node.orelse)
    constant = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return {str(node.value)} if isinstance(node, ast.Constant) and constant else set()


def kinds_in(node: ast.AST) -> set[str]:
    """Return what one node of a module names as a kind."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        place = CALLS.get(name, len(node.args))
        return texts(node.args[place]) if place < len(node.args) > 1 else set()
    if isinstance(node, ast.Tuple) and len(node.elts) == 2:
        return texts(node.elts[0])
    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "kind":
        return texts(node.value)
    if isinstance(node, ast.FunctionDef) and node.name == "failure":
        returns = (n.value for n in ast.walk(node) if isinstance(n, ast.Return))
        return set().union(*map(texts, returns))
    return set()


def emitted() -> set[str]:
    found: set[str] = set()
    for package in ("bundle", "analyze"):
        for path in (ROOT / "diag" / package).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                found |= kinds_in(node)
    for path in (ROOT / "core" / "src").rglob("*.rs"):
        found |= set(IN_RUST.findall(path.read_text(encoding="utf-8")))
    return {kind for kind in found if KIND.fullmatch(kind)} - OTHERS


def documented() -> set[str]:
    section = DOCUMENT[DOCUMENT.index("## Problems") :]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return {
        kind for row in rows for kind in re.findall(r"`([^`]+)`", row.split("|")[1])
    }


def test_every_kind_of_problem_is_described() -> None:
    found = emitted()
    # What is known to be there, so that a search that finds nothing fails.
    assert found >= KNOWN
    assert found == documented()


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (table, column)
        for table, columns in {**TABLES, **RESULTS}.items()
        for column in columns
    ],
)
def test_every_column_is_described(table: str, column: str) -> None:
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("| `")]
    if table in {"Events", "Files"}:
        begin = DOCUMENT.index(f"### {table}")
        rows = DOCUMENT[begin : DOCUMENT.index("###", begin + 3)].splitlines()
        assert any(f"`{column}`" in row.split("|")[1] for row in rows if "|" in row)
    else:
        (row,) = [row for row in rows if row.startswith(f"| `{table}` |")]
        assert f"`{column}`" in row


def test_the_table_beside_the_schema_is_described_too() -> None:
    found = re.findall(r"CREATE TABLE (\w+) \((.*)\)", ddl.META, re.DOTALL)
    [(table, inner)] = found
    (row,) = [r for r in DOCUMENT.splitlines() if r.startswith(f"| `{table}` |")]
    for column in inner.split(","):
        assert f"`{column.split()[0]}`" in row


def test_the_limits_are_those_of_the_code() -> None:
    from diag.bundle import limits

    text = " ".join(DOCUMENT.split())
    for words in (
        f"{limits.MOST_MEMBERS:,} members",
        f"{limits.MOST_FILES:,} files",
        f"{limits.DEEPEST} folders deep",
        f"{limits.MOST_FILE_BYTES >> 30} GiB in one file",
        f"at most {limits.MOST_ROWS:,} rows",
    ):
        assert words in text, words


def test_the_manifest_is_described() -> None:
    begin = DOCUMENT.index("### manifest.json")
    section = DOCUMENT[begin : DOCUMENT.index("### Verifying")]
    rows = [line.split("|") for line in section.splitlines() if line.startswith("| `")]
    named = {key for row in rows for key in re.findall(r"`([^`]+)`", row[1])}
    schema = manifest_schema()["properties"]
    assert named == {
        *schema,
        *schema["members"]["items"]["properties"],
        *REASONS,
        *NOTES,
    }
    for encoding in ENCODINGS:
        assert f"`{encoding}`" in section


def test_the_reasons_are_those_of_the_code() -> None:
    for reason, text in REASONS.items():
        assert f"| `{reason}` | {text} |\n" in DOCUMENT


def test_what_verify_may_find_is_described() -> None:
    begin = DOCUMENT.index("### Verifying")
    section = DOCUMENT[begin : DOCUMENT.index("## The store")]
    rows = [line.split("|") for line in section.splitlines() if line.startswith("| `")]
    named = {kind for row in rows for kind in re.findall(r"`([^`]+)`", row[1])}
    found: set[str] = set()
    for name in ("verify", "comparing", "ending"):
        source = (ROOT / "diag" / "bundle" / f"{name}.py").read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and len(node.args) == 3:
                called = getattr(node.func, "attr", "")
                found |= texts(node.args[1]) if called == "differs" else set()
    assert found - {"bad-crc", "empty-zip"} == named
