//! Writing JSON text.

use crate::bytes::{after, until};
use crate::scan::first_special;

/// Writes valid UTF-8 as a JSON string with its quotes.
#[inline]
pub(crate) fn string(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    body(out, text);
    out.push(b'"');
}

/// Writes valid UTF-8 as the inside of a JSON string.
#[inline]
pub(crate) fn body(out: &mut Vec<u8>, text: &[u8]) {
    let mut rest = text;
    loop {
        let at = first_special(rest);
        out.extend_from_slice(until(rest, at));
        let Some(byte) = rest.get(at) else { return };
        write_escape(out, *byte);
        rest = after(rest, at + 1);
    }
}

/// Digits as a number if that keeps them, else as text.
pub(crate) fn number(out: &mut Vec<u8>, digits: &[u8]) {
    let leading = digits.len() > 1 && digits.first() == Some(&b'0');
    if leading || digits.len() > 18 {
        string(out, digits);
    } else {
        out.extend_from_slice(digits);
    }
}

fn write_escape(out: &mut Vec<u8>, byte: u8) {
    let letter = match byte {
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        b'"' | b'\\' => byte,
        _ => {
            let low = byte & 15;
            let digit = if low < 10 {
                b'0' + low
            } else {
                b'a' + low - 10
            };
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', b'0' + (byte >> 4), digit]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', letter]);
}
