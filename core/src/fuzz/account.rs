//! What a text became, and whether that is all of it.

use std::sync::atomic::AtomicBool;

use crate::bytes::is_blank;
use crate::clock::Clock;
use crate::columns::Columns;
use crate::matcher::Captures;
use crate::object_row::ObjectRecord;
use crate::plan::Plan;
use crate::pump::pump;
use crate::reader::Reader;
use crate::record::{Assembler, Sink, Stopped};
use crate::report::Counts;
use crate::row::{Record, RowWriter};
use crate::sniff::Encoding;
use crate::source::Source;
use crate::years::first_year;

const REFERENCE: i64 = 1_773_144_000_000_000;
const ZONE: [(i64, i64); 2] = [(0, 3600), (1_772_000_000_000_000, 7200)];

/// A row: its first line, its lines, its text as it was given to be written.
#[derive(Debug, PartialEq)]
struct Row {
    line: u64,
    lines: u64,
    text: Option<Vec<u8>>,
    parsed: bool,
}

/// All that reading one input gives.
pub(super) struct Account {
    pub counts: Counts,
    text: Vec<u8>,
    rows: Vec<Row>,
    written: Vec<Vec<u8>>,
    numbers: Vec<Option<i64>>,
}

impl PartialEq for Account {
    fn eq(&self, other: &Self) -> bool {
        let counts = |of: &Counts| (of.lines, of.events, of.continued, of.blank, of.unparsed);
        counts(&self.counts) == counts(&other.counts)
            && self.text == other.text
            && self.rows == other.rows
            && self.written == other.written
            && self.numbers == other.numbers
    }
}

#[derive(Default)]
struct Keep {
    rows: Vec<Row>,
    writer: RowWriter,
}

impl Keep {
    fn row(&mut self, line: u64, lines: u64, text: Option<&[u8]>, parsed: bool) {
        let text = text.map(<[u8]>::to_vec);
        self.rows.push(Row {
            line,
            lines,
            text,
            parsed,
        });
    }
}

impl Sink for Keep {
    fn parsed(
        &mut self,
        plan: &Plan,
        record: Record<'_>,
        found: &Captures,
        clock: &mut Clock,
    ) -> Result<(), Stopped> {
        self.row(record.line, record.lines, Some(record.text), true);
        self.writer.parsed(plan, record, found, clock);
        Ok(())
    }

    fn object(
        &mut self,
        plan: &Plan,
        record: ObjectRecord<'_>,
        clock: &mut Clock,
    ) -> Result<(), Stopped> {
        self.row(record.line, record.lines, None, true);
        self.writer.object(plan, record, clock);
        Ok(())
    }

    fn unparsed(&mut self, line: &[u8], number: u64) -> Result<(), Stopped> {
        self.row(number, 1, Some(line), false);
        self.writer.unparsed(line, number);
        Ok(())
    }
}

fn reader(input: &[u8], chunk: usize) -> Reader {
    Reader::new(Source::memory(input.to_vec()), chunk)
}

/// The texts and numbers of all rows.
fn values(columns: &Columns) -> (Vec<Vec<u8>>, Vec<Option<i64>>) {
    let mut written = Vec::new();
    let mut numbers = Vec::new();
    for row in 0..columns.rows() {
        for column in [
            &columns.component,
            &columns.level,
            &columns.code,
            &columns.message,
            &columns.activity,
            &columns.fields,
        ] {
            written.push(column.get(row).to_vec());
        }
        numbers.extend([
            columns.time.get(row),
            columns.pid.get(row),
            columns.tid.get(row),
        ]);
    }
    (written, numbers)
}

impl Account {
    /// Reads bytes as a file of a family, or of none, in chunks of so many bytes.
    pub fn of(input: &[u8], plan: Option<&Plan>, chunk: usize) -> Self {
        let never = AtomicBool::new(false);
        let first = reader(input, chunk);
        let text = first.encoding() != Encoding::Binary;
        let year = match plan.filter(|plan| plan.yearless && text) {
            Some(plan) => first_year(first, plan, &ZONE, REFERENCE, &never).unwrap(),
            None => 0,
        };
        let ordered = plan.is_some_and(|plan| plan.ordered);
        let mut records = Assembler::new(plan, Clock::new(&ZONE, year, ordered));
        let mut keep = Keep::default();
        let mut whole = Vec::new();
        pump(reader(input, chunk), &never, |part| {
            whole.extend_from_slice(&part.text);
            records.chunk(part, &mut keep)
        })
        .unwrap();
        records.finish(&mut keep).unwrap();
        records.problems(&mut Vec::new());
        let Keep { rows, mut writer } = keep;
        let columns = &mut writer.columns;
        assert_eq!(columns.rows(), rows.len());
        let (written, numbers) = values(columns);
        // Arrow looks at every text: none may be anything but UTF-8.
        columns.finish().unwrap();
        Self {
            counts: records.counts(),
            text: whole,
            rows,
            written,
            numbers,
        }
    }

    /// Panics unless every line of the text is where it has to be, once.
    pub fn check(&self, plan: Option<&Plan>) {
        let text = self.text.strip_suffix(b"\n").unwrap_or(&self.text);
        let empty = self.text.is_empty();
        let lines: Vec<_> = text
            .split(|byte| *byte == b'\n')
            .skip(empty.into())
            .collect();
        let parsed = self.rows.iter().filter(|row| row.parsed);
        let covered: u64 = parsed.clone().map(|row| row.lines).sum();
        let counts = &self.counts;
        assert_eq!(counts.lines, lines.len() as u64);
        assert_eq!(counts.events, parsed.count() as u64);
        assert_eq!(counts.unparsed, self.rows.len() as u64 - counts.events);
        assert_eq!(counts.continued, covered - counts.events);
        assert_eq!(counts.lines, covered + counts.blank + counts.unparsed);
        for fields in self.written.iter().skip(5).step_by(6) {
            serde_json::from_slice::<serde_json::Value>(fields).unwrap();
        }
        if plan.is_some_and(|plan| plan.objects.is_some()) {
            return; // their lines may be those of another file, which they name
        }
        let mut next = 1;
        for row in &self.rows {
            assert!(row.line >= next, "a line is in two rows");
            let (from, to) = (row.line as usize - 1, (row.line + row.lines) as usize - 1);
            let between = &lines[next as usize - 1..from];
            assert!(between.iter().all(|line| is_blank(line)), "a line is lost");
            let own = lines[from..to].join(&b'\n');
            assert_eq!(row.text.as_deref(), Some(&*own), "another text");
            next = row.line + row.lines;
        }
        let left = &lines[next as usize - 1..];
        assert!(
            left.iter().all(|line| is_blank(line)),
            "a last line is lost"
        );
    }
}
