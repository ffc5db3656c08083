//! One record, matched or not, as one row of the columns.

use crate::bytes::after;
use crate::clock::Clock;
use crate::columns::Columns;
use crate::gotext;
use crate::json;
use crate::matcher::Captures;
use crate::members::Members;
use crate::plan::{Field, Kind, Layout, Plan, Target};
use crate::template::{Interner, mask};

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
    members: Members,
    masked: Vec<u8>,
    level: Option<Vec<u8>>,
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
        self.close(number, 1, false);
    }

    /// A record that matched a layout of its plan.
    pub fn parsed(&mut self, plan: &Plan, record: Record<'_>, found: &Captures, clock: &mut Clock) {
        let Some(layout) = plan.layouts.get(found.layout) else {
            return;
        };
        let time = clock.utc(found.stamp, record.line);
        self.columns.time.push(time);
        self.fields(plan, layout, record.text, found);
        if layout.has_message {
            // Lines that the layout did not take are never lost.
            let left = after(record.text, found.end);
            self.columns.message.bytes.extend_from_slice(left);
        } else {
            self.columns.message.bytes.extend_from_slice(record.text);
        }
        if self.columns.code.open().is_empty() {
            let code = plan.codes.iter().find_map(|code| code.find(record.text));
            self.columns
                .code
                .bytes
                .extend_from_slice(code.unwrap_or_default());
        }
        self.close(record.line, record.lines, true);
    }

    #[inline]
    fn fields(&mut self, plan: &Plan, layout: &Layout, text: &[u8], found: &Captures) {
        let (mut pid, mut tid) = (None, None);
        self.members.begin();
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
        if let Some(word) = self.level.take() {
            self.members
                .text(&mut self.columns.fields.bytes, b"level", &word);
        }
        self.members.end(&mut self.columns.fields.bytes);
        self.columns.pid.push(pid);
        self.columns.tid.push(tid);
    }

    /// A number of a process or thread; what is none stays a member of `Fields`.
    fn process(&mut self, name: &[u8], value: &[u8]) -> Option<i64> {
        let number = number(value);
        if number.is_none() {
            self.members
                .text(&mut self.columns.fields.bytes, name, value);
        }
        number
    }

    #[inline]
    fn level(&mut self, plan: &Plan, word: &[u8]) {
        match plan.levels.name(word) {
            Some(name) => self.columns.level.bytes.extend_from_slice(name.as_bytes()),
            None if word.is_empty() => {}
            None => self.level = Some(word.to_vec()),
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

    /// Ends the row: all columns that both kinds of rows have in common.
    #[inline]
    fn close(&mut self, line: u64, lines: u64, parsed: bool) {
        self.masked.clear();
        mask(self.columns.message.open(), &mut self.masked);
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
