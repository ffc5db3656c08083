//! Lines to records: what starts one, what goes on with it, what is neither.

use memchr::memchr;

use crate::bytes::{after, between, is_blank, until};
use crate::clock::Clock;
use crate::matcher::{Captures, find};
use crate::object_row::ObjectRecord;
use crate::objects::{Entry, Objects, Placed, leaves, placed};
use crate::open::{Open, RECORD_CAP};
use crate::plan::Plan;
use crate::reader::Chunk;
use crate::report::{Counts, Problem, Series};
use crate::row::Record;
use crate::time::TimeScanner;

mod torn;

use torn::Torn;

/// Takes the records of a text in their order.
pub(crate) trait Sink {
    /// A record that matched a layout of its plan.
    fn parsed(
        &mut self,
        plan: &Plan,
        record: Record<'_>,
        found: &Captures,
        clock: &mut Clock,
    ) -> Result<(), Stopped>;
    /// A record that is an object of a plan for objects.
    fn object(
        &mut self,
        plan: &Plan,
        record: ObjectRecord<'_>,
        clock: &mut Clock,
    ) -> Result<(), Stopped>;
    /// A line that no layout takes.
    fn unparsed(&mut self, line: &[u8], number: u64) -> Result<(), Stopped>;
}

/// The work was cancelled, or nobody wants its result any more.
#[derive(Debug)]
pub(crate) struct Stopped;

/// Assembles the records of one file.
pub(crate) struct Assembler<'p> {
    plan: Option<&'p Plan>,
    times: TimeScanner,
    clock: Clock,
    is_open: bool,
    open: Open,
    /// Of the open record, of the line that is looked at, and of a record as a
    /// whole: that one is read while the next line's captures still wait.
    found: Box<Captures>,
    next: Box<Captures>,
    whole: Box<Captures>,
    counts: Counts,
    long_records: Series,
    /// Lines at the begin that belong to the last record of the part before.
    taken: u64,
    /// Whether a part follows, which may begin with the rest of the last line.
    followed: bool,
    torn: Option<Torn>,
    /// Lines of the open record that stand in the next part.
    foreign: u64,
}

impl<'p> Assembler<'p> {
    pub fn new(plan: Option<&'p Plan>, clock: Clock) -> Self {
        Self {
            plan,
            times: TimeScanner::default(),
            clock,
            is_open: false,
            open: Open::default(),
            found: Box::default(),
            next: Box::default(),
            whole: Box::default(),
            counts: Counts::default(),
            long_records: Series::new("long-record"),
            taken: 0,
            followed: false,
            torn: None,
            foreign: 0,
        }
    }

    /// Leaves so many lines out, which are counted as going on; `followed` says
    /// that `join` is asked for the last line if it has no end.
    pub fn part(&mut self, taken: u64, followed: bool) {
        self.taken = taken;
        self.counts.continued += taken;
        self.followed = followed;
    }

    /// Takes the lines of a chunk.
    pub fn chunk(&mut self, chunk: &Chunk, sink: &mut impl Sink) -> Result<(), Stopped> {
        let text = &chunk.text;
        let mut start = 0;
        let mut number = chunk.first_line;
        let mut kept = text.len();
        while start < text.len() {
            let end = memchr(b'\n', after(text, start)).map_or(text.len(), |found| start + found);
            if number <= self.taken {
                // Stands in the part before.
            } else if end == text.len() && self.followed {
                let line = between(text, start, end).to_vec();
                self.torn = Some(Torn { line, number });
                kept = start;
            } else {
                self.line(text, start, end, number, sink)?;
            }
            start = end + 1;
            number += 1;
        }
        self.counts.lines += number - chunk.first_line;
        self.keep_open(until(text, kept));
        Ok(())
    }

    #[inline]
    fn line(
        &mut self,
        text: &[u8],
        start: usize,
        end: usize,
        number: u64,
        sink: &mut impl Sink,
    ) -> Result<(), Stopped> {
        let line = between(text, start, end);
        let Some(plan) = self.plan else {
            return self.other(line, number, sink);
        };
        if let Some(objects) = &plan.objects {
            return self.entry(plan, objects, line, number, sink);
        }
        // A layout may take anything, but never a line on which nothing stands.
        let blank = is_blank(line);
        if !blank && find(plan, line, line.len(), &mut self.times, &mut self.next) {
            self.flush(text, sink)?;
            std::mem::swap(&mut self.found, &mut self.next);
            self.is_open = true;
            self.open.begin(start, line.len(), number);
            if plan.fold {
                Ok(())
            } else {
                self.flush(text, sink)
            }
        } else if self.is_open {
            self.open.go_on(line, blank, start);
            Ok(())
        } else {
            self.other(line, number, sink)
        }
    }

    /// A line that is an object, or says what stood where.
    fn entry(
        &mut self,
        plan: &Plan,
        objects: &Objects,
        line: &[u8],
        number: u64,
        sink: &mut impl Sink,
    ) -> Result<(), Stopped> {
        let text = std::str::from_utf8(line).unwrap_or_default();
        let found = if objects.translated {
            placed(text)
        } else {
            leaves(text).map(|leaves| Placed {
                line: number,
                lines: 1,
                entry: Entry::Object(leaves),
            })
        };
        let Some(Placed {
            line: first,
            lines,
            entry,
        }) = found
        else {
            return self.other(line, number, sink);
        };
        // Of the lines that it stands for, the chunk counts one.
        self.counts.lines = (self.counts.lines + lines).saturating_sub(1);
        match entry {
            Entry::Object(leaves) => {
                self.counts.events += 1;
                self.counts.continued += lines.saturating_sub(1);
                let record = ObjectRecord {
                    leaves,
                    line: first,
                    lines,
                };
                sink.object(plan, record, &mut self.clock)
            }
            Entry::Raw(text) => {
                self.counts.unparsed += lines;
                sink.unparsed(text.as_bytes(), first)
            }
            Entry::Blank => {
                self.counts.blank += lines;
                Ok(())
            }
        }
    }

    /// A line that belongs to no record.
    fn other(&mut self, line: &[u8], number: u64, sink: &mut impl Sink) -> Result<(), Stopped> {
        if is_blank(line) {
            self.counts.blank += 1;
            return Ok(());
        }
        self.counts.unparsed += 1;
        sink.unparsed(line, number)
    }

    /// Writes the open record, if there is one.
    #[inline]
    fn flush(&mut self, chunk: &[u8], sink: &mut impl Sink) -> Result<(), Stopped> {
        let Some(plan) = self.plan.filter(|_| self.is_open) else {
            return Ok(());
        };
        self.is_open = false;
        self.counts.events += 1;
        let lines = self.open.lines - std::mem::take(&mut self.foreign);
        self.counts.continued += lines - 1;
        self.counts.blank += self.open.blanks;
        let text = self.open.text(chunk);
        if self.open.lines > 1 {
            let line_end = memchr(b'\n', text).unwrap_or(text.len());
            if find(plan, text, line_end, &mut self.times, &mut self.whole) {
                std::mem::swap(&mut self.found, &mut self.whole);
            }
        }
        let record = Record {
            text,
            line: self.open.line,
            lines,
        };
        if self.open.cut {
            self.long_records.add(self.open.line, || {
                format!("this record has {lines} lines: the text of the first {RECORD_CAP} bytes was kept")
            });
        }
        sink.parsed(plan, record, &self.found, &mut self.clock)
    }

    /// Saves the open record when its chunk goes away.
    fn keep_open(&mut self, chunk: &[u8]) {
        if self.is_open && !self.open.moved {
            self.open.take_over(chunk);
        }
    }

    /// Ends the file.
    pub fn finish(&mut self, sink: &mut impl Sink) -> Result<(), Stopped> {
        self.flush(&[], sink)
    }

    pub fn counts(&self) -> Counts {
        self.counts
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    pub fn problems(&mut self, out: &mut Vec<Problem>) {
        self.long_records.drain_into(out);
        self.clock.problems(out);
    }
}
