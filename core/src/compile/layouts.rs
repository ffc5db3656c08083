//! The steps of layouts.

use std::collections::BTreeSet;

use memchr::memmem::Finder;
use serde::Deserialize;

use crate::json;
use crate::plan::{Codec, Field, Kind, Layout, MAX_FIELDS, SKIP, Step, Target};

/// A shorter literal stands in nearly every line.
const LEAST_NEED: usize = 5;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStep {
    lit: Option<String>,
    field: Option<String>,
    kind: Option<String>,
    codec: Option<String>,
    optional: Option<Vec<RawStep>>,
}

/// Builds the steps of one layout.
pub(super) struct Builder {
    codec: Option<Codec>,
    fields: Vec<Field>,
    names: BTreeSet<String>,
    timed: bool,
    pub yearless: bool,
}

impl Builder {
    pub fn new(codec: Option<Codec>) -> Self {
        Self {
            codec,
            fields: Vec::new(),
            names: BTreeSet::new(),
            timed: false,
            yearless: false,
        }
    }

    pub fn layout(&mut self, raw: &[RawStep]) -> Result<Layout, String> {
        if raw.is_empty() {
            return Err("it is empty".to_owned());
        }
        let steps = self.steps(raw, false)?;
        check_ends(&steps, &[], true)?;
        let fields = std::mem::take(&mut self.fields);
        let has_message = fields.iter().any(|field| field.target == Target::Message);
        Ok(Layout {
            steps,
            fields: fields.into(),
            has_message,
            needs: None,
        })
    }

    fn steps(&mut self, raw: &[RawStep], inner: bool) -> Result<Box<[Step]>, String> {
        let number = |(index, step)| {
            self.step(step, inner)
                .map_err(|why| format!("step {}: {why}", index + 1))
        };
        raw.iter().enumerate().map(number).collect()
    }

    fn step(&mut self, raw: &RawStep, inner: bool) -> Result<Step, String> {
        match (&raw.lit, &raw.optional, &raw.kind) {
            (Some(lit), None, None) => literal(lit),
            (None, Some(_), None) if inner => {
                Err("an optional part inside another is not possible".to_owned())
            }
            (None, Some(parts), None) if !parts.is_empty() => {
                Ok(Step::Optional(self.steps(parts, true)?))
            }
            (None, None, Some(kind)) => {
                let name = raw.field.as_deref().unwrap_or("*");
                self.field(name, kind, raw.codec.as_deref())
            }
            _ => Err("it must be a lit, a field with its kind, or an optional list".to_owned()),
        }
    }

    fn field(&mut self, name: &str, kind: &str, own: Option<&str>) -> Result<Step, String> {
        if (name == "time") != (kind == "time") {
            return Err("the kind 'time' and the name 'time' belong together".to_owned());
        }
        if kind == "time" {
            return self.time(own);
        }
        if own.is_some() {
            return Err(format!("field '{name}' is no time and has no codec"));
        }
        if kind == "pad" {
            return Ok(Step::Pad);
        }
        let kind = kind_of(kind).ok_or_else(|| format!("kind '{kind}' is not known"))?;
        if name == "*" && kind != Kind::Keys {
            return Ok(Step::Field { kind, slot: SKIP });
        }
        self.named(name, kind)
    }

    fn time(&mut self, own: Option<&str>) -> Result<Step, String> {
        if std::mem::replace(&mut self.timed, true) {
            return Err("a second time".to_owned());
        }
        let codec = own.map_or(Ok(self.codec), codec)?;
        let codec = codec.ok_or("a time, but the time codec is 'none'")?;
        self.yearless |= codec == Codec::Syslog;
        Ok(Step::Time(codec))
    }

    fn named(&mut self, name: &str, kind: Kind) -> Result<Step, String> {
        let slot = self.fields.len();
        if slot >= MAX_FIELDS {
            return Err(format!("more than {MAX_FIELDS} fields"));
        }
        if name.is_empty() || (kind != Kind::Keys && !self.names.insert(name.to_owned())) {
            return Err(format!("the field name '{name}' is empty or used twice"));
        }
        let target = target(name, kind);
        self.fields.push(Field { slot, kind, target });
        Ok(Step::Field { kind, slot })
    }
}

fn literal(text: &str) -> Result<Step, String> {
    if text.is_empty() || text.contains(['\n', '\r']) {
        return Err("a literal must not be empty or hold a line end".to_owned());
    }
    Ok(Step::Lit(text.as_bytes().into()))
}

fn kind_of(name: &str) -> Option<Kind> {
    Some(match name {
        "int" => Kind::Int,
        "text" => Kind::Text,
        "word" => Kind::Word,
        "level" => Kind::Level,
        "quoted" => Kind::Quoted,
        "source" => Kind::Source,
        "guid" => Kind::Guid,
        "keys" => Kind::Keys,
        "rest" => Kind::Rest,
        _ => return None,
    })
}

fn target(name: &str, kind: Kind) -> Target {
    match name {
        _ if kind == Kind::Keys => Target::Keys,
        "pid" => Target::Pid,
        "tid" => Target::Tid,
        "component" => Target::Component,
        "level" => Target::Level,
        "activity" => Target::Activity,
        "code" => Target::Code,
        "message" => Target::Message,
        _ => {
            let mut key = Vec::new();
            json::string(&mut key, name.as_bytes());
            key.push(b':');
            Target::Named(key.into())
        }
    }
}

/// Open fields must end somewhere, and what takes all must be last.
fn check_ends(steps: &[Step], after: &[Step], outer: bool) -> Result<(), String> {
    for (index, step) in steps.iter().enumerate() {
        let rest = steps.get(index + 1..).unwrap_or_default();
        let next = rest.first().or_else(|| after.first());
        match step {
            Step::Optional(parts) => check_ends(parts, rest, false)?,
            Step::Field {
                kind: Kind::Rest | Kind::Keys,
                ..
            } if next.is_some() || !outer => {
                return Err("rest and keys take all that is left and must be last".to_owned());
            }
            Step::Field {
                kind: Kind::Text | Kind::Source,
                ..
            } => match next {
                None | Some(Step::Lit(_) | Step::Pad | Step::Optional(_)) => {}
                Some(_) => {
                    return Err("where a text ends is not said: put a literal behind it".to_owned());
                }
            },
            _ => {}
        }
    }
    Ok(())
}

/// Tells each layout but the last what it needs: a literal that is neither at its
/// beginning, where it is compared anyway, nor short.
pub(super) fn set_needs(layouts: &mut [Layout]) {
    let last = layouts.len().saturating_sub(1);
    for layout in layouts.iter_mut().take(last) {
        let literals = layout.steps.iter().skip(1).filter_map(|step| match step {
            Step::Lit(text) if text.len() >= LEAST_NEED => Some(text),
            _ => None,
        });
        let longest = literals.max_by_key(|text| text.len());
        layout.needs = longest.map(|text| Finder::new(text).into_owned());
    }
}

/// The codec of a name, None for `none`.
pub(super) fn codec(name: &str) -> Result<Option<Codec>, String> {
    match name {
        "rfc3339" => Ok(Some(Codec::Rfc3339)),
        "ymd" => Ok(Some(Codec::Ymd)),
        "mdy" => Ok(Some(Codec::Mdy)),
        "dmy" => Ok(Some(Codec::Dmy)),
        "syslog" => Ok(Some(Codec::Syslog)),
        "ctime" => Ok(Some(Codec::Ctime)),
        "rfc822" => Ok(Some(Codec::Rfc822)),
        "epoch" => Ok(Some(Codec::Epoch)),
        "clock" => Ok(Some(Codec::Clock)),
        "none" => Ok(None),
        other => Err(format!(
            "plan: time codec '{other}' is not known; use rfc3339, ymd, mdy, dmy, syslog, ctime, \
             rfc822, epoch, clock or none"
        )),
    }
}
