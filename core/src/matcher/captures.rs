//! Where the fields of a record lie.

use crate::plan::{MAX_FIELDS, Step};
use crate::time::Stamp;

const ABSENT: (u32, u32) = (u32::MAX, u32::MAX);

/// Where the fields of a matched record lie. Its first line, or the whole.
#[derive(Clone)]
pub(crate) struct Captures {
    spans: [(u32, u32); MAX_FIELDS + 1],
    /// One bit for each slot: a Go string with escapes in it.
    pub(super) escaped: u64,
    pub stamp: Stamp,
    pub layout: usize,
    /// Where the layout ended; only line ends and lines that it did not take follow.
    pub end: usize,
}

impl Default for Captures {
    fn default() -> Self {
        Self {
            spans: [ABSENT; MAX_FIELDS + 1],
            escaped: 0,
            stamp: Stamp::None,
            layout: 0,
            end: 0,
        }
    }
}

impl Captures {
    /// The bytes of a field, None when its optional part is absent.
    #[inline]
    pub fn get<'a>(&self, slot: usize, text: &'a [u8]) -> Option<&'a [u8]> {
        let (from, to) = self.spans.get(slot).copied().unwrap_or(ABSENT);
        text.get(from as usize..to as usize)
    }

    /// Whether a field is a Go string with escapes in it.
    #[inline]
    pub fn is_escaped(&self, slot: usize) -> bool {
        self.escaped >> slot & 1 == 1
    }

    #[inline]
    pub(super) fn set(&mut self, slot: usize, from: usize, to: usize) {
        if let Some(span) = self.spans.get_mut(slot) {
            *span = (from as u32, to as u32);
        }
    }

    /// Makes the fields of an optional part absent.
    pub(super) fn forget(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Field { slot, .. } => self.set(*slot, usize::MAX, usize::MAX),
                Step::Time(_) => self.stamp = Stamp::None,
                _ => {}
            }
        }
    }
}
