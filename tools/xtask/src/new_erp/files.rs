//! The files that are new.

use std::path::Path;

use super::Names;
use crate::steps::Failure;

/// Where each goes, with its template.
const FILES: &[(&str, &str)] = &[
    ("shared/bridge/src/systems/erps/{{name}}/mod.rs", include_str!("erp_mod.rs.tmpl")),
    ("shared/bridge/src/systems/erps/{{name}}/map.rs", include_str!("erp_map.rs.tmpl")),
    ("shared/bridge/src/systems/erps/{{name}}/paging.rs", include_str!("erp_paging.rs.tmpl")),
    ("shared/bridge/src/systems/erps/{{name}}/probe.rs", include_str!("erp_probe.rs.tmpl")),
    ("shared/bridge/src/systems/erps/{{name}}/schema.rs", include_str!("erp_schema.rs.tmpl")),
    ("shared/bridge/src/systems/erps/{{name}}/wire.rs", include_str!("erp_wire.rs.tmpl")),
    ("shared/bridge/src/http/login/{{name}}.rs", include_str!("login.rs.tmpl")),
    ("shared/bridge/src/roads/check/{{name}}.rs", include_str!("check.rs.tmpl")),
    ("tests/simulators/src/{{name}}/mod.rs", include_str!("simulator.rs.tmpl")),
    ("tests/simulators/src/{{name}}/company.rs", include_str!("simulator_company.rs.tmpl")),
    ("tests/simulators/src/{{name}}/tests.rs", include_str!("simulator_tests.rs.tmpl")),
    ("tests/simulators/src/facts/{{name}}.rs", include_str!("simulator_facts.rs.tmpl")),
    ("tests/simulators/fixtures/{{name}}/article.json", include_str!("article.json.tmpl")),
    ("tests/simulators/fixtures/{{name}}/order.json", include_str!("order.json.tmpl")),
    ("tests/acceptance/src/shops/{{name}}.rs", include_str!("shop.rs.tmpl")),
    ("tests/fuzz/fuzz_targets/{{name}}.rs", include_str!("fuzz_target.rs.tmpl")),
    ("tests/fuzz/corpus/{{name}}/list", include_str!("corpus.json.tmpl")),
    ("docs/mapping/{{name}}.md", include_str!("mapping.md.tmpl")),
    ("docs/onboarding/{{name}}.md", include_str!("onboarding.md.tmpl")),
    ("infra/examples/tenant-{{name}}.json", include_str!("tenant.json.tmpl")),
    ("infra/examples/tenant-{{name}}.yaml", include_str!("tenant.yaml.tmpl")),
];

/// Each with its path and text.
pub(super) fn of(root: &Path, names: &Names) -> Result<Vec<(String, String)>, Failure> {
    let filled: Vec<(String, String)> =
        FILES.iter().map(|(path, text)| (names.filled(path), names.filled(text))).collect();
    match filled.iter().find(|(path, _)| root.join(path).exists()) {
        Some((path, _)) => Err(Failure::new(format!("{path} is there already"))),
        None => Ok(filled),
    }
}
