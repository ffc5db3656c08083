"""The engine runs on every Python from 3.6 on, and gives the same bytes there."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.redact.cleaning import RULES, TABLE, cleaned, pseudonyms
from tests.redact.seeded import planted

ENGINE = Path(__file__).parents[2] / "diag" / "redact"
VERSIONS = ("3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
RUN = """
import json, sys
sys.path.insert(0, sys.argv[1])
from diag.redact import Pseudonyms, Redactor
given = json.load(open(sys.argv[1] + "/given.json"))
rules, data = given["rules"], open(sys.argv[1] + "/data", "rb").read()
out = b"".join(Redactor(rules).clean("x.log", [data]))
names = Pseudonyms(given["names"], given["table"])
sys.stdout.buffer.write(out + names.replaced(data))
"""


def pythons() -> list[str]:
    """Return the Pythons of this machine."""
    homes = Path.home() / ".pyenv" / "versions"
    found = [shutil.which(f"python{version}") for version in VERSIONS]
    places = [*map(str, homes.glob("3.*/bin/python3"))] if homes.is_dir() else []
    known = {Path(one).resolve(): one for one in (*found, *places) if one}
    return sorted(one for one in known.values() if _runs(one))


def _runs(python: str) -> bool:
    """Say whether it is a Python, and not the stand-in of a version that is off."""
    words = [python, "-c", ""]
    return subprocess.run(words, check=False, capture_output=True).returncode == 0


class Plain(ast.NodeTransformer):
    """Takes out annotations, which old Pythons cannot evaluate."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        for one in (*node.args.args, *node.args.kwonlyargs):
            one.annotation = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:  # a field of a NamedTuple
            node.annotation = ast.Constant("any")
            return node
        if not isinstance(node.target, ast.Name) or node.target.id.isupper():
            return ast.Assign([node.target], node.value, lineno=node.lineno)
        node.annotation = ast.Constant("any")
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        return None if node.module == "__future__" else node


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("old")
    (top / "diag" / "redact").mkdir(parents=True)
    (top / "diag" / "__init__.py").write_text("", encoding="utf-8")
    for path in ENGINE.glob("*.py"):
        tree = Plain().visit(ast.parse(path.read_text(encoding="utf-8")))
        text = ast.unparse(ast.fix_missing_locations(tree))
        (top / "diag" / "redact" / path.name).write_text(text, encoding="utf-8")
    from diag.content.redaction import pseudonym_data

    given = {"rules": RULES, "names": pseudonym_data(), "table": TABLE}
    (top / "given.json").write_text(json.dumps(given), encoding="utf-8")
    texts = [one.text for one in planted(5) if not one.wide]
    (top / "data").write_bytes("\n".join(texts).encode())
    (top / "run.py").write_text(RUN, encoding="utf-8")
    return top


@pytest.mark.parametrize("python", pythons())
def test_an_old_python_gives_the_same_bytes(python: str, place: Path) -> None:
    done = subprocess.run(
        [python, str(place / "run.py"), str(place)], check=False, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    data = (place / "data").read_bytes()
    assert done.stdout == cleaned(data) + pseudonyms().replaced(data)


def test_only_the_standard_library_is_imported() -> None:
    import sys

    for path in ENGINE.glob("*.py"):
        for name in re.findall(
            r"^\s*(?:from|import) ([\w.]+)", path.read_text(), re.MULTILINE
        ):
            top = name.partition(".")[0]
            assert top in sys.stdlib_module_names or name.startswith("diag.redact"), (
                name
            )
