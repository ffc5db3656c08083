//! Lines too long to keep: their head and tail stay, their length is counted.

use crate::bytes::{after, ceil_char, until};
use crate::decode::unfinished;

/// A longer line is cut (bytes of UTF-8, line end not counted).
pub(crate) const LINE_CAP: usize = 1 << 20;
const HEAD: usize = 64 << 10;
const TAIL: usize = 4 << 10;

/// A line that is cut while it streams by; holds about 70 KiB at most.
pub(crate) struct LongLine {
    head: Vec<u8>,
    tail: Vec<u8>,
    length: u64,
}

impl LongLine {
    pub fn new(start: &[u8]) -> Self {
        let mut line = Self {
            head: Vec::new(),
            tail: Vec::new(),
            length: 0,
        };
        line.push(start);
        line
    }

    pub fn push(&mut self, mut text: &[u8]) {
        self.length += text.len() as u64;
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

    pub fn length(&self) -> u64 {
        self.length
    }

    /// What is kept of the line, with a mark where the rest was.
    pub fn text(&self) -> Vec<u8> {
        let whole = self.head.len() - unfinished(&self.head);
        let head = until(&self.head, whole);
        let tail = after(&self.tail, ceil_char(&self.tail, 0));
        let left_out = self.length - (head.len() + tail.len()) as u64;
        let mark = format!("\u{2026}[{left_out} bytes left out]\u{2026}");
        [head, mark.as_bytes(), tail].concat()
    }
}

/// Cuts all lines of `text` that are too long; `told` gets their index among
/// the lines and their length. None when there is no such line.
pub(crate) fn shorten(text: &[u8], mut told: impl FnMut(u64, u64)) -> Option<Vec<u8>> {
    let mut out: Option<Vec<u8>> = None;
    let mut start = 0;
    for (index, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let body = line.strip_suffix(b"\n").unwrap_or(line);
        if body.len() > LINE_CAP {
            let long = LongLine::new(body);
            told(index as u64, long.length());
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
