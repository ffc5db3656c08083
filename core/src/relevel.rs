//! Levels that mislead: declared rules that look at a whole record.

use memchr::memchr2;

use crate::bytes::{after, between};

/// What a condition looks at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Level,
    Component,
    Code,
    Message,
    /// A member of `Fields`, its name as in JSON, without quotes.
    Member(Box<[u8]>),
}

/// What the subject has to be; letters are compared without their case.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// There, and not empty.
    Some,
    Is(Box<[u8]>),
    Begins(Box<[u8]>),
    Ends(Box<[u8]>),
    Holds(Box<[u8]>),
}

/// If all conditions hold, the level is this one.
#[derive(Debug)]
pub(crate) struct Rule {
    pub conditions: Box<[(Subject, Pattern)]>,
    pub level: &'static str,
}

impl Pattern {
    /// Reads `*`, `text`, `text*`, `*text` and `*text*`; None when that says nothing.
    pub fn read(text: &str) -> Option<Self> {
        let begins = text.strip_suffix('*');
        let inner = begins.unwrap_or(text);
        let ends = inner.strip_prefix('*');
        let bytes = |part: &str| -> Option<Box<[u8]>> {
            (!part.is_empty() && !part.contains('*')).then(|| part.as_bytes().into())
        };
        if text == "*" {
            return Some(Self::Some);
        }
        if text.is_empty() {
            return Some(Self::Is(Box::default()));
        }
        match (begins, ends) {
            (None, None) => bytes(text).map(Self::Is),
            (Some(part), None) => bytes(part).map(Self::Begins),
            (None, Some(part)) => bytes(part).map(Self::Ends),
            (Some(_), Some(part)) => bytes(part).map(Self::Holds),
        }
    }

    pub fn fits(&self, value: &[u8]) -> bool {
        let same = |part: &[u8], want: &[u8]| part.eq_ignore_ascii_case(want);
        match self {
            Self::Some => !value.is_empty(),
            Self::Is(want) => same(value, want),
            Self::Begins(want) => same(between(value, 0, want.len()), want),
            Self::Ends(want) => {
                let start = value.len().checked_sub(want.len());
                start.is_some_and(|start| same(after(value, start), want))
            }
            Self::Holds(want) => holds(value, want),
        }
    }
}

/// Whether `want` stands anywhere in `value`, whatever its case.
fn holds(value: &[u8], want: &[u8]) -> bool {
    let Some(first) = want.first() else {
        return true;
    };
    let (small, large) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let mut rest = value;
    while let Some(at) = memchr2(small, large, rest) {
        rest = after(rest, at);
        if between(rest, 0, want.len()).eq_ignore_ascii_case(want) {
            return true;
        }
        rest = after(rest, 1);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_say_where_the_text_stands() {
        for (text, fits, fails) in [
            ("*", vec!["x"], vec![""]),
            ("", vec![""], vec!["x"]),
            ("Ab", vec!["ab", "AB"], vec!["abc", "", "a"]),
            ("ab*", vec!["ab", "ABc"], vec!["cab", "a"]),
            ("*ab", vec!["ab", "cAB"], vec!["abc", "b"]),
            ("*ab*", vec!["ab", "xxaABxx", "aab"], vec!["a b", "a"]),
        ] {
            let pattern = Pattern::read(text).unwrap();
            assert!(
                fits.iter().all(|value| pattern.fits(value.as_bytes())),
                "{text}"
            );
            assert!(
                !fails.iter().any(|value| pattern.fits(value.as_bytes())),
                "{text}"
            );
        }
        for text in ["**", "a*b", "***", "*a*b*"] {
            assert_eq!(Pattern::read(text), None, "{text}");
        }
    }
}
