//! Text as Go's `strconv.Quote` writes it.

use memchr::{memchr, memchr2};

use crate::bytes::{after, between, until};

/// Where a quoted string lies in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quoted {
    /// Behind the closing quote; the end of the text when it is not closed.
    pub end: usize,
    pub body_end: usize,
    pub escaped: bool,
}

/// Finds the end of a string whose opening quote stands just before `start`.
#[inline]
pub(crate) fn scan(text: &[u8], start: usize) -> Quoted {
    let mut at = start;
    let mut escaped = false;
    while let Some(found) = memchr2(b'"', b'\\', after(text, at)) {
        let place = at + found;
        if text.get(place) == Some(&b'"') {
            return Quoted {
                end: place + 1,
                body_end: place,
                escaped,
            };
        }
        escaped = true;
        at = place + 2;
    }
    Quoted {
        end: text.len(),
        body_end: text.len(),
        escaped,
    }
}

/// The end of the line that `start` lies in; a line end within a quoted value,
/// `key="two\nlines"`, is none.
pub(crate) fn line_end(text: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(found) = memchr2(b'"', b'\n', after(text, at)) {
        let place = at + found;
        if text.get(place) == Some(&b'\n') {
            return place;
        }
        let value = until(text, place).last() == Some(&b'=');
        at = if value {
            scan(text, place + 1).end
        } else {
            place + 1
        };
    }
    text.len()
}

/// Writes the inside of a Go string with its escapes resolved. What is no valid
/// escape stays as it stands; NUL becomes its picture.
pub(crate) fn unescape(out: &mut Vec<u8>, body: &[u8]) {
    let mut rest = body;
    while let Some(at) = memchr(b'\\', rest) {
        out.extend_from_slice(until(rest, at));
        rest = after(rest, at);
        let Some((letter, used)) = escape(rest) else {
            out.push(b'\\');
            rest = after(rest, 1);
            continue;
        };
        let letter = if letter == '\0' { '\u{2400}' } else { letter };
        let mut room = [0; 4];
        out.extend_from_slice(letter.encode_utf8(&mut room).as_bytes());
        rest = after(rest, used);
    }
    out.extend_from_slice(rest);
}

/// The character of the escape at the start of `text`, and the escape's length.
fn escape(text: &[u8]) -> Option<(char, usize)> {
    let letter = match *text.get(1)? {
        b'a' => '\u{7}',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'v' => '\u{b}',
        b'\\' => '\\',
        b'"' => '"',
        b'\'' => '\'',
        b'x' => return number(text, 2, 2, 16).filter(|(letter, _)| letter.is_ascii()),
        b'u' => return number(text, 2, 4, 16),
        b'U' => return number(text, 2, 8, 16),
        b'0'..=b'7' => return number(text, 1, 3, 8).filter(|(letter, _)| letter.is_ascii()),
        _ => return None,
    };
    Some((letter, 2))
}

fn number(text: &[u8], from: usize, count: usize, base: u32) -> Option<(char, usize)> {
    let digits = between(text, from, from + count);
    if digits.len() != count {
        return None;
    }
    let mut value: u32 = 0;
    for digit in digits {
        let digit = char::from(*digit).to_digit(base)?;
        value = value.checked_mul(base)?.checked_add(digit)?;
    }
    Some((char::from_u32(value)?, from + count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(body: &str) -> String {
        let mut out = Vec::new();
        unescape(&mut out, body.as_bytes());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn escapes_become_characters() {
        assert_eq!(plain(r#"a \"b\" \\ c"#), r#"a "b" \ c"#);
        assert_eq!(plain(r"\n\t\r\a\b\f\v\'"), "\n\t\r\u{7}\u{8}\u{c}\u{b}'");
        assert_eq!(plain(r"\u00e9 \U0001F600 \x1b \033"), "é 😀 \u{1b} \u{1b}");
    }

    #[test]
    fn nul_becomes_its_picture() {
        assert_eq!(plain(r"\x00\u0000\000"), "␀␀␀");
    }

    #[test]
    fn what_is_no_escape_stays() {
        for text in [
            r"\q",
            r"\",
            r"\x1",
            r"\xzz",
            r"\ud800",
            r"\UFFFFFFFF",
            r"\xff",
            r"\12",
        ] {
            assert_eq!(plain(text), text);
        }
    }

    #[test]
    fn a_line_does_not_end_within_a_value() {
        assert_eq!(line_end(b"a=1\nb", 0), 3);
        assert_eq!(line_end(b"a=\"1\n2\" b=3\nc", 0), 11);
        assert_eq!(line_end(b"say \"hi\na=\"\"", 0), 7);
        assert_eq!(line_end(b"a=\"open\n", 0), 8);
        assert_eq!(line_end(b"x\ny", 2), 3);
    }

    #[test]
    fn the_closing_quote_is_the_first_unescaped_one() {
        let found = scan(br#"a \" b" c""#, 0);
        assert_eq!((found.body_end, found.end, found.escaped), (6, 7, true));
        let open = scan(br"abc\", 0);
        assert_eq!((open.body_end, open.end, open.escaped), (4, 4, true));
    }
}
