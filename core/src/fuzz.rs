//! Random and mutated input against every plan that we ship.
//!
//! What must hold: no panic; each line of the text is in one event, blank, or an
//! unparsed row of its own; and where chunks are cut makes no difference.
//!
//!     cargo test fuzz                                     # 20,000 inputs
//!     ARCDIAG_FUZZ=1000000 cargo test --release fuzz -- --nocapture
//!
//! `ARCDIAG_FUZZ_SEED` begins elsewhere. A failure names the number of its input,
//! from which `ARCDIAG_FUZZ_FROM` goes on.

mod account;
mod inputs;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use self::account::Account;
use self::inputs::{Dice, Material};
use crate::reader::CHUNK;

const USUAL: u64 = 20_000;
const CHUNKS: [usize; 8] = [1, 2, 3, 7, 64, 1000, 4096, CHUNK];

fn number(name: &str, usual: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(usual, |text| text.parse().expect("a number"))
}

#[test]
fn any_input_is_accounted_for() {
    let count = number("ARCDIAG_FUZZ", USUAL);
    let seed = number("ARCDIAG_FUZZ_SEED", 1);
    let from = number("ARCDIAG_FUZZ_FROM", 0);
    let material = Material::built_in();
    let began = Instant::now();
    let (mut bytes, mut lines, mut parsed) = (0, 0, 0);
    for index in from..from + count {
        let mut dice = Dice::new(seed, index);
        let (plan, input) = material.input(&mut dice);
        let chunks = [dice.one_of(&CHUNKS), CHUNK];
        let done = catch_unwind(AssertUnwindSafe(|| {
            let [cut, whole] = chunks.map(|chunk| Account::of(&input, plan, chunk));
            whole.check(plan);
            assert!(cut == whole, "chunks of {} read otherwise", chunks[0]);
            whole
        }));
        let Ok(account) = done else {
            let text = String::from_utf8_lossy(&input).into_owned();
            panic!(
                "seed {seed}, input {index}, chunks of {}: {text:?}",
                chunks[0]
            );
        };
        bytes += input.len();
        lines += account.counts.lines;
        parsed += account.counts.events;
    }
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "fuzz: {count} inputs, {} plans, {bytes} bytes, {lines} lines, {parsed} events, \
         {seconds:.1} s",
        material.plans.len()
    );
    assert!(parsed > count / 4, "most inputs are no logs at all");
}
