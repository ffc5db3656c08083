//! Records that are JSON objects, one in each line.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Objects within objects beyond this stay text.
const DEEPEST: usize = 16;
/// Further members of one object are kept as one text.
const MOST_LEAVES: usize = 1000;

/// Where the columns of a record stand in an object.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    /// For each column the members that may hold it, the first that is not empty
    /// counts; in the order of `COLUMNS`.
    pub columns: Vec<(Column, Vec<Box<str>>)>,
    /// Members that are not kept.
    pub without: HashSet<Box<str>>,
    /// Lines say where they were in the file that they were made from.
    pub translated: bool,
}

/// A column that a member of an object can fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Time,
    Level,
    Component,
    Message,
    Code,
    Activity,
    Pid,
    Tid,
}

impl Column {
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "time" => Self::Time,
            "level" => Self::Level,
            "component" => Self::Component,
            "message" => Self::Message,
            "code" => Self::Code,
            "activity" => Self::Activity,
            "pid" => Self::Pid,
            "tid" => Self::Tid,
            _ => return None,
        })
    }
}

/// A value that holds no other: its name, `outer.inner`, and what it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Leaf<'a> {
    pub name: Cow<'a, str>,
    pub value: Value<'a>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Text(Cow<'a, str>),
    /// A number, true, false, or a list: JSON as it stands.
    Raw(&'a str),
}

impl<'a> Value<'a> {
    /// The value as text; a list of bytes is the text that they are.
    pub fn into_text(self) -> Cow<'a, [u8]> {
        match self {
            Self::Text(Cow::Borrowed(text)) => Cow::Borrowed(text.as_bytes()),
            Self::Text(Cow::Owned(text)) => Cow::Owned(text.into_bytes()),
            Self::Raw(raw) => match bytes(raw) {
                Some(text) => Cow::Owned(text.into_bytes()),
                None => Cow::Borrowed(raw.as_bytes()),
            },
        }
    }

    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }
}

/// journald writes what is no UTF-8 as a list of its bytes.
fn bytes(raw: &str) -> Option<String> {
    if !raw.starts_with('[') {
        return None;
    }
    let bytes: Vec<u8> = serde_json::from_str(raw).ok()?;
    Some(String::from_utf8_lossy(&bytes).replace('\0', "\u{2400}"))
}

/// What a line of a translated file is.
pub(crate) enum Entry<'a> {
    Object(Vec<Leaf<'a>>),
    /// A line that is no record.
    Raw(Cow<'a, str>),
    Blank,
}

/// A line and where it was: first line and number of lines.
pub(crate) struct Placed<'a> {
    pub line: u64,
    pub lines: u64,
    pub entry: Entry<'a>,
}

/// Reads `[line, count, {…}]`, `[line, count, "text"]` or `[line, count, null]`.
pub(crate) fn placed(line: &str) -> Option<Placed<'_>> {
    let (line, lines, raw): (u64, u64, &RawValue) = serde_json::from_str(line).ok()?;
    let entry = match raw.get().as_bytes().first() {
        Some(b'{') => Entry::Object(leaves(raw.get())?),
        Some(b'"') => Entry::Raw(text(raw.get())?),
        _ => Entry::Blank,
    };
    Some(Placed { line, lines, entry })
}

/// The leaves of a JSON object; None when the text is none.
pub(crate) fn leaves(text: &str) -> Option<Vec<Leaf<'_>>> {
    if !text.trim_ascii_start().starts_with('{') {
        return None;
    }
    let mut found = Vec::new();
    flatten(text, "", 0, &mut found).ok()?;
    Some(found)
}

fn flatten<'a>(
    text: &'a str,
    prefix: &str,
    depth: usize,
    out: &mut Vec<Leaf<'a>>,
) -> serde_json::Result<()> {
    let mut reader = serde_json::Deserializer::from_str(text);
    Inner { prefix, depth, out }.deserialize(&mut reader)?;
    reader.end()
}

/// Collects the members of one object.
struct Inner<'o, 'a> {
    prefix: &'o str,
    depth: usize,
    out: &'o mut Vec<Leaf<'a>>,
}

impl<'a> DeserializeSeed<'a> for Inner<'_, 'a> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'a>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Inner<'_, 'a> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Key<'a>>()? {
            let raw: &'a RawValue = map.next_value()?;
            if self.out.len() >= MOST_LEAVES {
                continue;
            }
            let name = if self.prefix.is_empty() {
                key.0
            } else {
                Cow::Owned(format!("{}.{}", self.prefix, key.0))
            };
            let value = match raw.get().as_bytes().first() {
                Some(b'n') => continue,
                Some(b'"') => Value::Text(text(raw.get()).unwrap_or_default()),
                Some(b'{') if self.depth < DEEPEST => {
                    // It was read as JSON already, so that this cannot fail.
                    let _ = flatten(raw.get(), &name, self.depth + 1, self.out);
                    continue;
                }
                Some(b'{') => Value::Text(Cow::Borrowed(raw.get())),
                // Readers of `Fields` give up on what is nested too deep.
                Some(b'[') if depth(raw.get()) > DEEPEST => Value::Text(Cow::Borrowed(raw.get())),
                _ => Value::Raw(raw.get()),
            };
            self.out.push(Leaf { name, value });
        }
        Ok(())
    }
}

/// How deep the lists and objects of a JSON text go; brackets within its strings
/// count too, which is on the safe side.
fn depth(raw: &str) -> usize {
    let mut open = 0_usize;
    let mut most = 0;
    for byte in raw.bytes() {
        match byte {
            b'[' | b'{' => {
                open += 1;
                most = most.max(open);
            }
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    most
}

/// A key, borrowed when it has no escapes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// A JSON string without its escapes; NUL becomes its picture.
fn text(raw: &str) -> Option<Cow<'_, str>> {
    let Key(found) = serde_json::from_str(raw).ok()?;
    Some(if found.contains('\0') {
        Cow::Owned(found.replace('\0', "\u{2400}"))
    } else {
        found
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(text: &str) -> Vec<(String, String)> {
        let shown = |value: Value<'_>| String::from_utf8(value.into_text().into_owned()).unwrap();
        let found = leaves(text).unwrap();
        let pairs = found.into_iter();
        pairs
            .map(|leaf| (leaf.name.to_string(), shown(leaf.value)))
            .collect()
    }

    #[test]
    fn members_of_members_have_both_names() {
        let text = r#"{"a": "x\n", "b": {"c": 1.50, "d": {"e": true}}, "n": null, "l": [1, "y"]}"#;
        let pairs = [
            ("a", "x\n"),
            ("b.c", "1.50"),
            ("b.d.e", "true"),
            ("l", "[1, \"y\"]"),
        ];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(flat(text), pairs);
    }

    #[test]
    fn a_list_of_bytes_is_the_text_that_they_are() {
        assert_eq!(
            flat(r#"{"M": [104, 105, 255]}"#),
            [("M".into(), "hi\u{fffd}".into())]
        );
        assert_eq!(
            flat(r#"{"M": [104, 300]}"#),
            [("M".into(), "[104, 300]".into())]
        );
    }

    #[test]
    fn what_is_no_object_is_none() {
        for text in ["", "[]", "1", "{", "{\"a\":}", "{} x", "null", "{\"a\":1}}"] {
            assert!(leaves(text).is_none(), "{text}");
        }
    }

    #[test]
    fn what_is_too_deep_stays_text() {
        let objects = format!("{}1{}", "{\"a\":".repeat(5000), "}".repeat(5000));
        let list = format!("{{\"a\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        for text in [objects, list] {
            let found = leaves(&text).unwrap();
            assert_eq!(found.len(), 1);
            assert!(matches!(found.first().unwrap().value, Value::Text(_)));
        }
    }

    #[test]
    fn translated_lines_say_where_they_were() {
        let found = placed(r#"[7, 2, {"a": "b"}]"#).unwrap();
        assert!(matches!(found.entry, Entry::Object(leaves) if leaves.len() == 1));
        assert_eq!((found.line, found.lines), (7, 2));
        let raw = placed(r#"[1, 1, "te\u0000xt"]"#).unwrap();
        assert!(matches!(raw.entry, Entry::Raw(text) if text == "te\u{2400}xt"));
        assert!(matches!(
            placed("[3, 4, null]").unwrap().entry,
            Entry::Blank
        ));
        assert!(placed("[1, 2]").is_none());
    }
}
