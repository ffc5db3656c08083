"""Measure the query language: `python benchmarks/kql.py [--rows N] [--peer]`.

(a) reading 200 real queries to trees, (b) loading 200 compiled queries that were
kept, in a process of its own, (c) `has` over many events in a store. `--peer`
measures the package duckdb-kql beside it, which uv fetches for this run only.
Wall clock and CPU time are both given: the machine may be busy.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import duckdb  # noqa: E402 - after the path

from benchmarks.figures import Limit, machine, spread  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

QUERIES = ROOT / "tests" / "data" / "kql" / "queries"
COUNT, ROUNDS = 200, 5
ASKED = 'Events | where Message has "refused" | count'
EVENTS = """
INSERT INTO EventRows SELECT i, TIMESTAMP '2026-01-01' + to_milliseconds(i * 37),
  ['http', 'token', 'gc'][1 + i % 3],
  CASE WHEN i % 50 = 0 THEN 'Error' ELSE 'Info' END, '',
  CASE WHEN i % 100000 = 7 THEN 'dial tcp: connection refused by ' || i
    ELSE ['heartbeat sent to ', 'token acquired for ', 'applied assignment '][1 + i % 3]
      || hash(i) || ' in ' || i % 977 || ' ms' END,
  '', 1, 1, '{}', TRUE, 1 + i % 4, i, 1,
  CASE WHEN i % 100000 = 7 THEN 4 ELSE 1 + i % 3 END
FROM range(?) t(i)"""
# As the core masks these messages.
TEMPLATES = (
    """
INSERT INTO Templates VALUES (1, 'heartbeat sent to * in # ms', 0),
  (2, 'token acquired for * in # ms', 0), (3, 'applied assignment * in # ms', 0),
  (4, 'dial tcp: connection refused by #', 0)"""
    ""
)
LOADING = """
import sys, time
sys.path.insert(0, sys.argv[1])
import orjson
from pathlib import Path
from diag.engine.kept import Kept
keys = orjson.loads(Path(sys.argv[3]).read_bytes())
wall, cpu = time.perf_counter(), time.process_time()
kept = Kept(Path(sys.argv[2]))
kept.open(keys)
def missing(): raise SystemExit("not kept")
found = [kept.get(key, missing) for key in keys]
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
if "pyparsing" in sys.modules: raise SystemExit("pyparsing was loaded")
print(orjson.dumps([wall * 1e3, cpu * 1e3, len(found)]).decode())
"""
PEER = """
import json, sys, time
from pathlib import Path
import duckdb, duckdb_kql
texts, asked, store = json.loads(Path(sys.argv[1]).read_text())
done, best = 0, []
for number in range(3):
    wall, cpu, done = time.perf_counter(), time.process_time(), 0
    for text in texts:
        try:
            done += duckdb_kql.parse(text).ok
        except duckdb_kql.KqlError:
            pass
    best.append([time.perf_counter() - wall, time.process_time() - cpu])
sql = duckdb_kql.to_sql(asked)
db = duckdb.connect(store, read_only=True)
db.execute("SET threads=2")
times = []
for number in range(5):
    wall, cpu = time.perf_counter(), time.process_time()
    rows = db.execute(sql).fetchall()
    times.append([time.perf_counter() - wall, time.process_time() - cpu])
print(json.dumps([min(best), done, min(times), rows, duckdb.__version__, sql]))
"""


def timed(work: Callable[[], object], rounds: int) -> list[tuple[float, float]]:
    """Return wall and CPU milliseconds of each round after one that warms up."""
    work()
    found = []
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        now = time.perf_counter(), time.process_time()
        found.append(((now[0] - wall) * 1e3, (now[1] - cpu) * 1e3))
    return found


def shown(name: str, times: list[tuple[float, float]], each: int = 1) -> str:
    """Return a row of the table: median, least and greatest."""
    wall = spread([wall / each for wall, _ in times], 3)
    return f"| {name} | {wall} | {spread([cpu / each for _, cpu in times], 3)} |"


def readable() -> list[str]:
    """Return 200 texts: the real queries that are read, over and over."""
    from diag.errors import KqlError
    from diag.kql.parse import parse_query

    texts = []
    for path in sorted(QUERIES.glob("*.kql")):
        text = path.read_text(encoding="utf-8")
        try:
            parse_query(text)
        except KqlError:
            continue
        texts.append(text)
    return list(islice(cycle(texts), COUNT))


def parse_all(texts: list[str]) -> None:
    """Read every text; what was remembered of the last round is forgotten."""
    from diag.kql.parse import parse_query
    from diag.kql.tokens import tokens_of

    for text in texts:
        tokens_of.cache_clear()
        parse_query(text)


def keep(folder: Path, texts: list[str]) -> Path:
    """Compile 200 queries, keep them, and return a file with their keys."""
    from diag.engine.kept import Kept, key_of
    from diag.errors import KqlError
    from tests.kql.test_real_queries import tables_for

    compiled = [found for text in texts if (found := tables_for(text)[1])]
    good = [query for query in compiled if not isinstance(query, KqlError)]
    keys = [key_of("query", str(number), {}) for number in range(COUNT)]
    kept = Kept(folder)
    kept.open(keys)
    for key, query in zip(keys, cycle(good), strict=False):
        kept.get(key, lambda query=query: query)  # type: ignore[misc]
    kept.close()
    listed = folder / "keys"
    listed.write_text(json.dumps(keys), encoding="utf-8")
    return listed


def load_kept(folder: Path, keys: Path) -> list[tuple[float, float]]:
    """Load what was kept, each time in a new process."""
    command = [sys.executable, "-c", LOADING, str(ROOT), str(folder), str(keys)]
    found = []
    for _ in range(ROUNDS):
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        wall, cpu, count = json.loads(done.stdout)
        if count != COUNT:
            raise SystemExit(f"{count} queries were kept, not {COUNT}")
        found.append((wall, cpu))
    return found


def make_store(path: Path, rows: int) -> None:
    """Write a store with generated events; one in 100,000 has the term."""
    from diag.schema import SCHEMA_VERSION
    from diag.store import ddl

    config: dict[str, Any] = {"storage_compatibility_version": "latest"}
    with duckdb.connect(str(path), config=config) as db:
        for statement in ddl.statements():
            db.execute(statement)
        db.execute("INSERT INTO Bundles (BundleId, Computer) VALUES (1, 'a')")
        files = "SELECT i, 1, 'f' || i, 'himds' FROM range(1, 5) t(i)"
        db.execute(f"INSERT INTO Files (FileId, BundleId, File, Log) {files}")
        db.execute(EVENTS, [rows])
        db.execute(TEMPLATES)
        db.execute("INSERT INTO Meta VALUES (0, 'SchemaVersion', ?)", [SCHEMA_VERSION])


def has(path: Path, rows: int) -> list[tuple[float, float]]:
    """Measure the filter in a store, and show that a cheap test comes first."""
    from datetime import UTC, datetime

    from diag.kql import compile_query
    from diag.store import Store

    query = compile_query(ASKED)
    now = datetime.now(UTC).replace(tzinfo=None)
    sql, params = query.bind({}, now)
    cheap, pattern = sql.find("contains("), sql.find("regexp_matches(")
    if not 0 <= cheap < pattern:
        raise SystemExit(f"the pattern is tested first: {sql}")
    with Store(path) as store:
        [(found,)] = store.query(sql, params).rows
        if found != len(range(7, rows, 100_000)):
            raise SystemExit(f"{found} events were found")
        plan = store.query(f"EXPLAIN {sql}", params).rows[0][1]
        print(f"\n    {sql}\n\n{plan}\n")
        return timed(lambda: store.query(sql, params, seconds=60), ROUNDS)


def peer(folder: Path, texts: list[str], store: Path) -> str:
    """Return rows of the table for duckdb-kql, or why there are none."""
    uv = shutil.which("uv")
    if uv is None:
        return "duckdb-kql: not measured, uv is not there"
    told = folder / "peer.json"
    told.write_text(json.dumps([texts, ASKED, str(store)]), encoding="utf-8")
    packages = ["--with", "duckdb-kql", "--with", f"duckdb=={duckdb.__version__}"]
    command = [uv, "run", "--no-project", "--isolated", *packages, "python", "-c"]
    command += [PEER, str(told)]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=folder
    )
    if done.returncode:
        return f"duckdb-kql: not measured: {done.stderr[-500:]}"
    parsed, count, asked, rows, _, sql = json.loads(done.stdout.splitlines()[-1])
    read = [(wall * 1e3, cpu * 1e3) for wall, cpu in (parsed,)]
    ran = [(wall * 1e3, cpu * 1e3) for wall, cpu in (asked,)]
    name = f"duckdb-kql: read a query ({count} of {COUNT}), best of 3"
    lines = [shown(name, read, COUNT)]
    lines.append(shown(f"duckdb-kql: has, {rows[0][0]} found, best of 5", ran))
    return "\n".join([*lines, "", f"    {sql}"])


def main() -> int:
    """Print a table and the limits; returns 1 if one is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--peer", action="store_true")
    args = parser.parse_args()
    print(machine())
    texts = readable()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        read = timed(lambda: parse_all(texts), ROUNDS)
        loaded = load_kept(folder, keep(folder, texts))
        store = folder / "events.duckdb"
        make_store(store, args.rows)
        asked = has(store, args.rows)
        print(f"store of {args.rows:,} events: {store.stat().st_size / 1e6:.0f} MB\n")
        print("| ms, median (least-greatest) | wall | CPU |\n|---|---|---|")
        print(shown("read a query (mean of 200)", read, COUNT))
        print(shown("load 200 kept queries", loaded))
        print(shown(f"has over {args.rows:,} events", asked))
        if args.peer:
            print(peer(folder, texts, store))
    limits = [
        Limit("read a query", min(w for w, _ in read) / COUNT, 1, " ms"),
        Limit("load 200 kept queries", min(w for w, _ in loaded), 50, " ms"),
        Limit("has", min(w for w, _ in asked), 250, " ms"),
    ]
    print("\n" + "\n".join(limit.line() for limit in limits))
    return 0 if all(limit.value <= limit.most for limit in limits) else 1


if __name__ == "__main__":
    raise SystemExit(main())
