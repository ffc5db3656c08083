//! The text bytes of one member: what is held, unpacked once more if it is gzip.

use std::path::Path;

use crate::gzip::Gunzip;
use crate::held::{Held, over_limit};
use crate::report::Problem;

/// No log is longer than this; what goes on is a bomb.
const MOST_BYTES: u64 = 64 << 30;
/// Text of an unknown kind may grow this much, once past `FREE_BYTES`.
const MOST_GROWTH: u64 = 200;
const FREE_BYTES: u64 = 16 << 20;

/// How a member's bytes lie in the file that holds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    Stored,
    Deflate,
    /// A gzip file as it is.
    Gzip,
    /// A gzip file, deflated as a member of a zip.
    DeflateGzip,
}

impl Packing {
    fn is_deflated(self) -> bool {
        matches!(self, Self::Deflate | Self::DeflateGzip)
    }

    fn is_gzip(self) -> bool {
        matches!(self, Self::Gzip | Self::DeflateGzip)
    }
}

/// A stream of unpacked bytes that never fails: faults end it and are told.
pub(crate) struct Source {
    held: Held,
    gzip: Option<Gunzip>,
    cap: u64,
}

impl Source {
    /// Opens `packed` bytes at `offset`; `known` kinds may grow without bound.
    pub fn open(path: &Path, offset: u64, packed: u64, packing: Packing, known: bool) -> Self {
        let growth = packed
            .saturating_mul(MOST_GROWTH)
            .clamp(FREE_BYTES, MOST_BYTES);
        let cap = if known { MOST_BYTES } else { growth };
        // Gzip data hardly shrink: what grows much on the way to them is a bomb.
        let first = if packing.is_gzip() { growth } else { cap };
        Self {
            held: Held::open(path, offset, packed, packing.is_deflated(), first),
            gzip: packing.is_gzip().then(Gunzip::new),
            cap,
        }
    }

    /// Bytes that are in memory already.
    pub fn memory(bytes: Vec<u8>) -> Self {
        Self {
            held: Held::memory(bytes),
            gzip: None,
            cap: MOST_BYTES,
        }
    }

    /// Fills `out` as far as the source reaches; less than asked means the end.
    pub fn read(&mut self, out: &mut [u8]) -> usize {
        let Some(gzip) = self.gzip.as_mut() else {
            return self.held.read(out);
        };
        let mut filled = 0;
        while filled < out.len() && gzip.produced() <= self.cap {
            let got = out
                .get_mut(filled..)
                .map_or(0, |room| gzip.read(&mut self.held, room));
            if got == 0 {
                break;
            }
            filled += got;
        }
        filled
    }

    /// Whether no more bytes come.
    pub fn is_ended(&self) -> bool {
        match &self.gzip {
            Some(gzip) => gzip.is_ended() || gzip.produced() > self.cap,
            None => self.held.is_ended(),
        }
    }

    /// Unpacked bytes so far.
    pub fn produced(&self) -> u64 {
        match &self.gzip {
            Some(gzip) => gzip.produced(),
            None => self.held.produced(),
        }
    }

    /// CRC-32 of the unpacked bytes so far.
    pub fn crc(&self) -> u32 {
        match &self.gzip {
            Some(gzip) => gzip.crc(),
            None => self.held.crc(),
        }
    }

    /// The error's text if the file could not be opened or read.
    pub fn unreadable(&self) -> Option<&str> {
        self.held.unreadable()
    }

    /// What there is to tell at the end, given what the archive promised of the
    /// bytes that it holds: of a gzip file those of the file.
    pub fn problems(&self, crc: Option<u32>, size: Option<u64>) -> Vec<Problem> {
        let mut problems = self.held.problems(crc, size);
        if let Some(gzip) = &self.gzip {
            problems.extend_from_slice(gzip.problems());
            if gzip.produced() > self.cap {
                problems.push(over_limit(gzip.produced()));
            }
        }
        problems
    }
}
