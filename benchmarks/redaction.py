r"""Redaction beside its peers: `python benchmarks/redaction.py FOLDER [options]`.

FOLDER is what `generate.py` made. Every tool is given the same files, made anew for it:

secrets  seeded secrets (tests/redact/seeded.py) in logs, one file for each seed
alike    60,000 lines that look as if they held secrets, and hold none
bundles  the sample bundles, on whose results `arcdiag check` runs afterwards
speed    the first megabytes of every log of FOLDER

A secret is removed when no 8 characters of it in a row are left. A line is falsely
changed when it differs and held no secret. Findings are kept when rules, counts, times
and lines are the same. Memory is the peak of the whole process, speed is its CPU time.

--insights PYTHON  a Python with insights-core: its cleaner with all its parsers
--sos FOLDER       an unpacked Debian package sosreport: `sos clean` with its defaults
--lnav PROGRAM     lnav: `:write-view-to --anonymize`, file by file

These three also rename hosts and addresses, which arcdiag does with --pseudonyms. Names
that they change are no false lines here, as far as they stand in `alike` only.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

# Compiled modules are kept, as where it is installed.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.process import Run, measure  # noqa: E402
from tests.redact.lookalikes import lines  # noqa: E402
from tests.redact.seeded import planted  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.redact.seeded import Planted

    Tool = Callable[[Path, Path], list[Run]]

WINDOW = 8
BUNDLES = ("heartbeat-lost", "crash-loop")
INSIGHTS = """
import sys, pathlib
from insights.cleaner import Cleaner
class Config:
    obfuscation_list = ["ipv4", "ipv6", "hostname", "mac"]
cleaner = Cleaner(Config(), {}, fqdn="db0003.corp.example")
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*")):
    if path.is_file():
        try:
            cleaner.clean_file(str(path))
        except Exception as error:
            print(path, error, file=sys.stderr)
"""


@dataclass
class Figures:
    """What a tool did."""

    removed: str
    false: int
    findings: str
    speed: str
    memory: float


def arcdiag(source: Path, target: Path, *more: str) -> list[Run]:
    """Redact with our command, and unpack what it wrote."""
    scratch = target.parent
    made = scratch / "made.zip"
    command = [sys.executable, "-m", "diag", "redact", str(source), "-o", str(made)]
    run = measure([*command, "-q", "--force", *more], _env(), scratch, (0, 5))
    with zipfile.ZipFile(made) as archive:
        archive.extractall(target)
    (target / "manifest.json").unlink()
    return [run]


def pseudonyms(source: Path, target: Path) -> list[Run]:
    """Redact with names."""
    table = target.parent / "names.json"
    return arcdiag(source, target, "--pseudonyms", "--map", str(table))


def insights(python: str) -> Tool:
    """Return the cleaner of insights-core, which changes files in place."""

    def run(source: Path, target: Path) -> list[Run]:
        shutil.copytree(source, target)
        command = [python, "-c", INSIGHTS, str(target)]
        return [measure(command, dict(os.environ), target.parent)]

    return run


def sos(folder: Path) -> Tool:
    """Return `sos clean`, which wants a folder that looks like one of its own."""

    def run(source: Path, target: Path) -> list[Run]:
        given, place = target.parent / "sosreport-one", target.parent / "sos"
        shutil.copytree(source, given / "var" / "log")
        (given / "sos_logs").mkdir()
        place.mkdir()
        env = {
            **os.environ,
            "PYTHONPATH": str(folder / "usr/lib/python3/dist-packages"),
        }
        program = str(folder / "usr/bin/sos")
        words = ("clean", "--batch", "--tmp-dir", str(place), str(given))
        ran = measure(["/usr/bin/python3", program, *words], env, target.parent, (0, 1))
        moved = place / given.name  # it takes the folder that it was given away
        shutil.move((moved if moved.is_dir() else given) / "var" / "log", target)
        shutil.rmtree(place)
        shutil.rmtree(given, ignore_errors=True)
        return [ran]

    return run


def lnav(program: str) -> Tool:
    """Return the anonymizer of lnav."""

    def run(source: Path, target: Path) -> list[Run]:
        runs = []
        for path in sorted(one for one in source.rglob("*") if one.is_file()):
            new = target / path.relative_to(source)
            new.parent.mkdir(parents=True, exist_ok=True)
            order = f":write-view-to --anonymize {new}"
            command = [program, "-n", "-q", "-c", order, str(path)]
            runs.append(measure(command, dict(os.environ), target.parent, (0, 1)))
        return runs

    return run


def _env() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def make(place: Path, corpus: Path, megabytes: int, seeds: Sequence[int]) -> None:
    """Write what all tools are given."""
    (place / "secrets").mkdir(parents=True)
    for seed in seeds:
        narrow = [one for one in planted(seed) if not one.wide]
        text = "".join(f"mark {n}\n{one.text}\n" for n, one in enumerate(narrow))
        (place / "secrets" / f"seed{seed}.log").write_text(text, encoding="utf-8")
        wide = "".join(f"{one.text}\n" for one in planted(seed) if one.wide)
        (place / "secrets" / f"wide{seed}.log").write_bytes(wide.encode("utf-16"))
    (place / "alike").mkdir()
    alike = "".join(f"{text}\n" for text in lines(77, 60_000))
    (place / "alike" / "alike.log").write_text(alike, encoding="utf-8")
    for name in BUNDLES:
        shutil.copytree(ROOT / "samples" / name, place / "bundles" / name)
    logs = sorted(one for one in (corpus / "extracted").rglob("*") if one.is_file())
    (place / "speed").mkdir()
    for number, path in enumerate(logs):
        with path.open("rb") as stream:
            data = stream.read(megabytes * 1_000_000 // len(logs))
        (place / "speed" / f"{number}-{path.name}").write_bytes(data)


def _text(path: Path) -> str:
    if not path.is_file():
        return ""
    data = path.read_bytes()
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16" if wide else "utf-8", "replace")


def _left(one: Planted, text: str) -> bool:
    return any(
        secret[at : at + WINDOW] in text
        for secret in one.texts
        for at in range(max(1, len(secret) - WINDOW + 1))
    )


def secrets_removed(target: Path, seeds: Sequence[int]) -> str:
    """Return how many of the seeded secrets are gone."""
    gone = every = 0
    for seed in seeds:
        narrow = _text(target / f"seed{seed}.log")
        wide = _text(target / f"wide{seed}.log")
        for one in planted(seed):
            every += 1
            text = wide if one.wide else narrow
            gone += bool(text) and not _left(one, text)
    return f"{gone:,} of {every:,} ({100 * gone / every:.1f} %)"


def false_lines(source: Path, target: Path) -> int:
    """Return how many lines without a secret differ, or are gone."""
    before = _text(source / "alike.log").split("\n")
    after = _text(target / "alike.log").split("\n")
    if len(before) != len(after):
        return len(before)
    return sum(a != b for a, b in zip(before, after, strict=True))


def findings(place: Path, scratch: Path) -> list[list[object]]:
    """Return rules, counts, times and lines that `arcdiag check` finds."""
    command = [sys.executable, "-m", "diag", "check", str(place), "-j", "--no-cache"]
    run = measure(command, _env(), scratch, (0, 3, 4, 5))
    return [
        [one["rule"], one["count"], one["first_seen"], one["last_seen"]]
        + [[proof["file"], proof["line"]] for proof in one["evidence"]]
        for one in json.loads(run.output)["findings"]
    ]


def judged(tool: Tool, given: Path, scratch: Path, seeds: Sequence[int]) -> Figures:
    """Run a tool on everything."""
    out = {}
    runs = {}
    for name in ("secrets", "alike", "speed"):
        out[name] = scratch / name
        runs[name] = tool(given / name, out[name])
    kept = every = 0
    for name in BUNDLES:
        tool(given / "bundles" / name, scratch / name)
        before = findings(given / "bundles" / name, scratch)
        after = findings(scratch / name, scratch)
        every += len(before)
        kept += sum(one in after for one in before)
    size = sum(path.stat().st_size for path in (given / "speed").iterdir())
    cpu = sum(run.cpu for run in runs["speed"])
    return Figures(
        secrets_removed(out["secrets"], seeds),
        false_lines(given / "alike", out["alike"]),
        f"{kept} of {every}",
        f"{size / 1e6 / cpu:.1f}",
        max(run.memory for run in runs["speed"]),
    )


def main(arguments: Sequence[str]) -> None:
    """Measure all tools and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--megabytes", type=int, default=60)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--insights", default="")
    parser.add_argument("--sos", type=Path)
    parser.add_argument("--lnav", default=shutil.which("lnav") or "")
    args = parser.parse_args(arguments)
    tools: dict[str, Tool] = {
        "arcdiag redact": arcdiag,
        "arcdiag redact --pseudonyms": pseudonyms,
    }
    if args.insights:
        tools["insights-core cleaner"] = insights(args.insights)
    if args.sos:
        tools["sos clean"] = sos(args.sos.resolve())
    if args.lnav:
        tools["lnav --anonymize"] = lnav(args.lnav)
    seeds = range(9001, 9001 + args.seeds)
    print("| | secrets removed | false lines | findings kept | MB/s of CPU | peak MB |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="arcdiag-redaction-") as folder:
        given = Path(folder) / "given"
        make(given, args.folder, args.megabytes, seeds)
        for name, tool in tools.items():
            scratch = Path(folder) / "run"
            scratch.mkdir()
            got = judged(tool, given, scratch, seeds)
            print(
                f"| {name} | {got.removed} | {got.false:,} | {got.findings} "
                f"| {got.speed} | {got.memory:.0f} |",
                flush=True,
            )
            shutil.rmtree(scratch)


if __name__ == "__main__":
    main(sys.argv[1:])
