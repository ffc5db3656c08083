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

/// Text in which the encoding changes, its parts as they should be read, and how
/// often it changes.
fn mixed() -> Vec<(Vec<u8>, String, u64)> {
    let little =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let (ascii, wide) = (
        "one line of é text\r\nand more\r\n",
        "wide: é 😀 line\r\nand the next\r\n",
    );
    let marked = [b"\xff\xfe".to_vec(), little(wide)].concat();
    let plain = "a log of single bytes\n".repeat(20);
    vec![
        (
            [ascii.as_bytes(), &little(wide)].concat(),
            format!("{ascii}{wide}"),
            1,
        ),
        (
            [ascii.as_bytes(), &marked].concat(),
            format!("{ascii}{wide}"),
            1,
        ),
        (
            [&marked, plain.as_bytes()].concat(),
            format!("{wide}{plain}"),
            1,
        ),
        (
            [plain.as_bytes(), &marked, plain.as_bytes(), &little(wide)].concat(),
            format!("{plain}{wide}{plain}{wide}"),
            3,
        ),
        (
            [
                b"a line that is torn ",
                little("off in a line\r\n").as_slice(),
                b"end\n",
            ]
            .concat(),
            "a line that is torn off in a line\r\n".to_owned(),
            1,
        ),
    ]
}

#[test]
fn a_text_may_change_its_encoding() {
    for (bytes, text, changes) in mixed() {
        let text = text.replace("\r\n", "\n");
        for head in ["", "a line before, longer than what is looked at first\n"] {
            let head = head.repeat(if head.is_empty() { 0 } else { HEAD / 40 });
            if !head.is_empty() && bytes.starts_with(b"\xff\xfe") {
                continue;
            }
            let all = [head.as_bytes(), &bytes].concat();
            let whole = read(&all, 1 << 20);
            let read_as = String::from_utf8_lossy(&whole.0).into_owned();
            assert!(read_as.starts_with(&format!("{head}{text}")), "{read_as}");
            let told: Vec<_> = whole.1.iter().map(|one| one.kind).collect();
            assert!(told.contains(&"mixed-encoding"), "{told:?}");
            let said = format!("{changes} such changes");
            assert!(
                whole.1.iter().any(|one| one.text.contains(&said)),
                "{:?}",
                whole.1
            );
            for chunk in 1..70 {
                assert_eq!(read(&all, chunk), whole, "{chunk}");
            }
        }
    }
}

#[test]
fn single_zeros_and_holes_are_no_change() {
    let texts: [&[u8]; 5] = [
        b"a\0b\nc\n",
        b"a\0b\0c\0",
        b"before\n\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0behind\n",
        b"\0a\0\0b\0\0c\0\0d\0\0e\0\0f\0\0g\0\0h\0\0i\0\0j\0\0k\0\0l",
        b"x\0\0y\0\0z\0\0x\0\0y\0\0z\0\0x\0\0y\0\0z\0\0x\0\0y\0\0z\0\0",
    ];
    for text in texts {
        let all = ["a line\n".repeat(HEAD).as_bytes(), text].concat();
        let whole = read(&all, 1 << 20);
        let told: Vec<_> = whole.1.iter().map(|one| one.kind).collect();
        assert_eq!(told, ["nul-bytes"]);
        for chunk in [1, 2, 3, 7, 33, 64] {
            assert_eq!(read(&all, chunk), whole);
        }
    }
    let asian: Vec<u8> = "\u{feff}\u{4e2d}\u{6587}\u{65e5}\u{672c}\n"
        .repeat(50)
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(read(&asian, 100).1, []);
}
