//! Looking at byte slices without any way to go out of range.

use memchr::memchr_iter;

/// `text[from..to]`, empty when that is outside.
#[inline]
pub(crate) fn between(text: &[u8], from: usize, to: usize) -> &[u8] {
    text.get(from..to).unwrap_or_default()
}

/// `text[from..]`, empty when that is outside.
#[inline]
pub(crate) fn after(text: &[u8], from: usize) -> &[u8] {
    text.get(from..).unwrap_or_default()
}

/// `text[..to]`, all of it when that is outside.
#[inline]
pub(crate) fn until(text: &[u8], to: usize) -> &[u8] {
    text.get(..to).unwrap_or(text)
}

/// The largest place not behind `at` where UTF-8 text can be cut.
pub(crate) fn floor_char(text: &[u8], at: usize) -> usize {
    let mut at = at.min(text.len());
    while at > 0 && text.get(at).is_some_and(|byte| byte & 0xC0 == 0x80) {
        at -= 1;
    }
    at
}

/// The smallest place not before `at` where UTF-8 text can be cut.
pub(crate) fn ceil_char(text: &[u8], at: usize) -> usize {
    let mut at = at.min(text.len());
    while text.get(at).is_some_and(|byte| byte & 0xC0 == 0x80) {
        at += 1;
    }
    at
}

/// Blank or tab: what separates words within a line.
#[inline]
pub(crate) fn is_gap(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// Whether a line holds nothing that could be seen.
#[inline]
pub(crate) fn is_blank(line: &[u8]) -> bool {
    match line.first() {
        Some(byte) if !byte.is_ascii_whitespace() => false,
        _ => line.iter().all(u8::is_ascii_whitespace),
    }
}

/// How many LF there are.
#[inline]
pub(crate) fn count_lf(text: &[u8]) -> u64 {
    memchr_iter(b'\n', text).count() as u64
}
