//! How much of a text a plan explains: what tells the families of logs apart.

use crate::bytes::is_blank;
use crate::clock::Clock;
use crate::file::parse_text;
use crate::matcher::Captures;
use crate::object_row::ObjectRecord;
use crate::plan::Plan;
use crate::record::{Sink, Stopped};
use crate::row::Record;

/// First line and layout of each record; -1 for a line that no layout takes.
#[derive(Default)]
pub(crate) struct Starts(pub Vec<(u64, i32)>);

impl Sink for Starts {
    fn parsed(
        &mut self,
        _: &Plan,
        record: Record<'_>,
        found: &Captures,
        _: &mut Clock,
    ) -> Result<(), Stopped> {
        self.0.push((record.line, found.layout as i32));
        Ok(())
    }

    fn object(&mut self, _: &Plan, record: ObjectRecord<'_>, _: &mut Clock) -> Result<(), Stopped> {
        self.0.push((record.line, 0));
        Ok(())
    }

    fn unparsed(&mut self, _: &[u8], number: u64) -> Result<(), Stopped> {
        self.0.push((number, -1));
        Ok(())
    }
}

impl Starts {
    /// Where the records of a text begin.
    pub fn find(plan: &Plan, text: &str) -> Self {
        let mut starts = Self::default();
        // Nothing can stop it: there is no consumer that goes away.
        let _ = parse_text(text, plan, &[], 0, &mut starts);
        starts
    }
}

/// How many lines of a text are records or go on with one, of a record at most
/// `folded`, and how many lines there are, blank ones never counted. No line is
/// explained when `first` lines or more stand before the first record.
pub(crate) fn explained(plan: &Plan, text: &str, first: u64, folded: u64) -> (u64, u64) {
    let starts = Starts::find(plan, text).0;
    let seen = seen_before(text);
    let total = seen.last().copied().unwrap_or_default();
    let before = |line: u64| seen.get(line as usize - 1).copied().unwrap_or(total);
    let begun = starts.iter().find(|(_, layout)| *layout >= 0);
    if begun.is_none_or(|(line, _)| before(*line) >= first) {
        return (0, total);
    }
    let mut explained = 0;
    for (index, (line, layout)) in starts.iter().enumerate() {
        if *layout >= 0 {
            let next = starts.get(index + 1).map_or(u64::MAX, |(line, _)| *line);
            explained += (before(next) - before(*line)).min(folded);
        }
    }
    (explained, total)
}

/// How many lines that are not blank stand before each line, and in all.
fn seen_before(text: &str) -> Vec<u64> {
    let mut seen = vec![0];
    let mut count = 0;
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let (line, after) = rest.split_at(end);
        count += u64::from(!is_blank(line));
        seen.push(count);
        let both = after.strip_prefix(b"\r\n");
        rest = both.unwrap_or(after.get(1..).unwrap_or_default());
    }
    seen
}
