"""Annotations go, everything else stays where it is."""

from __future__ import annotations

import io
import subprocess
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from diag.cli.onefile.closure import closure, imports
from diag.cli.onefile.downlevel import downlevel
from diag.cli.onefile.writing import FRONT
from diag.errors import ContentError
from tests.pythons import able

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
MODULES = closure(FRONT)

CASES = [
    ("from __future__ import annotations\nx = 1\n", " " * 34 + "\nx = 1\n"),
    ("def f(a: int, *b: str) -> None: ...\n", "def f(a     , *b     )        : ...\n"),
    (
        "def f(*, a: int | None = None, **k: 'x') -> dict[str, int]:\n    pass\n",
        "def f(*, a             = None, **k     )                  :\n    pass\n",
    ),
    ("x: int = 3  # why\n", "x      = 3  # why\n"),
    ("x: int\n", "pass  \n"),
    (
        "gr\u00fc\u00dfe: int = '\u00e4'; y: str = ''\n",
        "gr\u00fc\u00dfe      = '\u00e4'; y      = ''\n",
    ),
    (
        "def f(\n    a: dict[\n        str, int\n    ],\n) -> None:\n    pass\n",
        "def f(\n    a        \n                \n     ,\n)        :\n    pass\n",
    ),
    (
        "class A(NamedTuple):\n    a: int | None\n    b: str = ''\n",
        'class A(NamedTuple):\n    a: "int | None"\n    b: "str" = \'\'\n',
    ),
    (
        "class A:\n    def f(self, a=lambda x: x) -> int:\n        y: int = 1\n",
        "class A:\n    def f(self, a=lambda x: x)       :\n        y      = 1\n",
    ),
    (
        "class A:\n    def f(self) -> int:\n        self.y: list[int] = []\n",
        "class A:\n    def f(self)       :\n        self.y            = []\n",
    ),
    (
        "async def f(a: int) -> int:\n    return a\n",
        "async def f(a     )       :\n    return a\n",
    ),
]


@pytest.mark.parametrize(("source", "wanted"), CASES)
def test_annotations_are_blanked_out(source: str, wanted: str) -> None:
    assert [line.rstrip() for line in downlevel(source, "x").split("\n")] == [
        line.rstrip() for line in wanted.split("\n")
    ]


@pytest.mark.parametrize(
    "source",
    [
        "if (x := 1): pass\n",
        "match 1:\n    case 1: pass\n",
        "def f(a, /): pass\n",
        "try:\n    pass\nexcept* ValueError:\n    pass\n",
        "@dataclass(frozen=True)\nclass A:\n    x: int\n",
        "class A(NamedTuple):\n    a: dict[\n        str, int]\n",
    ],
)
def test_what_cannot_be_rewritten_is_refused(source: str) -> None:
    with pytest.raises(ContentError):
        downlevel(source, "x")


def comments(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


@pytest.mark.parametrize("name", MODULES)
def test_lines_and_comments_of_the_collector_stay(name: str) -> None:
    source = MODULES[name].read_text(encoding="utf-8")
    done = downlevel(source, name)
    assert len(done.split("\n")) == len(source.split("\n"))
    assert list(comments(done)) == list(comments(source))


def test_the_sources_are_python_to_every_python(tmp_path: Path) -> None:
    for name, path in MODULES.items():
        source = path.read_text(encoding="utf-8")
        (tmp_path / f"{name}.py").write_text(downlevel(source, name), encoding="utf-8")
    code = (
        "import compileall, sys\n"
        "sys.exit(not compileall.compile_dir(sys.argv[1], quiet=1))"
    )
    assert able()
    for python in able():
        subprocess.run([python, "-c", code, str(tmp_path)], check=True)


def test_the_closure_has_what_is_imported_and_nothing_else() -> None:
    assert {"diag", "diag.collect", "diag.packing.writer", FRONT} <= set(MODULES)
    tops = {name.split(".")[1] for name in MODULES if "." in name}
    assert tops <= {"collect", "packing", "redact", "text", "errors", "clock"}
    source = (
        "import os, json.decoder\n"
        "if TYPE_CHECKING:\n    import yaml\nelse:\n    import csv\n"
        "def f():\n    from . import zipread\n    from diag.text import show\n"
    )
    path = ROOT / "diag" / "bundle" / "x.py"
    found = {name for name, _ in imports(source, "diag.bundle.x", path)}
    assert found == {
        *("csv", "os", "json.decoder"),
        *("diag.bundle", "diag.bundle.zipread", "diag.text"),
    }


def test_what_is_not_part_of_python_is_refused() -> None:
    with pytest.raises(ContentError, match="yaml is not part of Python"):
        closure("diag.content.yamltext")
    with pytest.raises(ContentError, match="there is no module"):
        closure("diag.nothing")
