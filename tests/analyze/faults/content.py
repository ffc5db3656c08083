"""Texts that are damaged, odd or made to hurt."""

from __future__ import annotations

from tests.analyze.faults.fault import OTHER, TIME, Fault, folder_of
from tests.analyze.machines import GC_AGENT, bracket, logrus

NOTES = "notes.txt"
EVENTS = "commands/eventlog-system.xml"
LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">\n' for n in range(1, 12)
)  # fmt: skip
DECLARED = f"""<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY l0 "ha">
{LAUGHS}<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY n SYSTEM "http://127.0.0.1:9/">]>"""
EVENT = (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
    "<Provider Name='P'/><EventID>7031</EventID><Level>2</Level><TimeCreated "
    "SystemTime='2026-03-10T12:00:00Z'/></System><EventData><Data>{}</Data>"
    "</EventData></Event>"
)
LAUGHING, QUIET = EVENT.format("&l11; &f; &n;"), EVENT.format("stopped")
# What a matcher that goes back tries again and again; some of it a layout begins with.
SIGNS = """ "=[]():\\/.,-_{}a0TZ+"""
STARTS = ("", 'time="', 'time="2026-03-10T12:00:00Z" level=info msg="', "[2026-03-10 ")
SHOW = "commands/azcmagent-show.json"
TORN = logrus(TIME, message="Sending the heartbeat failed: no route to host")
CONFIG = "var/opt/azcmagent/agentconfig.json"


def notes(data: bytes, lines: int, *told: str, what: str, gives: str) -> Fault:
    return Fault(what, gives, folder_of({NOTES: data}), told, {NOTES: lines})


def document(data: bytes, *told: str, what: str, gives: str) -> Fault:
    return Fault(what, gives, folder_of({CONFIG: data}), told)


def log(text: str, lines: int, *told: str, what: str, gives: str) -> Fault:
    return Fault(what, gives, folder_of({OTHER: text.encode()}), told, {OTHER: lines})


FAULTS = (
    notes(
        b"a\x00b\nc\n",
        2,
        "nul-bytes",
        what="zero bytes in a line",
        gives="the line, with \u2400 for each",
    ),
    notes(
        b"a\n" + bytes(1 << 20) + b"\nb\n",
        3,
        "nul-bytes",
        what="a megabyte of zero bytes",
        gives="one line of one \u2400, and all others",
    ),
    notes(
        b"caf\xe9 and \xff\nnext\n",
        2,
        "bad-utf8",
        what="bytes that are no UTF-8",
        gives="the line, with `\\xNN` for each",
    ),
    notes(
        "plain text\nmore\n".encode("utf-16"),
        2,
        what="UTF-16 with a byte order mark",
        gives="all lines",
    ),
    notes(
        "plain text\nmore\n".encode("utf-16-le"),
        2,
        "guessed-encoding",
        what="UTF-16 without one, low byte first",
        gives="all lines",
    ),
    notes(
        "plain text\nmore\n".encode("utf-16-be"),
        2,
        "guessed-encoding",
        what="UTF-16 without one, high byte first",
        gives="all lines",
    ),
    notes(
        b"a log of single bytes\n" + "and then of two\r\n".encode("utf-16-le") * 2,
        3,
        "mixed-encoding",
        what="UTF-8, to which another program appended UTF-16",
        gives="all lines of both",
    ),
    notes(
        "two bytes each\r\n".encode("utf-16") + b"then a log of single bytes\n",
        2,
        "mixed-encoding",
        what="UTF-16, to which another program appended UTF-8",
        gives="all lines of both",
    ),
    notes(
        b"a\r\nb\rc\nd",
        4,
        what="CRLF, CR and LF, and no line end at the end",
        gives="all lines",
    ),
    notes(
        b"a\x0bb\x0cc\xc2\x85d\xe2\x80\xa8e\xe2\x80\xa9f\x1cg\n",
        1,
        what="other characters that some programs take for line ends",
        gives="one line",
    ),
    notes(
        b"x" * (3 << 20) + b"\nnext\n",
        2,
        "long-line",
        what="a line of more than 1 MiB",
        gives="its first 64 KiB, its last 4 KiB, length and SHA-256; all other lines",
    ),
    notes(
        bytes(range(256)) * 9,
        0,
        what="a binary file",
        gives="its name; it is not read",
    ),
    notes(
        b"\x1b]52;c;eA==\x07\x1b[2J\xe2\x80\xae\n",
        1,
        what="a line that acts on a terminal",
        gives="the line as it is in the store, and escaped wherever it is shown",
    ),
    Fault(
        "a record of 120,000 lines",
        "one event with its first MiB; all lines are counted",
        folder_of(
            {
                GC_AGENT: (
                    bracket("2026-03-10 12:00:00.000") + "  goes on and on\n" * 120_000
                ).encode()
            }
        ),
        ("long-record",),
        {GC_AGENT: 120_001},
    ),
    log(
        logrus("2026-02-30T12:00:00Z", "2026-03-10T25:00:00Z", TIME),
        3,
        "bad-time",
        what="a date or an hour that does not exist",
        gives="the event, without a time",
    ),
    log(
        logrus("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0000-01-01T00:00:00Z"),
        3,
        "bad-time",
        what="the years 0, 1 and 9999",
        gives="the events; year 0 without a time",
    ),
    log(
        logrus("2016-12-31T23:59:60Z", TIME),
        2,
        what="a leap second",
        gives="the event, at the second behind it",
    ),
    log(
        logrus("2026-03-10T12:00:00+99:99", "2026-03-10T12:00:00+24:00", TIME),
        3,
        "bad-time",
        what="an offset from UTC that does not exist",
        gives="the event, without a time",
    ),
    log(
        logrus(TIME, "2026-03-10T09:00:00Z", "2026-03-10T12:00:01Z"),
        3,
        "clock-back",
        what="a clock that was set back",
        gives="all events, in the order of the lines",
    ),
    log(
        logrus(TIME) + 'time="2026-03-10T12:00:01Z" level=info msg="torn off in',
        2,
        what="a last line that is torn",
        gives="the line as far as it goes",
    ),
    Fault(
        "a line that was torn when its log was rotated",
        "one event of both halves; the rest counts as continued in its own file",
        folder_of(
            {
                f"{OTHER}.1": (logrus(TIME) + TORN[:70]).encode(),
                OTHER: (TORN[70:] + logrus(TIME)).encode(),
            }
        ),
        ("torn-line",),
        {f"{OTHER}.1": 2, OTHER: 2},
    ),
    log(
        "".join(start + sign * 20_000 + "\n" for start in STARTS for sign in SIGNS),
        len(STARTS) * len(SIGNS),
        what="runs of 20,000 equal characters, which hold up some matchers",
        gives="all lines, in time that grows as their length does",
    ),
    Fault(
        "an XML event log with entities that multiply, or that name a file",
        "events that use none, others as text; none is expanded, no file is opened",
        folder_of({EVENTS: f"{DECLARED}\n{LAUGHING}\n{QUIET}\n".encode()}),
        ("odd-xml", "torn-events"),
        {EVENTS: DECLARED.count("\n") + 3},
    ),
    document(
        b"[" * 100_000,
        "big-json",
        what="JSON that is nested 100,000 deep",
        gives="what stands before the limit; all lines can be searched",
    ),
    document(
        b'{"resourceName": "web-1", "n": ' + b"9" * 5000 + b"}",
        "odd-json",
        what="JSON with a number of 5,000 digits",
        gives="all other values",
    ),
    document(
        b'{"resourceName": "a", "resourceName": "b", "n": NaN}',
        "odd-json",
        what="JSON with a key twice, or NaN",
        gives="the values",
    ),
    document(
        b'{"resourceName": "web-1", "tenantId": "t',
        "bad-json",
        what="JSON that was cut off",
        gives="the values before the cut",
    ),
)
