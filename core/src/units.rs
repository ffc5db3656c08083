//! Which files are parsed as one.

use std::ops::Range;

use crate::file::FileSpec;

/// Small neighbours are parsed as one unit until they have so many bytes.
const UNIT: u64 = 4 << 20;
/// Neighbouring small files together, large ones alone, but a file and the next part
/// of its log together: a record may go on there. A single worker takes all
/// as one, so that no batch but the last is cut short: a sink that wants whole
/// groups of rows would have to copy the others together.
pub(crate) fn units(files: &[FileSpec], workers: usize) -> Vec<Range<usize>> {
    let mut units: Vec<Range<usize>> = Vec::new();
    if workers == 1 && !files.is_empty() {
        units.push(0..files.len());
        return units;
    }
    let mut size = UNIT;
    let mut tied = 0; // up to this place all is one unit
    for (index, spec) in files.iter().enumerate() {
        let new = spec.estimate();
        match units.last_mut() {
            Some(unit) if index <= tied || size.saturating_add(new) <= UNIT => {
                unit.end = index + 1;
            }
            _ => {
                units.push(index..index + 1);
                size = 0;
            }
        }
        size = size.saturating_add(new);
        tied = tied.max(spec.next.unwrap_or_default());
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Packing;

    fn file(megabytes: u64) -> FileSpec {
        FileSpec {
            file_id: 1,
            path: "x".into(),
            offset: 0,
            packed: megabytes << 20,
            packing: Packing::Stored,
            crc: None,
            size: None,
            plan: None,
            zone: Vec::new(),
            reference_us: 0,
            next: None,
        }
    }

    #[test]
    fn small_files_go_together() {
        let files: Vec<_> = [1, 1, 1, 9, 3, 1, 1].map(file).into();
        assert_eq!(units(&files, 2), [0..3, 3..4, 4..6, 6..7]);
        assert_eq!(units(&files, 1), [Range { start: 0, end: 7 }]);
        assert!(units(&[], 1).is_empty());
    }

    #[test]
    fn the_parts_of_a_log_stay_together() {
        let mut files: Vec<_> = [9, 1, 9, 9, 1].map(file).into();
        files[0].next = Some(2);
        assert_eq!(units(&files, 2), [0..3, 3..4, 4..5]);
    }
}
