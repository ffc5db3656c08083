"""Findings: the answer first; the selected one with why, proof, check and steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from diag.clock import iso
from diag.model import Severity
from diag.tui.door import content, lines
from diag.tui.keys import bindings
from diag.tui.panes.pane import Pane

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content

    from diag.model import Finding, Step
    from diag.tui.door import Part

LETTERS = {
    Severity.CRITICAL: ("C", "bold $text-error"),
    Severity.HIGH: ("H", "bold $text-error"),
    Severity.MEDIUM: ("M", "bold $text-warning"),
    Severity.LOW: ("L", "$text-accent"),
    Severity.INFO: ("i", "$text-muted"),
}
LABEL = 10


class FindingsPane(Pane):
    """The list of findings, and the details of the selected one."""

    DEFAULT_CSS = """
    FindingsPane OptionList { height: 1fr; border: none; padding: 0; }
    FindingsPane VerticalScroll { height: 1fr; border-top: solid $panel-lighten-2; }
    FindingsPane.wide { layout: horizontal; }
    FindingsPane.wide OptionList { width: 2fr; height: 100%; }
    FindingsPane.wide VerticalScroll {
      width: 3fr; height: 100%; border-top: none; border-left: solid $panel-lighten-2;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("findings")]

    def compose(self) -> ComposeResult:
        """Make the list and the details."""
        yield OptionList(id="finding-list")
        with VerticalScroll(id="finding-details", can_focus=False):
            yield Static(id="finding-text")

    def on_mount(self) -> None:
        """List the findings: alarms, what is no fault, what is silenced."""
        self._left: list[tuple[str, Finding | None]] = []
        diagnosis = self.case.diagnosis
        real = [one for one in diagnosis.findings if not one.benign]
        benign = [one for one in diagnosis.findings if one.benign]
        self._numbers = {id(one): n for n, one in enumerate(diagnosis.findings)}
        for title, some in (
            *(
                (str(level).upper(), [f for f in real if f.severity is level])
                for level in Severity
            ),
            ("NORMAL, NOT A FAULT", benign),
            ("SILENCED", list(diagnosis.suppressed)),
        ):
            if some:
                self._left.append((f" {title} ({len(some)})", None))
                for place, one in enumerate(some):
                    name = str(self._numbers.get(id(one), f"s{place}"))
                    self._left.append((name, one))
        self._add_some()
        self.first.highlighted = 1 if real or benign else None
        if not (real or benign):
            self._show_nothing()

    def _add_some(self) -> None:
        """List some more findings: to draw all of them at once takes too long."""
        if self._all_there:
            return
        some, self._left = self._left[:MOST_AT_ONCE], self._left[MOST_AT_ONCE:]
        self.first.add_options(
            [
                Option(self._row(one), id=text)
                if one
                else Option(content((text, "bold")), disabled=True)
                for text, one in some
            ]
        )
        if self._left:
            self.call_after_refresh(self._add_some)
        else:
            self._all_there = True
            self._add_end(self.first)

    def _add_end(self, options: OptionList) -> None:
        if not self.case.diagnosis.findings:
            options.add_option(Option(content(" nothing was found"), disabled=True))
        left = self.case.diagnosis.not_evaluated
        if not left:
            return
        head = content((f" NOT JUDGED ({len(left)})", "bold"))
        options.add_option(Option(head, disabled=True))
        for one in left[:MOST_UNJUDGED]:
            why = one.reason or f"needs {', '.join(one.needs)}"
            row = content(("   ", ""), (one.rule, "$text-muted"), f"  {why}")
            options.add_option(Option(row, disabled=True))
        if len(left) > MOST_UNJUDGED:
            more = content(
                f"   and {len(left) - MOST_UNJUDGED} more (arcdiag check -v)"
            )
            options.add_option(Option(more, disabled=True))

    def _row(self, one: Finding) -> Content:
        letter, style = LETTERS[one.severity]
        moment = f"{one.first_seen:%m-%d %H:%M}" if one.first_seen else "-"
        because = f"  ← {', '.join(one.explained_by)}" if one.explained_by else ""
        return content(
            (f"  {letter} ", style),
            (f"{one.rule:<12} ", "bold"),
            one.title,
            (f"  {moment}  {one.count:,}x{because}", "$text-muted"),
        )

    @property
    def finding(self) -> Finding | None:
        """The selected finding."""
        options = self.query_one(OptionList)
        if options.highlighted is None:
            return None
        name = options.get_option_at_index(options.highlighted).id or ""
        if name.startswith("s"):
            return self.case.diagnosis.suppressed[int(name[1:])]
        return self.case.diagnosis.findings[int(name)] if name else None

    def on_option_list_option_highlighted(self) -> None:
        """Show the details of the selected finding."""
        finding = self.finding
        if finding is not None:
            self._proof = 0
            note = self.triage.session.note_of(finding)
            self.query_one("#finding-text", Static).update(details(finding, note))
            self.query_one(VerticalScroll).scroll_home(animate=False)

    def _show_nothing(self) -> None:
        one = self.case.diagnosis.coverage
        text = f"{one.fired + one.clean} of {one.rules} rules could look."
        self.query_one("#finding-text", Static).update(content(text))

    def on_option_list_option_selected(self) -> None:
        """Go to the evidence."""
        self.action_evidence()

    @property
    def first(self) -> OptionList:
        """The list."""
        return self.query_one(OptionList)

    def on_resize(self) -> None:
        """Side by side where there is room."""
        self.set_class(self.size.width >= WIDE, "wide")

    def go_to(self, number: int) -> None:
        """Select a finding, by its place in the diagnosis."""
        while not self._all_there:
            self._add_some()
        options = self.first
        options.highlighted = options.get_option_index(str(number))

    def action_evidence(self) -> None:
        """Show the first line of its evidence in the log."""
        finding = self.finding
        if finding is None:
            return
        for proof in finding.evidence[self._proof :]:
            row = self.case.row_of(proof)
            if row is not None:
                self.triage.go_to_line(row)
                return
        self.triage.say("no line of a log proves this finding")

    def action_proof(self, step: int) -> None:
        """Choose another line of its evidence, and show it."""
        finding = self.finding
        if finding and finding.evidence:
            self._proof = (self._proof + step) % len(finding.evidence)
            self.action_evidence()

    def action_note(self) -> None:
        """Add a note to the finding."""
        if self.finding is not None:
            self.triage.ask_note(self.finding)

    def action_copy(self) -> None:
        """Copy the commands of its remedy."""
        finding = self.finding
        commands = (
            [step.command for step in finding.remedy if step.command] if finding else []
        )
        self.triage.copy("\n".join(commands), f"{len(commands)} commands")

    _proof = 0
    _all_there = False


MOST_UNJUDGED = 12
MOST_AT_ONCE = 100  # rows; more than any screen has
WIDE = 140
LONGEST = 400


def details(one: Finding, note: str = "") -> Content:
    """Return all that is known of a finding, as rows, with somebody's note."""
    letter, style = LETTERS[one.severity]
    rows: list[list[Part | str]] = [
        [(f" {letter} {str(one.severity).upper()}  ", style), (one.title, "bold")],
        _labelled(
            "rule", f"{one.rule}  {'(experimental)' if one.status != 'stable' else ''}"
        ),
        _labelled("when", _when(one)),
        _labelled("why", one.why),
    ]
    if note:
        rows.append(_labelled("note", note))
    if one.explained_by:
        rows.append(_labelled("because", ", ".join(one.explained_by)))
    if one.silence:
        rows.append(_labelled("silenced", f"{one.silence.by}: {one.silence.reason}"))
    for number, proof in enumerate(one.evidence):
        rows.append(
            _labelled("" if number else "evidence", f"{proof.file}:{proof.line}")
        )
        first = proof.text.partition("\n")[0][:LONGEST]
        rows.append([" " * (LABEL + 1), (first, "$text-muted")])
    if one.counter_check:
        rows.append(
            _labelled("check", f"{one.counter_check.text} {one.counter_check.result}")
        )
    for number, step in enumerate(one.remedy, 1):
        rows += _step(number, step)
    rows += [_labelled("reference", address) for address in one.references]
    return lines(rows)


def _labelled(label: str, text: str) -> list[Part | str]:
    return [(f" {label:<{LABEL}}", "$text-muted"), text]


def _when(one: Finding) -> str:
    first, last = iso(one.first_seen), iso(one.last_seen)
    span = first if first == last else f"{first} to {last}"
    return f"{span or 'without a time'}, {one.count:,} times"


def _step(number: int, step: Step) -> list[list[Part | str]]:
    word = "changes the machine" if step.changes == "state" else "only looks"
    who = ", as admin" if step.needs == "admin" else ""
    rows = [
        _labelled("do" if number == 1 else "", f"{number}. {step.text}"),
    ]
    rows[0].append((f"  [{word}{who}]", "$text-muted"))
    if step.command:
        rows.append(_labelled("", f"   $ {step.command}"))
    return rows
