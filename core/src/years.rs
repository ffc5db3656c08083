//! A look at a whole file whose dates have no year, before it is parsed.

use std::sync::atomic::AtomicBool;

use crate::bytes::is_blank;
use crate::clock::Years;
use crate::matcher::{Captures, find};
use crate::plan::Plan;
use crate::pump::pump;
use crate::reader::Reader;
use crate::record::Stopped;
use crate::time::{Stamp, TimeScanner};
use crate::zone::ZoneTable;

/// The year of the file's first date (see `Years::first_year`).
pub(crate) fn first_year(
    reader: Reader,
    plan: &Plan,
    zone: &[(i64, i64)],
    reference_us: i64,
    cancel: &AtomicBool,
) -> Result<i64, Stopped> {
    let mut years = Years::default();
    let mut times = TimeScanner::default();
    let mut found = Captures::default();
    pump(reader, cancel, |chunk| {
        for line in chunk.text.split(|byte| *byte == b'\n') {
            if !is_blank(line)
                && find(plan, line, line.len(), &mut times, &mut found)
                && let Stamp::Yearless { month, day, us } = found.stamp
            {
                years.see(month, day, us);
            }
        }
        Ok(())
    })?;
    Ok(years.first_year(reference_us, &mut ZoneTable::new(zone)))
}
