//! What is told about a file: counts, and what its content got wrong.

/// How many problems of one kind are told one by one; the rest is summed up.
const TOLD_SINGLY: u64 = 20;

/// Something the input got wrong; `line` is 0 when the place is no line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub line: u64,
    pub kind: &'static str,
    pub text: String,
}

impl Problem {
    pub fn new(line: u64, kind: &'static str, text: impl Into<String>) -> Self {
        Self {
            line,
            kind,
            text: text.into(),
        }
    }
}

/// The account of one file. For text: `lines` is the sum of the lines of parsed
/// events, of blank lines, of unparsed lines
/// and of those that belong to a record of the part before.
#[derive(Clone, Debug, Default)]
pub(crate) struct FileReport {
    pub file_id: i64,
    pub encoding: &'static str,
    pub bytes: u64,
    /// CRC-32 of the unpacked bytes; None of binary content, which is not read.
    pub crc: Option<u32>,
    pub counts: Counts,
    /// So many lines at the begin go on with the last record of the part before;
    /// they count as continued.
    pub joined: u64,
    pub first_us: Option<i64>,
    pub last_us: Option<i64>,
    pub offsets: Vec<i32>,
    pub problems: Vec<Problem>,
}

/// Line accounting of one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub lines: u64,
    pub events: u64,
    pub continued: u64,
    pub blank: u64,
    pub unparsed: u64,
}

/// How often something happened, and the line of the first time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub count: u64,
    pub line: u64,
}

impl Tally {
    pub fn add(&mut self, count: u64, line: impl FnOnce() -> u64) {
        if self.count == 0 {
            self.line = line();
        }
        self.count = self.count.saturating_add(count);
    }
}

/// Problems of one kind: the first ones singly, the others as one number.
#[derive(Debug)]
pub(crate) struct Series {
    kind: &'static str,
    told: Vec<Problem>,
    more: Tally,
}

impl Series {
    pub fn new(kind: &'static str) -> Self {
        Self {
            kind,
            told: Vec::new(),
            more: Tally::default(),
        }
    }

    pub fn add(&mut self, line: u64, text: impl FnOnce() -> String) {
        if (self.told.len() as u64) < TOLD_SINGLY {
            self.told.push(Problem::new(line, self.kind, text()));
        } else {
            self.more.add(1, || line);
        }
    }

    /// The line of the first one, 0 when there is none.
    pub fn first_line(&self) -> u64 {
        self.told.first().map_or(0, |problem| problem.line)
    }

    pub fn drain_into(&mut self, out: &mut Vec<Problem>) {
        out.append(&mut self.told);
        if self.more.count > 0 {
            let text = format!(
                "{} more from line {} on are not listed one by one",
                self.more.count, self.more.line
            );
            out.push(Problem::new(self.more.line, self.kind, text));
            self.more = Tally::default();
        }
    }
}
