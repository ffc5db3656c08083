"""One bundle of an inbox, checked in a process of its own.

Whatever a bundle does to the process that reads it (crash, memory, time), the watch
goes on. `check_apart` starts this module as a program, which `run` is.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from diag.cli.reporting import Shown
    from diag.watch.inbox import Checked
    from diag.watch.inboxstate import Verdict

CONTENT = "in"  # the folder in the private one in which the bundle lies
RESULT = "result.json"
SAID = "said.txt"
LONGEST = 900.0  # seconds that a check may take
LOOKS = 0.1
MOST_SAID = 4_000  # characters of what a failed process wrote
ENDINGS = {"html": ".html", "json": ".json"}


def check_apart(
    words: Sequence[str], folder: Path, name: str, ended: object
) -> Checked:
    """Check a bundle in a process of its own.

    Args:
        words: The words behind `watch`, whose options say how to read and judge.
        folder: A private folder with the bundle, for results, too.
        name: The bundle's path in it.
        ended: True as soon as all is to end.

    Returns:
        What came of it, a failure as well.

    Raises:
        Ended: All is to end.
    """
    from diag.watch.inbox import Ended

    command = [sys.executable, "-P", "-m", "diag.cli.inboxchild", str(folder), name]
    with (folder / SAID).open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - ourselves, and no shell
            [*command, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,  # Ctrl-C is meant for the watch
        )
        until = time.monotonic() + LONGEST
        try:
            while process.poll() is None and time.monotonic() < until:
                if ended:
                    raise Ended
                time.sleep(LOOKS)
            late = process.poll() is None
        finally:
            process.kill()
            code = process.wait()
    if ended:  # perhaps by the same signal
        raise Ended
    if late:
        return failed(name, f"its check took longer than {LONGEST / 60:.0f} minutes")
    if code:
        return failed(name, _why(folder, code))
    return _read(folder)


def _why(folder: Path, code: int) -> str:
    text = (folder / SAID).read_text(encoding="utf-8", errors="replace")
    said = " ".join(text.strip()[-MOST_SAID:].split()).removeprefix("arcdiag: ")
    if code < 0:
        return f"its check was ended by signal {-code}. {said}".strip()
    return said or f"its check ended with code {code}"


def _read(folder: Path) -> Checked:
    from diag.watch.inbox import Checked
    from diag.watch.inboxstate import Verdict

    found = json.loads((folder / RESULT).read_bytes())
    return Checked(
        verdict=Verdict(found["verdict"]),
        said=found["said"],
        reports={
            ending: (folder / f"report{ending}").read_bytes()
            for ending in found["reports"]
        },
        machines=tuple(found["machines"]),
        counts=found["counts"],
    )


def failed(name: str, why: str) -> Checked:
    """Return the reports of a bundle that could not be checked.

    Args:
        name: The bundle.
        why: In a sentence.
    """
    from diag import __version__
    from diag.report.json import safe_json
    from diag.text import show
    from diag.watch.inbox import Checked
    from diag.watch.inboxstate import Verdict

    said = f"could not be checked: {why}"
    value = {"tool": f"arcdiag {__version__}", "bundle": name, "failed": why}
    text = (
        f"{show(name)}\n{show(said)}\n\nIt is not tried again until it is replaced by "
        "another file.\narcdiag check shows what happens when it is run by hand.\n"
    )
    reports = {".txt": text.encode("utf-8", "replace")}
    reports[".json"] = safe_json(value).encode("utf-8", "replace")
    return Checked(Verdict.FAILED, said, reports)


def run(words: Sequence[str]) -> int:
    """Check the bundle that the words name, and leave the results beside it.

    Args:
        words: The private folder, the bundle's path in it, and the words of `watch`.

    Returns:
        0, or the code of the error that was told.
    """
    import os

    from diag.cli import watch
    from diag.cli.arguments import Parser
    from diag.cli.console import open_console
    from diag.cli.main import tell_error
    from diag.errors import DiagError

    folder, name = Path(words[0]), words[1]
    console = open_console()
    parser = Parser("watch", "")
    watch.add_arguments(parser)
    try:
        args = _at_home(parser.parse(words[2:]))
        os.chdir(folder / CONTENT)
        args.sources = [Path(name)]
        _check(args, folder.absolute())
    except DiagError as error:
        tell_error(error, console)
        return error.exit_code
    return 0


def _at_home(args: argparse.Namespace) -> argparse.Namespace:
    """Make paths independent of the folder in which the process works."""
    for key in ("rules", "parsers", "suppress"):
        setattr(args, key, [path.absolute() for path in getattr(args, key)])
    if args.tmp_dir:
        args.tmp_dir = args.tmp_dir.absolute()
    # What `check` has and `watch` has not.
    args.format, args.fail_on = "html", "high"
    args.no_redact, args.no_cache, args.baseline = False, False, None
    return args


def _check(args: argparse.Namespace, folder: Path) -> None:
    from diag import engine
    from diag.cli import reporting
    from diag.cli.check import judge, open_sources
    from diag.cli.scratch import scratch_in
    from diag.store.cache import default_folder

    with scratch_in(args.tmp_dir):
        rules = engine.load_rules(
            args.rules, (), default_folder(), lenient=True, unlocked=args.unlocked
        )
        with open_sources(args) as loaded:
            silenced = engine.load_suppressions(args.suppress)
            diagnosis = judge(args, loaded, rules, silenced)
            shown = reporting.show(args, reporting.Prepared(), loaded, rules, diagnosis)
    _write(shown, folder)


def _write(shown: Shown, folder: Path) -> None:
    from diag.report import Format, render
    from diag.report.gather import all_problems, counts
    from diag.report.kinds import gaps

    diagnosis = shown.diagnosis
    for fmt, ending in ENDINGS.items():
        stream = io.StringIO()
        render(diagnosis, Format(fmt), stream, dossier=shown.dossier)
        data = stream.getvalue().encode("utf-8", "backslashreplace")
        (folder / f"report{ending}").write_bytes(data)
    found = {str(severity): count for severity, count in counts(diagnosis).items()}
    unread = gaps(all_problems(diagnosis))
    value: dict[str, Any] = {
        "verdict": str(_verdict(found, partial=bool(unread))),
        "said": f"not all of it was read: {unread[0].text}" if unread else "",
        "reports": list(ENDINGS.values()),
        "machines": list(
            dict.fromkeys(one.computer for one in diagnosis.bundles if one.computer)
        ),
        "counts": found,
    }
    (folder / RESULT).write_text(json.dumps(value), encoding="ascii")


def _verdict(counts: dict[str, int], *, partial: bool) -> Verdict:
    from diag.watch.inboxstate import Verdict

    for severity in counts:
        return Verdict(severity)  # the worst comes first
    return Verdict.PARTIAL if partial else Verdict.CLEAN


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
