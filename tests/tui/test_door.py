"""Every text for a widget went through the door, or stands in our own source."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TUI = Path(__file__).parents[2] / "diag" / "tui"
MODULES = sorted(TUI.rglob("*.py"))
DOORS = {"content", "lines", "inline", "plain", "segment"}
MAKERS = {
    *("Static", "Lanes", "Label", "Option", "Input", "Typing", "AskLine", "Button"),
    *("Content", "Text", "Segment", "TextArea", "Checkbox", "Markdown"),
}
METHODS = {
    *(
        "update",
        "write",
        "notify",
        "add_row",
        "add_column",
        "add_option",
        "add_columns",
    ),
    *("replace_option_prompt", "replace_option_prompt_at_index", "add_options"),
}
TEXTS = {"placeholder", "title", "border_title", "border_subtitle", "sub_title"}
TEXTS |= {"label", "prompt", "value", "content", "renderable", "tooltip"}
# Receivers that are no widgets: files, mappings, sets, digests.
OTHERS = {"stream", "heights", "_lines", "digest", "hints", "found", "params", "counts"}
DOOR = TUI / "door.py"


def returning(name: str) -> set[str]:
    """Return the functions of the screens that return a type."""
    return {
        node.name
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        and node.returns is not None
        and ast.unparse(node.returns) in {name, f"{name} | None"}
    }


# Texts of our own modules, named in capitals.
CAPITALS = re.compile(r"[A-Z_]+")
SAFE = DOORS | returning("Content") | returning("Segment") | {"Option"}


def called(node: ast.expr) -> str:
    """Return the last name of what is called."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def safe(node: ast.expr, known: set[str]) -> bool:
    """Return whether an expression is a text that may be handed to a widget."""
    match node:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name in known or bool(CAPITALS.fullmatch(name))
        case ast.Call(func=func):
            return called(func) in SAFE
        case ast.IfExp(body=body, orelse=other):
            return safe(body, known) and safe(other, known)
        case ast.Starred(value=value):
            return safe(value, known)
        case ast.List(elts=some) | ast.Tuple(elts=some):
            return all(safe(one, known) for one in some)
        case ast.ListComp(elt=element):
            return safe(element, known)
    return False


def offences(source: str) -> list[str]:
    """Return the calls that hand something else to a widget."""
    found = []
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        known = {
            target.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name) and safe(node.value, set())
        }
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                found += _of_call(node, known)
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    named = isinstance(target, ast.Attribute) and target.attr in TEXTS
                    if named and not safe(node.value, known) and not typed(node):
                        found.append(f"{node.lineno}: {ast.unparse(node)[:90]}")
    return found


def typed(node: ast.Assign) -> bool:
    """Return whether it is the value of a line where one types, which cleans it."""
    target = node.targets[0]
    return (
        isinstance(target, ast.Attribute)
        and target.attr == "value"
        and isinstance(target.value, ast.Name)
        and target.value.id == "line"
    )


def _of_call(node: ast.Call, known: set[str]) -> list[str]:
    name = called(node.func)
    method = isinstance(node.func, ast.Attribute) and name in METHODS
    if method and isinstance(node.func, ast.Attribute):
        receiver = called(node.func.value)
        if receiver in OTHERS:
            return []
    if not method and not (isinstance(node.func, ast.Name) and name in MAKERS):
        return []
    given = [one for one in node.args if not isinstance(one, ast.Dict | ast.DictComp)]
    if name == "replace_option_prompt_at_index":
        given = given[1:]
    if name == "Segment":
        given = given[:1]
    given += [one.value for one in node.keywords if one.arg in TEXTS]
    return [
        f"{node.lineno}: {ast.unparse(node)[:90]}"
        for one in given
        if not safe(one, known)
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(TUI)))
def test_texts_go_through_the_door(path: Path) -> None:
    if path != DOOR:
        assert offences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "self.query_one(Static).update(line.text)",
        "self.query_one(Static).update(f'{name} x')",
        "options.add_option(Option(finding.title))",
        "yield Static(name)",
        "self.notify(text)",
        "Segment(line.text, style)",
        "box.border_title = name",
        "Typing(placeholder=hint)",
        "table.add_row('a', name)",
    ],
)
def test_the_test_sees_what_does_not(line: str) -> None:
    assert offences(f"def made(self):\n    {line}\n")


@pytest.mark.parametrize(
    "line",
    [
        "self.query_one(Static).update(content(line.text), layout=False)",
        "made = lines(rows); panel.update(made)",
        "options.add_option(Option(content('x', name), id=name))",
        "self.notify(inline(text), markup=False)",
        "yield Static('plain words')",
    ],
)
def test_the_test_lets_through_what_does(line: str) -> None:
    assert not offences(f"def made(self):\n    {line}\n")
