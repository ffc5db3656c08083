//! Plan JSON to a plan, with messages that say what is wrong and where.

mod layouts;

use std::collections::BTreeMap;

use memchr::memmem::Finder;
use serde::Deserialize;

use self::layouts::{Builder, RawStep, codec, set_needs};
use crate::json;
use crate::objects::{Column, Objects};
use crate::plan::{Code, Codec, Levels, Plan};
use crate::relevel::{Pattern, Rule, Subject};

const LEVELS: [&str; 6] = ["trace", "debug", "info", "warning", "error", "critical"];
const MOST_LAYOUTS: usize = 64;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlan {
    #[serde(rename = "id")]
    _id: String,
    #[serde(default)]
    fold: bool,
    time: String,
    #[serde(default)]
    levels: BTreeMap<String, String>,
    #[serde(default)]
    codes: Vec<RawCode>,
    #[serde(default)]
    relevel: Vec<RawRule>,
    #[serde(default)]
    ordered: bool,
    objects: Option<RawObjects>,
    #[serde(default)]
    layouts: Vec<Vec<RawStep>>,
}

/// `if`: what has to hold, by what it is about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    r#if: BTreeMap<String, String>,
    level: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawObjects {
    columns: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    without: Vec<String>,
    #[serde(default)]
    translated: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCode {
    prefix: String,
    digits: usize,
}

/// Compiles a plan; the error is one sentence for the author of the family.
pub(crate) fn compile(json: &str) -> Result<Plan, String> {
    let raw: RawPlan = serde_json::from_str(json).map_err(|error| format!("plan: {error}"))?;
    let none = raw.layouts.is_empty() && raw.objects.is_none();
    if none || raw.layouts.len() > MOST_LAYOUTS {
        return Err(format!("plan: layouts: 1 to {MOST_LAYOUTS} are needed"));
    }
    let codec = codec(&raw.time)?;
    let mut layouts = Vec::new();
    let mut yearless = false;
    for (number, steps) in raw.layouts.iter().enumerate() {
        let mut builder = Builder::new(codec);
        let layout = builder
            .layout(steps)
            .map_err(|why| format!("plan: layout {}: {why}", number + 1))?;
        yearless |= builder.yearless;
        layouts.push(layout);
    }
    set_needs(&mut layouts);
    if raw.objects.is_some() && (yearless || codec == Some(Codec::Syslog)) {
        return Err("plan: objects need times with a year".to_owned());
    }
    Ok(Plan {
        fold: raw.fold,
        yearless,
        ordered: raw.ordered,
        codec,
        objects: raw.objects.as_ref().map(objects).transpose()?,
        relevel: raw.relevel.iter().map(rule).collect::<Result<_, _>>()?,
        levels: levels(&raw.levels)?,
        codes: raw.codes.iter().map(code).collect::<Result<_, _>>()?,
        layouts: layouts.into(),
    })
}

fn levels(raw: &BTreeMap<String, String>) -> Result<Levels, String> {
    let mut levels = Levels::default();
    for (word, name) in raw {
        let level = level(name).map_err(|why| format!("plan: level '{word}' maps to {why}"))?;
        levels
            .0
            .push((word.to_ascii_lowercase().into_bytes().into(), level));
    }
    Ok(levels)
}

fn level(name: &str) -> Result<&'static str, String> {
    let known = LEVELS.iter().find(|level| **level == name);
    known
        .copied()
        .ok_or_else(|| format!("'{name}'; use {}", LEVELS.join(", ")))
}

fn rule(raw: &RawRule) -> Result<Rule, String> {
    let condition = |(subject, pattern): (&String, &String)| {
        let subject = match subject.as_str() {
            "level" => Subject::Level,
            "component" => Subject::Component,
            "code" => Subject::Code,
            "message" => Subject::Message,
            name => {
                let mut member = Vec::new();
                json::body(&mut member, name.as_bytes());
                Subject::Member(member.into())
            }
        };
        let pattern = Pattern::read(pattern).ok_or_else(|| {
            format!("plan: relevel: '{pattern}': a * stands for all that is before or behind")
        })?;
        Ok((subject, pattern))
    };
    if raw.r#if.is_empty() {
        return Err("plan: relevel: a rule needs a condition".to_owned());
    }
    let name = raw.level.as_str();
    Ok(Rule {
        conditions: raw
            .r#if
            .iter()
            .map(condition)
            .collect::<Result<_, String>>()?,
        level: if name.is_empty() {
            ""
        } else {
            level(name).map_err(|why| format!("plan: relevel: level {why}"))?
        },
    })
}

fn objects(raw: &RawObjects) -> Result<Objects, String> {
    let column = |(name, members): (&String, &Vec<String>)| {
        let column = Column::named(name)
            .ok_or_else(|| format!("plan: objects: '{name}' is no column that can be filled"))?;
        let members = members.iter().map(|member| member.as_str().into());
        Ok((column, members.collect()))
    };
    Ok(Objects {
        columns: raw
            .columns
            .iter()
            .map(column)
            .collect::<Result<_, String>>()?,
        without: raw
            .without
            .iter()
            .map(|name| name.as_str().into())
            .collect(),
        translated: raw.translated,
    })
}

fn code(raw: &RawCode) -> Result<Code, String> {
    if raw.prefix.is_empty() || !(1..=16).contains(&raw.digits) {
        return Err(format!(
            "plan: code '{}': a prefix and 1 to 16 digits are needed",
            raw.prefix
        ));
    }
    Ok(Code {
        finder: Finder::new(raw.prefix.as_bytes()).into_owned(),
        digits: raw.digits,
    })
}
