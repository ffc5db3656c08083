"""`arcdiag rules show`: one rule, readable."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from diag.cli import arguments
from diag.cli.exits import Exit

if TYPE_CHECKING:
    import argparse

    from diag.cli.console import Console
    from diag.engine.rule import Parameter, Rule, RuleTest, StepSpec
    from diag.report.page import Page


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    parser.add_argument("id", metavar="ID", help="the rule, such as ARC-HB-001")
    arguments.add_content(parser, "rules")
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Show what a rule looks for, what it says, and how it is proved.

    Args:
        args: What was parsed.
        console: Where the page goes.

    Raises:
        UsageError: There is no such rule.
    """
    from diag import engine
    from diag.report.page import Page

    rules = engine.load_rules(args.rules, [args.id], unlocked=args.unlocked)
    stream = io.StringIO()
    page = Page(stream, console.style())
    for rule in rules:
        _head(page, rule)
        _conditions(page, rule)
        _query(page, rule)
        _advice(page, rule)
        _tests(page, rule)
        page.labelled("file", (rules.place(rule), ""))
    console.result(stream.getvalue())
    return Exit.CLEAN


def _head(page: Page, rule: Rule) -> None:
    page.line((rule.id, "bold"), (f"  {rule.name}", "bold"), hang=2)
    state = "" if rule.enabled else ", disabled"
    kind = "benign" if rule.benign else str(rule.severity)
    page.labelled("severity", (f"{kind}, {rule.status}{state}", ""))
    page.labelled("looks for", (rule.description, ""))
    if rule.basis:
        page.labelled("basis", (rule.basis, ""))
    if rule.covers:
        page.labelled("covers", (", ".join(rule.covers), ""))


def _conditions(page: Page, rule: Rule) -> None:
    if rule.required_logs:
        page.labelled("needs", (" and ".join(rule.required_logs), ""))
    if rule.required_any_log:
        page.labelled("needs", (f"one of {', '.join(rule.required_any_log)}", ""))
    wanted = rule.applies_to
    if not wanted.is_open:
        version = f"agent {wanted.versions.text}" if wanted.versions else ""
        facts = [*wanted.systems, version]
        page.labelled("machines", (", ".join(fact for fact in facts if fact), ""))
    if rule.explains:
        page.labelled("explains", (", ".join(rule.explains), ""))
    if rule.suppress:
        silenced = ", ".join(f"{one.rule} ({one.when})" for one in rule.suppress)
        page.labelled("silences", (silenced, ""))
    for number, one in enumerate(rule.parameters):
        page.labelled("parameters" if number == 0 else "", (_parameter(one), ""))


def _parameter(one: Parameter) -> str:
    bounds = [
        f"{word} {value}"
        for word, value in (("at least", one.low), ("at most", one.high))
        if value is not None
    ]
    note = f" ({', '.join(bounds)})" if bounds else ""
    about = f": {one.description}" if one.description else ""
    return f"{one.name} = {one.default}{note}{about}"


def _query(page: Page, rule: Rule) -> None:
    page.blank()
    for line in rule.query.rstrip("\n").split("\n"):
        page.whole((line, ""), indent=4)
    page.blank()


def _advice(page: Page, rule: Rule) -> None:
    for label, text in (
        ("title", rule.finding.title),
        ("detail", rule.finding.detail),
        ("check", rule.counter_check.text if rule.counter_check else ""),
        ("remedy", rule.remedy_summary),
    ):
        if text:
            page.labelled(label, (text, ""))
    for number, step in enumerate(rule.remedy, start=1):
        _step(page, number, step)
    for number, text in enumerate(rule.false_positives):
        page.labelled("not if" if number == 0 else "", (text, ""))
    for number, address in enumerate(rule.references):
        page.labelled("see" if number == 0 else "", (address, ""))


def _step(page: Page, number: int, step: StepSpec) -> None:
    notes = [f"needs {step.needs}"] if step.needs != "user" else []
    notes += ["changes the machine"] if step.changes != "none" else []
    note = f" [{', '.join(notes)}]" if notes else ""
    page.labelled("", (f"{number}. {step.text}{note}", ""))
    systems = {"linux": step.linux, "windows": step.windows}
    same = step.linux == step.windows
    for system, command in systems.items():
        if not command or (same and system == "windows"):
            continue
        for line in command.splitlines():
            page.labelled("", (f"   {'any' if same else system}: {line}", ""))
    if step.reference:
        page.labelled("", (f"   {step.reference}", ""))


def _tests(page: Page, rule: Rule) -> None:
    for number, test in enumerate(rule.tests):
        label = "tests" if number == 0 else ""
        page.labelled(label, (f"{_verdict(test)}: {test.name}", ""))


def _verdict(test: RuleTest) -> str:
    return "fires" if test.fires else "silent"
