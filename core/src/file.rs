//! One file from its bytes to rows and a report.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::clock::Clock;
use crate::plan::Plan;
use crate::pump::{pump, pump_ahead};
use crate::reader::{CHUNK, Reader};
use crate::record::{Assembler, Sink, Stopped};
use crate::report::{FileReport, Problem};
use crate::sniff::Encoding;
use crate::source::{Packing, Source};
use crate::years::first_year;

/// Files from this size on (bytes unpacked) are read by a thread of their own.
const LARGE: u64 = 4 << 20;
/// Least bytes read at once.
const SMALL: usize = 16 << 10;
/// How much deflate shrinks logs, about.
const USUAL_RATIO: u64 = 7;

/// Where a file lies and how it reads.
#[derive(Clone, Debug)]
pub(crate) struct FileSpec {
    pub file_id: i64,
    pub path: PathBuf,
    pub offset: u64,
    pub packed: u64,
    pub packing: Packing,
    pub crc: Option<u32>,
    pub size: Option<u64>,
    pub plan: Option<usize>,
    pub zone: Vec<(i64, i64)>,
    pub reference_us: i64,
    /// The next part of the same rotated log: its place in the list, behind this.
    pub next: Option<usize>,
}

/// A file as one part of a rotated log.
#[derive(Clone, Copy, Default)]
pub(crate) struct Seam<'a> {
    /// So many lines at its begin stand in the part before.
    pub taken: u64,
    pub next: Option<&'a FileSpec>,
}

impl FileSpec {
    /// Unpacked bytes, about; what an archive says is not trusted.
    pub fn estimate(&self) -> u64 {
        match self.packing {
            Packing::Stored => self.packed,
            // Gzip data are no shorter for being deflated.
            Packing::Deflate | Packing::Gzip | Packing::DeflateGzip => {
                self.packed.saturating_mul(USUAL_RATIO)
            }
        }
    }

    pub fn is_large(&self) -> bool {
        self.estimate() >= LARGE
    }

    fn reader(&self) -> Reader {
        let known = self.plan.is_some();
        let source = Source::open(&self.path, self.offset, self.packed, self.packing, known);
        // Thousands of small files: none of them needs a large buffer.
        let chunk = usize::try_from(self.estimate()).unwrap_or(CHUNK);
        Reader::new(source, chunk.clamp(SMALL, CHUNK))
    }
}

/// Parses a file and accounts for it; also returns how many lines of the next part
/// it took with it.
pub(crate) fn parse_file(
    spec: &FileSpec,
    seam: Seam<'_>,
    plans: &[Arc<Plan>],
    cancel: &AtomicBool,
    sink: &mut impl Sink,
) -> Result<(FileReport, u64), Stopped> {
    let plan = spec
        .plan
        .and_then(|index| plans.get(index))
        .map(|plan| &**plan);
    let reader = spec.reader();
    let text = reader.encoding() != Encoding::Binary;
    let year = match plan.filter(|plan| plan.yearless && text) {
        Some(plan) => first_year(spec.reader(), plan, &spec.zone, spec.reference_us, cancel)?,
        None => 0,
    };
    let ordered = plan.is_some_and(|plan| plan.ordered);
    let mut records = Assembler::new(plan, Clock::new(&spec.zone, year, ordered));
    records.part(seam.taken, seam.next.is_some());
    let reader = if spec.is_large() {
        pump_ahead(reader, cancel, |chunk| records.chunk(chunk, sink))?
    } else {
        pump(reader, cancel, |chunk| records.chunk(chunk, sink))?
    };
    // What was torn by damage has no rest.
    let next = seam
        .next
        .filter(|_| reader.is_whole(spec.crc, spec.size))
        .map(FileSpec::reader);
    let taken = records.join(next, cancel, sink)?;
    records.finish(sink)?;
    let told = report(spec, seam.taken, reader, &mut records);
    Ok((told, taken))
}

/// Parses text that is decoded already, as if it were a file.
pub(crate) fn parse_text(
    text: &str,
    plan: &Plan,
    zone: &[(i64, i64)],
    reference_us: i64,
    sink: &mut impl Sink,
) -> Result<(), Stopped> {
    let never = AtomicBool::new(false);
    let year = if plan.yearless {
        first_year(Reader::text(text), plan, zone, reference_us, &never)?
    } else {
        0
    };
    let mut records = Assembler::new(Some(plan), Clock::new(zone, year, plan.ordered));
    pump(Reader::text(text), &never, |chunk| {
        records.chunk(chunk, sink)
    })?;
    records.finish(sink)
}

fn report(spec: &FileSpec, joined: u64, reader: Reader, records: &mut Assembler<'_>) -> FileReport {
    let outcome = reader.finish(spec.crc, spec.size);
    let mut problems: Vec<Problem> = outcome.problems;
    records.problems(&mut problems);
    let (first_us, last_us, offsets) = records.clock().account();
    FileReport {
        file_id: spec.file_id,
        encoding: outcome.encoding.name(),
        bytes: outcome.bytes,
        crc: outcome.crc,
        counts: records.counts(),
        joined,
        first_us,
        last_us,
        offsets,
        problems,
    }
}
