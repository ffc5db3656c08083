"""The tests of a rule file: what goes in, and what the rule must say about it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from diag.engine.literals import parse_literal, parse_span, parse_time
from diag.engine.parts import SYSTEMS
from diag.engine.rule import RuleTest
from diag.schema import TABLES, Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.engine.fields import Reader
    from diag.engine.rule import Parameter

MOST_EVENTS = 20_000
MICRO = timedelta(microseconds=1)
# What an event of a test may say: the rest of its row follows from these.
EVENT_COLUMNS = (
    *("Computer", "Log", "Component", "Level", "Code", "Message", "ActivityId"),
    *("Pid", "Tid", "Fields", "Line"),
)
FACT_COLUMNS = ("Computer", "Source", "Name", "Value")


def read_tests(rule: Reader, parameters: Sequence[Parameter]) -> tuple[RuleTest, ...]:
    """Read `tests`: log text or rows, and what the rule must say about them.

    Args:
        rule: The rule's mapping.
        parameters: The rule's own, which a test may give other values.
    """
    found = []
    for item in rule.sections("tests"):
        name = item.text("name", required=True)
        item.text("asOf", required=True)
        as_of = item.parsed("asOf", parse_time)
        system = item.text("os")
        if system and system not in SYSTEMS:
            item.error(f"'os' is '{system}'; one of linux, windows", "os")
        logs, events = _logs(item), (*_events(item), *_repeated(item))
        expect, count, finding = _expectations(item)
        facts = tuple(_fact(one) for one in item.sections("facts"))
        values = _parameters(item, parameters)
        todo, also = item.flag("todo", default=False), item.texts("alsoFires")
        item.finish()
        if len(events) > MOST_EVENTS:
            item.error(f"more than {MOST_EVENTS:,} events")
        elif name and as_of:
            found.append(
                RuleTest(
                    *(name, as_of, logs, expect, count, finding, system),
                    events=events,
                    facts=facts,
                    parameters=values,
                    todo=todo,
                    also_fires=also,
                )
            )
    return tuple(found)


def _logs(item: Reader) -> dict[str, str]:
    section = item.section("log")
    texts = dict(section.values)
    for key, text in texts.items():
        if not isinstance(text, str):
            section.error("raw log text is expected", key)
    return texts


def _events(item: Reader) -> list[dict[str, Any]]:
    return [_event(one, _span(one, "t")) for one in item.sections("events")]


def _event(reader: Reader, at: int) -> dict[str, Any]:
    """Read the columns of an event; `t` is in microseconds from the test's time."""
    row: dict[str, Any] = {"t": at}
    for name in EVENT_COLUMNS:
        if name not in reader:
            reader.raw(name)
        elif TABLES["Events"][name] is Type.LONG:
            row[name] = reader.number(name, 0, 0, 2**62)
        elif TABLES["Events"][name] is Type.DYNAMIC:
            row[name] = reader.section(name).values
        else:
            row[name] = reader.text(name)
    reader.finish()
    return row


def _span(reader: Reader, key: str) -> int:
    if key not in reader:
        reader.error(f"'{key}' is missing, a timespan such as -5m")
    span = reader.parsed(key, parse_span)
    return span // MICRO if span is not None else 0


def _repeated(item: Reader) -> list[dict[str, Any]]:
    """Read `repeat`: one event several times, at equal distances."""
    if "repeat" not in item:
        item.raw("repeat")
        return []
    section = item.section("repeat")
    count = section.number("count", 1, 1, MOST_EVENTS)
    every, start = _span(section, "every"), _span(section, "from")
    event = section.section("event")
    section.finish()
    row = _event(event, 0)
    return [{**row, "t": start + number * every} for number in range(count)]


def _fact(reader: Reader) -> dict[str, str]:
    row = {name: reader.text(name) for name in FACT_COLUMNS}
    if not row["Name"]:
        reader.error("a fact needs 'Name' and 'Value'")
    reader.finish()
    return {name: text for name, text in row.items() if text or name == "Value"}


def _parameters(item: Reader, known: Sequence[Parameter]) -> dict[str, Any]:
    section = item.section("parameters")
    found: dict[str, Any] = {}
    for one in known:
        if one.name not in section:
            continue
        try:
            value = parse_literal(section.raw(one.name), one.kind)
        except ValueError as error:
            section.error(str(error), one.name)
            continue
        found[one.name] = value
    section.finish()
    return found


def _expectations(
    item: Reader,
) -> tuple[tuple[dict[str, Any], ...] | None, int | None, dict[str, Any] | None]:
    rows = item.raw("expect")
    if rows is not None and (
        not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows)
    ):
        item.error("'expect' must be a list of rows; [] means no finding", "expect")
        rows = []
    count = (
        item.number("expectCount", 0, 0, 1_000_000) if "expectCount" in item else None
    )
    section = item.section("expectFinding")
    finding = {
        key: section.raw(key)
        for key in ("title", "detail", "severity", "count", "computer")
        if section.raw(key) is not None
    }
    section.finish()
    if rows is None and count is None and not finding:
        item.error("a test needs 'expect', 'expectCount' or 'expectFinding'")
    return (None if rows is None else tuple(rows)), count, (finding or None)
