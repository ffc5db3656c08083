//! What Python hands over, checked.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::file::FileSpec;
use crate::source::Packing;

/// No zone is further from UTC than this (seconds).
const POSSIBLE: RangeInclusive<i64> = -26 * 3600..=26 * 3600;

#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct FileArgs {
    file_id: i64,
    path: PathBuf,
    offset: u64,
    packed: u64,
    packing: String,
    crc: Option<u32>,
    size: Option<u64>,
    plan: Option<usize>,
    zone: Vec<(i64, i64)>,
    reference_us: i64,
    #[pyo3(default)]
    next: Option<usize>,
}

/// Reads the list of files; an error says which file and which key.
pub(crate) fn files(list: Vec<Bound<'_, PyDict>>, plans: usize) -> PyResult<Vec<FileSpec>> {
    let count = list.len();
    let one = |(index, dict): (usize, Bound<'_, PyDict>)| {
        let found = file(&dict, plans);
        let found = found.and_then(|spec| follows(spec, index, count));
        found.map_err(|why| PyValueError::new_err(format!("files[{index}]: {why}")))
    };
    list.into_iter().enumerate().map(one).collect()
}

fn file(dict: &Bound<'_, PyDict>, plans: usize) -> Result<FileSpec, String> {
    let args: FileArgs = dict
        .extract()
        .map_err(|error: PyErr| told(dict.py(), &error))?;
    if let Some(plan) = args.plan.filter(|plan| *plan >= plans) {
        return Err(format!("plan: {plan}, but there are {plans} plans"));
    }
    Ok(FileSpec {
        file_id: args.file_id,
        path: args.path,
        offset: args.offset,
        packed: args.packed,
        packing: packing(&args.packing)?,
        crc: args.crc,
        size: args.size,
        plan: args.plan,
        zone: zone(args.zone)?,
        reference_us: args.reference_us,
        next: args.next,
    })
}

/// A next part stands behind its file.
fn follows(spec: FileSpec, index: usize, count: usize) -> Result<FileSpec, String> {
    match spec.next {
        Some(next) if next <= index || next >= count => Err(format!(
            "next: {next} is no place behind {index} among {count} files"
        )),
        _ => Ok(spec),
    }
}

/// The error's text with the one it came from.
fn told(py: Python<'_>, error: &PyErr) -> String {
    match error.cause(py) {
        Some(cause) => format!("{} ({})", error.value(py), cause.value(py)),
        None => error.value(py).to_string(),
    }
}

/// The name of a packing.
pub(crate) fn packing(name: &str) -> Result<Packing, String> {
    match name {
        "stored" => Ok(Packing::Stored),
        "deflate" => Ok(Packing::Deflate),
        "gzip" => Ok(Packing::Gzip),
        "deflate+gzip" => Ok(Packing::DeflateGzip),
        other => Err(format!(
            "packing: '{other}' is not 'stored', 'deflate', 'gzip' or 'deflate+gzip'"
        )),
    }
}

/// The entries of a zone: offsets must be possible and local moments in order.
pub(crate) fn zone(entries: Vec<(i64, i64)>) -> Result<Vec<(i64, i64)>, String> {
    if !entries.is_sorted_by_key(|(from, _)| *from) {
        return Err("zone: the entries are not in order of their local time".to_owned());
    }
    let wrong = entries
        .iter()
        .find(|(_, offset)| !POSSIBLE.contains(offset));
    match wrong {
        Some((_, offset)) => Err(format!(
            "zone: an offset of {offset} seconds is not possible"
        )),
        None => Ok(entries),
    }
}
