"""What was raised is asked again when calm lines come that may tell of its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from diag import engine
from tests.watch.playing import judge_of
from tests.watch.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REFUSED, FAILED = "ARC-ID-001", "ARC-HB-004"
BAD = "failed to send a heartbeat: ClientAssertionCredential authentication failed"
CONNECTED = "Connected machine to Azure"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    rules = engine.load_rules((), [REFUSED, FAILED], tmp_path / "kept")
    made = Server(tmp_path / "log", judge_of(rules))
    made.top.mkdir()
    made.write()
    # Both kinds of calm lines are old news: by themselves they start no judgement.
    connected(made)
    made.begin()
    made.pass_time(10)
    yield made
    made.watch.follower.close()


def connected(server: Server) -> None:
    with (server.top / "azcmagent.log").open("a", newline="") as stream:
        stream.write(server.line(CONNECTED))


def test_a_later_success_eases_what_was_raised_at_once(server: Server) -> None:
    server.write(BAD, "error")
    assert server.look() == [f"raised {REFUSED}", f"raised {FAILED}"]
    connected(server)
    assert server.look() == [f"eased {REFUSED}"]


def test_each_kind_of_calm_line_is_asked_about_once(server: Server) -> None:
    connected(server)
    server.look()
    before = server.pace.count
    server.write()
    server.look()
    assert server.pace.count == before
    server.write(BAD, "error")
    server.look()
    raised = server.pace.count
    for _ in range(5):
        server.write()
        server.look()
    assert server.pace.count == raised + 1


def test_what_is_raised_again_is_asked_about_again(server: Server) -> None:
    for _ in range(2):
        server.write(BAD, "error")
        server.look()
        before = server.pace.count
        connected(server)
        server.look()
        assert server.pace.count > before
