//! What the first bytes say about the encoding.

use memchr::memchr;

use crate::bytes::{after, until};
use crate::mixed::{Change, to_wide};

/// How much of a file is looked at.
pub(crate) const HEAD: usize = 4096;

/// Starts of files that are no text, whatever follows: archives, event logs,
/// programs, registry hives, databases, pictures.
const MAGIC: [&[u8]; 12] = [
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b\x08",
    b"ElfFile\0",
    b"MZ\x90\0",
    b"\x7fELF",
    b"regf",
    b"SQLite format 3\0",
    b"\x89PNG",
    b"\xfd7zXZ\0",
    b"7z\xbc\xaf\x27\x1c",
    b"\x28\xb5\x2f\xfd",
];

/// The mark of a tar archive, whose first bytes are a file's name.
const TAR: &[u8] = b"ustar";
const TAR_AT: usize = 257;

/// The encodings that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf8Bom,
    Utf16Le,
    Utf16Be,
    Binary,
}

impl Encoding {
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf8Bom => "utf-8-bom",
            Self::Utf16Le => "utf-16-le",
            Self::Utf16Be => "utf-16-be",
            Self::Binary => "binary",
        }
    }

    pub fn is_wide(self) -> bool {
        matches!(self, Self::Utf16Le | Self::Utf16Be)
    }
}

/// The answer: how long the byte order mark is, and whether we had to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sniffed {
    pub encoding: Encoding,
    pub mark: usize,
    pub guessed: bool,
}

/// Looks at the first bytes of a file (at most `HEAD` of them).
pub(crate) fn sniff(head: &[u8]) -> Sniffed {
    let sure = |encoding, mark| Sniffed {
        encoding,
        mark,
        guessed: false,
    };
    if head.starts_with(b"\xef\xbb\xbf") {
        return sure(Encoding::Utf8Bom, 3);
    }
    if head.starts_with(b"\xff\xfe") {
        return sure(Encoding::Utf16Le, 2);
    }
    if head.starts_with(b"\xfe\xff") {
        return sure(Encoding::Utf16Be, 2);
    }
    let tar = head.get(TAR_AT..).is_some_and(|rest| rest.starts_with(TAR));
    if tar || MAGIC.iter().any(|magic| head.starts_with(magic)) {
        return sure(Encoding::Binary, 0);
    }
    if is_mixed(head) {
        return sure(Encoding::Utf8, 0);
    }
    if let Some(encoding) = guess_wide(head) {
        return Sniffed {
            encoding,
            mark: 0,
            guessed: true,
        };
    }
    let encoding = if looks_binary(head) {
        Encoding::Binary
    } else {
        Encoding::Utf8
    };
    sure(encoding, 0)
}

/// UTF-16 of mostly Latin text has a NUL in every second place, and no other.
fn guess_wide(head: &[u8]) -> Option<Encoding> {
    memchr(0, head)?;
    let pairs = head.len() / 2;
    let (mut even, mut odd, mut wild) = (0, 0, 0);
    for pair in head.chunks_exact(2) {
        match *pair {
            [0, 0] => wild += 1,
            [0, low] if low >= b' ' || low.is_ascii_whitespace() => even += 1,
            [low, 0] if low >= b' ' || low.is_ascii_whitespace() => odd += 1,
            _ => {}
        }
    }
    if pairs < 4 || wild * 20 > pairs {
        None
    } else if odd * 2 > pairs && even * 20 <= pairs {
        Some(Encoding::Utf16Le)
    } else if even * 2 > pairs && odd * 20 <= pairs {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

/// So many bytes of the second half have to be UTF-16; the text may change again.
const LOOK: usize = 64;
/// Fewer bytes may be the first letters of UTF-16.
const LEAST_BEFORE: usize = 8;

/// Text of single bytes that goes on as UTF-16: both halves have to be text.
fn is_mixed(head: &[u8]) -> bool {
    let Change::At { at, mark } = to_wide(head, true) else {
        return false;
    };
    let before = until(head, at);
    at >= LEAST_BEFORE
        && memchr(0, before).is_none()
        && simdutf8::basic::from_utf8(before).is_ok()
        && !looks_binary(before)
        && guess_wide(until(after(head, at + mark), LOOK)) == Some(Encoding::Utf16Le)
}

/// Logs hold hardly any control bytes besides line ends, tabs and colours; a
/// run of NULs (a lost block) counts once.
fn looks_binary(head: &[u8]) -> bool {
    let mut control = 0;
    let mut nul_runs = 0;
    let mut before = 1;
    for &byte in head {
        match byte {
            0 if before != 0 => nul_runs += 1,
            0 | 0x07..=0x0d | 0x1b => {}
            0x01..=0x1f => control += 1,
            _ => {}
        }
        before = byte;
    }
    let odd = control + nul_runs;
    odd >= 8 && odd * 25 > head.len()
}
