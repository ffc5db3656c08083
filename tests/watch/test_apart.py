"""Work in a fork: its answer, its errors, and its end."""

from __future__ import annotations

import os

import pytest

from diag.errors import KqlError, StoreError
from diag.watch.apart import apart, can_fork

pytestmark = pytest.mark.skipif(not can_fork(), reason="the system does not fork well")


def test_the_answer_comes_from_another_process() -> None:
    there, text = apart(lambda: (os.getpid(), "x" * 3_000_000))
    assert there != os.getpid()
    assert len(text) == 3_000_000


def test_what_goes_wrong_there_goes_wrong_here() -> None:
    def fail() -> None:
        raise StoreError("no room", where="store.duckdb", hint="make some")

    with pytest.raises(StoreError, match="no room") as caught:
        apart(fail)
    assert (caught.value.where, caught.value.hint) == ("store.duckdb", "make some")


def test_an_error_that_does_not_travel_comes_up_here() -> None:
    def fail() -> None:
        raise KqlError("KQL001", "no such thing")

    with pytest.raises(KqlError, match="no such thing"):
        apart(fail)


def test_the_work_is_done_here_when_the_fork_dies() -> None:
    own = os.getpid()

    def work() -> int:
        if os.getpid() != own:
            os._exit(7)
        return os.getpid()

    assert apart(work) == own


def test_no_process_is_left() -> None:
    apart(lambda: None)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
