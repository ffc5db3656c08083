//! The bytes of one member as an archive or a folder holds it: a slice of a file,
//! inflated, counted and checked.

use std::fs::{self, File};
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::Decompress;

use crate::bytes::between;
use crate::inflate::{INPUT_STEP, Step, step};
use crate::report::Problem;

/// Why reading ended before the end; all are told, none stops other members.
#[derive(Debug)]
enum Fault {
    Unreadable(String),
    Inflate { at: u64, why: String },
    Cut { missing: u64 },
    OverLimit,
}

/// A stream of bytes that never fails: faults end it and are told.
pub(crate) struct Held {
    input: Box<dyn Read + Send>,
    left: u64,
    inflate: Option<Decompress>,
    packed: Vec<u8>,
    start: usize,
    produced: u64,
    cap: u64,
    crc: crc32fast::Hasher,
    ended: bool,
    fault: Option<Fault>,
}

impl Held {
    /// Opens `packed` bytes at `offset`, which may become `cap` bytes at most.
    pub fn open(path: &Path, offset: u64, packed: u64, deflated: bool, cap: u64) -> Self {
        match open_at(path, offset) {
            Ok(file) => Self::new(Box::new(file), packed, deflated, cap),
            Err(error) => {
                let mut held = Self::new(Box::new(io::empty()), 0, false, cap);
                held.fail(Fault::Unreadable(error.to_string()));
                held
            }
        }
    }

    /// Bytes that are in memory already.
    pub fn memory(bytes: Vec<u8>) -> Self {
        let size = bytes.len() as u64;
        Self::new(Box::new(Cursor::new(bytes)), size, false, size)
    }

    fn new(input: Box<dyn Read + Send>, left: u64, deflated: bool, cap: u64) -> Self {
        Self {
            input,
            left,
            inflate: deflated.then(|| Decompress::new(false)),
            packed: Vec::new(),
            start: 0,
            produced: 0,
            cap,
            crc: crc32fast::Hasher::new(),
            ended: false,
            fault: None,
        }
    }

    /// Fills `out` as far as the source reaches; less than asked means the end.
    pub fn read(&mut self, out: &mut [u8]) -> usize {
        let mut filled = 0;
        while !self.ended && filled < out.len() {
            let Some(room) = out.get_mut(filled..) else {
                break;
            };
            let got = if self.inflate.is_some() {
                self.read_deflate(room)
            } else {
                self.read_stored(room)
            };
            if let Some(new) = out.get(filled..filled + got) {
                self.crc.update(new);
            }
            filled += got;
            self.produced += got as u64;
            if self.produced > self.cap {
                self.fail(Fault::OverLimit);
            }
        }
        filled
    }

    /// Whether no more bytes come.
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// Unpacked bytes so far.
    pub fn produced(&self) -> u64 {
        self.produced
    }

    /// The error's text if the file could not be opened or read.
    pub fn unreadable(&self) -> Option<&str> {
        match &self.fault {
            Some(Fault::Unreadable(why)) => Some(why),
            _ => None,
        }
    }

    /// Whether reading ended before the end.
    pub fn has_fault(&self) -> bool {
        self.fault.is_some()
    }

    /// CRC-32 of the bytes so far.
    pub fn crc(&self) -> u32 {
        self.crc.clone().finalize()
    }

    /// What there is to tell at the end, given what the archive promised.
    pub fn problems(&self, crc: Option<u32>, size: Option<u64>) -> Vec<Problem> {
        if let Some(fault) = &self.fault {
            return vec![tell(fault, self.produced)];
        }
        let mut problems = Vec::new();
        if !self.ended {
            return problems;
        }
        let found = self.crc();
        if let Some(promised) = crc.filter(|promised| *promised != found) {
            let text = format!(
                "the checksum is {found:08x}, the archive says {promised:08x}: some of the \
                 content is damaged, all of it was read; get the file again"
            );
            problems.push(Problem::new(0, "bad-crc", text));
        }
        if let Some(promised) = size.filter(|promised| *promised != self.produced) {
            let text = format!(
                "{} bytes were read, {promised} were announced: the file was cut, or changed \
                 while it was copied",
                self.produced
            );
            problems.push(Problem::new(0, "size-mismatch", text));
        }
        problems
    }

    fn fail(&mut self, fault: Fault) {
        self.ended = true;
        self.fault.get_or_insert(fault);
    }

    fn read_stored(&mut self, out: &mut [u8]) -> usize {
        if self.left == 0 {
            self.ended = true;
            return 0;
        }
        let got = self.read_input(out);
        if got == 0 {
            self.fail(Fault::Cut { missing: self.left });
        }
        got
    }

    /// One read of packed bytes, never more than the slice has left.
    fn read_input(&mut self, out: &mut [u8]) -> usize {
        let most = usize::try_from(self.left).map_or(out.len(), |left| left.min(out.len()));
        let Some(room) = out.get_mut(..most) else {
            return 0;
        };
        loop {
            match self.input.read(room) {
                Ok(got) => {
                    self.left = self.left.saturating_sub(got as u64);
                    return got;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.fail(Fault::Unreadable(error.to_string()));
                    return 0;
                }
            }
        }
    }

    fn refill(&mut self) {
        let mut packed = std::mem::take(&mut self.packed);
        packed.resize(INPUT_STEP, 0);
        let got = self.read_input(&mut packed);
        packed.truncate(got);
        self.packed = packed;
        self.start = 0;
    }

    fn read_deflate(&mut self, out: &mut [u8]) -> usize {
        if self.start >= self.packed.len() {
            self.refill();
        }
        let Some(inflate) = self.inflate.as_mut() else {
            return 0;
        };
        let input = between(&self.packed, self.start, self.packed.len());
        let (taken, made, ended) = step(inflate, input, out);
        let at = inflate.total_in();
        self.start += taken;
        match ended {
            Step::Going => {}
            Step::Ended => self.ended = true,
            Step::Failed(why) => self.fail(Fault::Inflate { at, why }),
        }
        made
    }
}

fn open_at(path: &Path, offset: u64) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    Ok(file)
}

fn tell(fault: &Fault, produced: u64) -> Problem {
    match fault {
        Fault::Unreadable(why) => Problem::new(
            0,
            "unreadable",
            format!("reading failed after {produced} bytes ({why}); check the file and its rights"),
        ),
        Fault::Inflate { at, why } => Problem::new(
            0,
            "inflate-failed",
            format!(
                "unpacking failed at byte {at} of the packed data ({why}): the {produced} bytes \
                 before it were kept; get the file again"
            ),
        ),
        Fault::Cut { missing } => Problem::new(
            0,
            "size-mismatch",
            format!(
                "the file ends {missing} bytes too early: the {produced} bytes that are there \
                 were read; get the file again"
            ),
        ),
        Fault::OverLimit => over_limit(produced),
    }
}

/// That unpacking was stopped at a limit.
pub(crate) fn over_limit(produced: u64) -> Problem {
    let text = format!(
        "unpacking was stopped after {produced} bytes: no log of this packed size is so \
         long; what came before was kept"
    );
    Problem::new(0, "over-limit", text)
}
