"""Draft a rule from a line of a log: a query for its words, and two tests."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from diag.analyze.trial import Samples, TestResult, run_tests
from diag.engine.load import rules_of
from diag.engine.rule import RuleTest
from diag.errors import UsageError
from diag.formats.detect import family_by_signs, family_by_text
from diag.formats.trying import try_text
from diag.text import show

if TYPE_CHECKING:
    from diag.formats import Families, Family

# Words that stand side by side; what has digits, quotes or a path differs each time.
WORDS = r"[A-Za-z][A-Za-z_-]*(?:[ ,:] ?[A-Za-z][A-Za-z_-]*)*"
PHRASE = re.compile(rf"(?<![A-Za-z0-9]){WORDS}(?![A-Za-z0-9])")
LONGEST, SHORTEST = 60, 4
OTHERWISE = "all is well"  # stands in the silent test where the words stood
SOMETIME = datetime(2026, 1, 1, 12)  # noqa: DTZ001 - times of tests are naive UTC
PLAIN = re.compile(
    r"[^\s\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff][^\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ufeff]*"
)
DRAFT = """\
id: {id}
name: '{name}'
version: 0.1.0
severity: medium
status: experimental
basis: one line of {log}, from which it was drafted
description: >-
  Say here what the line means for the machine, and why it matters.
requiredLogs: [{log}]
query: |
  Events
  | where Log == "{log}" and Message has {phrase}
  | project Computer, TimeGenerated, File, Line
  | sort by Computer asc, TimeGenerated asc, Line asc
finding:
  title: '{{{{Computer}}}}: {title}'
group: {{by: [Computer]}}
remedy:
  summary: Say here what helps.
tests:
- name: the line is there
  asOf: {as_of}
  log:
    {log}: {line}
  expectCount: 1
- name: another line of the same log
  asOf: {as_of}
  log:
    {log}: {other}
  expect: []
"""


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """The text of a rule's file, how its tests end, and the log that was taken.

    `others` are logs whose lines look the same.
    """

    text: str
    results: list[TestResult]
    log: str
    others: tuple[str, ...]


def draft_rule(rule_id: str, line: str, log: str, families: Families) -> RuleDraft:
    """Draft a rule.

    Args:
        rule_id: Its id.
        line: A line of a log; empty to take one of the samples of `log`.
        log: Which log; empty to find out by the line.
        families: The log definitions.

    Returns:
        A rule that loads, compiles and lints; its author has to say what it means.

    Raises:
        UsageError: There is no such log, or the line is of none or of several.
    """
    family = _named(log, families) if log else _recognised(line, families)
    line = line.strip("\r\n") or _sample(family)
    with Samples(families) as samples:
        message, time = _event(family, line, samples)
        phrase = _phrase(message)
        text = DRAFT.format(
            id=rule_id,
            name=f"The log {family.id} says: {phrase}",
            log=family.id,
            phrase=json.dumps(phrase),
            title=phrase,
            as_of=f"{(time or SOMETIME) + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
            line=_scalar(line),
            other=_scalar(line.replace(phrase, OTHERWISE)),
        )
        rules = rules_of([[(f"{rule_id}.yaml", text)]])
        results = run_tests(rules.rules[0], rules, samples=samples)
    others = () if log else _alike(family, line, families)
    return RuleDraft(text, results, family.id, others)


def _named(log: str, families: Families) -> Family:
    from diag.engine.fields import closest

    if log not in families:
        raise UsageError(
            f"there is no log '{show(log)}'{closest(log, families)}",
            where="--log",
            hint="arcdiag formats list shows all",
        )
    return families[log]


def _recognised(line: str, families: Families) -> Family:
    """Return the log that a line is of, when it can be only one."""
    found = family_by_signs(line, families) or family_by_text(line, families)
    if found is not None and _fits(found, line):
        return found
    fitting = [one for one in families.values() if _fits(one, line)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(one.id for one in fitting)
    said = f"lines of {names} look like it" if fitting else "no log has such lines"
    hint = "say which log it is of with --log; arcdiag formats list shows all"
    raise UsageError(f"the log cannot be told by the line: {said}", hint=hint)


def _alike(family: Family, line: str, families: Families) -> tuple[str, ...]:
    return tuple(
        one.id for one in families.values() if one.id != family.id and _fits(one, line)
    )


def _fits(family: Family, line: str) -> bool:
    if not family.layouts or family.objects is not None:
        return False
    return try_text(family, line).starts > 0


def _sample(family: Family) -> str:
    """Return the first line of a family's samples that begins a record."""
    for sample in family.samples:
        for line in sample.text.splitlines():
            if _fits(family, line):
                return line
    hint = "give one with --from"
    raise UsageError(f"there is no sample line of {family.id}", hint=hint)


def _event(family: Family, line: str, samples: Samples) -> tuple[str, datetime | None]:
    """Return the message of a line and its time, as the real parsers read them."""
    test = RuleTest("draft", SOMETIME, {family.id: f"{line}\n"})
    with samples.open(test) as store:
        rows = store.query(
            "SELECT Message, TimeGenerated FROM Events WHERE Parsed ORDER BY EventId"
        ).rows
    if not rows:
        hint = "give a whole line, with its time; or another log with --log"
        raise UsageError(f"this is no line of {family.id}", where="--from", hint=hint)
    message, time = rows[0]
    return str(message), time


def _phrase(message: str) -> str:
    """Return the words of a message that will stand there the next time, too."""
    found = [one.group() for one in PHRASE.finditer(message)]
    best = max(found, key=len, default="")
    while len(best) > LONGEST and " " in best:
        best = best.rpartition(" ")[0]
    best = best.rstrip(" ,:")
    if len(best) < SHORTEST:
        hint = "give a line with words in its message"
        raise UsageError("the message has no words to look for", hint=hint)
    return best


def _scalar(line: str) -> str:
    """Return a line as a value in YAML: as it is, unless that would change it."""
    if PLAIN.fullmatch(line) and line == line.rstrip():
        return f"|\n      {line}"
    return json.dumps(f"{line}\n", ensure_ascii=True)
