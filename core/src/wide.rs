//! UTF-16 to UTF-8.

use crate::bytes::after;
use crate::decode::write_hex;

/// Decodes UTF-16 and returns how many bytes at the end are left for next time.
///
/// `bad` is called before each place that is no valid UTF-16; its bytes are
/// written as `\xNN` in the order in which they lie in the file.
pub(crate) fn decode(
    raw: &[u8],
    big: bool,
    last: bool,
    out: &mut Vec<u8>,
    mut bad: impl FnMut(&[u8]),
) -> usize {
    let mut at = 0;
    while let Some(&[a, b]) = raw.get(at..at + 2).and_then(|pair| pair.first_chunk()) {
        let unit = join(a, b, big);
        if unit < 0x80 {
            out.push(unit as u8);
            at += 2;
            continue;
        }
        let low = raw
            .get(at + 2..at + 4)
            .and_then(|pair| pair.first_chunk::<2>());
        let is_high = (0xD800..0xDC00).contains(&unit);
        if is_high && low.is_none() && !last {
            break;
        }
        let second = low.filter(|_| is_high).map(|[a, b]| join(*a, *b, big));
        let units = [unit, second.unwrap_or_default()];
        let used = if second.is_some() { 2 } else { 1 };
        let decoded = char::decode_utf16(units.into_iter().take(used)).next();
        if let Some(Ok(letter)) = decoded {
            let mut room = [0; 4];
            out.extend_from_slice(letter.encode_utf8(&mut room).as_bytes());
            at += 2 * letter.len_utf16();
        } else {
            bad(out);
            write_hex(out, &[a, b]);
            at += 2;
        }
    }
    let rest = after(raw, at);
    if last && !rest.is_empty() {
        bad(out);
        write_hex(out, rest);
        return 0;
    }
    rest.len()
}

fn join(a: u8, b: u8, big: bool) -> u16 {
    if big {
        u16::from_be_bytes([a, b])
    } else {
        u16::from_le_bytes([a, b])
    }
}
