//! Gzip data (RFC 1952) on their way to text: any number of gzip members in a row.
//!
//! The content counts, not its wrapping: after a fault what was unpacked is kept,
//! and what is wrong is told.

use flate2::Decompress;

use crate::bytes::between;
use crate::held::Held;
use crate::inflate::{INPUT_STEP, Step, step};
use crate::report::Problem;

/// Gzip members with a wrong check sum are told one by one up to this number.
const MOST_TOLD: usize = 20;
const DEFLATE: u8 = 8;
const HEADER_CRC: u8 = 0x02;
const EXTRA: u8 = 0x04;
const NAME: u8 = 0x08;
const COMMENT: u8 = 0x10;
const RESERVED: u8 = 0xe0;

/// What comes next in the gzip data.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Header,
    Body,
    Trailer,
    Nothing,
}

/// Unpacks the gzip data that a member holds.
pub(crate) struct Gunzip {
    decoder: Decompress,
    next: Next,
    packed: Vec<u8>,
    start: usize,
    /// Bytes of gzip data taken so far.
    at: u64,
    produced: u64,
    /// Bytes and check sum of this gzip member, and the check sum of all before.
    length: u64,
    crc: crc32fast::Hasher,
    all: crc32fast::Hasher,
    members: u64,
    problems: Vec<Problem>,
}

impl Gunzip {
    pub fn new() -> Self {
        Self {
            decoder: Decompress::new(false),
            next: Next::Header,
            packed: Vec::new(),
            start: 0,
            at: 0,
            produced: 0,
            length: 0,
            crc: crc32fast::Hasher::new(),
            all: crc32fast::Hasher::new(),
            members: 0,
            problems: Vec::new(),
        }
    }

    /// Unpacks at most what fits into `out`; nothing means the end.
    pub fn read(&mut self, held: &mut Held, out: &mut [u8]) -> usize {
        let mut made = 0;
        while made == 0 && self.next != Next::Nothing {
            match self.next {
                Next::Header => match self.header(held) {
                    Ok(()) => self.next = Next::Body,
                    Err(why) => self.fail(held, why),
                },
                Next::Body => made = self.body(held, out),
                Next::Trailer => self.trailer(held),
                Next::Nothing => {}
            }
        }
        made
    }

    pub fn is_ended(&self) -> bool {
        self.next == Next::Nothing
    }

    /// Unpacked bytes so far.
    pub fn produced(&self) -> u64 {
        self.produced
    }

    /// CRC-32 of the unpacked bytes so far.
    pub fn crc(&self) -> u32 {
        let mut all = self.all.clone();
        all.combine(&self.crc);
        all.finalize()
    }

    /// What was wrong with the gzip data.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Ends with a fault; one of the bytes below it has been told by their owner.
    fn fail(&mut self, held: &Held, why: &str) {
        self.next = Next::Nothing;
        if held.has_fault() {
            return;
        }
        let text = format!(
            "unpacking failed at byte {} of the gzip data ({why}): the {} bytes before it were \
             kept; get the file again",
            self.at, self.produced
        );
        self.problems.push(Problem::new(0, "inflate-failed", text));
    }

    /// The packed bytes that wait; none when there are no more.
    fn waiting(&mut self, held: &mut Held) -> &[u8] {
        if self.start >= self.packed.len() {
            self.packed.resize(INPUT_STEP, 0);
            let got = held.read(&mut self.packed);
            self.packed.truncate(got);
            self.start = 0;
        }
        between(&self.packed, self.start, self.packed.len())
    }

    fn take(&mut self, count: usize) {
        self.start += count;
        self.at += count as u64;
    }

    fn byte(&mut self, held: &mut Held) -> Option<u8> {
        let byte = *self.waiting(held).first()?;
        self.take(1);
        Some(byte)
    }

    fn bytes<const N: usize>(&mut self, held: &mut Held) -> Option<[u8; N]> {
        let mut found = [0; N];
        for place in &mut found {
            *place = self.byte(held)?;
        }
        Some(found)
    }

    /// Reads a header; its texts are passed over, whatever their length.
    fn header(&mut self, held: &mut Held) -> Result<(), &'static str> {
        const TORN: &str = "it ends within a header";
        let [first, second] = self.bytes(held).ok_or(TORN)?;
        if [first, second] != [0x1f, 0x8b] {
            return Err("there is no gzip header");
        }
        let [method, flags] = self.bytes(held).ok_or(TORN)?;
        if method != DEFLATE || flags & RESERVED != 0 {
            return Err("the header is damaged");
        }
        self.bytes::<6>(held).ok_or(TORN)?;
        if flags & EXTRA != 0 {
            let length = u16::from_le_bytes(self.bytes(held).ok_or(TORN)?);
            for _ in 0..length {
                self.byte(held).ok_or(TORN)?;
            }
        }
        for text in [NAME, COMMENT] {
            while flags & text != 0 && self.byte(held).ok_or(TORN)? != 0 {}
        }
        if flags & HEADER_CRC != 0 {
            self.bytes::<2>(held).ok_or(TORN)?;
        }
        self.decoder.reset(false);
        self.length = 0;
        Ok(())
    }

    fn body(&mut self, held: &mut Held, out: &mut [u8]) -> usize {
        self.waiting(held);
        let input = between(&self.packed, self.start, self.packed.len());
        let (taken, made, ended) = step(&mut self.decoder, input, out);
        self.take(taken);
        self.crc.update(between(out, 0, made));
        self.length += made as u64;
        self.produced += made as u64;
        match ended {
            Step::Going => {}
            Step::Ended => self.next = Next::Trailer,
            Step::Failed(why) => self.fail(held, &why),
        }
        made
    }

    fn trailer(&mut self, held: &mut Held) {
        self.members += 1;
        let ends = (self.bytes(held), self.bytes(held));
        let (Some(crc), Some(size)) = ends else {
            self.fail(held, "it ends within its check sum");
            return;
        };
        let (crc, size) = (u32::from_le_bytes(crc), u32::from_le_bytes(size));
        let found = self.crc.clone().finalize();
        if crc != found {
            let text = format!(
                "the checksum of gzip member {} is {found:08x}, its end says {crc:08x}: some of \
                 the content is damaged, all of it was read; get the file again",
                self.members
            );
            self.tell("bad-crc", text);
        }
        // The size is told modulo 2^32.
        if u64::from(size) != self.length & 0xffff_ffff {
            let text = format!(
                "gzip member {} has {} bytes, its end says {size}: it was cut or changed; what \
                 is there was read",
                self.members, self.length
            );
            self.tell("size-mismatch", text);
        }
        self.all.combine(&self.crc);
        self.crc = crc32fast::Hasher::new();
        self.look_behind(held);
    }

    fn tell(&mut self, kind: &'static str, text: String) {
        if self.problems.len() < MOST_TOLD {
            self.problems.push(Problem::new(0, kind, text));
        }
    }

    /// Another gzip member, zeros that fill a block, or what does not belong there.
    fn look_behind(&mut self, held: &mut Held) {
        let end = self.at;
        while self.waiting(held).first() == Some(&0) {
            self.take(1);
        }
        let zeros = self.at - end;
        match self.waiting(held).first() {
            // A buffer may end between the two bytes of the mark: the header tells.
            Some(0x1f) => self.next = Next::Header,
            Some(_) => self.garbage(held, end),
            None => {
                self.next = Next::Nothing;
                if zeros > 0 && !held.has_fault() {
                    let text = format!(
                        "{zeros} zero bytes stand behind the gzip data and belong to nothing; \
                         all before them was read"
                    );
                    self.problems.push(Problem::new(0, "stray-bytes", text));
                }
            }
        }
    }

    fn garbage(&mut self, held: &mut Held, end: u64) {
        self.next = Next::Nothing;
        loop {
            let count = self.waiting(held).len();
            if count == 0 {
                break;
            }
            self.take(count);
        }
        let text = format!(
            "{} bytes behind the end of the gzip data at byte {end} are no gzip data and were \
             not read: damage, or something else was appended; get the file again",
            self.at - end
        );
        self.problems.push(Problem::new(0, "trailing-bytes", text));
    }
}
