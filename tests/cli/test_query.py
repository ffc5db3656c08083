"""`arcdiag query`: questions in KQL, and how their answers are written."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from diag.cli.exits import Exit
from tests.cli.calling import ROOT, SAMPLES, command, environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.calling import Call

LOST = SAMPLES / "heartbeat-lost"
TYPES = (
    "print a=datetime(2026-03-10T11:00:00.5), b=26h, c=-90s, d=dynamic({'x':[1,null]}),"
    " e=true, f=1.5, g=long(null), h='two\\nlines', i=real(nan), j=1500ms"
)


def test_json_has_columns_with_types_and_rows(call: Call) -> None:
    done = call("query", TYPES, "-j")
    assert (done.code, done.err) == (Exit.CLEAN, "")
    assert json.loads(done.out) == {
        "columns": [
            {"name": "a", "type": "datetime"},
            {"name": "b", "type": "timespan"},
            {"name": "c", "type": "timespan"},
            {"name": "d", "type": "dynamic"},
            {"name": "e", "type": "bool"},
            {"name": "f", "type": "real"},
            {"name": "g", "type": "long"},
            {"name": "h", "type": "string"},
            {"name": "i", "type": "real"},
            {"name": "j", "type": "timespan"},
        ],
        "rows": [
            [
                "2026-03-10T11:00:00.5Z",
                "1.02:00:00",
                "-00:01:30",
                {"x": [1, None]},
                True,
                1.5,
                None,
                "two\nlines",
                None,
                "00:00:01.5000000",
            ]
        ],
    }


def test_no_rows_are_valid_json_too(call: Call) -> None:
    done = call("query", "datatable(a:int) [] | where a > 1", "-j")
    assert json.loads(done.out) == {
        "columns": [{"name": "a", "type": "int"}],
        "rows": [],
    }


def test_json_lines_are_one_object_for_each_row(call: Call) -> None:
    done = call("query", "range n from 1 to 3 step 1", "--format", "jsonl")
    assert [json.loads(line) for line in done.out.splitlines()] == [
        {"n": 1},
        {"n": 2},
        {"n": 3},
    ]


def test_csv_holds_what_was_there_and_no_formula(call: Call) -> None:
    query = "print a='x,\"y', b='=1+1', c=-5, d='', e=true"
    done = call("query", query, "--format", "csv")
    assert list(csv.reader(io.StringIO(done.out))) == [
        ["a", "b", "c", "d", "e"],
        ['x,"y', "'=1+1", "-5", "", "true"],
    ]


def test_a_table_is_aligned_and_counted(call: Call) -> None:
    query = "datatable(Name:string, N:long) ['himds', 7, 'gc_agent', 1200]"
    done = call("query", query)
    assert done.out == (
        "Name         N\n--------  ----\nhimds        7\ngc_agent  1200\n(2 rows)\n"
    )


@pytest.mark.parametrize("form", ["table", "csv", "json", "jsonl"])
def test_nothing_in_a_value_or_a_name_acts_on_a_terminal(call: Call, form: str) -> None:
    query = "print ['a\\u001b[2J'] = 'b\\u001b]0;x\\u0007\\u009b1m\\u202e'"
    done = call("query", query, "--format", form)
    assert done.code == Exit.CLEAN
    assert all(one.isprintable() or one == "\n" for one in done.out), done.out


def test_the_events_of_a_source_are_there(call: Call) -> None:
    query = "Events | where Log == 'himds' | summarize n=count() by Level"
    done = call("query", query, LOST, "-j")
    value = json.loads(done.out)
    assert done.code == Exit.CLEAN
    assert [column["name"] for column in value["columns"]] == ["Level", "n"]
    text = (LOST / "var/opt/azcmagent/log/himds.log").read_text(encoding="utf-8")
    for level in ("info", "error", "debug"):
        assert [level, text.count(f"level={level}")] in value["rows"]


@pytest.mark.parametrize(
    "words",
    [
        ("--where", 'Level == "error"'),
        ("--where", 'Level == "error" | take 1000'),
        ("--where", 'Events | where Level == "error"'),
        ('Events | where Level == "error"',),
    ],
    ids=["predicate", "with a pipeline", "a query", "as KQL"],
)
def test_forms_of_a_filter_give_the_same_events(
    call: Call, words: tuple[str, ...]
) -> None:
    done = call("query", *words, LOST, "--format", "jsonl")
    found = [json.loads(line) for line in done.out.splitlines()]
    log = LOST / "var/opt/azcmagent/log/himds.log"
    assert len(found) == log.read_text(encoding="utf-8").count("level=error")
    assert {row["Level"] for row in found} == {"error"}


def test_a_text_in_quotes_is_searched_for(call: Call) -> None:
    done = call(
        "query", "--where", '"ClientAssertionCredential"', LOST, "--format", "jsonl"
    )
    found = [json.loads(line) for line in done.out.splitlines()]
    assert found
    assert all("ClientAssertionCredential" in json.dumps(row) for row in found)


def test_now_is_when_the_input_was_collected_unless_given(call: Call) -> None:
    asked = ("query", "print now()", LOST, "--format", "csv")
    assert call(*asked).out.splitlines()[1] == "2026-03-10T11:42:00Z"
    done = call(*asked, "--now", "2026-03-11T00:00:00Z")
    assert done.out.splitlines()[1] == "2026-03-11T00:00:00Z"


def test_a_loaded_store_answers_as_its_source_does(call: Call, tmp_path: Path) -> None:
    store = tmp_path / "kept.duckdb"
    assert call("load", LOST, "-o", store).code == Exit.CLEAN
    query = "Events | summarize n=count() by Component | order by Component asc"
    assert call("query", query, store).out == call("query", query, LOST).out
    query = "Findings | join kind=inner Evidence on FindingId | distinct Rule"
    done = call("query", query, store, "--format", "csv")
    assert "ARC-HB-001" in done.out
    done = call("query", query, LOST)
    assert done.code == Exit.USAGE
    assert "Findings is only in a store" in done.err


def test_explain_prints_the_sql_and_the_values_and_reads_nothing(call: Call) -> None:
    done = call("query", "Events | where Message has 'o\\'x'", "--explain")
    assert done.code == Exit.CLEAN
    assert done.out.startswith(("SELECT", "WITH"))
    sql, *values = done.out.splitlines()
    assert "o'x" not in sql
    assert any("o'x" in value and value.startswith("-- $") for value in values)


def test_check_takes_several_files_and_names_each_mistake(
    call: Call, tmp_path: Path
) -> None:
    good, bad, worse = (tmp_path / f"{name}.kql" for name in ("good", "bad", "worse"))
    good.write_text("Anything | where Whatever > 1 | take 5\n", encoding="utf-8")
    bad.write_text("Events\n| where\n", encoding="utf-8")
    worse.write_text("Events | evaluate bag_unpack(x)", encoding="utf-8")
    files = [word for path in (good, bad, worse) for word in ("-f", path)]
    done = call("query", "--check", *files)
    assert (done.code, done.out) == (Exit.USAGE, "")
    assert f"{bad}:2:8: KQL004" in done.err
    assert f"{worse}:1:10: KQL2" in done.err
    assert "evaluate" in done.err
    assert str(good) not in done.err
    assert call("query", "--check", "-f", good).code == Exit.CLEAN


def test_a_mistake_is_shown_in_its_line(call: Call, tmp_path: Path) -> None:
    query = tmp_path / "q.kql"
    query.write_text("Events\n| where strlne(Message) > 3\n", encoding="utf-8")
    done = call("query", "-f", query, LOST)
    assert (done.code, done.out) == (Exit.USAGE, "")
    assert done.err == (
        f"arcdiag: {query}:2:9: KQL103 unknown function strlne(); did you mean "
        "strlen()?\n  | where strlne(Message) > 3\n          ^\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "a query is missing"),
        (("Events | take 1",), "there is no source"),
        (("-f", "no-such.kql"), "no-such.kql: the query cannot be read"),
        (("--where", "true", "-f", "x.kql"), "cannot both"),
        (("print 1", "no-such-source"), "no-such-source"),
        (("print 1", ""), "an empty text is no path"),
        (("print 1", "--format", "jsno"), "did you mean 'json'"),
        (("-f", "pyproject.toml", "-f", "README.md"), "one query at a time"),
    ],
)
def test_a_wrong_command_line_says_what_and_what_to_do(
    call: Call, words: tuple[str, ...], said: str
) -> None:
    done = call("query", *words)
    assert (done.code, done.out) == (Exit.USAGE, "")
    assert said in done.err
    assert "Traceback" not in done.err


def test_a_query_that_is_no_text_is_told(call: Call, tmp_path: Path) -> None:
    query = tmp_path / "q.kql"
    query.write_bytes(b"print '\xff\xfe'")
    done = call("query", "-f", query)
    assert (done.code, done.err) == (
        Exit.USAGE,
        f"arcdiag: {query}: the query is not UTF-8\n",
    )


def test_a_query_that_runs_a_second_time_needs_no_parser(cache: Path) -> None:
    program = (
        "import sys; from diag.cli.main import main\n"
        "code = main(['query', 'print x = 1 + 1', '--format', 'csv'])\n"
        "print('pyparsing' in sys.modules, code)\n"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=environment({"ARCDIAG_CACHE_DIR": str(cache)}),
        ).stdout.split()
        for _ in range(2)
    ]
    assert said == [["x", "2", "True", "0"], ["x", "2", "False", "0"]]


def test_rows_come_while_they_are_found_and_a_closed_pipe_is_no_error() -> None:
    query = f"range n from 1 to 100000 step 1 | extend t = '{'x' * 100}'"
    words = command("query", query, "--format", "csv")
    with subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment(),
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == b"n,t\n"
        assert process.stdout.readline().startswith(b"1,xxx")
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == Exit.CLEAN


ENDLESS = (
    "let a = range x from 1 to 100000 step 1 | extend k = 1;"
    "a | join kind=inner a on k | summarize min(x * x1)"
)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX only")
def test_ctrl_c_stops_a_query_that_runs(tmp_path: Path) -> None:
    program = (
        "import sys; from diag.cli.main import main\n"
        "from diag.store import streaming\n"
        "wait = streaming._wait\n"
        "def told(*args):\n"
        "    print('runs', file=sys.stderr, flush=True)\n"
        "    return wait(*args)\n"
        "streaming._wait = told\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, "query", ENDLESS],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment({"ARCDIAG_CACHE_DIR": str(tmp_path)}),
    ) as running:
        assert running.stderr
        assert running.stderr.readline() == b"runs\n"
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert (running.returncode, out) == (Exit.INTERRUPTED, b"")
    assert err == b"arcdiag: interrupted\n"


def test_a_bar_for_each_row_as_long_as_its_number(call: Call, cache: Path) -> None:
    query = "datatable(Log:string, n:long) ['himds', 30, 'gc', 10] | render barchart"
    drawn = [call("query", query).out for _ in range(2)]
    lines = drawn[0].splitlines()
    assert [line.split()[0] for line in lines] == ["n", "himds", "gc"]
    long, short = (line.count("█") for line in lines[1:])
    assert short > 10
    assert abs(long - 3 * short) <= 2
    assert [line.split()[-2:] for line in lines[1:]] == [
        ["30", "(75%)"],
        ["10", "(25%)"],
    ]
    # The second answer comes from the cache, which knows that it is drawn.
    assert list(cache.glob("rules-*.json"))
    assert drawn[1] == drawn[0]


def test_a_timechart_has_times_and_a_line(call: Call) -> None:
    query = (
        "Events | where TimeGenerated >= datetime(2026-03-10) "
        "| summarize n = count() by bin(TimeGenerated, 1h) | render timechart"
    )
    done = call("query", query, LOST)
    assert (done.code, done.err) == (Exit.CLEAN, "")
    assert "03-10 00:00" in done.out
    assert "\x1b" not in done.out
    assert max(len(line) for line in done.out.splitlines()) <= 100


def test_what_cannot_be_drawn_is_a_table(call: Call) -> None:
    done = call("query", "print a = 'x' | render timechart")
    assert done.out == "a\n-\nx\n(1 row)\n"


def test_a_source_before_the_query_is_told(call: Call) -> None:
    done = call("query", LOST, "Events | count")
    assert (done.code, done.out) == (Exit.USAGE, "")
    assert f"'{LOST}' is a source, no query" in done.err
    assert "the query comes first" in done.err
    long = call("query", "x" * 5_000, "Events")
    assert "KQL" in long.err
