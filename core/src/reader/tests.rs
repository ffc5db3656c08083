use super::*;
use crate::bytes::count_lf;

/// All text, the first line of each chunk counted again, and the problems.
fn read(bytes: &[u8], chunk: usize) -> (Vec<u8>, Vec<Problem>) {
    let mut reader = Reader::new(Source::memory(bytes.to_vec()), chunk);
    let mut all = Vec::new();
    while let Some(chunk) = reader.next(Vec::new()) {
        let lines = count_lf(&all);
        assert_eq!(chunk.first_line, lines + 1);
        all.extend_from_slice(&chunk.text);
    }
    (all, reader.finish(None, None).problems)
}

#[test]
fn chunks_of_any_size_give_the_same_text() {
    // Behind the head that is looked at before, so that it is cut everywhere.
    let head = "a line of the head\r\n".repeat(HEAD / 20 + 1);
    let pieces: [&[u8]; 6] = [
        b"\r\n\r\r\n\n",
        "é€😀\r".as_bytes(),
        b"\n\xf0\x9f\x98\xc3\xff\r\n",
        b"\0\0\0\r\n\0",
        &[0; 70],
        b"end",
    ];
    let mut bytes = head.into_bytes();
    bytes.extend(pieces.concat());
    let whole = read(&bytes, 1 << 20);
    assert!(whole.0.ends_with("\n␀end".as_bytes()));
    for chunk in 1..90 {
        assert_eq!(read(&bytes, chunk), whole, "{chunk}");
    }
}

#[test]
fn wide_text_is_cut_between_characters() {
    let text = "\u{feff}one é😀\r\ntwo\r".repeat(400);
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let whole = read(&little, 1 << 20);
    for chunk in 1..40 {
        assert_eq!(read(&little, chunk), whole, "{chunk}");
        assert_eq!(read(&big, chunk), whole, "{chunk}");
    }
}
