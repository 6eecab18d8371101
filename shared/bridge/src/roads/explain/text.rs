//! An explanation as lines of 80 columns. Nothing is read here.

use serde_json::Value;

use super::explanation::{By, Empty, Explanation, Member, Rule, Source};
use super::origins::is_empty;
use super::{Explained, GoesBack, Selected};
use crate::roads::status::lines::{count, cut, paragraph};
use crate::systems::mapping_table::BackRow;
use crate::words::wire::exact;

/// Characters of a value that are shown where all are.
const VALUE: usize = 60;

/// A value as a person reads it: a number without the zeros behind its decimal point.
fn said(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => {
            let text = number.to_string();
            exact(&text).map_or(text, |number| number.normalize().to_string())
        }
        other => other.to_string(),
    }
}

/// The whole explanation.
#[must_use]
pub fn whole(explained: &Explained) -> String {
    let mut text = head(explained);
    let Some(explanation) = &explained.explanation else { return text.trim_end().to_owned() };
    title(&mut text, &format!("What goes to Ongoing ({}), and where from:", explained.call()));
    for member in &explanation.members {
        paragraph(&mut text, "  ", &format!("{} = {}", member.member, cut(&said(&member.value), VALUE)));
        paragraph(&mut text, "      ", &sentence(member));
    }
    left_out(&mut text, explanation);
    nothing(&mut text, &explanation.empty);
    if !explained.back.is_empty() {
        title(&mut text, "What goes back to the ERP:");
        explained.back.iter().for_each(|back| goes_back(&mut text, back));
    }
    if !explanation.nowhere.is_empty() {
        let further = count(explanation.nowhere.len(), "further member", "further members");
        title(&mut text, &format!("{further} of the ERP's record with a value go nowhere: --json names them."));
    }
    text.trim_end().to_owned()
}

/// One member of the body or of the record, in full.
///
/// # Errors
/// What to say where nothing is about the pointer.
pub fn field(explained: &Explained, pointer: &str) -> Result<String, String> {
    let mut text = head(explained);
    let Some(explanation) = &explained.explanation else { return Ok(text.trim_end().to_owned()) };
    let Some(selected) = explained.of(pointer) else {
        let members = explanation.members.iter().map(|member| member.member.as_str()).collect::<Vec<_>>().join(" ");
        return Err(format!(
            "{pointer} is no member of Ongoing's body, none of the mapping table and none of the ERP's record; the body has \
             {members}"
        ));
    };
    text.push('\n');
    told(&mut text, &selected);
    Ok(text.trim_end().to_owned())
}

fn told(text: &mut String, selected: &Selected<'_>) {
    for member in &selected.members {
        one(text, member);
    }
    for empty in &selected.empty {
        let member = empty.member.as_deref().unwrap_or("no member of Ongoing's");
        paragraph(text, "", &format!("{member}: {}", why(empty)));
        rule(text, &empty.rule);
    }
    for row in &selected.rows {
        paragraph(text, "", &format!("{}: {}", row.row, row_says(row.as_text, &row.why)));
    }
    for source in &selected.decide {
        let says = "decides what becomes of the record or of its row; its value goes nowhere";
        paragraph(text, "", &format!("{} = {}: {says}", source.member, said(&source.value)));
    }
    selected.back.iter().for_each(|back| goes_back(text, back));
    for source in &selected.nowhere {
        paragraph(text, "", &format!("{} = {}: goes nowhere", source.member, said(&source.value)));
    }
}

fn goes_back(text: &mut String, back: &GoesBack) {
    let off = if back.on { "" } else { " (switched off)" };
    let told = back.told.as_ref().map_or_else(String::new, |told| format!("; last: {told}"));
    let BackRow { process, member, from, how } = &back.row;
    paragraph(text, "  ", &format!("{member} from Ongoing's {from}, {process}{off}: {how}{told}"));
}

fn title(text: &mut String, words: &str) {
    text.push('\n');
    paragraph(text, "", words);
}

fn head(explained: &Explained) -> String {
    let mut text = String::new();
    for line in &explained.says {
        paragraph(&mut text, "", line);
    }
    text
}

fn one(text: &mut String, member: &Member) {
    paragraph(text, "", &format!("{} = {}", member.member, said(&member.value)));
    for source in &member.from {
        paragraph(text, "  from      ", &format!("{} = {}", source.member, said(&source.value)));
    }
    for by in &member.by {
        paragraph(text, "  by        ", &by_says(by));
    }
    if member.from.is_empty() && member.by.is_empty() {
        paragraph(text, "  from      ", "nothing of the record's: it is always so");
    }
    if let Some(mapped) = &member.mapped {
        let says = match member.value.is_null() {
            true => format!("{} left {} out", mapped.map, said(&mapped.before)),
            false => format!("{} made {} of {}", mapped.map, said(&member.value), said(&mapped.before)),
        };
        paragraph(text, "  mapped    ", &says);
    }
    if let Some(cut) = &member.cut {
        let says = format!("it had {} characters, and Ongoing takes {}", cut.had, cut.longest);
        paragraph(text, "  cut       ", &says);
    }
    for taken in &member.rules {
        rule(text, taken);
    }
    for other in &member.others {
        paragraph(text, "  not used  ", &format!("row {}: {}", other.row, other.erp));
    }
}

fn rule(text: &mut String, rule: &Rule) {
    paragraph(text, &format!("  {:<10}", format!("row {}", rule.row)), &format!("{}: {}", rule.ongoing, rule.erp));
    for source in &rule.passed_over {
        let says = match is_empty(&source.value) {
            true => format!("{}, which is empty", source.member),
            false => format!("{} = {}", source.member, said(&source.value)),
        };
        paragraph(text, "  not used  ", &says);
    }
    if let Some(note) = &rule.note {
        paragraph(text, "  note      ", note);
    }
}

/// Where a member comes from, in one sentence.
fn sentence(member: &Member) -> String {
    let same = |source: &&Source| said(&source.value) == said(&member.value);
    let from = member.from.iter().map(|source| match same(&source) {
        true => source.member.clone(),
        false => format!("{} = {}", source.member, cut(&said(&source.value), VALUE)),
    });
    let mut parts: Vec<String> = from.chain(member.by.iter().map(by_says)).collect();
    if parts.is_empty() {
        parts.push("always so".to_owned());
    }
    let mut says = parts.join(", ");
    let passed: Vec<&str> = member.rules.iter().flat_map(|rule| &rule.in_place_of).map(String::as_str).collect();
    if !passed.is_empty() {
        says += &format!(", since {} {} empty", passed.join(", "), if passed.len() == 1 { "is" } else { "are" });
    }
    if let Some(mapped) = &member.mapped {
        let what = if member.value.is_null() { "left out" } else { "mapped" };
        says += &format!(", {} {what} by {}", said(&mapped.before), mapped.map);
    }
    if let Some(cut) = &member.cut {
        says += &format!(", cut from {} to {} characters", cut.had, cut.longest);
    }
    let rows: Vec<&str> = member.rules.iter().map(|rule| rule.row.as_str()).collect();
    match rows.as_slice() {
        [] => says,
        [row] => format!("{says} (row {row})"),
        rows => format!("{says} (rows {})", rows.join(", ")),
    }
}

fn by_says(by: &By) -> String {
    match by {
        By::IsSet { members } if members.is_empty() => "there is no such address or number".to_owned(),
        By::IsSet { members } => {
            let members: Vec<&str> = members.iter().map(|source| source.member.as_str()).collect();
            format!("there is {}", members.join(", "))
        }
        By::Today => "the day on which the record is read".to_owned(),
        By::Setting { setting, value: Value::Null } => format!("the default of the setting {setting}"),
        By::Setting { setting, value } => format!("the setting {setting} = {}", said(value)),
        By::ExtraField => "the tenant's extra_fields".to_owned(),
        By::TenantItem { member } => format!("the tenant's item, {member}"),
        By::Constant => "always so".to_owned(),
    }
}

fn row_says(as_text: bool, why: &str) -> String {
    let whither = if as_text { "goes along as a text line" } else { "is left out" };
    format!("{whither}: {why}")
}

fn left_out(text: &mut String, explanation: &Explanation) {
    if let Some(fault) = &explanation.fault {
        title(text, &format!("It cannot be sent: {fault}."));
    }
    if explanation.rows.is_empty() {
        return;
    }
    title(text, "Rows that are no order lines:");
    for row in &explanation.rows {
        let names = row.names.as_deref().map_or_else(String::new, |names| format!(" ({})", cut(names, 40)));
        paragraph(text, "  ", &format!("{}{names} {}", row.row, row_says(row.as_text, &row.why)));
    }
}

fn why(empty: &Empty) -> String {
    let sources = empty.from.iter().map(|source| match is_empty(&source.value) {
        true => format!("{} is empty", source.member),
        false => format!("{} = {} is not taken", source.member, cut(&said(&source.value), VALUE)),
    });
    let says = match &empty.why {
        Some(why) => why.clone(),
        None => sources.collect::<Vec<_>>().join(", "),
    };
    let cleared = if empty.cleared { "; it was sent before, and is said to be empty now" } else { "" };
    format!("nothing, {says}{cleared}")
}

/// What is empty in many rows is told of the first of them.
fn nothing(text: &mut String, empty: &[Empty]) {
    if empty.is_empty() {
        return;
    }
    title(text, "Nothing is sent of:");
    let mut told: Vec<(String, String)> = Vec::new();
    for one in empty {
        let member = one.member.clone().unwrap_or_else(|| one.rule.erp.clone());
        let rows = |member: &str| member.split('/').filter(|part| part.parse::<usize>().is_err()).collect::<String>();
        let key = (one.rule.row.clone(), rows(&member));
        if told.contains(&key) {
            continue;
        }
        told.push(key);
        let alike = empty.iter().filter(|other| {
            let alike = other.member.as_deref().is_some_and(|other| rows(other) == rows(&member));
            alike && other.rule.row == one.rule.row
        });
        let more = match alike.count() {
            0 | 1 => String::new(),
            alike => format!(", and so in {} more", count(alike - 1, "row", "rows")),
        };
        let says = why(one);
        let says = says.strip_prefix("nothing, ").unwrap_or(&says);
        paragraph(text, "  ", &format!("{member}: {says}{more} (row {})", one.rule.row));
    }
}
