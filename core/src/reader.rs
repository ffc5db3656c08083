//! A member as chunks of clean text that end at line ends.

use memchr::{memchr, memrchr};

use crate::bytes::{after, until};
use crate::decode::Decoder;
use crate::long::{LINE_CAP, LongLine, shorten};
use crate::report::{Problem, Series};
use crate::sniff::{Encoding, HEAD, Sniffed, sniff};
use crate::source::Source;

/// Bytes read at once. Fits the second level cache together with its records.
pub(crate) const CHUNK: usize = 512 << 10;

/// Whole lines, all ending in LF but perhaps the file's last one.
pub(crate) struct Chunk {
    pub text: Vec<u8>,
    /// Number of the first line, counted from 1.
    pub first_line: u64,
}

/// What is known of a file when it was read to its end.
pub(crate) struct Outcome {
    pub encoding: Encoding,
    pub bytes: u64,
    pub crc: Option<u32>,
    pub problems: Vec<Problem>,
}

/// Reads, decodes and cuts one member.
pub(crate) struct Reader {
    source: Source,
    decoder: Decoder,
    sniffed: Sniffed,
    head: Vec<u8>,
    carry: Vec<u8>,
    long: Option<LongLine>,
    long_lines: Series,
    chunk: usize,
    ended: bool,
}

impl Reader {
    /// Reads with the encoding that the first bytes show.
    pub fn new(mut source: Source, chunk: usize) -> Self {
        let mut head = vec![0; HEAD];
        let got = source.read(&mut head);
        head.truncate(got);
        let sniffed = sniff(&head);
        head.drain(..sniffed.mark);
        Self::build(source, sniffed, head, chunk)
    }

    /// Reads text that is known to be UTF-8, such as a Python string.
    pub fn text(text: &str) -> Self {
        let sniffed = Sniffed {
            encoding: Encoding::Utf8,
            mark: 0,
            guessed: false,
        };
        let source = Source::memory(text.as_bytes().to_vec());
        Self::build(source, sniffed, Vec::new(), CHUNK)
    }

    fn build(source: Source, sniffed: Sniffed, head: Vec<u8>, chunk: usize) -> Self {
        Self {
            source,
            decoder: Decoder::new(sniffed.encoding, sniffed.mark),
            sniffed,
            head,
            carry: Vec::new(),
            long: None,
            long_lines: Series::new("long-line"),
            chunk,
            ended: sniffed.encoding == Encoding::Binary,
        }
    }

    /// The next chunk, in the memory of `buf`; None at the end.
    pub fn next(&mut self, mut buf: Vec<u8>) -> Option<Chunk> {
        while !self.ended {
            let first_line = self.decoder.lines() + 1;
            buf.clear();
            buf.append(&mut self.carry);
            let from = buf.len();
            self.fill(&mut buf);
            self.decoder.decode(&mut buf, from, self.ended);
            let region = buf.len() - from;
            self.resume_long(&mut buf, first_line);
            self.cut(&mut buf);
            self.cap(&mut buf, region, first_line);
            if !buf.is_empty() {
                return Some(Chunk {
                    text: buf,
                    first_line,
                });
            }
        }
        None
    }

    /// Appends raw bytes, those held back by the decoder first.
    fn fill(&mut self, buf: &mut Vec<u8>) {
        self.decoder.prepend_held(buf);
        buf.append(&mut self.head);
        let at = buf.len();
        buf.resize(at + self.chunk, 0);
        let got = buf.get_mut(at..).map_or(0, |room| self.source.read(room));
        buf.truncate(at + got);
        self.ended = got < self.chunk;
    }

    /// Goes on with a line that is too long; nothing but its end is in `buf` then.
    fn resume_long(&mut self, buf: &mut Vec<u8>, line: u64) {
        let Some(mut long) = self.long.take() else {
            return;
        };
        let end = memchr(b'\n', buf);
        long.push(until(buf, end.unwrap_or(buf.len())));
        if end.is_none() && !self.ended {
            buf.clear();
            self.long = Some(long);
            return;
        }
        self.long_lines.add(line, || long.told());
        let mut text = long.text();
        text.extend_from_slice(after(buf, end.unwrap_or(buf.len())));
        *buf = text;
    }

    /// Keeps the line that is not complete for the next round.
    fn cut(&mut self, buf: &mut Vec<u8>) {
        if self.ended {
            return;
        }
        let end = memrchr(b'\n', buf).map_or(0, |at| at + 1);
        let open = after(buf, end);
        if open.len() > LINE_CAP {
            self.long = Some(LongLine::new(open));
        } else {
            self.carry.extend_from_slice(open);
        }
        buf.truncate(end);
    }

    /// Cuts whole lines that are too long; only the first one can be, unless
    /// decoding made the text longer.
    fn cap(&mut self, buf: &mut Vec<u8>, region: usize, first_line: u64) {
        let first = memchr(b'\n', buf).unwrap_or(buf.len());
        if first <= LINE_CAP && region <= LINE_CAP {
            return;
        }
        let mut found = Vec::new();
        if let Some(shorter) = shorten(buf, |index, text| found.push((index, text))) {
            *buf = shorter;
        }
        for (index, text) in found {
            self.long_lines.add(first_line + index, || text);
        }
    }

    /// What the first bytes showed.
    pub fn encoding(&self) -> Encoding {
        self.sniffed.encoding
    }

    /// Whether all was there, so far as can be known, and nothing was damaged.
    pub fn is_whole(&self, crc: Option<u32>, size: Option<u64>) -> bool {
        self.source.problems(crc, size).is_empty()
    }

    /// Closes the account. Binary content was not read on, so that its size is
    /// the promised one, and there is nothing to check.
    pub fn finish(mut self, crc: Option<u32>, size: Option<u64>) -> Outcome {
        let encoding = self.sniffed.encoding;
        let mut problems = Vec::new();
        if self.sniffed.guessed {
            let text = format!(
                "read as {} because of its NUL bytes; there is no byte order mark",
                encoding.name()
            );
            problems.push(Problem::new(0, "guessed-encoding", text));
        }
        self.decoder.problems(&mut problems);
        self.long_lines.drain_into(&mut problems);
        let mut bytes = self.source.produced();
        let mut found = None;
        if encoding == Encoding::Binary {
            bytes = size.unwrap_or(bytes);
        } else {
            found = Some(self.source.crc());
            problems.extend(self.source.problems(crc, size));
        }
        Outcome {
            encoding,
            bytes,
            crc: found,
            problems,
        }
    }
}

#[cfg(test)]
mod tests;
