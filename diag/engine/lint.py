"""What is wrong with rules, and what an author should look at again.

Codes: RUL0xx the file, KQL0xx to KQL2xx errors of queries, KQL3xx advice on them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.content import line_of, spot_of
from diag.engine.fields import closest
from diag.engine.places import place_in, text_at
from diag.errors import KqlError
from diag.kql.advice import advise, names_in
from diag.model import Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from diag.engine.rule import Rule
    from diag.engine.ruleset import RuleSet

PLACE = re.compile(
    r"(?P<file>.+?):(?P<line>[0-9]+)(?::(?P<column>[0-9]+))?: (?P<text>.*)", re.DOTALL
)
CODE = re.compile(r"(?:(?P<rule>\S+): )?(?P<code>KQL[0-9]{3}) (?P<text>.*)", re.DOTALL)
ANY_ROWS = "KQL303"
WRONG, NO_LOG, UNUSED = "RUL001", "RUL002", "RUL003"
UNTESTED, NO_REMEDY, MIXED = "RUL010", "RUL011", "RUL012"
GRAVE = (Severity.CRITICAL, Severity.HIGH)


@dataclass(frozen=True, slots=True, order=True)
class Remark:
    """An error or a warning about a place; `rule` is empty when it is about a file."""

    file: str
    line: int
    column: int
    code: str
    text: str
    rule: str = ""
    warning: bool = False

    def __str__(self) -> str:
        """Return it as one line, with its place in front."""
        column = f":{self.column}" if self.column else ""
        rule = f"{self.rule}: " if self.rule else ""
        word = "warning " if self.warning else ""
        place = f"{self.file}:{self.line}{column}: " if self.file else ""
        return f"{place}{rule}{word}{self.code} {self.text}"


def lint(rules: RuleSet, logs: Collection[str]) -> list[Remark]:
    """Look at rules that were loaded leniently.

    Args:
        rules: With `errors` of what could not be loaded.
        logs: Names of all logs there are.

    Returns:
        Errors and warnings by file and line.
    """
    errors = list(rules.errors)
    right = {one.rule.id for one in rules.compile(list(rules), errors)}
    found = [_read(text) for text in errors]
    for rule in rules:
        found += _of_logs(rules, rule, logs)
        found += _of_parameters(rules, rule)
        found += _of_file(rules, rule)
        found += _of_group(rules, rule)
        if rule.id in right:
            found += _of_queries(rules, rule)
    return sorted(set(found))


def _read(text: str) -> Remark:
    """Take an error of the loader or the compiler apart."""
    place = PLACE.fullmatch(text)
    file, line, column, said = "", 0, 0, text
    if place:
        file, line = place["file"], int(place["line"])
        column, said = int(place["column"] or 0), place["text"]
    coded = CODE.fullmatch(said)
    if coded:
        return Remark(
            file, line, column, coded["code"], coded["text"], coded["rule"] or ""
        )
    return Remark(file, line, column, WRONG, said)


def _remark(
    rules: RuleSet,
    rule: Rule,
    path: tuple[str | int, ...],
    code: str,
    text: str,
    *,
    warning: bool = False,
) -> Remark:
    source = rules.texts[rule.file]
    line = line_of(source, (*rule.path, *path))
    _, spot = spot_of(source, (*rule.path, *path), key=True)
    return Remark(rule.file, line, spot.column, code, text, rule.id, warning)


def _of_logs(rules: RuleSet, rule: Rule, logs: Collection[str]) -> Iterator[Remark]:
    """Yield logs that do not exist: such a rule would never be judged."""
    for key, names in (
        ("requiredLogs", rule.required_logs),
        ("requiredAnyLog", rule.required_any_log),
    ):
        for name in names:
            if name not in logs:
                said = f"there is no log '{name}'{closest(name, logs)}"
                yield _remark(rules, rule, (key,), NO_LOG, said)


def _of_parameters(rules: RuleSet, rule: Rule) -> Iterator[Remark]:
    used: set[str] = set()
    counter = rule.counter_check.query if rule.counter_check else ""
    for text in (rule.query, rule.library, rule.evidence.where, counter):
        try:
            used |= names_in(text)
        except KqlError:
            return  # told as an error of the query
    for one in rule.parameters:
        if one.name not in used:
            said = f"the parameter '{one.name}' is not used"
            yield _remark(rules, rule, ("parameters", one.name), UNUSED, said)


def _of_group(rules: RuleSet, rule: Rule) -> Iterator[Remark]:
    host = rule.finding.host or "Computer"
    if rule.group_by and host not in rule.group_by:
        said = f"without '{host}' in 'by' several machines become one finding"
        yield _remark(rules, rule, ("group",), MIXED, said, warning=True)


def _of_file(rules: RuleSet, rule: Rule) -> Iterator[Remark]:
    wanted = {True: "firing", False: "silent"}
    for test in rule.tests:
        wanted.pop(test.fires, None)
    if wanted:
        said = f"no {' and no '.join(wanted.values())} test"
        yield _remark(rules, rule, ("tests",), UNTESTED, said, warning=True)
    silent = rule.remedy or rule.remedy_summary
    if rule.severity in GRAVE and not rule.benign and not silent:
        said = f"a rule of severity {rule.severity} should say what helps: 'remedy'"
        yield _remark(rules, rule, ("severity",), NO_REMEDY, said, warning=True)


def _of_queries(rules: RuleSet, rule: Rule) -> Iterator[Remark]:
    paths: list[tuple[str, ...]] = [("query",)]
    paths += [("counterCheck", "query")] if rule.counter_check else []
    text = rules.texts[rule.file]
    for path in paths:
        query = text_at(rule, path)
        for one in advise(query):
            if one.code == ANY_ROWS and path != ("query",):
                continue  # it asks only whether there is a row
            line, column = place_in(text, rule, path, query, one.line, one.column)
            yield Remark(
                *(rule.file, line, column, one.code, one.text, rule.id), warning=True
            )
