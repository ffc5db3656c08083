"""Readers for records that are no lines: what they take, keep, tell and leave alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.formats import load_families
from diag.formats.detect import family_by_reader
from diag.formats.readers import READERS, fitting, translate_text
from diag.formats.readers.dates import DateOrder
from tests.amount import examples
from tests.analyze.stored import lines_in

CORPUS = Path(__file__).parent.parent / "data" / "corpus"
OURS = {"windows_event/standin-scm-7031-csv.log"}
FAMILIES = load_families()
SAMPLES = [
    sample.text
    for name in ("windows_events", "extension_events")
    for sample in FAMILIES[name].samples
]
READ = {sample: fitting(sample, READERS) for sample in SAMPLES}
EVENT = (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
    "<Provider Name='P'/><EventID>{0}</EventID><Level>3</Level><TimeCreated "
    "SystemTime='2026-03-10T12:00:00Z'/></System><EventData>{1}</EventData></Event>"
)
ENTITY = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY f SYSTEM "file:///etc/hosts">]>'


def entries(text: str, *readers: str) -> list[list[Any]]:
    lines, _ = translate_text(text, readers or READERS)
    return [json.loads(line) for line in lines.splitlines()]


def told(text: str) -> list[str]:
    return [kind for _, kind, _ in translate_text(text, READERS)[1]]


def check_lines(text: str, *, exact: bool) -> None:
    """Every line belongs to one entry, in order, and none is left out."""
    place = 1
    for line, count, _ in entries(text):
        assert line == place
        assert count >= 1
        place += count
    lines = lines_in(text.encode("utf-8", "replace"))
    assert place - 1 == lines if exact else place - 1 >= lines


def test_every_reader_has_samples() -> None:
    assert set(READ.values()) == set(READERS) - {"evtx"}


@pytest.mark.parametrize("name", ["windows_events", "extension_events"])
def test_samples_without_a_telling_name_are_recognised(name: str) -> None:
    for sample in FAMILIES[name].samples:
        found = family_by_reader(sample.text, FAMILIES)
        assert found is FAMILIES[name]


def test_no_reader_takes_what_another_family_reads() -> None:
    others = [
        one for one in FAMILIES.values() if not (one.objects and one.objects.readers)
    ]
    for family in others:
        for sample in family.samples:
            assert fitting(sample.text, READERS) == "", family.id


@pytest.mark.parametrize(
    "path",
    sorted(CORPUS.rglob("*.*")),
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_no_reader_takes_another_kind_of_text(path: Path) -> None:
    name = f"{path.parent.name}/{path.name}"
    found = fitting(path.read_text(encoding="utf-8"), READERS)
    if name.startswith(("gc_agent/telemetry", "extension/telemetry")):
        assert found == "events_json"
    else:
        assert found == ("events_csv" if name in OURS else "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "date,level,message\n2026-03-10,info,x\n",
        "Id,Name,Value\n1,a,b\n",
        "<configuration><Event name='x'/></configuration>",
        "<html><body>Event</body></html>",
        "Event[0] was lost\nand more\n",
        "Name : x\nId : 3\n",
        '{"parameters": [], "resources": []}',
        '[{"timestampUTC": "2026", "status": {}}]',
        "2026-03-10 12:00:00 the text <Event xmlns='x'> is quoted\n",
    ],
)
def test_what_only_looks_similar_is_left_alone(text: str) -> None:
    assert fitting(text, READERS) == ""


def test_events_on_one_line_have_lines_of_their_own() -> None:
    text = "<Events>" + "".join(EVENT.format(n, "") for n in range(3)) + "</Events>"
    found = entries(text)
    assert [(line, count, values["EventId"]) for line, count, values in found] == [
        (1, 1, 0),
        (2, 1, 1),
        (3, 1, 2),
    ]


def test_nothing_that_a_dtd_declares_exists() -> None:
    text = "\n".join(
        ['<?xml version="1.0"?>', ENTITY, EVENT.format(1, "<Data>&f;&a;</Data>"),
         EVENT.format(2, "<Data>whole</Data>")]
    )  # fmt: skip
    blank, declared, bad, good = entries(text)
    assert blank[2] is None
    assert declared[2] == ENTITY
    assert "&f;&a;" in bad[2]
    assert good[2]["@message"] == "Event 2: whole"
    assert told(text) == ["odd-xml", "torn-events"]


def test_torn_events_cost_no_others() -> None:
    whole = [EVENT.format(n, "") for n in range(4)]
    text = (
        f"{whole[0][100:]}\n{whole[1]}\n{whole[2][:90]}\n{whole[3]}\n{whole[0][:150]}"
    )
    found = entries(text)
    ids = [
        values["EventId"] if isinstance(values, dict) else "" for *_, values in found
    ]
    assert ids == ["", 1, "", 3, ""]
    check_lines(text, exact=True)
    assert told(text) == ["torn-events"]


def test_characters_that_xml_forbids_cost_no_event() -> None:
    text = EVENT.format(5, "<Data Name='a'>x&#x1B;[0m\x01y</Data>")
    assert entries(text)[0][2]["a"] == "x\ufffd[0m\ufffdy"


def test_a_name_in_the_data_is_no_name_of_ours() -> None:
    data = "".join(
        f"<Data Name='{name}'>bad</Data>" for name in ("@time", "EventId", "@message")
    )
    values = entries(EVENT.format(5, data))[0][2]
    assert (values["EventId"], values["Data.EventId"], values["time"]) == (
        5,
        "bad",
        "bad",
    )
    assert values["@time"] == "2026-03-10T12:00:00Z"
    assert "bad" in values["message"]


def test_audits_without_a_level_have_one_by_their_keywords() -> None:
    text = EVENT.format(4625, "").replace("<Level>3</Level>", "<Level>0</Level>")
    for bits, word in (("0x8010000000000000", "FailureAudit"), ("0x80", "0")):
        one = text.replace("<Level>", f"<Keywords>{bits}</Keywords><Level>")
        assert entries(one)[0][2]["@level"] == word


def test_a_failure_of_a_service_without_its_values_lists_what_is_there() -> None:
    one = EVENT.replace("Name='P'", "Name='Service Control Manager'")
    stopped = "<Data Name='param1'>X</Data><Data Name='param2'>stopped</Data>"
    said = [
        entries(one.format(7036, data))[0][2]["@message"]
        for data in (stopped, "<Data Name='param2'>stopped</Data>", "<Data>X</Data>")
    ]
    assert said == [
        "The X service entered the stopped state.",
        "Event 7036: param2: stopped",
        "Event 7036: X",
    ]


HEADER = "TimeCreated,Id,Message\n"


def test_a_quote_that_never_closes_costs_one_line() -> None:
    text = (
        HEADER
        + '2026-03-10,1,"open\n2026-03-10 12:00:00,2,two\n\n2026-03-10,3,"a\nb"\n'
    )
    kinds = [values if not isinstance(values, dict) else values["Id"] if "Id" in values
             else values["EventId"] for *_, values in entries(text)]  # fmt: skip
    assert kinds == [None, '2026-03-10,1,"open', 2, None, 3]
    check_lines(text, exact=True)


def test_rows_with_other_cells_than_the_header_stay_lines() -> None:
    text = HEADER + "2026-03-10 12:00:00,1\nwhat?\n2026-03-10 12:00:00,4,x\n"
    raw = [values for *_, values in entries(text) if isinstance(values, str)]
    assert raw == ["2026-03-10 12:00:00,1", "what?"]


def test_an_id_with_the_bits_of_its_severity_is_the_id() -> None:
    text = "TimeGenerated,EntryType,InstanceId,Source\n2026-03-10,Error,3221232506,P\n"
    assert entries(text)[1][2]["EventId"] == 7034
    assert "instanceid" not in entries(text)[1][2]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_of_every_culture(delimiter: str) -> None:
    rows = [["TimeCreated", "Id", "Message"], ["2026-03-10 12:00:00", "7", '"a,b;c"']]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    (_, _, values) = entries(text)[1]
    assert values == {"@time": "2026-03-10T12:00:00", "EventId": 7, "@message": "a,b;c"}


@pytest.mark.parametrize(
    ("texts", "last"),
    [
        (["3/10/2026 9:05:01 PM", "3/13/2026 12:00:00 AM"], "2026-03-13T00:00:00"),
        (["10/03/2026 21:05:01", "13/03/2026 00:00:00"], "2026-03-13T00:00:00"),
        (["10.03.2026 21:05:01"], "2026-03-10T21:05:01"),
        (["10. 3. 2026 1:05:01"], "2026-03-10T01:05:01"),
        (["2026/03/10 21:05:01"], "2026-03-10T21:05:01"),
        (["13-3-2026 12:00:00", "10-3-2026 12:00"], "2026-03-10T12:00:00"),
        (["3/10/2026 12:05:01.25 p.m."], "2026-03-10T12:05:01.25"),
        (["Mon Feb 11 14:25:12 2013"], "2013-02-11T14:25:12"),
        (["2026-03-10T12:00:00.1234567+01:00"], "2026-03-10T12:00:00.1234567+01:00"),
        (["yesterday"], "yesterday"),
    ],
)
def test_dates_of_many_cultures(texts: list[str], last: str) -> None:
    assert DateOrder(texts).iso(texts[-1]) == last


def test_an_order_that_nothing_decides_is_told_once() -> None:
    text = HEADER + "3/10/2026 9:00:00,1,x\n3/11/2026 9:00:00,1,y\n"
    assert told(text) == ["date-order"]
    assert entries(text)[1][2]["@time"] == "2026-03-10T09:00:00"
    assert told(text + "3/13/2026 9:00:00,1,y\n") == []
    assert told(HEADER + "3/3/2026 9:00:00,1,x\n") == []


def test_wrapped_lines_of_an_agent_are_unwrapped() -> None:
    for mark in ("DSCLOG", "GCLOG"):
        message = f"<{mark}>[2026] text</{mark}>\\n"
        text = (
            '{"eventId": 1, "providerId": "p", "parameters": '
            f'[{{"name": "Message", "value": "{message}"}}]}}'
        )
        assert entries(text)[0][2]["@message"] == "[2026] text"


def test_blank_lines_take_no_room() -> None:
    text = HEADER + "\n" * 1000
    assert entries(text) == [[1, 1001, None]]


HOSTILE = {
    "deep": '{"eventId":1,"providerId":1,"parameters":' + "[" * 9000 + "]" * 9000 + "}",
    "surrogate": '{"eventId":"\\ud800","providerId":"\\udfff","parameters":[]}',
    "number": '{"eventId":1' + "0" * 5000 + ',"providerId":1,"parameters":[]}',
    "open": '{"eventId":1,"providerId":1,"parameters":' * 3000,
    "xml deep": EVENT.format(1, "<a>" * 2000 + "</a>" * 2000),
    "xml wide": EVENT.format(1, "".join(f"<n{n}>x</n{n}>" for n in range(3000))),
    "xml long": EVENT.format(1, "<Data>" + "x" * 500_000 + "</Data>"),
    "xml endless": EVENT.format(1, "<Data>" + "x" * 2_500_000),
    "csv quotes": HEADER + '2026-03-10,1,"\n' * 3000,
    "csv long": HEADER + '2026-03-10 12:00:00,1,"' + "x" * 3_000_000 + '"',
    "text": "Event[0]:\n  Log Name: S\n  Date: 2026\n" + "x\n" * 5000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_kept_within_bounds(name: str) -> None:
    lines, _ = translate_text(HOSTILE[name], READERS)
    assert max(map(len, lines.splitlines())) < 1 << 20
    check_lines(HOSTILE[name], exact=False)


@settings(deadline=None, max_examples=examples(300))
@given(data=st.data())
def test_whatever_is_torn_every_line_is_accounted_for(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(SAMPLES))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    with_what = data.draw(
        st.sampled_from(["", "\n", '"', "<Event ", "}", "x\n\ny", text])
    )
    torn = text[:start] + with_what + text[end:]
    check_lines(torn, exact=READ[text] not in {"events_xml", "events_json"})
