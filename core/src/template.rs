//! Messages with their variable parts masked, each text once.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

use crate::bytes::{after, between, floor_char, until};
use crate::scan::{digit_run, first_digit, hexish_run};

/// A message counts with so many bytes.
const MOST_TEXT: usize = 1000;
/// A token of hex digits and dashes from this length on is an identifier.
const LONG_TOKEN: usize = 8;
const MOST_TEMPLATES: usize = 1 << 18;
const MOST_BYTES: usize = 64 << 20;
/// The template of what no longer fits; its text says so.
pub(crate) const OTHER: u32 = u32::MAX;
/// What stands for a masked identifier and for masked digits.
const TOKEN: u8 = b'*';
const NUMBER: u8 = b'#';

/// Between the masked message and the masked fields of a record. JSON has no such byte.
pub(crate) const BETWEEN: u8 = 0x1f;

/// The message and the fields of a template.
pub(crate) fn parts(template: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memrchr(BETWEEN, template) {
        Some(place) if after(template, place + 1).starts_with(b"{") => {
            (until(template, place), after(template, place + 1))
        }
        _ => (template, b""),
    }
}

fn is_hexish(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || byte == b'-'
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// Writes `message` to `out` with digit runs as `#` and whole tokens of eight
/// and more hex digits and dashes, with a digit among them, as `*`.
/// What is cut off is told by an ellipsis: whoever looks for a text among the
/// templates has to know that there is more.
pub(crate) fn mask(message: &[u8], out: &mut Vec<u8>) {
    if message.len() > MOST_TEXT {
        let kept = until(message, floor_char(message, MOST_TEXT));
        mask_all(kept, out);
        out.extend_from_slice("\u{2026}".as_bytes());
    } else {
        mask_all(message, out);
    }
}

fn mask_all(message: &[u8], out: &mut Vec<u8>) {
    let mut rest = message;
    loop {
        let digit = first_digit(rest);
        let head = until(rest, digit);
        if digit == rest.len() {
            out.extend_from_slice(head);
            return;
        }
        let back = head
            .iter()
            .rev()
            .take_while(|byte| is_hexish(**byte))
            .count();
        let start = digit - back;
        let end = digit + hexish_run(after(rest, digit));
        out.extend_from_slice(until(rest, start));
        let left = until(rest, start).last().copied().unwrap_or_default();
        let right = rest.get(end).copied().unwrap_or_default();
        if end - start >= LONG_TOKEN && !is_word(left) && !is_word(right) {
            out.push(TOKEN);
        } else {
            mask_digits(between(rest, start, end), out);
        }
        rest = after(rest, end);
    }
}

fn mask_digits(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while !rest.is_empty() {
        let digit = first_digit(rest);
        out.extend_from_slice(until(rest, digit));
        rest = after(rest, digit);
        if !rest.is_empty() {
            out.push(NUMBER);
            rest = after(rest, digit_run(rest));
        }
    }
}

/// Numbers texts from 0 in order of first appearance.
#[derive(Default)]
pub(crate) struct Interner {
    hasher: DefaultHashBuilder,
    table: HashTable<u32>,
    texts: Vec<Box<[u8]>>,
    bytes: usize,
    /// Texts before this one were handed out.
    handed: usize,
}

impl Interner {
    /// The number of a text; `OTHER` when there are too many already.
    pub fn number(&mut self, text: &[u8]) -> u32 {
        let hash = self.hasher.hash_one(text);
        let texts = &self.texts;
        let same = |index: &u32| texts.get(*index as usize).is_some_and(|own| **own == *text);
        if let Some(index) = self.table.find(hash, same) {
            return *index;
        }
        if self.texts.len() >= MOST_TEMPLATES || self.bytes + text.len() > MOST_BYTES {
            return OTHER;
        }
        let index = self.texts.len() as u32;
        self.bytes += text.len();
        self.texts.push(text.into());
        let (texts, hasher) = (&self.texts, &self.hasher);
        let rehash = |index: &u32| {
            texts
                .get(*index as usize)
                .map_or(0, |text| hasher.hash_one(&**text))
        };
        self.table.insert_unique(hash, index, rehash);
        index
    }

    /// Copies of the texts that are new since the last call.
    pub fn new_texts(&mut self) -> Vec<Box<[u8]>> {
        let new = self.texts.get(self.handed..).unwrap_or_default().to_vec();
        self.handed = self.texts.len();
        new
    }

    pub fn clear(&mut self) {
        self.table.clear();
        self.texts.clear();
        self.bytes = 0;
        self.handed = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        let mut out = Vec::new();
        mask(text.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_and_identifiers_are_masked() {
        assert_eq!(
            masked("Return code = 200 after 1.5s"),
            "Return code = # after #.#s"
        );
        assert_eq!(
            masked("job d80f4b67-d4b0-4ee1-aa5e-2650db2f074a ended"),
            "job * ended"
        );
        assert_eq!(masked("thumbprint A1B2C3D4E5F60718."), "thumbprint *.");
        assert_eq!(masked("code-0001234 feed12345 x86"), "code-# * x#");
        assert_eq!(
            masked("no digits: ---------- deadbeef"),
            "no digits: ---------- deadbeef"
        );
        assert_eq!(masked("2026-03-10T12:00:00"), "#-#-#T#:#:#");
        assert_eq!(masked(""), "");
        assert_eq!(masked("9"), "#");
    }

    #[test]
    fn only_the_first_thousand_bytes_count() {
        let text = "é".repeat(2000);
        assert_eq!(masked(&text), format!("{}…", "é".repeat(500)));
        assert_eq!(
            masked(&format!("x{text}")),
            format!("x{}…", "é".repeat(499))
        );
        assert_eq!(masked(&"é".repeat(500)), "é".repeat(500));
    }

    #[test]
    fn fields_stand_behind_the_message() {
        assert_eq!(parts(b"a\x1f{\"b\":#}"), (&b"a"[..], &b"{\"b\":#}"[..]));
        assert_eq!(parts(b"a\x1fb\x1f{}"), (&b"a\x1fb"[..], &b"{}"[..]));
        assert_eq!(parts(b"a\x1fb"), (&b"a\x1fb"[..], &b""[..]));
        assert_eq!(parts(b""), (&b""[..], &b""[..]));
    }

    #[test]
    fn texts_are_numbered_in_order_and_told_once() {
        let mut interner = Interner::default();
        let numbers: Vec<u32> = [b"a", b"b", b"a", b"c"]
            .iter()
            .map(|text| interner.number(*text))
            .collect();
        assert_eq!(numbers, [0, 1, 0, 2]);
        assert_eq!(interner.new_texts().len(), 3);
        assert_eq!(interner.number(b"d"), 3);
        assert_eq!(interner.new_texts(), [Box::from(*b"d") as Box<[u8]>]);
    }
}
