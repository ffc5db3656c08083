"""What is not needed any more is given back, and nothing breaks by it.

Each in a process of its own: DuckDB's allocator is told once how it is to work.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from diag.analyze.load import load

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can")

SAMPLE = Path(__file__).parents[2] / "samples" / "healthy-linux" / "var"
BEGIN = """
import os, re, sys
from pathlib import Path

def kilobytes(what):
    rollup = Path("/proc/self/smaps_rollup").read_text()
    return int(re.search(rf"^{what}: +([0-9]+) kB", rollup, re.MULTILINE)[1])

from diag.watch.memory import give_back, let_go_of_code, load_duckdb
"""
ASK = """
from diag.store import Store
store = Store(Path(sys.argv[1]), threads=1)
def answer():
    # As rules do it: a join, a window and a sort, each with blocks of its own.
    return store.query(
        "SELECT e.Line, lag(e.TimeGenerated) OVER (ORDER BY e.TimeGenerated)"
        " FROM Events e JOIN Files f ON e.File = f.File ORDER BY ALL"
    ).rows
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of a sample."""
    path = tmp_path_factory.mktemp("memory") / "store.duckdb"
    load([SAMPLE], cache=False, keep=path).store.close()
    return path


def run(text: str, store: Path | str = "") -> list[str]:
    """Return what a program prints."""
    command = [sys.executable, "-c", BEGIN + text, str(store)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.split()


def kept_by(begin: str, store: Path) -> int:
    """Return the kilobytes that are still ours after queries that needed many."""
    text = f"{begin}\n{ASK}\nbefore = kilobytes('Anonymous')\nanswer()\nanswer()\n"
    return int(run(text + "print(kilobytes('Anonymous') - before)", store)[0])


def test_duckdb_gives_back_what_a_query_needed(store: Path) -> None:
    plain, frugal = kept_by("", store), kept_by("load_duckdb()", store)
    assert plain > 8_000, "the query needs too little to tell the two apart"
    assert frugal < plain / 2


def test_the_environment_of_other_programs_is_as_it_was() -> None:
    found = run("before = dict(os.environ)\nload_duckdb()\nprint(os.environ == before)")
    assert found == ["True"]


def test_somebodys_own_setting_stays() -> None:
    text = (
        "os.environ['DUCKDB_JE_MALLOC_CONF'] = 'narenas:1'\nload_duckdb()\n"
        "print(os.environ['DUCKDB_JE_MALLOC_CONF'])"
    )
    assert run(text) == ["narenas:1"]


def test_code_that_was_let_go_of_runs_again(store: Path) -> None:
    text = (
        f"load_duckdb()\n{ASK}\nfirst = answer()\nbefore = kilobytes('Rss')\n"
        "let_go_of_code()\nprint(before - kilobytes('Rss'))\n"
        "print(first == answer())\n"
    )
    less, same = run(text, store)
    assert int(less) > 10_000
    assert same == "True"


def test_a_fork_lets_go_of_the_same_code(store: Path) -> None:
    text = (
        f"load_duckdb()\n{ASK}\ngive_back()\nchild = os.fork()\n"
        "if child == 0:\n    first = answer()\n    before = kilobytes('Rss')\n"
        "    let_go_of_code()\n    less = before - kilobytes('Rss')\n"
        "    os._exit(0 if less > 10_000 and first == answer() else 1)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    assert run(text, store) == ["0"]
