"""Work of threads that step back for the screen's."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from diag.errors import StoreError
from diag.store.browse import AMONG
from diag.tui.asking import Asked
from diag.tui.background import NICE, aside
from diag.tui.logview.nearby import Near
from tests.tui.test_nearby import case

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has them")
TASKS = Path("/proc/self/task")


def threads() -> dict[int, int]:
    """Return the threads of this process, and by how much each steps back."""
    found = {}
    for path in TASKS.iterdir():
        fields = (path / "stat").read_text().rpartition(")")[2].split()
        found[int(path.name)] = int(fields[16])
    return found


def test_it_gives_what_the_work_gives() -> None:
    assert aside(
        lambda: (threading.current_thread() is threading.main_thread(), 7)
    ) == (
        False,
        7,
    )


def test_it_raises_what_the_work_raises() -> None:
    def fail() -> None:
        raise StoreError("it was interrupted")

    with pytest.raises(StoreError, match="interrupted"):
        aside(fail)


@LINUX
def test_the_work_steps_back_and_who_waits_for_it_does_not() -> None:
    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert aside(lambda: threads()[threading.get_native_id()]) == NICE
    assert threads()[threading.get_native_id()] == before


@LINUX
def test_a_question_about_all_lines_steps_back_and_one_about_a_few_does_not() -> None:
    seen: dict[str, int] = {}

    def asks(name: str, sql: str) -> tuple[str, dict[str, object]]:
        seen[name] = threads()[threading.get_native_id()]
        return sql, {}

    asked = Asked(
        case(),
        lambda: asks("all", "SELECT EventId FROM EventRows"),
        lambda: asks("few", f"SELECT e.EventId FROM EventRows e WHERE {AMONG}"),
    )
    assert [len(some) for some in asked.soon(Near(case().order.whole, 0, 1))] == [576]
    assert len(asked.run()) == len(case().order)
    assert seen == {"all": NICE, "few": threads()[threading.get_native_id()]}
