//! Which of many texts stand in which of many others: all rules ask at once.

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// For each needle the places of the texts that hold it, in order. One pass over
/// the texts, whatever the number of needles.
fn places(needles: &[String], texts: &[String]) -> Result<Vec<Vec<u32>>, String> {
    let automaton = AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .build(needles)
        .map_err(|why| why.to_string())?;
    let mut found: Vec<Vec<u32>> = vec![Vec::new(); needles.len()];
    for (place, text) in texts.iter().enumerate() {
        for hit in automaton.find_overlapping_iter(text) {
            if let Some(places) = found.get_mut(hit.pattern().as_usize())
                && places.last() != Some(&(place as u32))
            {
                places.push(place as u32);
            }
        }
    }
    Ok(found)
}

#[pyfunction]
pub(crate) fn find_texts(
    py: Python<'_>,
    needles: Vec<String>,
    texts: Vec<String>,
) -> PyResult<Vec<Vec<u32>>> {
    if needles.iter().any(String::is_empty) {
        return Err(PyValueError::new_err("a needle is empty"));
    }
    py.detach(move || places(&needles, &texts))
        .map_err(PyValueError::new_err)
}

/// Where many words stand in a text.
#[pyclass(frozen, module = "arcdiag_core")]
pub(crate) struct Words {
    automaton: AhoCorasick,
}

impl Words {
    fn all(&self, text: &[u8], start: usize, end: usize) -> Vec<(usize, usize)> {
        let input = Input::new(text).range(start..end);
        self.automaton
            .find_overlapping_iter(input)
            .map(|hit| (hit.start(), hit.pattern().as_usize()))
            .collect()
    }
}

#[pymethods]
impl Words {
    #[new]
    fn new(words: Vec<Vec<u8>>) -> PyResult<Self> {
        if words.iter().any(Vec::is_empty) {
            return Err(PyValueError::new_err("a word is empty"));
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(words)
            .map_err(|why| PyValueError::new_err(why.to_string()))?;
        Ok(Self { automaton })
    }

    fn places(
        &self,
        py: Python<'_>,
        text: &[u8],
        start: usize,
        end: usize,
    ) -> PyResult<Vec<(usize, usize)>> {
        if start > end || end > text.len() {
            return Err(PyValueError::new_err("the range is outside the text"));
        }
        Ok(py.detach(|| self.all(text, start, end)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn needles_inside_and_across_others_are_found() {
        let texts = owned(&["she said", "", "ushers she", "xyz"]);
        let needles = owned(&["she", "he", "hers", "her", "said", "she"]);
        let found = places(&needles, &texts).unwrap();
        assert_eq!(found[0], [0, 2]);
        assert_eq!(found[1], [0, 2]);
        assert_eq!(found[2], [2]);
        assert_eq!(found[3], [2]);
        assert_eq!(found[4], [0]);
        assert_eq!(found[5], [0, 2]);
    }

    #[test]
    fn words_are_found_inside_each_other_and_in_their_range() {
        let words = Words::new(vec![b"key".to_vec(), b"eye".to_vec(), b"k".to_vec()]).unwrap();
        let text = b"keyeye key";
        assert_eq!(words.all(text, 0, 6), [(0, 2), (0, 0), (1, 1), (3, 1)]);
        assert_eq!(words.all(text, 7, 10), [(7, 2), (7, 0)]);
        assert!(words.all(text, 1, 3).is_empty());
        assert!(words.all(text, 10, 10).is_empty());
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        assert_eq!(places(&owned(&["a"]), &[]).unwrap(), [Vec::<u32>::new()]);
        assert!(places(&[], &owned(&["a"])).unwrap().is_empty());
    }
}
