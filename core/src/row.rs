//! One record, matched or not, as one row of the columns.

use crate::bytes::after;
use crate::clock::Clock;
use crate::columns::Columns;
use crate::gotext;
use crate::json;
use crate::matcher::Captures;
use crate::members::Members;
use crate::object_row::Scratch;
use crate::plan::{Field, Kind, Layout, Plan, Target};
use crate::relevel::{Rule, Subject};
use crate::template::{BETWEEN, Interner, mask};

/// A record as the file has it.
#[derive(Clone, Copy)]
pub(crate) struct Record<'a> {
    pub text: &'a [u8],
    pub line: u64,
    pub lines: u64,
}

/// Writes rows; knows the file they come from.
#[derive(Default)]
pub(crate) struct RowWriter {
    pub columns: Columns,
    pub templates: Interner,
    pub file_id: i64,
    pub(super) members: Members,
    pub(super) scratch: Scratch,
    masked: Vec<u8>,
}

impl RowWriter {
    /// A line that no layout takes: the line is the message.
    pub fn unparsed(&mut self, line: &[u8], number: u64) {
        let columns = &mut self.columns;
        columns.time.push(None);
        columns.message.bytes.extend_from_slice(line);
        columns.pid.push(None);
        columns.tid.push(None);
        columns.fields.bytes.extend_from_slice(b"{}");
        self.end_row(number, 1, false);
    }

    /// A record that matched a layout of its plan.
    pub fn parsed(&mut self, plan: &Plan, record: Record<'_>, found: &Captures, clock: &mut Clock) {
        let Some(layout) = plan.layouts.get(found.layout) else {
            return;
        };
        let time = clock.utc(found.stamp, record.line);
        self.columns.time.push(time);
        self.members.begin();
        let (pid, tid) = self.fields(plan, layout, record.text, found);
        self.members.end(&mut self.columns.fields.bytes);
        self.columns.pid.push(pid);
        self.columns.tid.push(tid);
        self.message(layout, record.text, found);
        self.code(plan, record.text);
        self.close(plan, record.line, record.lines);
    }

    /// The message, or all of the text if no field is that.
    #[inline]
    pub(super) fn message(&mut self, layout: &Layout, text: &[u8], found: &Captures) {
        let message = &mut self.columns.message.bytes;
        if layout.has_message {
            // Lines that the layout did not take are never lost.
            message.extend_from_slice(after(text, found.end));
        } else {
            message.extend_from_slice(text);
        }
    }

    /// The first of the plan's codes in the text, unless a field was one.
    #[inline]
    pub(super) fn code(&mut self, plan: &Plan, text: &[u8]) {
        let out = &mut self.columns.code;
        if out.open().is_empty() {
            let code = plan.codes.iter().find_map(|code| code.find(text));
            out.bytes.extend_from_slice(code.unwrap_or_default());
        }
    }

    /// Writes the fields of a layout; returns what process and thread are.
    #[inline]
    pub(super) fn fields(
        &mut self,
        plan: &Plan,
        layout: &Layout,
        text: &[u8],
        found: &Captures,
    ) -> (Option<i64>, Option<i64>) {
        let (mut pid, mut tid) = (None, None);
        for field in &layout.fields {
            let Some(value) = found.get(field.slot, text) else {
                continue;
            };
            let escaped = found.is_escaped(field.slot);
            let columns = &mut self.columns;
            match &field.target {
                Target::Pid => pid = self.process(b"pid", value),
                Target::Tid => tid = self.process(b"tid", value),
                Target::Component => put(&mut columns.component.bytes, value, escaped),
                Target::Activity => put(&mut columns.activity.bytes, value, escaped),
                Target::Code => put(&mut columns.code.bytes, value, escaped),
                Target::Message => put(&mut columns.message.bytes, value, escaped),
                Target::Level => self.level(plan, value),
                Target::Named(name) => self.named(name, field, value, escaped),
                Target::Keys => self.members.pairs(&mut columns.fields.bytes, value),
            }
        }
        (pid, tid)
    }

    /// A number of a process or thread; what is none stays a member of `Fields`.
    pub(super) fn process(&mut self, name: &[u8], value: &[u8]) -> Option<i64> {
        let number = number(value);
        if number.is_none() {
            self.members
                .text(&mut self.columns.fields.bytes, name, value);
        }
        number
    }

    /// A word for a level; one that the family does not know is kept as it is.
    #[inline]
    pub(super) fn level(&mut self, plan: &Plan, word: &[u8]) {
        match plan.levels.name(word) {
            Some(name) => self.columns.level.bytes.extend_from_slice(name.as_bytes()),
            None if word.is_empty() => {}
            None => self
                .members
                .text(&mut self.columns.fields.bytes, b"level", word),
        }
    }

    #[inline]
    fn named(&mut self, name: &[u8], field: &Field, value: &[u8], escaped: bool) {
        let out = &mut self.columns.fields.bytes;
        self.members.known(out, name);
        if field.kind == Kind::Int {
            json::number(out, value);
        } else {
            self.members.value(out, value, escaped);
        }
    }

    /// Ends the row of a record.
    #[inline]
    pub(super) fn close(&mut self, plan: &Plan, line: u64, lines: u64) {
        if !plan.relevel.is_empty() {
            self.relevel(&plan.relevel);
        }
        self.end_row(line, lines, true);
    }

    /// Gives the record the level that it really has.
    fn relevel(&mut self, rules: &[Rule]) {
        let columns = &self.columns;
        let value = |subject: &Subject| match subject {
            Subject::Level => columns.level.open(),
            Subject::Component => columns.component.open(),
            Subject::Code => columns.code.open(),
            Subject::Message => columns.message.open(),
            Subject::Member(name) => self.members.find(&columns.fields.bytes, name),
        };
        let holds = |rule: &&Rule| {
            let mut conditions = rule.conditions.iter();
            conditions.all(|(subject, pattern)| pattern.fits(value(subject)))
        };
        if let Some(rule) = rules.iter().find(holds) {
            self.columns.level.rewrite(rule.level.as_bytes());
        }
    }

    /// All columns that both kinds of rows have in common.
    #[inline]
    fn end_row(&mut self, line: u64, lines: u64, parsed: bool) {
        self.masked.clear();
        mask(self.columns.message.open(), &mut self.masked);
        let fields = self.columns.fields.open();
        if fields != NO_FIELDS {
            self.masked.push(BETWEEN);
            mask(fields, &mut self.masked);
        }
        let template = self.templates.number(&self.masked);
        let columns = &mut self.columns;
        columns.component.close();
        columns.level.close();
        columns.code.close();
        columns.message.close();
        columns.activity.close();
        columns.fields.close();
        columns.parsed.push(parsed);
        columns.file.push(self.file_id);
        columns.line.push(line as i64);
        columns.line_count.push(lines as i64);
        columns.template.push(template);
    }
}

/// The fields of a record that has none.
const NO_FIELDS: &[u8] = b"{}";

#[inline]
fn put(out: &mut Vec<u8>, value: &[u8], escaped: bool) {
    if escaped {
        gotext::unescape(out, value);
    } else {
        out.extend_from_slice(value);
    }
}

/// Digits as a number, None when they are too many or not all digits.
#[inline]
fn number(text: &[u8]) -> Option<i64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_i64, |value, byte| {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}
