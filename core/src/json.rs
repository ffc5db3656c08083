//! Writing JSON text.

use crate::bytes::between;

/// For each byte: 0 when it stands as it is, else what follows the backslash.
const ESCAPE: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = b'u';
        byte += 1;
    }
    table[b'\n' as usize] = b'n';
    table[b'\r' as usize] = b'r';
    table[b'\t' as usize] = b't';
    table[0x08] = b'b';
    table[0x0c] = b'f';
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table
};

fn escape_of(byte: u8) -> u8 {
    ESCAPE.get(usize::from(byte)).copied().unwrap_or_default()
}

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
    let mut start = 0;
    for (at, &byte) in text.iter().enumerate() {
        let escape = escape_of(byte);
        if escape != 0 {
            out.extend_from_slice(between(text, start, at));
            write_escape(out, byte, escape);
            start = at + 1;
        }
    }
    out.extend_from_slice(between(text, start, text.len()));
}

fn write_escape(out: &mut Vec<u8>, byte: u8, escape: u8) {
    out.extend_from_slice(&[b'\\', escape]);
    if escape == b'u' {
        let low = byte & 15;
        let digit = if low < 10 { b'0' + low } else { b'a' + low - 10 };
        out.extend_from_slice(&[b'0', b'0', b'0' + (byte >> 4), digit]);
    }
}
