"""What to show of the log, chosen from lists: values, logs; and rules of a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from diag.engine.outcomes import outcomes
from diag.errors import DiagError
from diag.store.browse import LEVELS, WARNING
from diag.tui.dialogs import Chooser, Ticker
from diag.tui.kqltext import quoted
from diag.tui.panes.logfilter import LogFilter

if TYPE_CHECKING:
    from diag.engine.outcomes import RuleOutcome
    from diag.store.browse import Line
    from diag.tui.door import Part

MARK = "bold $text-warning"
VALUES = """
SELECT e.Component, e.Code, e.TemplateId, e.ActivityId, t.Template, t.Events
FROM EventRows e LEFT JOIN Templates t USING (TemplateId) WHERE e.rowid = $row"""
UNTIMED = "\0untimed"
MOST_SHOWN = 60


class LogChoose(LogFilter):
    """The keys that open a list."""

    def action_value(self, keep: bool) -> None:  # noqa: FBT001 - Textual's call
        """Keep only lines with a value of this one, or hide them."""
        line = self.log_view.line
        if line is None:
            return
        sign = "==" if keep else "!="
        name, value = ("Log", line.log) if line.log else ("File", line.file)
        rows = [(f"{name} {sign} {quoted(value)}", _told(name, value))]
        rows.append((f"Level {sign} {quoted(line.level)}", _told("Level", line.level)))
        if name == "Log":
            rows.append((f"File {sign} {quoted(line.file)}", _told("File", line.file)))
        try:
            found = self.case.browser.rows(VALUES, {"row": line.row})
        except DiagError as error:
            self.triage.say(str(error))
            return
        component, code, template, activity, text, count = found[0]
        for name, value in (
            ("Component", component),
            ("Code", code),
            ("ActivityId", activity),
        ):
            if value:
                rows.append((f"{name} {sign} {quoted(value)}", _told(name, value)))
        if text is not None:
            words = f"{text[:MOST_SHOWN]}  ({count:,} lines)"
            rows.append((f"TemplateId {sign} {template}", _told("Alike", words)))
        title = "Keep only lines with" if keep else "Hide lines with"
        self.app.push_screen(Chooser(title, rows), self._add_name)

    def _add_name(self, name: object) -> None:
        if isinstance(name, str):
            self.add_condition(name)

    def action_level(self) -> None:
        """Show all levels, warnings and worse, errors and worse."""
        showing = self.showing
        showing.level = (
            0 if showing.level >= len(LEVELS) - 2 else max(showing.level + 1, WARNING)
        )
        showing.off = False
        self.apply_showing()

    def action_logs(self) -> None:
        """Choose which logs are shown."""
        names: dict[str, int] = {}
        for one in self.case.diagnosis.files:
            if one.lines:
                name = one.log or one.file
                names[name] = names.get(name, 0) + one.events + one.unparsed
        rows: list[tuple[str, list[Part | str]]] = [
            (name, [(f"{name:<24} ", "bold"), f"{count:>12,} lines"])
            for name, count in sorted(names.items())
        ]
        ticked = set(names) - self.showing.hidden
        if self.case.order.untimed:
            count = self.case.order.untimed
            word = f"lines without a time, of documents: {count:,}"
            rows.append((UNTIMED, [word]))
            if self.showing.untimed:
                ticked.add(UNTIMED)
        self.app.push_screen(
            Ticker("Logs to show", rows, ticked),
            lambda said: self._choose_logs(set(names), said),
        )

    def _choose_logs(self, names: set[str], said: object) -> None:
        if isinstance(said, frozenset):
            self.showing.hidden = names - said
            self.showing.untimed = UNTIMED in said
            self.showing.off = False
            self.apply_showing()

    def action_rules(self) -> None:
        """Say which rules looked at the line: what they found, or why they did not."""
        line = self.log_view.line
        if line is not None:
            self._find_rules(line)

    @work(thread=True, exclusive=True, group="rules")
    def _find_rules(self, line: Line) -> None:
        try:
            told = outcomes(
                self.case.loaded.store,
                self.case.rules(),
                self.case.diagnosis,
                line.log,
                experimental=self.case.wanted.experimental,
            )
        except DiagError as error:
            self.app.call_from_thread(self.triage.say, str(error))
        else:
            self.app.call_from_thread(self._show_rules, line, told)

    def _show_rules(self, line: Line, told: list[RuleOutcome]) -> None:
        findings = self.case.diagnosis.findings
        own = self.case.proofs.get(line.row, ())
        rows: list[tuple[str, list[Part | str]]] = [
            (f"{n}", [("● ", MARK), _words(findings[n].rule), findings[n].title])
            for n in own
        ]
        title = f"{len(rows)} findings have this line as evidence"
        head = f"Rules that read {line.log or 'any log'} ({len(told)})"
        rows.append(("", [(head, "bold")]))
        numbers = {one.rule: n for n, one in enumerate(findings) if n not in own}
        for one in told:
            number = numbers.get(one.rule)
            name = f"rule {one.rule}" if number is None else f"{number}"
            row: list[Part | str] = [f"{one.word:<10} ", _words(one.rule), one.name]
            rows.append((name, [*row, (f"  {one.why}", "$text-muted")]))
        hint = "Enter on what fired goes to the finding, Esc closes"
        self.app.push_screen(Chooser(title, rows, hint), self._to_finding)

    def _to_finding(self, name: object) -> None:
        if isinstance(name, str) and name.isdigit():
            self.triage.go_to_finding(int(name))


def _words(rule: str) -> Part:
    return f"{rule:<13} ", "bold"


def _told(name: str, value: str) -> list[Part | str]:
    return [(f"{name:<11} ", "$text-muted"), value or "(none)"]
