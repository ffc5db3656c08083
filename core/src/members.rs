//! The `Fields` column: one JSON object for each record.

use memchr::memchr;

use crate::bytes::{after, between, is_gap, until};
use crate::gotext;
use crate::json;

/// Further pairs of one record are kept as text.
const MOST_MEMBERS: usize = 256;
/// A longer key is prose with a `=` in it; its last word is the key.
const LONGEST_KEY: usize = 64;
/// The name of what stands between the pairs.
const LOOSE: &[u8] = b"_";

/// Writes the members of one object at a time; names are never used twice.
#[derive(Default)]
pub(crate) struct Members {
    /// Where the names written so far lie in the output, without quotes.
    names: Vec<(usize, usize)>,
    name: Vec<u8>,
    value: Vec<u8>,
    loose: Vec<u8>,
}

impl Members {
    /// Starts an object.
    #[inline]
    pub fn begin(&mut self) {
        self.names.clear();
        self.loose.clear();
    }

    /// Ends the object; it is written even when it has no members.
    #[inline]
    pub fn end(&mut self, out: &mut Vec<u8>) {
        if !self.loose.is_empty() {
            let loose = std::mem::take(&mut self.loose);
            self.text(out, LOOSE, &loose);
            self.loose = loose;
        }
        if self.names.is_empty() {
            out.push(b'{');
        }
        out.push(b'}');
    }

    /// A member whose name is JSON already: `"name":`. The value follows.
    #[inline]
    pub fn known(&mut self, out: &mut Vec<u8>, quoted: &[u8]) {
        let inner = between(quoted, 1, quoted.len().saturating_sub(2));
        if self.is_used(out, inner) {
            self.name.clear();
            self.name.extend_from_slice(inner);
            self.write_name(out);
        } else {
            self.separate(out);
            let start = out.len() + 1;
            self.names.push((start, start + inner.len()));
            out.extend_from_slice(quoted);
        }
    }

    /// A member with a text value.
    pub fn text(&mut self, out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
        self.name.clear();
        json::body(&mut self.name, name);
        self.write_name(out);
        json::string(out, value);
    }

    /// A text value; `escaped` when it is the inside of a Go string.
    #[inline]
    pub fn value(&mut self, out: &mut Vec<u8>, value: &[u8], escaped: bool) {
        if escaped && !same_in_json(value) {
            self.value.clear();
            gotext::unescape(&mut self.value, value);
            json::string(out, &self.value);
        } else if escaped {
            out.push(b'"');
            out.extend_from_slice(value);
            out.push(b'"');
        } else {
            json::string(out, value);
        }
    }

    /// Digits as a number if that keeps them, else as text.
    pub fn number(&mut self, out: &mut Vec<u8>, digits: &[u8]) {
        let leading = digits.len() > 1 && digits.first() == Some(&b'0');
        if leading || digits.len() > 18 {
            json::string(out, digits);
        } else {
            out.extend_from_slice(digits);
        }
    }

    /// The open tail of logrus: `Key With Blanks="go quoted" Other=bare`.
    pub fn pairs(&mut self, out: &mut Vec<u8>, tail: &[u8]) {
        let mut rest = tail.trim_ascii();
        while !rest.is_empty() {
            let sign = memchr(b'=', rest).filter(|_| self.names.len() < MOST_MEMBERS);
            let Some(sign) = sign else {
                self.keep_loose(rest);
                return;
            };
            let (loose, key) = split_key(until(rest, sign));
            self.keep_loose(loose);
            let value = after(rest, sign + 1);
            rest = if key.is_empty() {
                let end = word_end(value);
                self.keep_loose(until(rest, sign + 1 + end));
                after(value, end)
            } else {
                self.pair(out, key, value)
            };
            rest = rest.trim_ascii_start();
        }
    }

    /// Writes one pair and returns what follows its value.
    fn pair<'a>(&mut self, out: &mut Vec<u8>, key: &[u8], value: &'a [u8]) -> &'a [u8] {
        self.name.clear();
        json::body(&mut self.name, key);
        self.write_name(out);
        if value.first() == Some(&b'"') {
            let found = gotext::scan(value, 1);
            self.value(out, between(value, 1, found.body_end), found.escaped);
            after(value, found.end)
        } else {
            let end = word_end(value);
            json::string(out, until(value, end));
            after(value, end)
        }
    }

    fn keep_loose(&mut self, text: &[u8]) {
        if !text.is_empty() {
            if !self.loose.is_empty() {
                self.loose.push(b' ');
            }
            self.loose.extend_from_slice(text);
        }
    }

    fn is_used(&self, out: &[u8], name: &[u8]) -> bool {
        self.names.iter().any(|(from, to)| between(out, *from, *to) == name)
    }

    fn separate(&self, out: &mut Vec<u8>) {
        out.push(if self.names.is_empty() { b'{' } else { b',' });
    }

    /// Writes `self.name`, with a number behind it if it is used already.
    fn write_name(&mut self, out: &mut Vec<u8>) {
        let length = self.name.len();
        let mut number = 2;
        while self.is_used(out, &self.name) {
            self.name.truncate(length);
            self.name.extend_from_slice(format!("_{number}").as_bytes());
            number += 1;
        }
        self.separate(out);
        out.push(b'"');
        let start = out.len();
        out.extend_from_slice(&self.name);
        self.names.push((start, out.len()));
        out.extend_from_slice(b"\":");
    }
}

/// Whether all escapes of a Go string mean the same in JSON, so that it can be
/// copied; control characters cannot stand in JSON as they are.
#[inline]
fn same_in_json(body: &[u8]) -> bool {
    let mut bytes = body.iter();
    while let Some(byte) = bytes.next() {
        let same = match byte {
            b'\\' => matches!(bytes.next(), Some(b'"' | b'\\' | b'n' | b't' | b'r' | b'b' | b'f')),
            _ => *byte >= 0x20,
        };
        if !same {
            return false;
        }
    }
    true
}

fn word_end(text: &[u8]) -> usize {
    let gap = |byte: &u8| is_gap(*byte) || *byte == b'\n';
    text.iter().position(gap).unwrap_or(text.len())
}

/// What stands before a `=`: text that belongs to no pair, and the key.
fn split_key(text: &[u8]) -> (&[u8], &[u8]) {
    let text = text.trim_ascii();
    let wall = text.iter().rposition(|byte| matches!(byte, b'"' | b'\n'));
    let mut start = wall.map_or(0, |at| at + 1);
    if text.len() - start > LONGEST_KEY {
        let gap = text.iter().rposition(|byte| is_gap(*byte));
        start = gap.map_or(start, |at| start.max(at + 1));
    }
    (until(text, start).trim_ascii_end(), after(text, start).trim_ascii_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(tail: &str) -> String {
        let mut out = Vec::new();
        let mut members = Members::default();
        members.begin();
        members.pairs(&mut out, tail.as_bytes());
        members.end(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn keys_may_hold_blanks() {
        assert_eq!(
            object(" VM Id=f65b Status Code=200 Error=\"a \\\"b\\\"\""),
            r#"{"VM Id":"f65b","Status Code":"200","Error":"a \"b\""}"#
        );
        assert_eq!(object(""), "{}");
        assert_eq!(object("   "), "{}");
    }

    #[test]
    fn a_repeated_key_is_numbered() {
        assert_eq!(object("a=1 a=2 a_2=x a=3"), r#"{"a":"1","a_2":"2","a_2_2":"x","a_3":"3"}"#);
    }

    #[test]
    fn what_is_no_pair_is_kept() {
        assert_eq!(object("done a=1 and gone"), r#"{"done a":"1","_":"and gone"}"#);
        assert_eq!(object("no pair here"), r#"{"_":"no pair here"}"#);
        assert_eq!(object("=x a=1"), r#"{"a":"1","_":"=x"}"#);
        assert_eq!(object("a=\"b\"c d=e"), r#"{"a":"b","c d":"e"}"#);
        assert_eq!(object("say \"hi\" k=v"), r#"{"k":"v","_":"say \"hi\""}"#);
    }

    #[test]
    fn values_may_be_empty_open_or_escaped() {
        assert_eq!(object("a= b=\"\" c=\"open"), r#"{"a":"","b":"","c":"open"}"#);
        assert_eq!(object(r#"a="x\ty" b="\u00e9\x1b\q""#), "{\"a\":\"x\\ty\",\"b\":\"é\\u001b\\\\q\"}");
        assert_eq!(object("a=\"tab\there\""), r#"{"a":"tab\there"}"#);
        assert_eq!(object("a=\"two\nlines\" b=2"), r#"{"a":"two\nlines","b":"2"}"#);
    }

    #[test]
    fn prose_before_a_sign_is_no_key() {
        let prose = "word ".repeat(20);
        assert_eq!(object(&format!("{prose}x=1")), format!(r#"{{"x":"1","_":"{}"}}"#, prose.trim()));
    }

    #[test]
    fn too_many_pairs_are_kept_as_text() {
        let tail: String = (0..300).map(|n| format!("k{n}=v ")).collect();
        let text = object(&tail);
        assert!(text.contains(r#""k255":"v","_":"k256=v"#), "{text}");
    }
}
