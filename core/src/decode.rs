//! Raw bytes to clean text: valid UTF-8, no NUL, and LF as the only line end.

use memchr::{memchr2, memmem};

use crate::bytes::{after, count_lf, until};
use crate::mixed::{Change, to_narrow, to_wide};
use crate::report::{Problem, Tally};
use crate::sniff::Encoding;
use crate::wide;

/// A NUL is shown as this picture: databases and screens choke on the real one.
const NUL_PICTURE: &[u8] = "\u{2400}".as_bytes();
/// A longer run of NULs is a hole in the file and becomes one picture.
const LONGEST_SHOWN_RUN: u64 = 64;

/// Changes of the encoding are looked for so many times: more is no text.
const MOST_CHANGES: u64 = 64;

/// Decodes a file piece by piece; where the pieces are cut makes no difference.
pub(crate) struct Decoder {
    encoding: Encoding,
    /// Raw bytes of a character that is not complete yet.
    held: Vec<u8>,
    /// The last byte was CR, so an LF right behind it is the same line end.
    after_cr: bool,
    /// NULs of a run whose end was not seen yet.
    nuls: u64,
    lines: u64,
    bad: Tally,
    nul: Tally,
    /// Raw bytes decoded so far, and changes of the encoding among them.
    at: u64,
    changes: Tally,
    first_change: u64,
    scratch: Vec<u8>,
}

impl Decoder {
    /// Begins behind a byte order mark of so many bytes.
    pub fn new(encoding: Encoding, mark: usize) -> Self {
        Self {
            encoding,
            held: Vec::new(),
            after_cr: false,
            nuls: 0,
            lines: 0,
            bad: Tally::default(),
            nul: Tally::default(),
            at: mark as u64,
            changes: Tally::default(),
            first_change: 0,
            scratch: Vec::new(),
        }
    }

    /// Line ends given out so far.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Puts the raw bytes kept back in front of the next piece.
    pub fn prepend_held(&mut self, buf: &mut Vec<u8>) {
        buf.append(&mut self.held);
    }

    /// Turns the raw bytes in `buf[from..]` into text; `last` says no more comes.
    pub fn decode(&mut self, buf: &mut Vec<u8>, from: usize, last: bool) {
        match self.change(after(buf, from), last) {
            Change::Never => self.decode_one(buf, from, last),
            Change::Unsure(at) => {
                let rest = buf.split_off((from + at).min(buf.len()));
                self.decode_one(buf, from, false);
                self.held.extend_from_slice(&rest);
            }
            Change::At { at, mark } => {
                let mut rest = buf.split_off((from + at).min(buf.len()));
                self.decode_one(buf, from, true);
                self.switch();
                rest.drain(..mark.min(rest.len()));
                self.at += mark as u64;
                // Not deep: changes are looked for a few times only.
                self.decode(&mut rest, 0, last);
                buf.append(&mut rest);
            }
        }
    }

    fn change(&self, raw: &[u8], last: bool) -> Change {
        if self.changes.count >= MOST_CHANGES {
            Change::Never
        } else if self.encoding.is_wide() {
            to_narrow(raw, last)
        } else {
            to_wide(raw, last)
        }
    }

    fn switch(&mut self) {
        if self.changes.count == 0 {
            self.first_change = self.at;
        }
        let line = self.lines + 1;
        self.changes.add(1, || line);
        self.encoding = if self.encoding.is_wide() {
            Encoding::Utf8
        } else {
            Encoding::Utf16Le
        };
    }

    /// Turns raw bytes of one encoding into text.
    fn decode_one(&mut self, buf: &mut Vec<u8>, from: usize, last: bool) {
        let (raw, held) = (buf.len() - from, self.held.len());
        if self.encoding.is_wide() {
            self.decode_wide(buf, from, last);
        } else {
            self.decode_utf8(buf, from, last);
        }
        self.at += (raw - (self.held.len() - held)) as u64;
        let region = after(buf, from);
        let pending = self.nuls > 0 || self.after_cr;
        if pending || memchr2(b'\r', 0, region).is_some() {
            self.clean(buf, from, last);
        }
        self.lines += count_lf(after(buf, from));
    }

    fn decode_utf8(&mut self, buf: &mut Vec<u8>, from: usize, last: bool) {
        if !last {
            let whole = buf.len() - unfinished(after(buf, from));
            self.held.extend_from_slice(after(buf, whole));
            buf.truncate(whole);
        }
        if simdutf8::basic::from_utf8(after(buf, from)).is_ok() {
            return;
        }
        let mut out = std::mem::take(&mut self.scratch);
        out.clear();
        out.extend_from_slice(until(buf, from));
        for piece in after(buf, from).utf8_chunks() {
            out.extend_from_slice(piece.valid().as_bytes());
            if !piece.invalid().is_empty() {
                let (lines, after_cr) = (self.lines, self.after_cr);
                let line = || lines + line_ends(after(&out, from), after_cr) + 1;
                self.bad.add(1, line);
                write_hex(&mut out, piece.invalid());
            }
        }
        std::mem::swap(buf, &mut out);
        self.scratch = out;
    }

    fn decode_wide(&mut self, buf: &mut Vec<u8>, from: usize, last: bool) {
        let mut out = std::mem::take(&mut self.scratch);
        out.clear();
        out.extend_from_slice(until(buf, from));
        let big = self.encoding == Encoding::Utf16Be;
        let (lines, after_cr) = (self.lines, self.after_cr);
        let bad = &mut self.bad;
        let rest = wide::decode(after(buf, from), big, last, &mut out, |out| {
            bad.add(1, || lines + line_ends(after(out, from), after_cr) + 1);
        });
        let kept = buf.len() - rest;
        self.held.extend_from_slice(after(buf, kept));
        std::mem::swap(buf, &mut out);
        self.scratch = out;
    }

    /// Makes LF of CRLF and CR, and pictures of NULs.
    fn clean(&mut self, buf: &mut Vec<u8>, from: usize, last: bool) {
        let mut out = std::mem::take(&mut self.scratch);
        out.clear();
        out.extend_from_slice(until(buf, from));
        let mut rest = after(buf, from);
        if self.after_cr && !rest.is_empty() {
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            self.after_cr = false;
        }
        while !rest.is_empty() {
            let at = memchr2(b'\r', 0, rest).unwrap_or(rest.len());
            if at > 0 {
                self.end_run(&mut out);
                out.extend_from_slice(until(rest, at));
            }
            rest = after(rest, at);
            rest = match rest.first() {
                Some(0) => self.take_nuls(rest, after(&out, from)),
                Some(_) => self.take_cr(rest, &mut out),
                None => rest,
            };
        }
        if last {
            self.end_run(&mut out);
        }
        std::mem::swap(buf, &mut out);
        self.scratch = out;
    }

    fn take_nuls<'a>(&mut self, rest: &'a [u8], done: &[u8]) -> &'a [u8] {
        let run = rest
            .iter()
            .position(|byte| *byte != 0)
            .unwrap_or(rest.len());
        let lines = self.lines;
        self.nul.add(run as u64, || lines + count_lf(done) + 1);
        self.nuls += run as u64;
        after(rest, run)
    }

    fn take_cr<'a>(&mut self, rest: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
        self.end_run(out);
        out.push(b'\n');
        let rest = after(rest, 1);
        self.after_cr = rest.is_empty();
        rest.strip_prefix(b"\n").unwrap_or(rest)
    }

    fn end_run(&mut self, out: &mut Vec<u8>) {
        let shown = if self.nuls > LONGEST_SHOWN_RUN {
            1
        } else {
            self.nuls
        };
        for _ in 0..shown {
            out.extend_from_slice(NUL_PICTURE);
        }
        self.nuls = 0;
    }

    /// What there is to tell at the end.
    pub fn problems(&self, out: &mut Vec<Problem>) {
        if self.changes.count > 0 {
            let text = format!(
                "from byte {} on the text has another encoding than before; {} such changes \
                 between UTF-8 and UTF-16 were found, and all was read",
                self.first_change, self.changes.count
            );
            out.push(Problem::new(self.changes.line, "mixed-encoding", text));
        }
        if self.bad.count > 0 {
            let text = format!(
                "{} places are not valid {}; their bytes are shown as \\xNN",
                self.bad.count,
                if self.encoding.is_wide() {
                    "UTF-16"
                } else {
                    "UTF-8"
                }
            );
            out.push(Problem::new(self.bad.line, "bad-utf8", text));
        }
        if self.nul.count > 0 {
            let text = format!(
                "{} NUL bytes, shown as \u{2400} (a run of more than {LONGEST_SHOWN_RUN} as one): \
                 the writer or the disk lost data here",
                self.nul.count
            );
            out.push(Problem::new(self.nul.line, "nul-bytes", text));
        }
    }
}

/// Writes bytes as the text `\xNN`.
pub(crate) fn write_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or(b'?');
        out.extend_from_slice(&[b'\\', b'x', digit(byte >> 4), digit(byte & 15)]);
    }
}

/// How many bytes at the end may be the start of a character still to come.
pub(crate) fn unfinished(bytes: &[u8]) -> usize {
    for (back, byte) in bytes.iter().rev().take(3).enumerate() {
        let wants = match byte {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            0x80..=0xBF => continue,
            _ => 0,
        };
        return if back + 1 < wants { back + 1 } else { 0 };
    }
    0
}

/// Line ends in text that is not cleaned yet.
fn line_ends(text: &[u8], after_cr: bool) -> u64 {
    let cr = memchr::memchr_iter(b'\r', text).count() as u64;
    let both = memmem::find_iter(text, b"\r\n").count() as u64;
    let again = u64::from(after_cr && text.first() == Some(&b'\n'));
    count_lf(text) + cr - both - again
}
