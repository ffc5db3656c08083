"""Work of threads that step back for the screen's."""

from __future__ import annotations

import os
import sys
import threading
from typing import Any

import pytest

from diag.errors import StoreError
from diag.tui.background import NICE, aside
from diag.tui.logview.nearby import Near
from diag.tui.looking import Asked
from tests.tui.test_nearby import case

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has them")


def stepped_back() -> int:
    """Return by how much this thread steps back."""
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


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
    before = stepped_back()
    assert aside(stepped_back) == NICE
    assert stepped_back() == before


@LINUX
def test_a_question_about_all_lines_steps_back_and_one_about_a_few_does_not() -> None:
    seen: dict[str, int] = {}

    def asks(name: str, sql: str) -> tuple[str, dict[str, Any]]:
        seen[name] = stepped_back()
        return sql, {}

    asked = Asked(
        case(),
        lambda: asks("all", "SELECT EventId FROM EventRows"),
        lambda rows: asks("few", f"SELECT e.EventId FROM EventRows e WHERE {rows}"),
    )
    assert [len(some) for some in asked.soon(Near(case().order.whole, 0, 1))] == [576]
    assert len(asked.run()) == len(case().order)
    assert seen == {"all": NICE, "few": stepped_back()}
