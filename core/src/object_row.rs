//! One JSON object as one row of the columns.

use std::borrow::Cow;

use memchr::memchr;

use crate::clock::Clock;
use crate::matcher::{Captures, find};
use crate::objects::{Column, Leaf, Objects, Value};
use crate::plan::{Codec, Layout, Plan};
use crate::row::RowWriter;
use crate::time::{Stamp, TimeScanner};

/// What is kept from object to object, so that it is not made anew for each.
#[derive(Default)]
pub(crate) struct Scratch {
    times: TimeScanner,
    inner: Captures,
}

/// An object and the lines it took.
pub(crate) struct ObjectRecord<'a> {
    pub leaves: Vec<Leaf<'a>>,
    pub line: u64,
    pub lines: u64,
}

impl<'a> ObjectRecord<'a> {
    /// Takes the value of a column out of the members.
    fn take(&mut self, objects: &Objects, column: Column) -> Cow<'a, [u8]> {
        let Some((_, names)) = objects.columns.iter().find(|(own, _)| *own == column) else {
            return Cow::Borrowed(b"");
        };
        let place = names.iter().find_map(|name| {
            let same = |leaf: &Leaf<'_>| *leaf.name == **name && !leaf.value.is_empty();
            self.leaves.iter().position(same)
        });
        place.map_or(Cow::Borrowed(b""), |at| {
            self.leaves.remove(at).value.into_text()
        })
    }
}

impl RowWriter {
    /// A record that is an object. What a layout of its plan finds in the message
    /// counts more than what stands beside it, except for a time.
    pub fn object(&mut self, plan: &Plan, mut record: ObjectRecord<'_>, clock: &mut Clock) {
        let Some(objects) = &plan.objects else { return };
        let mut scratch = std::mem::take(&mut self.scratch);
        let message = record.take(objects, Column::Message);
        let line_end = memchr(b'\n', &message).unwrap_or(message.len());
        let Scratch { times, inner } = &mut scratch;
        let layout = find(plan, &message, line_end, times, inner)
            .then(|| plan.layouts.get(inner.layout))
            .flatten();
        let written = record.take(objects, Column::Time);
        let stamp = if written.is_empty() {
            layout.map_or(Stamp::None, |_| inner.stamp)
        } else {
            whole(plan.codec, &written, times)
        };
        self.columns.time.push(clock.utc(stamp, record.line));
        self.members.begin();
        if stamp == Stamp::Bad {
            self.members
                .text(&mut self.columns.fields.bytes, b"time", &written);
        }
        self.object_columns(
            plan,
            objects,
            &mut record,
            &message,
            layout.zip(Some(&*inner)),
        );
        self.object_members(objects, &record.leaves);
        self.members.end(&mut self.columns.fields.bytes);
        self.code(plan, &message);
        self.close(plan, record.line, record.lines);
        self.scratch = scratch;
    }

    fn object_columns(
        &mut self,
        plan: &Plan,
        objects: &Objects,
        record: &mut ObjectRecord<'_>,
        message: &[u8],
        inner: Option<(&Layout, &Captures)>,
    ) {
        let (mut pid, mut tid) = (None, None);
        if let Some((layout, found)) = inner {
            (pid, tid) = self.fields(plan, layout, message, found);
            self.message(layout, message, found);
        } else {
            self.columns.message.bytes.extend_from_slice(message);
        }
        let level = record.take(objects, Column::Level);
        if self.columns.level.open().is_empty() {
            self.level(plan, &level);
        }
        for (column, name) in [(Column::Pid, &b"pid"[..]), (Column::Tid, b"tid")] {
            let place = if column == Column::Pid {
                &mut pid
            } else {
                &mut tid
            };
            let value = record.take(objects, column);
            if place.is_none() && !value.is_empty() {
                *place = self.process(name, &value);
            }
        }
        self.columns.pid.push(pid);
        self.columns.tid.push(tid);
        let columns = &mut self.columns;
        for (column, out) in [
            (Column::Component, &mut columns.component),
            (Column::Activity, &mut columns.activity),
            (Column::Code, &mut columns.code),
        ] {
            let value = record.take(objects, column);
            if out.open().is_empty() {
                out.bytes.extend_from_slice(&value);
            }
        }
    }

    /// What fills no column becomes a member of `Fields`.
    fn object_members(&mut self, objects: &Objects, leaves: &[Leaf<'_>]) {
        let out = &mut self.columns.fields.bytes;
        for leaf in leaves {
            if objects.without.contains(&*leaf.name) {
                continue;
            }
            let name = leaf.name.as_bytes();
            match &leaf.value {
                Value::Text(text) => self.members.text(out, name, text.as_bytes()),
                Value::Raw(raw) => self.members.raw(out, name, raw.as_bytes()),
            }
        }
    }
}

/// A time that a value is as a whole.
fn whole(codec: Option<Codec>, text: &[u8], times: &mut TimeScanner) -> Stamp {
    let text = text.trim_ascii();
    let found = codec.and_then(|codec| times.scan(codec, text));
    let stamp = found.filter(|(length, _)| *length == text.len());
    stamp.map_or(Stamp::Bad, |(_, stamp)| stamp)
}
