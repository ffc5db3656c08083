//! A line that was torn when its log was rotated: its rest begins the next part.
//!
//! The record is read as if nothing had come between, and belongs to the part in
//! which it begins. The next part leaves the lines out that went there.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::bytes::is_blank;
use crate::matcher::{Captures, find};
use crate::objects::leaves;
use crate::plan::Plan;
use crate::reader::Reader;
use crate::time::{Stamp, TimeScanner};

use super::{Assembler, Sink, Stopped};

/// The last line of a file, which has no end.
pub(super) struct Torn {
    pub line: Vec<u8>,
    pub number: u64,
}

/// What is read of the next part to find the rest of a line.
struct Rest<'p> {
    plan: &'p Plan,
    times: TimeScanner,
    found: Box<Captures>,
}

impl<'p> Rest<'p> {
    pub fn new(plan: &'p Plan) -> Self {
        Self {
            plan,
            times: TimeScanner::default(),
            found: Box::default(),
        }
    }

    /// Whether a record begins with this line.
    pub fn starts(&mut self, line: &[u8]) -> bool {
        if is_blank(line) {
            return false;
        }
        if self.plan.objects.is_some() {
            return std::str::from_utf8(line).is_ok_and(|text| leaves(text).is_some());
        }
        find(
            self.plan,
            line,
            line.len(),
            &mut self.times,
            &mut self.found,
        )
    }

    /// The torn line and the first line of the next part as one, if they are one:
    /// no record begins with the second, and together they belong to a record. Some
    /// logs have records without a time, which a rest may look like; it is one if
    /// no record but that of both together begins with the torn line.
    pub fn joined(&mut self, torn: &[u8], first: &[u8], goes_on: bool) -> Option<Vec<u8>> {
        if is_blank(first) {
            return None;
        }
        let alone = self.starts(first);
        if alone && (self.found.stamp != Stamp::None || self.starts(torn)) {
            return None;
        }
        let both = [torn, first].concat();
        let begins = self.starts(&both);
        let fits = if alone {
            begins && self.found.stamp != Stamp::None
        } else {
            begins || goes_on
        };
        fits.then_some(both)
    }

    /// Gives the lines of the next part to `each` until that wants no more.
    pub fn lines(
        &mut self,
        mut reader: Reader,
        cancel: &AtomicBool,
        mut each: impl FnMut(&mut Self, &[u8]) -> Result<bool, Stopped>,
    ) -> Result<(), Stopped> {
        let mut buf = Vec::new();
        while let Some(chunk) = reader.next(buf) {
            if cancel.load(Ordering::Relaxed) {
                return Err(Stopped);
            }
            let text = chunk.text.strip_suffix(b"\n").unwrap_or(&chunk.text);
            for line in text.split(|byte| *byte == b'\n') {
                if !each(self, line)? {
                    return Ok(());
                }
            }
            buf = chunk.text;
        }
        Ok(())
    }
}

impl Assembler<'_> {
    /// Reads the last line, which has no end, with its rest in the next part, if
    /// there is one; returns how many lines of that part belong to the record.
    pub fn join(
        &mut self,
        next: Option<Reader>,
        cancel: &AtomicBool,
        sink: &mut impl Sink,
    ) -> Result<u64, Stopped> {
        let (Some(torn), Some(plan)) = (self.torn.take(), self.plan) else {
            return Ok(0);
        };
        let mut taken = 0;
        if let Some(next) = next {
            Rest::new(plan).lines(next, cancel, |rest, line| {
                self.take(&torn, rest, line, &mut taken, sink)
            })?;
        }
        if taken == 0 {
            let Torn { line, number } = torn;
            self.line(&line, 0, line.len(), number, sink)?;
            self.keep_open(&line);
        }
        self.open.blanks = if taken == 0 { self.open.blanks } else { 0 };
        Ok(taken)
    }

    /// One line of the next part; returns whether more of them are wanted.
    fn take(
        &mut self,
        torn: &Torn,
        rest: &mut Rest<'_>,
        line: &[u8],
        taken: &mut u64,
        sink: &mut impl Sink,
    ) -> Result<bool, Stopped> {
        if *taken == 0 {
            let Some(both) = rest.joined(&torn.line, line, self.is_open) else {
                return Ok(false);
            };
            self.line(&both, 0, both.len(), torn.number, sink)?;
            self.keep_open(&both);
            *taken = 1;
        } else if rest.starts(line) {
            return Ok(false);
        } else {
            let before = self.open.lines;
            self.open.go_on(line, is_blank(line), 0);
            self.foreign += self.open.lines - before;
            *taken = 1 + self.foreign;
        }
        Ok(self.is_open)
    }
}
