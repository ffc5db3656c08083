//! The record that is being read: it may go on with the next line.

use crate::bytes::{after, between, until};

/// Text of a record beyond this is not kept; its lines are counted all the same.
pub(crate) const RECORD_CAP: usize = 1 << 20;

/// A record whose last line was not seen yet. Its text is `kept` bytes from
/// `start` in the chunk, or `text` when it began in a chunk before.
#[derive(Default)]
pub(crate) struct Open {
    pub line: u64,
    pub lines: u64,
    pub blanks: u64,
    start: usize,
    kept: usize,
    pub moved: bool,
    text: Vec<u8>,
    pub cut: bool,
}

impl Open {
    /// Starts with a line of `length` bytes at `start` of the chunk.
    #[inline]
    pub fn begin(&mut self, start: usize, length: usize, line: u64) {
        self.line = line;
        self.lines = 1;
        self.blanks = 0;
        self.start = start;
        self.kept = length;
        self.moved = false;
        self.cut = false;
    }

    /// A line that starts no record: it goes on with this one. Blank lines do
    /// only if such a line follows.
    pub fn go_on(&mut self, line: &[u8], blank: bool, start: usize) {
        if self.moved && !self.cut {
            self.append(line);
        }
        if blank {
            self.blanks += 1;
            return;
        }
        self.lines += self.blanks + 1;
        self.blanks = 0;
        let kept = if self.moved {
            self.text.len()
        } else {
            start + line.len() - self.start
        };
        if self.cut || kept > RECORD_CAP {
            self.cut = true;
        } else {
            self.kept = kept;
        }
    }

    /// The text has one line more than is sure to belong to it, at most.
    fn append(&mut self, line: &[u8]) {
        if self.text.len() <= RECORD_CAP {
            self.text.push(b'\n');
            self.text.extend_from_slice(line);
        }
    }

    /// Its text, given the chunk that is read.
    pub fn text<'a>(&'a self, chunk: &'a [u8]) -> &'a [u8] {
        if self.moved {
            until(&self.text, self.kept)
        } else {
            between(chunk, self.start, self.start + self.kept)
        }
    }

    /// Copies the text, with the blank lines that may still become part of it.
    pub fn take_over(&mut self, chunk: &[u8]) {
        let all = after(chunk, self.start);
        let all = all.strip_suffix(b"\n").unwrap_or(all);
        let limit = if self.blanks > 0 {
            RECORD_CAP + 1
        } else {
            self.kept
        };
        self.text.clear();
        self.text.extend_from_slice(until(all, limit));
        self.moved = true;
    }
}
