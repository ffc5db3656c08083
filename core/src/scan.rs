//! Finds kinds of bytes eight at a step: most words of a log are shorter than
//! a call of `memchr` is worth.

use crate::bytes::after;

const LOW: u64 = spread(0x7f);
const HIGH: u64 = spread(0x80);

/// The same byte in all eight places.
const fn spread(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The high bit of each byte from `least` to `most`, both ASCII; no other bits.
#[inline]
const fn within(word: u64, least: u8, most: u8) -> u64 {
    let low = word & LOW;
    let reached = low + spread(0x80 - least);
    let passed = low + spread(0x7f - most);
    reached & !passed & !word & HIGH
}

const fn digits(word: u64) -> u64 {
    within(word, b'0', b'9')
}

/// Hex digits and dashes. With the bit of lower case set, only letters are a to f.
const fn hexish(word: u64) -> u64 {
    let letters = within(word | spread(0x20), b'a', b'f');
    digits(word) | letters | within(word, b'-', b'-')
}

const fn gaps(word: u64) -> u64 {
    within(word, b' ', b' ') | within(word, b'\t', b'\t')
}

/// What cannot stand in a JSON string as it is.
const fn special(word: u64) -> u64 {
    within(word, 0, 0x1f) | within(word, b'"', b'"') | within(word, b'\\', b'\\')
}

/// The first byte that `marks` marks; the text's length when there is none.
#[inline]
fn first(text: &[u8], marks: impl Fn(u64) -> u64) -> usize {
    let mut at = 0;
    while let Some(bytes) = after(text, at).first_chunk::<8>() {
        let found = marks(u64::from_le_bytes(*bytes));
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let rest = after(text, at);
    let mut last = [0; 8];
    for (place, byte) in last.iter_mut().zip(rest) {
        *place = *byte;
    }
    let found = marks(u64::from_le_bytes(last));
    at + rest.len().min((found.trailing_zeros() / 8) as usize)
}

/// The first digit; the text's length when there is none.
#[inline]
pub(crate) fn first_digit(text: &[u8]) -> usize {
    first(text, digits)
}

/// How many hex digits and dashes the text begins with.
#[inline]
pub(crate) fn hexish_run(text: &[u8]) -> usize {
    first(text, |word| !hexish(word) & HIGH)
}

/// How many digits the text begins with.
#[inline]
pub(crate) fn digit_run(text: &[u8]) -> usize {
    first(text, |word| !digits(word) & HIGH)
}

/// The first blank or tab; the text's length when there is none.
#[inline]
pub(crate) fn first_gap(text: &[u8]) -> usize {
    first(text, gaps)
}

/// The first byte that JSON wants escaped; the text's length when there is none.
#[inline]
pub(crate) fn first_special(text: &[u8]) -> usize {
    first(text, special)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slow(text: &[u8], wanted: impl Fn(&u8) -> bool) -> usize {
        text.iter().position(wanted).unwrap_or(text.len())
    }

    #[test]
    fn every_byte_at_every_place_is_judged_right() {
        for byte in 0..=255_u8 {
            for place in 0..20 {
                for filler in [b'5', b'f', b'~', b' ', 0x80, b'-'] {
                    let mut text = vec![filler; 20];
                    text[place] = byte;
                    let hex = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'-';
                    let odd = |byte: &u8| *byte < 0x20 || matches!(*byte, b'"' | b'\\');
                    assert_eq!(first_digit(&text), slow(&text, u8::is_ascii_digit));
                    assert_eq!(hexish_run(&text), slow(&text, |byte| !hex(byte)));
                    assert_eq!(digit_run(&text), slow(&text, |byte| !byte.is_ascii_digit()));
                    assert_eq!(first_gap(&text), slow(&text, |byte| b" \t".contains(byte)));
                    assert_eq!(first_special(&text), slow(&text, odd));
                }
            }
        }
    }

    #[test]
    fn short_texts_end_where_they_end() {
        assert_eq!(first_special(b"abc"), 3);
        assert_eq!(hexish_run(b"abc"), 3);
        assert_eq!(digit_run(b""), 0);
    }
}
