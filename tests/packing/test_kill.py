"""Runs of the collector that are stopped at a random moment, as users have it."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import subprocess
import time
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from diag.bundle.verify import verify
from diag.cli.exits import Exit
from tests.amount import ALL
from tests.cli.calling import arcdiag
from tests.pythons import able

if TYPE_CHECKING:
    from pathlib import Path

TRIALS = 500 if ALL else 6
NOW = "2026-03-10T12:00:00Z"
LINE = 'time="2026-03-10T11:00:{:02}Z" level=info msg="sent {} of {}"\n'
SECRET = 'time="2026-03-10T11:00:00Z" level=info msg="by http://joe:s3cret@p.example"\n'


@dataclass(frozen=True, slots=True)
class Bench:
    """A tree to collect from, the single-file collector, and how long a run takes.

    `seconds` are those from the first byte of the bundle on.
    """

    tree: Path
    collector: Path
    seconds: float = 0

    def words(self, target: Path) -> list[str]:
        """Return the command line of a run."""
        words = ["-B", self.collector, "--root", self.tree, "--now", NOW, "--fast"]
        return [able()[-1], *map(str, words), "-o", str(target)]


def fingerprint(tree: Path) -> str:
    """Return a hash of all that a collector must not change."""
    whole = hashlib.sha256()
    for path in sorted(tree.rglob("*")):
        status = path.lstat()
        whole.update(f"{path} {status.st_mode} {status.st_mtime_ns}\n".encode())
        if path.is_file():
            whole.update(path.read_bytes())
    return whole.hexdigest()


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("bench")
    logs = folder / "tree" / "var/opt/azcmagent/log"
    logs.mkdir(parents=True)
    rng = random.Random(5)
    for number in range(30):
        name = f"himds-2026-03-{number % 28 + 1:02}T10-11-12.{number:03}.log"
        lines = [LINE.format(at % 60, rng.getrandbits(64), at) for at in range(1000)]
        lines[rng.randrange(1000)] = SECRET
        (logs / name).write_text("".join(lines), encoding="utf-8")
    (logs.parent / "tokens").mkdir()
    (logs.parent / "tokens" / "1.key").write_text("challenge-answer")
    collector = folder / "collector.pyz"
    assert arcdiag("collect", "--write-pyz", collector).returncode == 0
    made = Bench(folder / "tree", collector)
    run = subprocess.Popen(made.words(folder / "whole.zip"))
    begun = until_begun(run, folder / "whole.zip")
    assert run.wait() in {Exit.CLEAN, Exit.PARTIAL}
    return Bench(made.tree, collector, time.monotonic() - begun)


def until_begun(run: subprocess.Popen[bytes], target: Path) -> float:
    """Wait until a run writes, or is over; return that moment."""
    partial = target.with_name(f"{target.name}.partial")
    while run.poll() is None and not partial.exists():
        time.sleep(0.001)
    return time.monotonic()


def noted(journal: Path) -> list[dict[str, str]]:
    """Return the members that a journal names, in whole lines."""
    if not journal.exists():
        return []
    lines = journal.read_bytes().split(b"\n")[:-1]
    return [one["member"] for one in map(json.loads, lines) if "member" in one]


def stopped(bench: Bench, target: Path, share: float, how: int) -> int:
    """Start a run, stop it, and return how it ended.

    Args:
        bench: What to run.
        target: Where the bundle goes.
        share: When to stop it: of the time that writing takes; below zero while the
            program still starts.
        how: The signal.
    """
    run = subprocess.Popen(
        bench.words(target), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    if share >= 0:
        until_begun(run, target)
    time.sleep(abs(share) * bench.seconds)
    run.send_signal(how)
    run.communicate()
    return run.returncode


def check_left(target: Path) -> tuple[int, int]:
    """Check what a stopped run left; return members noted, and those recovered."""
    if target.exists():
        verdict = verify(target)
        assert verdict.ours
        assert verdict.differences == []
        return 0, 0
    partial = target.with_name(f"{target.name}.partial")
    members = noted(target.with_name(f"{target.name}.journal"))
    if not partial.exists():
        assert not members
        return 0, 0
    done = arcdiag("collect", "--recover", partial)
    assert done.returncode == Exit.PARTIAL, done.stderr
    assert not partial.exists()
    recovered = target.with_name(f"{target.stem}-recovered.zip")
    if not recovered.exists():
        assert not members
        return 0, 0
    verdict = verify(recovered)
    assert verdict.differences == []
    hashes = {one["path"]: one["sha256"] for one in verdict.manifest["members"]}
    with zipfile.ZipFile(recovered) as archive:
        for one in members:
            assert hashes[one["path"]] == one["sha256"]
            text = archive.read(one["path"])
            assert hashlib.sha256(text).hexdigest() == one["sha256"]
            assert b"s3cret" not in text
    return len(members), len(hashes)


def test_killed_at_a_random_moment(bench: Bench, tmp_path: Path) -> None:
    older = tmp_path / "older.zip"
    older.write_bytes(b"an older bundle")
    before = fingerprint(bench.tree)
    rng = random.Random(11)
    live = saved = 0
    for trial in range(4 * TRIALS):
        if live and saved and trial >= TRIALS:
            break  # on a busy machine few are stopped in the midst of it
        target = tmp_path / f"{trial}.zip"
        stopped(bench, target, rng.uniform(-0.2, 1.1), signal.SIGKILL)
        members, recovered = check_left(target)
        live += bool(members)
        saved += recovered
        for path in tmp_path.iterdir():
            if path != older:
                assert path.name.startswith(f"{trial}")
                path.unlink()
    assert fingerprint(bench.tree) == before
    assert older.read_bytes() == b"an older bundle"
    print(f"\n{TRIALS} trials: {live} left members, {saved} recovered")  # noqa: T201
    assert live
    assert saved


@pytest.mark.sampled(2)
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(how: int, bench: Bench, tmp_path: Path) -> None:
    rng = random.Random(how)
    live = 0
    for trial in range(40):
        if live and trial >= (8 if ALL else 5):
            break  # on a busy machine few are stopped in the midst of it
        target = tmp_path / f"{trial}.zip"
        code = stopped(bench, target, rng.uniform(0, 0.9), how)
        if not target.exists():
            # Before Python has set it up, an interrupt ends it as the signal does.
            assert code in {Exit.INTERRUPTED, -how, 128 + how}
        members, _ = check_left(target)
        live += bool(members)
    assert live


def test_the_next_run_says_what_is_left_and_is_whole(
    bench: Bench, tmp_path: Path
) -> None:
    target = tmp_path / "a.zip"
    share = 0.8
    while not (tmp_path / "a.zip.partial").exists():
        target.unlink(missing_ok=True)
        stopped(bench, target, share, signal.SIGKILL)
        share *= 0.8
    done = subprocess.run(
        bench.words(tmp_path / "b.zip"), check=False, capture_output=True, text=True
    )
    assert f"--recover {tmp_path}/a.zip.partial" in done.stderr
    assert verify(tmp_path / "b.zip").differences == []
    done = subprocess.run(
        bench.words(target), check=False, capture_output=True, text=True
    )
    assert verify(target).differences == []
    assert not (tmp_path / "a.zip.partial").exists()
