//! What to look for in a line: layouts as closed steps, ready to run.

use crate::bytes::until;
use crate::objects::Objects;
use crate::relevel::Rule;

/// Most fields one layout may name.
pub(crate) const MAX_FIELDS: usize = 32;
/// Where values go that nobody wants (`*`).
pub(crate) const SKIP: usize = MAX_FIELDS;

/// How a time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    /// `2026-03-10T12:00:00[.fff][Z|+hh:mm|+hhmm]`, a blank in place of `T` too.
    Rfc3339,
    /// `2026-03-10 12:00:00[.fff]`, `2026/03/10`, two blanks between too.
    Ymd,
    /// `03/10/2026 12:00:00[.ff]`, `3/10/2026 9:05:01 PM`
    Mdy,
    /// `10.03.2026 12:00:00`, `10/03/2026 9:05:01 PM`
    Dmy,
    /// `Mar  1 12:00:00`, `Mar  1 2026 12:00:00`
    Syslog,
    /// `[Tue ]Mar 10 12:00:00 2026`
    Ctime,
    /// `[Tue, ]10 Mar 2026 12:00:00 GMT`
    Rfc822,
    /// Seconds, milliseconds, microseconds or nanoseconds since 1970; `/Date(ms)/`.
    Epoch,
    /// `12:00:00[.fff]`: the day is that of the time before.
    Clock,
}

/// What a field takes of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Text,
    Word,
    Level,
    Quoted,
    Source,
    Guid,
    Keys,
    Rest,
}

/// One step of a layout. `Optional` holds no other `Optional`.
#[derive(Debug)]
pub(crate) enum Step {
    Lit(Box<[u8]>),
    Time(Codec),
    Field { kind: Kind, slot: usize },
    Pad,
    Optional(Box<[Step]>),
}

/// Where a value goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Pid,
    Tid,
    Component,
    Level,
    Activity,
    Code,
    Message,
    /// A member of `Fields`; the name is written as JSON already: `"Name":`.
    Named(Box<[u8]>),
    /// All pairs of the tail become members of `Fields`.
    Keys,
}

/// A field of a layout, in the order of the text.
#[derive(Debug)]
pub(crate) struct Field {
    pub slot: usize,
    pub kind: Kind,
    pub target: Target,
}

/// One way in which a record can read.
#[derive(Debug)]
pub(crate) struct Layout {
    pub steps: Box<[Step]>,
    pub fields: Box<[Field]>,
    pub has_message: bool,
    /// A literal without which the text need not be looked at, if there is one and
    /// another layout to try.
    pub needs: Option<memchr::memmem::Finder<'static>>,
}

/// An error code to find in the text: `prefix` and then so many digits.
#[derive(Debug)]
pub(crate) struct Code {
    pub finder: memchr::memmem::Finder<'static>,
    pub digits: usize,
}

impl Code {
    /// The first place in `text` where the code stands as a whole term.
    pub fn find<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        let prefix = self.finder.needle().len();
        self.finder.find_iter(text).find_map(|at| {
            let end = at + prefix + self.digits;
            let term = text.get(at..end)?;
            let digits = term.iter().skip(prefix).all(u8::is_ascii_digit);
            let open = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
            let alone = open(until(text, at).last()) && open(text.get(end));
            (digits && alone).then_some(term)
        })
    }
}

/// The words of a family for its levels, lower case, and our names for them.
#[derive(Debug, Default)]
pub(crate) struct Levels(pub Vec<(Box<[u8]>, &'static str)>);

impl Levels {
    /// Our name for a word, None when the family does not know it.
    #[inline]
    pub fn name(&self, word: &[u8]) -> Option<&'static str> {
        let known = |(own, _): &&(Box<[u8]>, &'static str)| own.eq_ignore_ascii_case(word);
        self.0.iter().find(known).map(|(_, name)| *name)
    }
}

/// How the records of one family read.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Lines that match no layout go on with the record before.
    pub fold: bool,
    /// Some time has no year, so that the file has to be looked at first.
    pub yearless: bool,
    /// Records stand in the order of their times.
    pub ordered: bool,
    /// How times read where a layout does not say it.
    pub codec: Option<Codec>,
    /// Each line is a JSON object; layouts are for its message.
    pub objects: Option<Objects>,
    pub relevel: Box<[Rule]>,
    pub levels: Levels,
    pub codes: Box<[Code]>,
    pub layouts: Box<[Layout]>,
}
