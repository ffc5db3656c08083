//! A look at the start or the end of a member.

use std::path::PathBuf;

use memchr::memchr;

use crate::decode::Decoder;
use crate::sniff::{Encoding, HEAD, Sniffed, sniff};
use crate::source::{Packing, Source};

/// Nobody needs more for a look, whatever is asked (bytes).
const MOST: usize = 64 << 20;
const BLOCK: usize = 256 << 10;

/// Where a member lies.
pub(crate) struct Place {
    pub path: PathBuf,
    pub offset: u64,
    pub packed: u64,
    pub packing: Packing,
}

impl Place {
    fn open(&self, skip: u64) -> Source {
        let (offset, packed) = (self.offset.saturating_add(skip), self.packed - skip);
        Source::open(&self.path, offset, packed, self.packing, true)
    }
}

/// The first `limit` bytes as text, decoded as an ingest decodes them, or the
/// last ones from the first whole line on; and the name of the encoding.
/// Binary content gives no text. An error is the system's reason.
pub(crate) fn sample_text(
    place: &Place,
    limit: usize,
    tail: bool,
) -> Result<(String, &'static str), String> {
    let limit = limit.min(MOST);
    let mut source = place.open(0);
    let mut raw = read(&mut source, limit.max(HEAD));
    if let Some(why) = source.unreadable() {
        return Err(why.to_owned());
    }
    let sniffed = sniff(raw.get(..HEAD).unwrap_or(&raw));
    let name = sniffed.encoding.name();
    if sniffed.encoding == Encoding::Binary {
        return Ok((String::new(), name));
    }
    let text = if tail && raw.len() >= limit {
        let skipped = last_bytes(place, source, &mut raw, limit, sniffed.encoding.is_wide());
        decode_tail(raw, sniffed, skipped)
    } else {
        let last = raw.len() <= limit;
        raw.truncate(limit);
        decode(raw, sniffed, sniffed.mark, last)
    };
    Ok((text, name))
}

fn read(source: &mut Source, count: usize) -> Vec<u8> {
    let mut raw = vec![0; count];
    let got = source.read(&mut raw);
    raw.truncate(got);
    raw
}

fn decode(mut raw: Vec<u8>, sniffed: Sniffed, mark: usize, last: bool) -> String {
    raw.drain(..mark.min(raw.len()));
    Decoder::new(sniffed.encoding, mark).decode(&mut raw, 0, last);
    String::from_utf8_lossy(&raw).into_owned()
}

fn decode_tail(raw: Vec<u8>, sniffed: Sniffed, skipped: bool) -> String {
    if !skipped {
        return decode(raw, sniffed, sniffed.mark, true);
    }
    let text = decode(raw, sniffed, 0, true);
    let start = memchr(b'\n', text.as_bytes()).map_or(0, |end| end + 1);
    text.get(start..).unwrap_or_default().to_owned()
}

/// Leaves the last bytes in `raw`; true when something before them is left out.
fn last_bytes(
    place: &Place,
    mut source: Source,
    raw: &mut Vec<u8>,
    limit: usize,
    wide: bool,
) -> bool {
    // Two bytes are one unit: an even number of them is left out.
    let even = |skip: u64| if wide { skip & !1 } else { skip };
    if place.packing == Packing::Stored {
        let skip = even(place.packed.saturating_sub(limit as u64));
        *raw = read(&mut place.open(skip), limit + 1);
        return skip > 0;
    }
    let mut skipped = false;
    let mut kept = raw.len();
    // One buffer for all: a fresh one for each block costs as much as unpacking.
    raw.resize(kept + BLOCK, 0);
    loop {
        let got = raw.get_mut(kept..).map_or(0, |room| source.read(room));
        let all = kept + got;
        let skip = even(all.saturating_sub(limit) as u64) as usize;
        raw.copy_within(skip..all, 0);
        skipped |= skip > 0;
        kept = all - skip;
        if source.is_ended() {
            raw.truncate(kept);
            return skipped;
        }
    }
}
