//! Where a text goes on in another encoding: two programs wrote to one file.
//!
//! On Windows a shell appends UTF-16 to a log of single bytes, or the other way
//! round. Where the pieces of a file are cut makes no difference: what cannot be
//! judged yet waits for more.

use memchr::memchr;

use crate::bytes::{after, until};

/// So many bytes have to look like the other encoding; at the end of a file less.
const WINDOW: usize = 32;
const LEAST_WIDE: usize = 8;
const LEAST_NARROW: usize = 16;
const MARK: &[u8] = b"\xff\xfe";
/// A byte order mark and one letter may stand before the first NUL.
const BEFORE_NUL: usize = 3;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Never,
    /// The other encoding begins at `at`, with a mark of so many bytes.
    At {
        at: usize,
        mark: usize,
    },
    /// What begins there cannot be judged before more bytes come.
    Unsure(usize),
}

/// Where text of single bytes goes on as UTF-16 with the low byte first.
pub(crate) fn to_wide(raw: &[u8], last: bool) -> Change {
    let mut from = 0;
    while let Some(found) = memchr(0, after(raw, from)) {
        let nul = from + found;
        if nul > 0 && found > 0 {
            let window = until(after(raw, nul - 1), WINDOW.min(raw.len() + 1 - nul));
            let mark = until(raw, nul - 1).ends_with(MARK);
            let mark = if mark { MARK.len() } else { 0 };
            let at = nul - 1 - mark;
            if window.len() < WINDOW && !last {
                return Change::Unsure(at);
            }
            if window.len() >= LEAST_WIDE && looks_wide(window) {
                return Change::At { at, mark };
            }
        }
        let run = after(raw, nul).iter().position(|byte| *byte != 0);
        from = nul + run.unwrap_or(raw.len() - nul);
    }
    if last {
        Change::Never
    } else {
        Change::Unsure(raw.len().saturating_sub(BEFORE_NUL))
    }
}

/// Where UTF-16 goes on as text of single bytes.
pub(crate) fn to_narrow(raw: &[u8], last: bool) -> Change {
    let mut from = 0;
    loop {
        let rest = after(raw, from);
        let window = until(rest, WINDOW.min(rest.len()));
        match window.iter().rposition(|byte| !is_ascii_text(*byte)) {
            // A unit has two bytes, so that a change stands at an even place.
            Some(bad) => from += (bad + 2) & !1,
            None if window.len() == WINDOW => return Change::At { at: from, mark: 0 },
            None if !last => return Change::Unsure(from.min(raw.len())),
            None if window.len() >= LEAST_NARROW => return Change::At { at: from, mark: 0 },
            None => return Change::Never,
        }
    }
}

fn looks_wide(window: &[u8]) -> bool {
    let pairs = window.chunks_exact(2);
    let count = pairs.len();
    let mut good = 0;
    for pair in pairs {
        match *pair {
            [0, 0] => return false,
            [low, 0] if low >= b' ' || low.is_ascii_whitespace() => good += 1,
            _ => {}
        }
    }
    good * 10 >= count * 8
}

fn is_ascii_text(byte: u8) -> bool {
    (b' '..0x7f).contains(&byte) || matches!(byte, b'\t' | b'\n' | b'\r')
}
