//! One step of unpacking raw deflate data, for zip members and for gzip.

use flate2::{Decompress, FlushDecompress, Status};

/// Packed bytes that are read at once.
pub(crate) const INPUT_STEP: usize = 128 << 10;

/// How a step ended.
pub(crate) enum Step {
    Going,
    Ended,
    Failed(String),
}

/// Unpacks what fits into `out`: the bytes taken, the bytes made, and how it goes
/// on. No input at all means that there is no more.
pub(crate) fn step(decoder: &mut Decompress, input: &[u8], out: &mut [u8]) -> (usize, usize, Step) {
    let (before_in, before_out) = (decoder.total_in(), decoder.total_out());
    let result = decoder.decompress(input, out, FlushDecompress::None);
    let taken = decoder.total_in() - before_in;
    let made = decoder.total_out() - before_out;
    let ended = match result {
        Ok(Status::StreamEnd) => Step::Ended,
        Ok(_) if made == 0 && input.is_empty() => {
            Step::Failed("the compressed data ends too early".to_owned())
        }
        Ok(_) if made == 0 && taken == 0 => Step::Failed("the decoder does not get on".to_owned()),
        Ok(_) => Step::Going,
        Err(error) => Step::Failed(error.message().unwrap_or("damaged data").to_owned()),
    };
    (taken as usize, made as usize, ended)
}
