"""What a late import promises, a graph of imports cannot prove: look and see."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {"duckdb", "orjson", "pyparsing", "rich", "textual", "watchdog", "yaml"}
REPORT = "import json, sys; print(json.dumps(sorted(sys.modules)))"


def loaded_by(code: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter has after `code`."""
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\n{REPORT}"],
        check=True,
        capture_output=True,
        text=True,
    )
    return {name.partition(".")[0] for name in json.loads(run.stdout.splitlines()[-1])}


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("diag.text", set()),
        ("diag.model", set()),
        ("diag.bundle", set()),
        ("diag.content", {"yaml"}),
        ("diag.cli.main", set()),
        ("diag.kql", set()),
        ("diag.formats", {"yaml", "orjson"}),
        ("diag.store", {"duckdb"}),
        ("diag.report", {"orjson"}),
        ("diag.watch", set()),
        ("diag.engine", {"yaml", "orjson"}),
    ],
)
def test_a_layer_loads_only_what_it_may(module: str, allowed: set[str]) -> None:
    assert loaded_by(f"import {module}") & HEAVY <= allowed


def test_the_version_needs_none_of_the_heavy_modules() -> None:
    code = (
        "import sys\nfrom diag.cli.main import run\nsys.argv = ['arcdiag', '--version']"
        "\ntry:\n    run()\nexcept SystemExit as stop:\n    assert not stop.code"
    )
    assert not loaded_by(code) & {*HEAVY, "arcdiag_core", "asyncio", "tomllib"}
