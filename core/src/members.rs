//! The `Fields` column: one JSON object for each record.

use memchr::{memchr, memchr2};

use crate::bytes::{after, between, is_gap, until};
use crate::gotext;
use crate::json;

/// Further pairs of one record are kept as text.
const MOST_MEMBERS: usize = 256;
/// A longer key is prose with a `=` in it; its last word is the key.
const LONGEST_KEY: usize = 64;
/// The name of what stands between the pairs.
const LOOSE: &[u8] = b"_";

/// A name written so far: where it lies in the output, without its quotes, and
/// the number that its next copy gets.
struct Name {
    from: usize,
    to: usize,
    next: u32,
}

impl Name {
    fn new(from: usize, to: usize) -> Self {
        Self { from, to, next: 2 }
    }
}

/// Writes the members of one object at a time; names are never used twice.
#[derive(Default)]
pub(crate) struct Members {
    names: Vec<Name>,
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
        if self.place(out, inner).is_some() {
            self.name.clear();
            self.name.extend_from_slice(inner);
            self.write_name(out);
        } else {
            self.separate(out);
            let start = out.len() + 1;
            self.names.push(Name::new(start, start + inner.len()));
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

    /// A member whose value is JSON already.
    pub fn raw(&mut self, out: &mut Vec<u8>, name: &[u8], json: &[u8]) {
        self.name.clear();
        json::body(&mut self.name, name);
        self.write_name(out);
        out.extend_from_slice(json);
    }

    /// The value of a member, a string without its quotes; `name` is as in JSON.
    /// Only of the object that was written last.
    pub fn find<'a>(&self, out: &'a [u8], name: &[u8]) -> &'a [u8] {
        let Some(place) = self.place(out, name) else {
            return &[];
        };
        let value = after(
            out,
            self.names.get(place).map_or(out.len(), |own| own.to + 2),
        );
        match value.strip_prefix(b"\"") {
            Some(text) => until(text, gotext::scan(text, 0).body_end),
            None => until(value, memchr2(b',', b'}', value).unwrap_or(value.len())),
        }
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
            let value = after(rest, sign + 1);
            rest = if key.is_empty() {
                let end = word_end(value);
                self.keep_loose(until(rest, sign + 1 + end));
                after(value, end)
            } else {
                self.keep_loose(loose);
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

    fn place(&self, out: &[u8], name: &[u8]) -> Option<usize> {
        let same = |own: &Name| between(out, own.from, own.to) == name;
        self.names.iter().position(same)
    }

    fn separate(&self, out: &mut Vec<u8>) {
        out.push(if self.names.is_empty() { b'{' } else { b',' });
    }

    /// Writes `self.name`, with a number behind it if it is used already.
    fn write_name(&mut self, out: &mut Vec<u8>) {
        if let Some(first) = self.place(out, &self.name) {
            self.number_name(out, first);
        }
        self.separate(out);
        out.push(b'"');
        let start = out.len();
        out.extend_from_slice(&self.name);
        self.names.push(Name::new(start, out.len()));
        out.extend_from_slice(b"\":");
    }

    /// Puts a number behind `self.name` that makes it a new one. The counter of
    /// the first name goes on from copy to copy: trying all again would be slow.
    fn number_name(&mut self, out: &[u8], first: usize) {
        let length = self.name.len();
        let mut number = self.names.get(first).map_or(2, |name| name.next);
        loop {
            self.name.truncate(length);
            self.name.extend_from_slice(format!("_{number}").as_bytes());
            number += 1;
            if self.place(out, &self.name).is_none() {
                break;
            }
        }
        if let Some(name) = self.names.get_mut(first) {
            name.next = number;
        }
    }
}

/// Whether all escapes of a Go string mean the same in JSON, so that it can be
/// copied; control characters cannot stand in JSON as they are.
#[inline]
fn same_in_json(body: &[u8]) -> bool {
    let mut bytes = body.iter();
    while let Some(byte) = bytes.next() {
        let same = match byte {
            b'\\' => matches!(
                bytes.next(),
                Some(b'"' | b'\\' | b'n' | b't' | b'r' | b'b' | b'f')
            ),
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
    (
        until(text, start).trim_ascii_end(),
        after(text, start).trim_ascii_start(),
    )
}

#[cfg(test)]
mod tests;
