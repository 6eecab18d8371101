//! Holds `explain` against a mapping table: of every member that a source leaf moves it names that leaf, of no other member it
//! does, and every row of the table is answered.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bridge::roads::explain::Input;
use bridge::roads::explain::explanation::{Explanation, explain};
use bridge::systems::mapping_table::fits;
use bridge::tenant::Settings;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use serde_json::Value;

use super::check::{another, differences, leaves, links};
use super::{Section, TODAY, body, document, fixture};

/// What is said of a fixture.
///
/// # Errors
/// What is wrong with the fixture or the mapping.
pub fn explained(kind: Kind, feed: Feed, source: &Value, settings: &Settings) -> Result<Explanation, String> {
    // The import finds the numbers; which ones does not matter here.
    let codes = leaves(source).into_iter().filter_map(|leaf| source.pointer(&leaf).cloned());
    let text = |code: Value| code.as_str().map_or_else(|| code.to_string(), str::to_owned);
    let numbers: HashMap<String, String> =
        codes.map(text).map(|code| (code.clone(), format!("article of {code}"))).collect();
    let input = Input { kind, feed, source, settings, goods_owner_id: 159, today: TODAY, numbers: &numbers };
    explain(&input, &[]).map_err(|fault| fault.to_string())
}

/// The faults of what `explain` says of a table's fixtures, and the numbers of the rows that it answers.
#[must_use]
pub fn check_explained(kind: Kind, section: &Section) -> (Vec<String>, BTreeSet<String>) {
    let (mut faults, mut answered) = (Vec::new(), BTreeSet::new());
    for name in &section.fixtures {
        match check_fixture(kind, section, name, &mut faults) {
            Ok(explanation) => answered.extend(rows(&explanation)),
            Err(fault) => faults.push(format!("{name}: {fault}")),
        }
    }
    for row in section.rows.iter().filter(|row| !answered.contains(&row.number)) {
        faults.push(format!("row {} ({}) is answered with no fixture", row.number, row.ongoing));
    }
    (faults, answered)
}

/// Every row that is named, as one that took effect, one that did not, or one that has nothing.
fn rows(explanation: &Explanation) -> BTreeSet<String> {
    let members = explanation.members.iter().flat_map(|member| member.rules.iter().chain(&member.others));
    members.chain(explanation.empty.iter().map(|empty| &empty.rule)).map(|rule| rule.row.clone()).collect()
}

fn check_fixture(kind: Kind, section: &Section, name: &str, faults: &mut Vec<String>) -> Result<Explanation, String> {
    let source = fixture(kind, name)?;
    let mapped = body(kind, section.feed, &source)?;
    let explanation = explained(kind, section.feed, &source, &Settings::default())?;
    let shown: BTreeMap<&str, &Value> =
        explanation.members.iter().map(|member| (member.member.as_str(), &member.value)).collect();
    for leaf in leaves(&mapped).into_iter().chain(shown.keys().map(|member| (*member).to_owned())) {
        if shown.get(leaf.as_str()).copied() != mapped.pointer(&leaf) {
            faults.push(format!(
                "{name}: {leaf} is {:?}, explained as {:?}",
                mapped.pointer(&leaf),
                shown.get(leaf.as_str())
            ));
        }
    }
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for member in &explanation.members {
        for from in &member.from {
            named.entry(from.member.clone()).or_default().insert(member.member.clone());
        }
    }
    let decides: BTreeSet<&str> = explanation.decide.iter().map(|source| source.member.as_str()).collect();
    for leaf in &decides {
        if !section.decides.iter().any(|at| fits(at, leaf)) {
            faults.push(format!("{name}: {leaf} is said to decide, and the table does not say so"));
        }
    }
    let document = document(kind)?;
    let taken = |leaf: &str| document.of_feed(section.feed).flat_map(|table| &table.rows).any(|row| row.takes(leaf));
    for leaf in named.keys().filter(|leaf| section.decides.iter().any(|at| fits(at, leaf)) && !taken(leaf)) {
        faults.push(format!("{name}: {leaf} decides, and is named as if its value went somewhere"));
    }
    for leaf in leaves(&source).into_iter().filter(|leaf| !decides.contains(leaf.as_str())) {
        let mut changed = source.clone();
        let Some(place) = changed.pointer_mut(&leaf) else { continue };
        *place = another(section, place);
        let moved = body(kind, section.feed, &changed).map(|after| differences(&mapped, &after))?;
        let named = named.remove(&leaf).unwrap_or_default();
        if named != moved {
            faults.push(format!("{name}: {leaf} moves {moved:?}, and is named at {named:?}"));
        }
    }
    faults.extend(named.into_iter().map(|(leaf, at)| format!("{name}: {leaf} is named at {at:?} and decides")));
    rules(section, name, &mapped, &explanation, faults)?;
    Ok(explanation)
}

/// Where the table has a link from a leaf to a member, its row is among those that took effect there; and no other row of
/// this table is.
fn rules(
    section: &Section,
    name: &str,
    mapped: &Value,
    explanation: &Explanation,
    faults: &mut Vec<String>,
) -> Result<(), String> {
    let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for link in links(section, name, mapped, &mut Vec::new(), &mut BTreeSet::new())? {
        wanted.entry(link.body).or_default().insert(link.row);
    }
    let of_table: BTreeSet<&String> = section.rows.iter().map(|row| &row.number).collect();
    for member in &explanation.members {
        let Some(wanted) = wanted.get(&member.member) else { continue };
        let rules = member.rules.iter().map(|rule| rule.row.clone()).filter(|row| of_table.contains(row));
        let rules: BTreeSet<String> = rules.collect();
        if rules != *wanted {
            faults.push(format!("{name}: {} is by rows {rules:?}, the table says {wanted:?}", member.member));
        }
    }
    Ok(())
}
