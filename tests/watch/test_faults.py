"""What happens to logs on servers: real files, and a clock that the test moves."""

from __future__ import annotations

import codecs
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from diag import engine
from diag.errors import StoreError
from diag.watch.state import StateFile
from tests.watch.playing import judge_of
from tests.watch.server import FAILED, LOST, START, Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from diag.model import Diagnosis
    from diag.watch.judging import Judge

OVERDUE, GAP, FAILURES, NO_HOST = (
    "ARC-HB-002",
    "ARC-HB-001",
    "ARC-HB-004",
    "ARC-NET-004",
)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Judge by the rules that these tests are about: all of them take a second."""
    ids = [OVERDUE, GAP, FAILURES, NO_HOST]
    return judge_of(engine.load_rules((), ids, tmp_path_factory.mktemp("q")))


@pytest.fixture
def server(tmp_path: Path, few: Judge) -> Iterator[Server]:
    made = Server(tmp_path / "log", few)
    made.top.mkdir()
    made.write()
    made.begin()
    yield made
    made.watch.follower.close()


def test_a_line_that_completes_a_finding_raises_it_at_the_next_look(
    server: Server,
) -> None:
    server.write(LOST, "error")
    assert server.look() == [f"raised {NO_HOST}"]
    [event] = server.heard.events
    assert event.known.value["evidence"][0]["line"] == 2


def test_ordinary_lines_start_no_judgement(server: Server) -> None:
    server.pass_time(10)
    before = server.pace.count
    for _ in range(12):
        server.look(20.0)
        server.write()
        server.look()
    assert server.pace.count == before


def test_calm_lines_that_rules_asked_about_in_vain_start_none(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rules = engine.load_rules((), ["ARC-NET-021"], tmp_path_factory.mktemp("q"))
    server = Server(tmp_path, judge_of(rules))
    answered = 'Heartbeat sent" Status Code={} Request URL="https://x'
    server.write(answered.format(200))
    server.begin()
    before = server.pace.count
    for _ in range(3):
        server.write(answered.format(200))
        assert server.look() == []
    assert server.pace.count == before
    server.write(answered.format(503))
    assert server.look() == ["raised ARC-NET-021"]
    server.watch.follower.close()


def test_overdue_is_raised_at_its_time_and_cleared_by_the_next_line(
    server: Server,
) -> None:
    assert server.look(899.0) == []
    assert server.watch.next_deadline() == START + timedelta(minutes=15, milliseconds=1)
    assert server.look(2.0) == [f"raised {OVERDUE}"]
    server.look(600.0)
    server.write()
    assert server.look() == [f"cleared {OVERDUE}", f"raised {GAP}"]


def test_old_news_is_listed_and_not_raised(tmp_path: Path, few: Judge) -> None:
    server = Server(tmp_path, few)
    server.write(LOST, "error")
    server.begin()
    assert server.heard.words() == [f"open {NO_HOST}"]
    assert server.look(5.0) == []


def test_removed_and_made_anew(server: Server) -> None:
    server.pass_time(5)
    server.log.unlink()
    assert server.look() == []
    server.write(LOST, "error")
    assert server.look() == [f"raised {NO_HOST}"]
    assert server.heard.events[-1].known.value["evidence"][0]["line"] == 1


def test_silence_shows_also_when_the_log_is_gone(server: Server) -> None:
    server.log.unlink()
    server.look()
    assert server.look(900.0) == [f"raised {OVERDUE}"]
    evidence = server.heard.events[-1].known.value["evidence"][0]
    assert (evidence["file"], evidence["line"]) == ("himds.log", 1)


def test_renamed_by_rotation(server: Server) -> None:
    server.pass_time(5)
    server.write(FAILED, "error")
    server.log.rename(server.top / "himds.log.1")  # before the watch saw the line
    server.write(FAILED, "error")
    assert server.look() == [f"raised {FAILURES}"]
    [event] = server.heard.events
    places = {one["file"] for one in event.known.value["evidence"]}
    assert places == {"himds.log", "himds.log.1"}
    assert server.pass_time(30) == []


def test_a_log_that_is_only_turned_starts_no_judgement(server: Server) -> None:
    server.look(5.0)
    before = server.pace.count
    for number in (3, 2, 1):
        server.log.rename(server.top / f"himds.log.{number}")
        server.log.touch()
        assert server.look() == []
        server.write()
        assert server.look(60.0) == []
        assert not server.watch.waits
    assert server.pace.count == before
    assert len(server.watch.follower.tails) == 4
    server.write(LOST, "error")
    assert server.look() == [f"raised {NO_HOST}"]


def test_the_first_line_of_a_log_made_anew_is_seen_without_looking_for_files(
    server: Server,
) -> None:
    server.log.rename(server.top / "himds.log.1")
    server.log.touch()
    server.look()
    server.write(LOST, "error")
    server.watch.step(anew=False)
    assert server.heard.words() == [f"raised {NO_HOST}"]


def test_a_turned_log_is_found_again_without_being_told_to_look(
    server: Server,
) -> None:
    server.write(LOST, "error")
    server.look()
    server.log.rename(server.top / "himds.log.1")
    server.watch.step(anew=False)
    assert set(server.watch.follower.tails) == {"himds.log.1"}
    assert server.look(60.0) == []


@pytest.mark.parametrize("way", ["written", "replaced", "removed and made anew"])
def test_a_document_that_is_written_all_the_time_is_told_of_seldom(
    server: Server, way: str
) -> None:
    document = server.top / "etc" / "os-release"
    document.parent.mkdir()
    follower = server.watch.follower

    def told(minute: float) -> tuple[list[str], bool]:
        text = f'ID=ubuntu\nVERSION_ID="22.04"\nNAME="Ubuntu {minute}"\n'
        before: list[str] = []
        if way == "removed and made anew":
            document.unlink(missing_ok=True)
            before = follower.look(round(minute * 60e6), anew=True).changed
        made = document.with_name("new") if way == "replaced" else document
        made.write_text(text)
        made.replace(document)
        news = follower.look(round(minute * 60e6), anew=True)
        return before + news.changed, news.stirred

    name = "etc/os-release"
    at = [told(minute) for minute in (10, 11, 14.9, 15, 16, 2)]
    assert [one for one, _ in at] == [[name], [], [], [name], [], [name]]
    assert all(stirred for _, stirred in at)
    assert follower.look(0, anew=True).stirred is False


@pytest.mark.parametrize("way", ["cut", "removed", "removed and made anew"])
def test_what_stood_on_lines_that_are_gone_is_over(server: Server, way: str) -> None:
    server.write(LOST, "error")
    server.write(FAILED, "error")
    server.look()
    if way == "cut":
        server.log.write_text("")
    else:
        server.log.unlink()
    if way == "removed and made anew":
        server.write()
    told = [*server.look(), *server.look(5.0)]
    assert sorted(told) == [f"cleared {FAILURES}", f"cleared {NO_HOST}"]


def test_cut_to_nothing(server: Server) -> None:
    server.pass_time(10)
    server.log.write_text("")
    assert server.look() == []
    assert any("it was cut" in text for text in server.said)
    server.write(LOST, "error")
    assert server.look() == [f"raised {NO_HOST}"]


def test_cut_and_written_again_beyond_its_old_length(server: Server) -> None:
    server.log.write_text(
        "".join(server.line(f"something else {'x' * n}") for n in range(20))
        + server.line(LOST, "error")
    )
    assert server.look() == [f"raised {NO_HOST}"]


def test_silence_shows_also_when_the_log_was_cut(server: Server) -> None:
    server.log.write_text("")
    server.look()
    assert server.look(900.0) == [f"raised {OVERDUE}"]


def test_a_link_in_its_place_is_not_followed_and_told(
    server: Server, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.log"
    secret.write_text(server.line(LOST, "error"))
    server.log.unlink()
    server.log.symlink_to(secret)
    assert server.look() == []
    assert "himds.log: it is a link and not followed" in server.said
    server.log.unlink()
    server.write(LOST, "error")
    assert server.look() == [f"raised {NO_HOST}"]


def test_a_folder_on_the_way_that_becomes_a_link(tmp_path: Path, few: Judge) -> None:
    inner = tmp_path / "logs" / "inner"
    inner.mkdir(parents=True)
    server = Server(tmp_path / "logs", few)
    server.log = inner / "himds.log"
    server.write()
    server.begin()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "himds.log").write_text(server.line(LOST, "error"))
    inner.rename(tmp_path / "logs" / "was")
    inner.symlink_to(elsewhere)
    assert server.look() == []
    assert any(text.startswith("inner") for text in server.said)


def test_a_burst_of_a_hundred_thousand_lines(server: Server) -> None:
    with server.log.open("a") as stream:
        stream.write(server.line("Collecting machine properties", "debug") * 100_000)
        stream.write(server.line(LOST, "error"))
    before = server.pace.count
    assert server.look() == [f"raised {NO_HOST}"]
    assert server.heard.events[-1].known.value["evidence"][0]["line"] == 100_002
    assert server.pace.count - before <= 2


def test_a_folder_that_comes_later(tmp_path: Path, few: Judge) -> None:
    server = Server(tmp_path / "not" / "yet", few)
    server.begin()
    assert server.look(60.0) == []
    server.top.mkdir(parents=True)
    server.write(LOST, "error")
    assert server.look() == [f"raised {NO_HOST}"]


def test_a_clock_that_is_set_back(server: Server) -> None:
    server.pass_time(10)
    server.clock.moved = timedelta(hours=-1)
    server.look()
    assert any("set back by 3,600 s" in text for text in server.said)
    told = server.pass_time(30)
    assert f"raised {OVERDUE}" not in told  # it goes on to write
    server.look(890.0)
    told = server.look(15.0)  # and now it does not, for a quarter of an hour
    assert f"raised {OVERDUE}" in told


def test_half_a_line_is_no_line(server: Server) -> None:
    text = server.line(LOST, "error")
    with server.log.open("a") as stream:
        stream.write(text[:-1])
        stream.flush()
        assert server.look(5.0) == []
        stream.write("\n")
    assert server.look() == [f"raised {NO_HOST}"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_characters_and_line_ends_of_windows(
    tmp_path: Path, few: Judge, encoding: str
) -> None:
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    server = Server(tmp_path, few)

    def write(text: str) -> None:
        with server.log.open("ab") as stream:
            stream.write(text.replace("\n", "\r\n").encode(encoding))

    server.log.write_bytes(mark[encoding])
    write(server.line("Überwachung läuft"))
    server.begin()
    server.look(60.0)
    whole = server.line(LOST, "error").replace("\n", "\r\n").encode(encoding)
    with server.log.open("ab") as stream:
        stream.write(whole[:-3])  # in the middle of a character
    assert server.look(3.0) == []
    with server.log.open("ab") as stream:
        stream.write(whole[-3:])
    assert server.look() == [f"raised {NO_HOST}"]
    assert server.heard.events[-1].known.value["evidence"][0]["line"] == 2


def test_what_acts_on_a_terminal_never_gets_there(server: Server) -> None:
    from diag.watch.ledger import line_of, proof_of
    from diag.watch.system import text_of

    server.write("failed to send a heartbeat: \x1b]0;owned\x07\u202e\x9b31m", "error")
    server.look()
    [event] = server.heard.events
    for text in (line_of(event), proof_of(event), text_of(event)):
        assert not any(c in text for c in "\x1b\x07\x9b\u202e\n")


def test_what_is_open_is_known_after_a_restart(tmp_path: Path, few: Judge) -> None:
    state = StateFile(tmp_path / "state.json")
    first = Server(tmp_path / "log", few, state)
    first.top.mkdir()
    first.write()
    first.begin()
    first.write(LOST, "error")
    assert first.look() == [f"raised {NO_HOST}"]
    # Nobody watches: another finding comes, and the log is gone for good.
    first.write(FAILED, "error")
    kept = state.read()
    second = Server(tmp_path / "log", few, state)
    second.clock.set(first.clock.now())
    second.watch.ledger.open = dict(kept.open)
    from diag.watch.ledger import What

    second.begin(What.RAISED)
    assert second.heard.words() == [f"raised {FAILURES}"]
    assert {one.rule for one in second.watch.ledger.shown()} == {NO_HOST, FAILURES}
    state.close()


def test_a_finding_of_which_nothing_comes_any_more_is_over(server: Server) -> None:
    server.write(LOST, "error")
    server.look()
    assert f"cleared {NO_HOST}" in server.look(24 * 3600)
    reasons = [e.reason for e in server.heard.events if e.known.rule == NO_HOST]
    assert "nothing of it since" in reasons[-1]
    server.write(LOST, "error")
    assert f"raised {NO_HOST}" in server.look()


def test_no_file_is_held_open_after_the_end(server: Server) -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("the system does not list open files")
    server.watch.follower.close()
    held = [str(one.resolve()) for one in Path("/proc/self/fd").iterdir()]
    assert not [name for name in held if str(server.top) in name]


def test_a_log_that_may_not_be_read_is_told_once_and_tried_again(
    server: Server,
) -> None:
    if os.geteuid() == 0:
        pytest.skip("nothing is denied to root")
    server.log.unlink()
    server.write(LOST, "error")
    server.log.chmod(0)
    server.look()
    server.look()
    assert server.said == ["himds.log: it cannot be read: Permission denied"]
    server.log.chmod(0o600)
    assert server.look() == [f"raised {NO_HOST}"]


def test_of_a_long_log_the_end_is_judged_and_lines_keep_their_numbers(
    tmp_path: Path, few: Judge
) -> None:
    server = Server(tmp_path, few, most=4096)
    server.log.write_text(server.line() * 1000)
    server.begin()
    server.write(LOST, "error")
    assert server.look() == [f"raised {NO_HOST}"]
    assert server.heard.events[-1].known.value["evidence"][0]["line"] == 1001
    [tail] = server.watch.follower.tails.values()
    assert 4096 <= tail.done - tail.start <= 2 * 4096
    server.watch.follower.close()


def test_a_judgement_that_fails_is_made_up_for(server: Server) -> None:
    judged = server.watch.judged

    def fail(now: datetime, only: frozenset[str] | None) -> Diagnosis:
        del now, only
        raise StoreError("the disk is full")

    server.watch.judged = fail
    server.write(LOST, "error")
    with pytest.raises(StoreError):
        server.look()
    server.watch.judged = judged
    assert server.look() == [f"raised {NO_HOST}"]


def test_keys_and_tokens_are_not_opened(server: Server) -> None:
    line = server.line(LOST, "error")
    for name in ("tokens/himds.log", "certs/himds.log", "himds.log.key"):
        path = server.top / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(line)
    assert server.look() == []
    assert set(server.watch.follower.tails) == {"himds.log"}


def test_secrets_are_not_told(server: Server) -> None:
    server.write(f"{LOST} https://user:Sommer2026@proxy.example:8080", "error")
    server.look()
    [event] = server.heard.events
    assert "Sommer2026" not in repr(event)
    assert "<redacted:" in repr(event)
