//! Lines too long to keep: their head and tail stay, with the length and the
//! SHA-256 of the whole, which proves what a line in the original is.

use sha2::{Digest, Sha256};

use crate::bytes::{after, ceil_char, until};
use crate::decode::unfinished;

/// A longer line is cut (bytes of UTF-8, line end not counted).
pub(crate) const LINE_CAP: usize = 1 << 20;
const HEAD: usize = 64 << 10;
const TAIL: usize = 4 << 10;
/// So many digits of the hash stand in the text; all of them are told.
const SHOWN_HASH: usize = 16;

/// A line that is cut while it streams by; holds about 70 KiB at most.
pub(crate) struct LongLine {
    head: Vec<u8>,
    tail: Vec<u8>,
    length: u64,
    hash: Sha256,
}

impl LongLine {
    pub fn new(start: &[u8]) -> Self {
        let mut line = Self {
            head: Vec::new(),
            tail: Vec::new(),
            length: 0,
            hash: Sha256::new(),
        };
        line.push(start);
        line
    }

    pub fn push(&mut self, mut text: &[u8]) {
        self.length += text.len() as u64;
        self.hash.update(text);
        if self.head.len() < HEAD {
            let room = HEAD - self.head.len();
            self.head.extend_from_slice(until(text, room));
            text = after(text, room);
        }
        let kept = after(text, text.len().saturating_sub(TAIL));
        let old = (self.tail.len() + kept.len()).saturating_sub(TAIL);
        self.tail.drain(..old.min(self.tail.len()));
        self.tail.extend_from_slice(kept);
    }

    /// SHA-256 of all its bytes, as UTF-8 and without the line end, in hex.
    pub fn hash(&self) -> String {
        use std::fmt::Write;
        let digest = self.hash.clone().finalize();
        digest.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}"); // a String takes all
            text
        })
    }

    /// What there is to tell of it.
    pub fn told(&self) -> String {
        format!(
            "this line is {} bytes long: its first 64 KiB and last 4 KiB were kept; \
             SHA-256 of the whole line: {}",
            self.length,
            self.hash()
        )
    }

    /// What is kept of the line, with a mark where the rest was.
    pub fn text(&self) -> Vec<u8> {
        let whole = self.head.len() - unfinished(&self.head);
        let head = until(&self.head, whole);
        let tail = after(&self.tail, ceil_char(&self.tail, 0));
        let left_out = self.length - (head.len() + tail.len()) as u64;
        let hash = self.hash();
        let hash = hash.get(..SHOWN_HASH).unwrap_or_default();
        let mark = format!("\u{2026}[{left_out} bytes left out, SHA-256 {hash}]\u{2026}");
        [head, mark.as_bytes(), tail].concat()
    }
}

/// Cuts all lines of `text` that are too long; `told` gets their index among
/// the lines and what there is to tell. None when there is no such line.
pub(crate) fn shorten(text: &[u8], mut told: impl FnMut(u64, String)) -> Option<Vec<u8>> {
    let mut out: Option<Vec<u8>> = None;
    let mut start = 0;
    for (index, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let body = line.strip_suffix(b"\n").unwrap_or(line);
        if body.len() > LINE_CAP {
            let long = LongLine::new(body);
            told(index as u64, long.told());
            let out = out.get_or_insert_with(|| until(text, start).to_vec());
            out.extend_from_slice(&long.text());
            out.extend_from_slice(after(line, body.len()));
        } else if let Some(out) = &mut out {
            out.extend_from_slice(line);
        }
        start += line.len();
    }
    out
}
