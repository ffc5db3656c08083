"""The state of a running system: what programs say, and what we see ourselves."""

from __future__ import annotations

import os
import shutil
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from diag.collect.moments import iso_of
from diag.collect.plan import LINUX, WINDOWS
from diag.collect.running import environment_of, find_program, run_program
from diag.collect.told import ABSENT, TIMED_OUT, UNREADABLE, Left

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from diag.collect.options import Options
    from diag.collect.plan import Command, Plan
    from diag.collect.running import Ran

FOLDER = "commands/"
DAYS = 30 * 86400  # without --since


class State(NamedTuple):
    """One member of live state: its text, and what the manifest says of it."""

    name: str
    text: bytes
    facts: Mapping[str, Any]
    command: Mapping[str, Any] | None  # a row of the manifest's `commands`
    left: Left | None


def this_system() -> str:
    """Return the system that we run on, as far as paths go."""
    return WINDOWS if sys.platform == "win32" else LINUX


def commands_of(plan: Plan, system: str) -> list[Command]:
    """Return the commands that are meant for a system."""
    return [one for one in plan.commands if one.system in ("any", system)]


def search_of(plan: Plan, system: str) -> list[str]:
    """Return the folders in which programs are looked for."""
    folders = plan.search[system]
    return (
        [os.path.expandvars(one) for one in folders]
        if system == WINDOWS
        else [*folders]
    )


def state_of(
    plan: Plan, options: Options, now: float, search: Sequence[str]
) -> Iterator[State]:
    """Run the commands, one after the other.

    Args:
        plan: Which.
        options: The time window.
        now: The time of collection, in seconds since 1970.
        search: Folders of programs.
    """
    since = now - DAYS if options.since is None else options.since
    until = now if options.until is None else options.until
    values = {
        "{since}": iso_of(since),
        "{until}": iso_of(until),
        "{since_epoch}": str(int(since)),
        "{until_epoch}": str(int(until) + 1),
    }
    given = environment_of(search, os.environ)
    yield _seen("environment.txt", _environment(plan.environment))
    yield _seen("clock.txt", _clock())
    yield _seen("space.txt", _space())
    for one in commands_of(plan, this_system()):
        words = [_filled(word, values) for word in one.run]
        program = find_program(words[0], search)
        if not program:
            left = Left(FOLDER + one.name, ABSENT, f"there is no program {words[0]}")
            yield State(FOLDER + one.name, b"", {}, _row(one, words, None), left)
            continue
        ran = run_program([program, *words[1:]], one.seconds, given)
        yield _of_run(one, words, ran)


def _filled(word: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        word = word.replace(name, value)
    return word


def _of_run(one: Command, words: Sequence[str], ran: Ran) -> State:
    name = FOLDER + one.name
    row = _row(one, words, ran)
    left = None
    if ran.failed:
        left = Left(name, UNREADABLE, f"it could not be run: {ran.failed}")
    elif ran.timed_out:
        text = f"it was ended after {one.seconds:g} s"
        left = Left(name, TIMED_OUT, f"{text}; what it had said is kept")
    elif not ran.output:
        said = ran.errors.decode("utf-8", "replace").strip()[:200]
        text = f"it said nothing (exit status {ran.status})"
        left = Left(name, ABSENT, f"{text}: {said}" if said else text)
    facts: dict[str, Any] = {"kind": "command", "status": ran.status}
    if ran.flooded:
        facts["notes"] = ["output-cut"]
    return State(name, ran.output, facts, row, left)


def _row(one: Command, words: Sequence[str], ran: Ran | None) -> dict[str, Any]:
    row: dict[str, Any] = {"member": FOLDER + one.name, "run": list(words)}
    row["limit"] = one.seconds
    if ran is None:
        row["missing"] = words[0]
        return row
    row["status"] = ran.status
    row["seconds"] = round(ran.seconds, 1)
    for name, is_so in (("timed_out", ran.timed_out), ("flooded", ran.flooded)):
        if is_so:
            row[name] = True
    said = ran.failed or ran.errors.decode("utf-8", "replace").strip()
    if said:
        row["errors"] = said
    return row


def _seen(name: str, lines: Sequence[str]) -> State:
    text = "".join(f"{line}\n" for line in lines)
    data = text.encode("utf-8", "backslashreplace")
    return State(FOLDER + name, data, {"kind": "command"}, None, None)


def _environment(names: Sequence[str]) -> list[str]:
    lines = []
    for name in names:
        forms = dict.fromkeys((name, name.lower()))
        lines += [f"{form}={os.environ[form]}" for form in forms if form in os.environ]
    return lines or ["none of the variables is set: " + ", ".join(names)]


def _clock() -> list[str]:
    now = time.time()
    local = time.localtime(now)
    offset = time.strftime("%z", local)
    return [
        f"utc: {iso_of(now)}",
        f"local: {time.strftime('%Y-%m-%dT%H:%M:%S', local)}{offset}",
        f"zone: {time.strftime('%Z', local)}",
    ]


def _space() -> list[str]:
    lines = []
    for path in ("/", "/var", "/opt", "/tmp", "C:\\"):  # noqa: S108 - only looked at
        if os.path.isdir(path):
            whole, _, free = shutil.disk_usage(path)
            lines.append(f"{path}: {free} of {whole} bytes free")
    return lines
