"""Make a large store: `python benchmarks/grow.py SMALL LARGE --times 10`.

Each copy has files of its own, and all of its times later than those of the one before,
so that files overlap as in a bundle with old logs.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

COPY_FILES = """
INSERT INTO Files SELECT * REPLACE (
  FileId + $files AS FileId, $prefix || File AS File,
  FirstTime + $later AS FirstTime, LastTime + $later AS LastTime)
FROM Files WHERE FileId <= $most"""
COPY_EVENTS = """
INSERT INTO EventRows SELECT * REPLACE (
  EventId + $events AS EventId, FileId + $files AS FileId,
  TimeGenerated + $later AS TimeGenerated)
FROM EventRows WHERE EventId <= $count ORDER BY EventId"""


def main(arguments: list[str]) -> int:
    """Make the store; returns the exit code."""
    import datetime as dt

    import duckdb

    parser = argparse.ArgumentParser(description="Make a large store of a small one.")
    parser.add_argument("small", type=Path)
    parser.add_argument("large", type=Path)
    parser.add_argument("--times", type=int, default=10)
    options = parser.parse_args(arguments)
    shutil.copyfile(options.small, options.large)
    with duckdb.connect(str(options.large)) as db:
        count, most = db.execute(
            "SELECT (SELECT max(EventId) FROM EventRows), max(FileId) FROM Files"
        ).fetchall()[0]
        for number in range(1, options.times):
            moved = {
                "files": most * number,
                "later": dt.timedelta(days=3 * number),
            }
            prefix = f"copy{number}/"
            db.execute(COPY_FILES, {**moved, "most": most, "prefix": prefix})
            more = {"events": count * number, "count": count}
            db.execute(COPY_EVENTS, {**moved, **more})
        total = db.execute("SELECT count(*) FROM EventRows").fetchall()[0][0]
    print(f"{total:,} events in {options.large}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
