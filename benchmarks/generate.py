r"""Make the corpus of the benchmark: `python benchmarks/generate.py FOLDER`.

Writes FOLDER/extracted (logs under the paths where the agent keeps them),
FOLDER/corpus.zip (the same, deflate level 6) and FOLDER/totals.json (how many lines
and events an exact reader must find). The same seed gives the same text.

The mix, by size: 60 % gc_agent and gc_ext, 25 % logrus, 12 % extension logs, JSON
lines and journal; about 4 % of all lines go on with the record before. One file is
UTF-16LE, one has a BOM and CRLF, one line has invalid UTF-8 and a NUL.
"""

from __future__ import annotations

import argparse
import json
import shutil
import struct
import sys
import time
import zipfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.material import Records, Source

ROOT = Path(__file__).resolve().parents[1]
PACKED = datetime(2026, 4, 20, 12, tzinfo=UTC)
MEGABYTE = 1_000_000
STEP = 8.0  # seconds between two records of one file
ERROR_WORDS = ("] [ERROR] [", " level=error msg=")
ODD_LINE = 5000
ODD = b" \xff\xfe\xc3( and \x00 end"


@dataclass
class Total:
    """What an exact reader finds in one file.

    `errors` are events of level error, `seconds` is the sum of the events' times,
    each a whole number of seconds since 2026-03-01 UTC.
    """

    bytes: int = 0
    lines: int = 0
    events: int = 0
    continued: int = 0
    unparsed: int = 0
    errors: int = 0
    seconds: int = 0


@dataclass(frozen=True)
class Spec:
    """One file: path, share of the corpus in percent, and how it is written.

    `after` is the older part of the same log: this one begins when that one ends.
    """

    path: str
    share: float
    records: Callable[[Source], Records]
    known: bool = True
    encoding: str = "utf-8"
    end: str = "\n"
    after: str = ""


def specs() -> list[Spec]:
    """Return the files of the corpus."""
    sys.path.insert(0, str(ROOT))
    from benchmarks import material as m

    log, guest = "var/opt/azcmagent/log", "var/lib/GuestConfig"

    def policy(source: Source) -> Records:
        return m.bracket(source, m.MODULES)

    def ext(source: Source) -> Records:
        return m.bracket(source, m.EXTENSION_MODULES)

    parts = (".3", ".2", ".1", "")
    agents = [f"{guest}/arc_policy_logs/gc_agent{n}.log" for n in parts]
    managers = [f"{guest}/ext_mgr_logs/gc_ext{n}.log" for n in parts]
    handlers = [f"{guest}/extension_logs/{n}/handler.log" for n in m.EXTENSIONS[:2]]
    stamps = ("-2026-03-06", "-2026-03-11", "-2026-03-16")
    services = [f"{log}/himds{n}T00-00-00.000.log" for n in stamps]
    services.append(f"{log}/himds.log")
    return [
        Spec(managers[0], 4, ext, encoding="utf-8-sig", end="\r\n"),
        *(Spec(new, 8, ext, after=old) for old, new in pairwise(managers)),
        Spec(agents[0], 8, policy),
        *(Spec(new, 8, policy, after=old) for old, new in pairwise(agents)),
        Spec(services[0], 5, m.logrus),
        *(Spec(new, 5, m.logrus, after=old) for old, new in pairwise(services)),
        Spec(f"{log}/azcmagent.log", 3, m.logrus),
        Spec(f"{log}/arcproxy.log", 2, m.logrus, encoding="utf-16"),
        Spec("commands/journalctl-himdsd.txt", 4, m.journal),
        *(Spec(path, 3, m.extension) for path in handlers),
        Spec(
            f"{guest}/extension_logs/{m.EXTENSIONS[2]}/events.log", 5,
            m.json_lines, known=False,
        ),
    ]  # fmt: skip


def write(
    spec: Spec, top: Path, size: int, seed: int, begin: float
) -> tuple[Total, float]:
    """Write one file of about `size` bytes; returns what it holds and its end."""
    from benchmarks.material import OFFSET, Source

    total = Total()
    text: list[str] = []
    written = 0
    wide = 2 if spec.encoding == "utf-16" else 1
    source = Source(f"{seed} {spec.path}", STEP, begin)
    for record, lines in spec.records(source):
        text.append(record)
        written += len(record) * wide
        total.lines += lines
        if spec.known:
            total.events += 1
            total.continued += lines - 1
            total.errors += any(word in record for word in ERROR_WORDS)
        else:
            total.unparsed += lines
        if written >= size:
            break
    if spec.known:
        total.seconds = source.seconds - OFFSET * total.events
    joined = "".join(text)
    if spec.end != "\n":
        joined = joined.replace("\n", spec.end)
    bom = b"\xff\xfe" if spec.encoding == "utf-16" else b""
    codec = "utf-16-le" if spec.encoding == "utf-16" else spec.encoding
    data = bom + joined.encode(codec)
    if spec.path.endswith("gc_agent.log"):
        data = _spoiled(data)
    place = top / spec.path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    total.bytes = len(data)
    return total, source.at


def _spoiled(data: bytes) -> bytes:
    """Put invalid UTF-8 and a NUL at the end of one line."""
    lines = data.split(b"\n", ODD_LINE)
    lines[-2] += ODD
    return b"\n".join(lines)


def zip_up(top: Path, archive: Path, paths: list[str]) -> None:
    """Pack the files at deflate level 6, with UTC time stamps as Go writes them."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as zipped:
        for path in paths:
            info = zipfile.ZipInfo(path, PACKED.timetuple()[:6])
            info.extra = struct.pack("<HHBI", 0x5455, 5, 1, int(PACKED.timestamp()))
            info.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(info, (top / path).read_bytes())


def main(arguments: list[str]) -> int:
    """Make the corpus; returns the exit code."""
    parser = argparse.ArgumentParser(description="Make the corpus of the benchmark.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--megabytes", type=float, default=200.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    began = time.monotonic()
    top = options.folder / "extracted"
    shutil.rmtree(top, ignore_errors=True)
    files = specs()
    whole = sum(spec.share for spec in files)
    totals: dict[str, Total] = {}
    ends: dict[str, float] = {}
    for spec in files:
        size = int(options.megabytes * MEGABYTE * spec.share / whole)
        begin = ends.get(spec.after, 0.0)
        totals[spec.path], ends[spec.path] = write(spec, top, size, options.seed, begin)
    archive = options.folder / "corpus.zip"
    zip_up(top, archive, list(totals))
    summed = Total(
        *(sum(asdict(t)[key] for t in totals.values()) for key in asdict(Total()))
    )
    page = {
        "seed": options.seed,
        "zip_bytes": archive.stat().st_size,
        "total": asdict(summed),
        "files": {path: asdict(total) for path, total in totals.items()},
    }
    (options.folder / "totals.json").write_text(json.dumps(page, indent=1) + "\n")
    print(f"{summed} zip={page['zip_bytes']} in {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
