"""A diagnosis as JUnit XML: what every build server shows as a list of tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from diag import __version__
from diag.clock import iso
from diag.dossier import Became
from diag.model import Severity
from diag.report.gather import (
    all_problems,
    coverage,
    is_alarm,
    number_of,
    references,
)
from diag.report.kinds import gaps
from diag.report.words import (
    cut,
    judged,
    place_of,
    reason,
    since_words,
    step_notes,
    when,
)
from diag.text import show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diag.dossier import Dossier, RuleTold
    from diag.model import Diagnosis, Finding

# Text that is shown may still hold two characters that XML does not have.
NONCHARACTERS = re.compile("[\ufffe\uffff]")
LONG, MOST_LINES, MOST_FINDINGS = 3_000, 40, 50
MOST_UNREAD = 200
# What stands in front of the number in a rule's name is its group.
GROUP = re.compile(r"^(.+?)-[0-9]+[A-Za-z]?$")


class Case(NamedTuple):
    """A test: `kind` is empty when it passed, else failure, error or skipped."""

    group: str
    name: str
    kind: str = ""
    sort: str = ""
    message: str = ""
    text: str = ""
    out: str = ""


def as_junit(diagnosis: Diagnosis, dossier: Dossier | None = None) -> str:
    """Return the report as JUnit XML.

    Args:
        diagnosis: What was found.
        dossier: The rules and what became of them; without it only those are known
            that found something or could not be judged.

    Returns:
        One suite with a test for every rule that was to be judged, and one each for
        the input and the rule files. A rule with a finding of the severity of
        `--fail-on` or worse fails; one that lacks a log, or whose findings are all
        silenced, is skipped; one that stopped is an error.
    """
    fail_on = dossier.fail_on if dossier else Severity.HIGH
    cases = [
        *_rule_cases(diagnosis, dossier, fail_on),
        *_input_cases(diagnosis),
    ]
    numbers = {kind: sum(one.kind == kind for one in cases) for kind in WORDS}
    total = f'tests="{len(cases)}"' + "".join(
        f' {word}="{numbers[kind]}"' for kind, word in WORDS.items()
    )
    suite = f"<testsuite name={_attribute(_name(diagnosis))} {total} "
    rows = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="arcdiag check" {total} time="0">',
        f'  {suite}time="0"{_stamp(diagnosis)}>',
        *_properties(diagnosis),
        *(row for one in cases for row in _case(one)),
        "  </testsuite>",
        "</testsuites>",
        "",
    ]
    return "\n".join(rows)


WORDS = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def _name(diagnosis: Diagnosis) -> str:
    names = [one.computer for one in diagnosis.bundles[:3]]
    more = len(diagnosis.bundles) - len(names)
    return ", ".join([*names, *([f"{more} more"] if more else [])]) or "arcdiag"


def _stamp(diagnosis: Diagnosis) -> str:
    moment = iso(diagnosis.now)
    return f' timestamp="{moment.rstrip("Z")[:19]}"' if moment else ""


def _properties(diagnosis: Diagnosis) -> Iterator[str]:
    told = {
        "tool": f"arcdiag {__version__}",
        "judged": f"{judged(diagnosis)} ({diagnosis.now_from})",
        "coverage": coverage(diagnosis),
    }
    if diagnosis.since:
        told["baseline"] = since_words(diagnosis.since)
    yield "    <properties>"
    for name, value in told.items():
        yield f'      <property name="{name}" value={_attribute(value)}/>'
    yield "    </properties>"


def _rule_cases(
    diagnosis: Diagnosis, dossier: Dossier | None, fail_on: Severity
) -> Iterator[Case]:
    fired: dict[str, list[Finding]] = {}
    silenced: dict[str, list[Finding]] = {}
    for into, some in ((fired, diagnosis.findings), (silenced, diagnosis.suppressed)):
        for one in some:
            into.setdefault(one.rule, []).append(one)
    rules = {one.rule: one for one in dossier.rules} if dossier else {}
    reasons: dict[str, str] = {}
    for note in diagnosis.not_evaluated:
        both = filter(None, (reasons.get(note.rule), reason(note)))
        reasons[note.rule] = "; ".join(both)
    stopped = {one.rule for one in diagnosis.not_evaluated if not one.needs}
    for rule in sorted({*rules, *fired, *silenced, *reasons}):
        told = rules.get(rule)
        group, name = _titled(rule, told)
        if rule in fired:
            yield _fired(group, name, fired[rule], fail_on, reasons.get(rule, ""))
        elif told and told.became is Became.STOPPED:
            yield Case(group, name, "error", "stopped", told.why, told.why)
        elif rule in stopped:
            yield Case(group, name, "error", "stopped", reasons[rule], reasons[rule])
        elif rule in silenced:
            yield Case(group, name, "skipped", message=_silenced(silenced[rule]))
        elif rule in reasons:
            yield Case(group, name, "skipped", message=f"not judged: {reasons[rule]}")
        elif told and told.became is not Became.NOT_RUN:
            yield Case(group, name)


def _titled(rule: str, told: RuleTold | None) -> tuple[str, str]:
    found = GROUP.match(rule)
    group = f"arcdiag.{found[1]}" if found else "arcdiag"
    return group, f"{rule} {told.name}" if told else rule


def _fired(
    group: str, name: str, findings: Sequence[Finding], fail_on: Severity, note: str
) -> Case:
    """Return the test of a rule that found something: it fails if that is an alarm."""
    bad = [o for o in findings if is_alarm(o) and o.severity.rank <= fail_on.rank]
    lower = [one for one in findings if one not in bad]
    out = _told(lower) + (f"Not judged everywhere: {note}\n" if note else "")
    if not bad:
        return Case(group, name, out=out)
    more = f" (and {len(bad) - 1:,} more)" if len(bad) > 1 else ""
    worst = min(bad, key=lambda one: one.severity.rank)
    message = f"{worst.severity}: {worst.title}{more}"
    return Case(group, name, "failure", str(worst.severity), message, _told(bad), out)


def _told(findings: Sequence[Finding]) -> str:
    parts = [_finding(one) for one in findings[:MOST_FINDINGS]]
    if len(findings) > MOST_FINDINGS:
        parts.append(f"and {len(findings) - MOST_FINDINGS:,} more findings\n")
    return "\n".join(parts)


def _finding(one: Finding) -> str:
    normal = " (normal, not a fault)" if one.benign else ""
    rows = [f"{str(one.severity).upper()} {one.title}{normal}", f"when: {when(one)}"]
    if one.explained_by:
        rows.append(f"because of: {', '.join(one.explained_by)}")
    rows += [f"why: {one.why}"] if one.why else []
    for proof in one.evidence:
        moment = f" at {iso(proof.time)}" if proof.time else ""
        rows.append(f"{place_of(proof.file, proof.line)}{moment}")
        text, left = cut(proof.text, LONG, MOST_LINES)
        rows += [f"    {row}" for row in text.split("\n")]
        rows += [f"    ({left})"] if left else []
    if one.counter_check:
        rows.append(f"check: {one.counter_check.text} {one.counter_check.result}")
    for number, step in enumerate(one.remedy, 1):
        notes = ", ".join(step_notes(step))
        rows.append(f"remedy {number}. {step.text}{f' [{notes}]' if notes else ''}")
        rows += [f"    $ {row}" for row in step.command.split("\n") if step.command]
    return "\n".join([*rows, *(f"see {link}" for link in references(one)), ""])


def _silenced(findings: Sequence[Finding]) -> str:
    said = []
    for one in findings:
        until = iso(one.silence.until) if one.silence else ""
        if one.silence:
            end = f" until {until}" if until else ""
            said.append(f"silenced by {one.silence.by}{end}: {one.silence.reason}")
    return "; ".join(dict.fromkeys(said)) or "silenced"


def _input_cases(diagnosis: Diagnosis) -> Iterator[Case]:
    """Yield whether all could be read: what was not must never pass for calm."""
    unread = [o for o in gaps(all_problems(diagnosis)) if o.kind != "rule-stopped"]
    rows = [f"{place_of(o.file, o.line)} {o.kind}: {o.text}" for o in unread]
    group, name = "arcdiag.input", "all of the input could be read"
    if unread:
        shown = rows[:MOST_UNREAD]
        if len(rows) > len(shown):
            shown.append(f"and {len(rows) - len(shown):,} more")
        message = f"part of the input could not be read ({len(unread):,})"
        yield Case(group, name, "error", "unread", message, "\n".join(shown))
    else:
        yield Case(group, name)
    name = "all rules could be loaded"
    errors = diagnosis.rule_errors
    if errors:
        message = f"{number_of(len(errors), 'error')} in the rules"
        yield Case("arcdiag.rules", name, "error", "rules", message, "\n".join(errors))
    else:
        yield Case("arcdiag.rules", name)


def _case(one: Case) -> Iterator[str]:
    head = f"    <testcase classname={_attribute(one.group)}"
    head += f' name={_attribute(one.name)} time="0"'
    if not one.kind and not one.out:
        yield f"{head}/>"
        return
    yield f"{head}>"
    if one.kind == "skipped":
        yield f"      <skipped message={_attribute(one.message)}/>"
    elif one.kind:
        kind = (
            f"{one.kind} type={_attribute(one.sort)} message={_attribute(one.message)}"
        )
        yield f"      <{kind}>{_text(one.text)}</{one.kind}>"
    if one.out:
        yield f"      <system-out>{_text(one.out)}</system-out>"
    yield "    </testcase>"


def _safe(text: str) -> str:
    shown = "\n".join(show(row) for row in text.split("\n"))
    return NONCHARACTERS.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", shown)


def _text(text: str) -> str:
    return escape(_safe(text))


def _attribute(text: str) -> str:
    return quoteattr(_safe(" ".join(text.split())))
