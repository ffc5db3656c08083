//! Inputs: lines of the samples we ship, mutated, mixed, and plain noise.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::compile::compile;
use crate::plan::Plan;

/// Written from the definitions by `tests/core/test_core_fuzz_material.py`.
const MATERIAL: &str = include_str!("../../testdata/plans.jsonl");
const ENDS: [&[u8]; 6] = [b"\n", b"\n", b"\n", b"\r\n", b"\r", b""];
const TOKENS: [&[u8]; 26] = [
    b"[",
    b"]",
    b"\"",
    b"\\",
    b"\\\"",
    b"=",
    b" ",
    b"    ",
    b"\t",
    b":",
    b"\n",
    b"\r",
    b"\0",
    b"{",
    b"}",
    b"{\"a\":",
    b"k=\"v",
    b" Key With Blanks=",
    b"2026-03-10 12:00:00",
    b"Mar 10 ",
    b"9999999999999999999",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xf0\x9f",
    b"\xe2\x80\xa8",
    b"AZCM0042",
];
/// Longer than what a reader looks at to find the encoding.
const LONG: usize = 4200;

/// A small generator of random numbers (splitmix64), the same everywhere.
pub(super) struct Dice(u64);

impl Dice {
    pub fn new(seed: u64, index: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ index.wrapping_mul(0xbf58_476d_1ce4_e5b9))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, most: usize) -> usize {
        (self.next() % most.max(1) as u64) as usize
    }

    pub fn one_of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    plan: &'a RawValue,
    lines: Vec<String>,
}

/// The plans, each with lines of its samples.
pub(super) struct Material {
    pub plans: Vec<(Plan, Vec<String>)>,
}

impl Material {
    pub fn built_in() -> Self {
        let plans = MATERIAL.lines().map(|line| {
            let entry: Entry<'_> = serde_json::from_str(line).unwrap();
            (compile(entry.plan.get()).unwrap(), entry.lines)
        });
        Self {
            plans: plans.collect(),
        }
    }

    /// A plan, none at times, and bytes to be read by it.
    pub fn input(&self, dice: &mut Dice) -> (Option<&Plan>, Vec<u8>) {
        let own = dice.below(self.plans.len());
        let mut bytes = Vec::new();
        for _ in 0..=dice.below(10) {
            let from = if dice.below(4) == 0 {
                dice.below(self.plans.len())
            } else {
                own
            };
            let mut line = self.line(from, dice);
            for _ in 0..dice.one_of(&[0, 0, 1, 1, 2, 5]) {
                mutate(&mut line, dice);
            }
            bytes.extend_from_slice(&line);
            bytes.extend_from_slice(dice.one_of(&ENDS));
        }
        if dice.below(5) == 0 && !bytes.is_empty() {
            let once = bytes.clone();
            while bytes.len() < LONG {
                bytes.extend_from_slice(&once);
            }
        }
        let plan = (dice.below(20) > 0).then(|| &self.plans[own].0);
        (plan, encoded(bytes, dice))
    }

    fn line(&self, plan: usize, dice: &mut Dice) -> Vec<u8> {
        let lines = &self.plans[plan].1;
        if lines.is_empty() || dice.below(12) == 0 {
            let count = dice.one_of(&[0, 1, 3, 20, 90]);
            return (0..count).map(|_| dice.next() as u8).collect();
        }
        lines[dice.below(lines.len())].clone().into_bytes()
    }
}

fn mutate(line: &mut Vec<u8>, dice: &mut Dice) {
    let at = dice.below(line.len() + 1);
    let end = (at + dice.below(12)).min(line.len());
    match dice.below(7) {
        0 => {
            line.drain(at..end);
        }
        1 => {
            let again = line[at..end].to_vec();
            line.splice(at..at, again);
        }
        2 => {
            line.splice(at..at, dice.one_of(&TOKENS).iter().copied());
        }
        3 => {
            line.splice(at..end, dice.one_of(&TOKENS).iter().copied());
        }
        4 if at < line.len() => line[at] ^= 1 << dice.below(8),
        5 if at < line.len() => line[at] = dice.next() as u8,
        _ => line.truncate(at),
    }
}

/// The bytes as they are, mostly; else with a mark, or as UTF-16.
fn encoded(bytes: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    let kind = dice.below(30);
    if kind == 0 {
        return [b"\xef\xbb\xbf".as_slice(), &bytes].concat();
    }
    if kind > 4 {
        return bytes;
    }
    let text = String::from_utf8_lossy(&bytes);
    let marked = (kind < 3).then_some('\u{feff}');
    let mut mark = [0; 2];
    let units = marked
        .into_iter()
        .flat_map(|mark_of| mark_of.encode_utf16(&mut mark).to_vec());
    let units = units.chain(text.encode_utf16());
    if kind % 2 == 0 {
        units.flat_map(u16::to_le_bytes).collect()
    } else {
        units.flat_map(u16::to_be_bytes).collect()
    }
}
