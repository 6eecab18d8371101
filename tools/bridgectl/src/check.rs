//! `check`: what the ERP and Ongoing say of a tenant's credentials, rights and modules.

use std::fmt::Write as _;
use std::time::Duration;

use bridge::roads::check::identity::{Identity, Meeting};
use bridge::roads::check::{Report, State, System};
use bridge::tenant::Tenant;
use serde::Serialize;
use serde_json::json;

use crate::deployment::Deployment;
use crate::document::Document;
use crate::identity;
use crate::output::{Failure, Output, Paint};
use crate::prompt;

/// A check of both systems is over by then.
const TIMEOUT: Duration = Duration::from_secs(120);

/// What is said of a tenant's connection.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Checked {
    tenant_id: String,
    good: bool,
    /// The ERP's, then Ongoing's.
    reports: [Report; 2],
    /// Which company feeds which goods owner, and who else has them.
    identity: Meeting,
}

pub async fn run(deployment: &Deployment, what: &str, insists: bool) -> Result<Output, Failure> {
    let tenant = tenant(deployment, what).await?;
    let ports = &deployment.ports;
    let deadline = ports.clock.now() + TIMEOUT;
    let reports = prompt::with_spinner("asking the ERP and Ongoing", async {
        let mut erp = bridge::roads::check::erp(ports, &tenant, deadline).await;
        if erp.good() {
            erp.findings.extend(bridge::roads::check::goods(ports, &tenant, deadline).await);
        }
        [erp, bridge::roads::check::ongoing(ports, &tenant, deadline).await]
    })
    .await;
    let identity = Identity::told(&tenant, &reports[0], &reports[1]);
    let meeting = prompt::with_spinner("asking whose else", identity::meet(deployment, &tenant, identity)).await?;
    if insists || meeting.refusal().is_none() {
        identity::note_if_stored(deployment, &tenant, &meeting, insists).await?;
    }
    let paint = Paint::of_stdout();
    let refused = meeting.refusal().filter(|_| !insists);
    let good = reports.iter().all(Report::good) && refused.is_none();
    let mut text: Vec<String> = vec![paint.strong(&meeting.text())];
    text.extend(refused.map(|why| format!("{} {why}", paint.bad("✗"))));
    text.extend(reports.iter().map(|report| self::text(report, paint)));
    let said = Checked { tenant_id: tenant.tenant_id, good, reports, identity: meeting };
    Ok(Output::of(good, json!(said), text.join("\n\n")))
}

/// A stored tenant by its id, else a file.
async fn tenant(deployment: &Deployment, what: &str) -> Result<Tenant, Failure> {
    if bridge::tenant::is_id(what) && !std::path::Path::new(what).is_file() {
        return deployment.tenant(what).await;
    }
    let refused = |faults| Failure::faulty("the file is not valid; nothing was checked", faults);
    let document = Document::open(what).map_err(refused)?;
    let tenant = document.tenant(deployment.stack.allows_local()).map_err(refused)?;
    document.warn(&tenant);
    Ok(tenant)
}

fn text(report: &Report, paint: Paint) -> String {
    let system = match report.system {
        System::Erp(kind) => kind.to_string(),
        System::Ongoing => "Ongoing".to_owned(),
    };
    let company = report.company.as_ref().map_or_else(String::new, |name| format!(" ({name})"));
    let mut text = paint.strong(&format!("{system}{company}"));
    for finding in &report.findings {
        let mark = match finding.state {
            State::Good => paint.good("✓"),
            State::Missing => paint.bad("✗"),
            State::Warning => paint.warning("!"),
            State::Unknown => paint.warning("?"),
        };
        let _ = write!(text, "\n  {mark} {}", finding.point);
        for line in finding.advice.lines() {
            let _ = write!(text, "\n      {line}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use bridge::roads::check::{Finding, Point};
    use bridge::words::kind::Kind;

    use super::*;

    #[test]
    fn a_report_has_a_mark_for_each_point_and_the_advice_under_it() {
        let finding = |point: Point, state: State, advice: &str| Finding { point, state, advice: advice.into() };
        let report = Report {
            system: System::Erp(Kind::Visma),
            company: Some("Mälar Textil AB".into()),
            company_id: None,
            findings: vec![
                finding(Point::Login, State::Good, ""),
                finding(Point::Module("Lager".into()), State::Missing, "Ask for it.\nIt costs."),
                finding(Point::Right("ea:sales".into()), State::Warning, ""),
                finding(Point::Company, State::Unknown, ""),
            ],
        };
        assert_eq!(
            text(&report, Paint::none()),
            "visma (Mälar Textil AB)\n  ✓ the credentials are accepted\n  ✗ module Lager\n      Ask for it.\n      \
             It costs.\n  ! right ea:sales\n  ? the company can be worked in"
        );
        assert!(!report.good());
    }
}
