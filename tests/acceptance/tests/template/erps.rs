//! Every ERP has all resources of an ERP in the template.

use std::collections::BTreeSet;

use bridge::words::kind::Kind;
use serde_json::{Value, json};

use crate::lint_rules::suffix;
use crate::read::written;

/// Loops over the ERPs.
const LOOPS: [&str; 1] = ["Erps"];

/// What an ERP lacks in the template, and ERPs that are no ERPs.
pub fn erps(template: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    let mut words = BTreeSet::new();
    for (erp, row) in template["Mappings"]["Erps"].as_object().into_iter().flatten() {
        let word = row["Word"].as_str().unwrap_or_default();
        if Kind::named(word).is_none_or(|kind| kind.word() != word) {
            broken.push(format!("{erp}: {word} is no ERP's word"));
        }
        words.insert(word);
        let function = &template["Resources"][format!("Pull{erp}")]["Properties"];
        if suffix(function) != format!("pull-{word}") {
            broken.push(format!("{erp}: no function pull-{word}"));
        }
        let jobs = json!({ "Fn::GetAtt": [format!("{erp}JobQueue"), "Arn"] });
        if function["Events"]["Jobs"]["Properties"]["Queue"] != jobs || function["Events"]["Tick"].is_null() {
            broken.push(format!("{erp}: neither schedule nor jobs of its own"));
        }
        let parts = [
            format!("{erp}JobQueue"),
            format!("{erp}DeadJobQueue"),
            format!("Pull{erp}Role"),
            format!("Pull{erp}Logs"),
        ];
        let missing = parts.into_iter().filter(|part| template["Resources"][part]["Properties"].is_null());
        broken.extend(missing.map(|part| format!("{erp}: {part} is missing")));
    }
    let unknown = Kind::ALL.into_iter().map(Kind::word).filter(|word| !words.contains(word));
    broken.extend(unknown.map(|word| format!("{word} is not in the template")));
    broken
}

#[test]
fn every_loop_over_the_erps_goes_over_the_bridge_s() {
    let template = written();
    let words: Vec<&str> = Kind::ALL.into_iter().map(Kind::word).collect();
    for name in LOOPS {
        let erps = template["Resources"][format!("Fn::ForEach::{name}")][1].as_array().unwrap();
        let word = |erp: &Value| template["Mappings"]["Erps"][erp.as_str().unwrap()]["Word"].clone();
        assert_eq!(erps.iter().map(word).collect::<Vec<_>>(), words, "{name}");
    }
}
