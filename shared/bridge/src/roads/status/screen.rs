//! The screen: how everything stands in 80 columns, worst first; a wider one is used for names.

use std::fmt::Write as _;

use jiff::tz::TimeZone;

use super::advice::erp_name;
use super::lines::{WIDTH, age, count, cut, moment, paragraph, since};
use super::{Estate, Finding, Level, SystemStatus, TenantStatus};
use crate::words::feed::Feed;
use crate::words::kind::Kind;

/// Tenants of which nothing is to be told are named one by one only where there are so few.
const FEW: usize = 10;

/// A tenant's name has this room where no other column wants it, and what longer ones need where there is more.
const NAME: usize = 20;

/// Drifts that are told one by one.
const DRIFTS: usize = 5;

/// Tenants that are told with what is the matter.
const MOST: usize = 25;

/// Everything on one screen of so many columns, 80 at the least, by the clock of a time zone.
#[must_use]
pub fn screen(width: usize, estate: &Estate, zone: &TimeZone) -> String {
    let of = |level: Level| estate.tenants.iter().filter(|tenant| tenant.level == level).count();
    let now = estate.at;
    let date = now.to_zoned(zone.clone()).strftime("%a %-d %b %Y %H:%M %Z").to_string();
    let mut text = format!("{}, {date}\n", estate.stack);
    let (person, waits) = (of(Level::Person), of(Level::Waits));
    let all = count(estate.tenants.len(), "tenant", "tenants");
    let mut says = vec![match person {
        0 => format!("{all}, none needs a person"),
        _ => format!("{all}, {person} {} a person", if person == 1 { "needs" } else { "need" }),
    }];
    says.extend((waits > 0).then(|| format!("{waits} {} for something", if waits == 1 { "waits" } else { "wait" })));
    says.extend(Some(of(Level::Off)).filter(|off| *off > 0).map(|off| format!("{off} paused")));
    paragraph(&mut text, "", &says.join(", "));
    text.push('\n');
    head(&mut text, estate, zone);
    alarms(&mut text, estate, zone);
    drift(&mut text, estate, zone);
    if estate.tenants.is_empty() {
        text += "there is no tenant yet: bridgectl tenant apply FILE";
        return text;
    }
    text.push('\n');
    tenants(&mut text, width.max(WIDTH), estate, zone);
    text.trim_end().to_owned()
}

fn head(text: &mut String, estate: &Estate, zone: &TimeZone) {
    if estate.stopped {
        paragraph(text, "✗ estate        ", "STOPPED: nothing is pulled, imported or written back");
        paragraph(text, "                → ", "sam deploy --parameter-overrides EstateState=RUNNING");
    } else if estate.scheduled {
        paragraph(text, "  schedule      ", "on, every 15 minutes");
    } else {
        paragraph(text, "✗ schedule      ", "OFF: nothing is pulled by itself");
        paragraph(text, "                → ", "sam deploy --parameter-overrides ScheduleState=ENABLED");
    }
    let down = |system: &SystemStatus| {
        let name = name(&system.system);
        match system.since {
            Some(at) => format!("{name} is DOWN {}", since(at, estate.at, zone)),
            None => format!("{name} is DOWN"),
        }
    };
    for system in estate.systems.iter().filter(|system| !system.up) {
        paragraph(text, "! systems       ", &down(system));
    }
    let up: Vec<String> = estate.systems.iter().filter(|system| system.up).map(|system| name(&system.system)).collect();
    if !up.is_empty() {
        paragraph(text, "  systems       ", &format!("{} up", up.join(", ")));
    }
    if estate.budgets.is_empty() && !estate.systems.is_empty() {
        paragraph(text, "  rate limits   ", "none is used up");
    }
    for budget in &estate.budgets {
        let line = match budget.line_seconds {
            seconds @ ..120 => format!("{} s", seconds.max(1)),
            seconds => format!("{} min", seconds / 60),
        };
        let says = format!("{}: used up for the next {line}", erp_name(budget.budget));
        paragraph(text, "! rate limits   ", &says);
    }
    match &estate.dead_letters {
        None => paragraph(text, "? dead letters  ", "not known"),
        Some(queues) => {
            let dead: Vec<String> = queues
                .iter()
                .filter(|queue| queue.messages > 0)
                .map(|queue| format!("{} of {}", queue.messages, queue.queue))
                .collect();
            if dead.is_empty() {
                paragraph(text, "  dead letters  ", "none");
            } else {
                paragraph(text, "✗ dead letters  ", &dead.join(", "));
                paragraph(text, "                → ", "bridgectl dead-letters list");
            }
        }
    }
}

/// What CloudWatch says.
fn alarms(text: &mut String, estate: &Estate, zone: &TimeZone) {
    match estate.alarms.as_deref() {
        None => paragraph(text, "? alarms        ", "not known"),
        Some([]) => paragraph(text, "  alarms        ", "none"),
        Some(on) => {
            for alarm in on {
                let since = alarm.since.map_or_else(String::new, |at| format!(" {}", since(at, estate.at, zone)));
                paragraph(text, "✗ alarms        ", &format!("{}{since}", alarm.name));
            }
            paragraph(text, "                → ", "see \"Alarms\" in infra/runbook.md");
        }
    }
}

/// Where the vendors' answers are new; nothing where they are as they were.
fn drift(text: &mut String, estate: &Estate, zone: &TimeZone) {
    for met in estate.drift.iter().take(DRIFTS) {
        let name = Kind::named(&met.drift.system).map_or("Ongoing", erp_name);
        let mark = if met.drift.required { "✗ schema drift  " } else { "! schema drift  " };
        paragraph(text, mark, &format!("{name}: {} since {}", met.drift.says(), moment(met.since, estate.at, zone)));
    }
    let more = estate.drift.len().saturating_sub(DRIFTS);
    if more > 0 {
        paragraph(text, "                ", &format!("and {more} more: bridgectl status --json"));
    }
    if !estate.drift.is_empty() {
        paragraph(text, "                → ", "see \"Schema drift\" in infra/runbook.md");
    }
}

/// A warehouse system by the last part of its address.
fn name(system: &str) -> String {
    match Kind::named(system) {
        Some(kind) => erp_name(kind).to_owned(),
        None => format!("Ongoing {}", system.rsplit('/').next().unwrap_or(system)),
    }
}

fn tenants(text: &mut String, columns: usize, estate: &Estate, zone: &TimeZone) {
    let feeds: Vec<Feed> = Feed::ALL
        .into_iter()
        .filter(|feed| estate.tenants.iter().any(|tenant| tenant.good_at.contains_key(feed)))
        .collect();
    let heads: String = feeds.iter().fold(String::new(), |mut heads, feed| {
        let _ = write!(heads, "{:>9}", heading(*feed));
        heads
    });
    // The age of what waits takes room where something does.
    let waiting = if estate.tenants.iter().any(|tenant| tenant.oldest.is_some()) { 13 } else { 9 };
    let longest = estate.tenants.iter().map(|tenant| tenant.tenant_id.chars().count()).max().unwrap_or_default();
    let width = longest.max(NAME).min(columns - 16 - 9 * feeds.len() - waiting);
    let _ = writeln!(text, "  {:<width$}{heads}{:>waiting$}{:>8}{:>6}", "tenant", "waiting", "parked", "left");
    let quiet = |tenant: &&TenantStatus| tenant.findings.is_empty() || tenant.level == Level::Off;
    let all_told = estate.tenants.iter().filter(|tenant| !quiet(tenant)).count();
    let few = estate.tenants.len() <= FEW;
    for tenant in estate.tenants.iter().filter(|tenant| few || !quiet(tenant)).take(MOST) {
        row(text, tenant, &feeds, [width, waiting], estate);
        for finding in &tenant.findings {
            self::finding(text, finding, estate, zone);
        }
    }
    if all_told > MOST {
        let _ = writeln!(text, "  … and {} more: bridgectl tenant list", all_told - MOST);
    }
    if !few {
        let well = estate.tenants.iter().filter(|tenant| tenant.level == Level::Good);
        let oldest = well.clone().filter_map(super::oldest).min();
        let well = count(well.filter(|tenant| quiet(tenant)).count(), "tenant is", "tenants are");
        let pulled = oldest.map_or_else(String::new, |at| format!(", pulled {} ago or later", age(at, estate.at)));
        let _ = writeln!(text, "  {well} well{pulled}");
    }
}

fn heading(feed: Feed) -> &'static str {
    match feed {
        Feed::Suppliers => "supplier",
        Feed::Articles => "articles",
        Feed::PurchaseOrders => "purchase",
        Feed::Orders => "orders",
    }
}

fn row(text: &mut String, tenant: &TenantStatus, feeds: &[Feed], [width, waiting]: [usize; 2], estate: &Estate) {
    let mark = match tenant.level {
        Level::Person => "✗",
        Level::Waits => "!",
        Level::Good => "✓",
        Level::Off => "–",
    };
    let _ = write!(text, "{mark} {:<width$}", cut(&tenant.tenant_id, width));
    for feed in feeds {
        let age = match tenant.good_at.get(feed) {
            None => String::new(),
            Some(None) => "never".to_owned(),
            Some(Some(at)) => age(*at, estate.at),
        };
        let _ = write!(text, "{age:>9}");
    }
    let number = |number: usize| if number == 0 { "–".to_owned() } else { number.to_string() };
    let (parked, left) = (number(tenant.parked), number(tenant.left));
    let waits = match tenant.oldest.filter(|_| tenant.waiting > 0) {
        Some(oldest) => format!("{} ({})", tenant.waiting, age(oldest, estate.at)),
        None => number(tenant.waiting),
    };
    let _ = writeln!(text, "{waits:>waiting$}{parked:>8}{left:>6}");
}

fn finding(text: &mut String, finding: &Finding, estate: &Estate, zone: &TimeZone) {
    let mut says = finding.says.clone();
    if let Some(at) = finding.since {
        let often = finding.times.filter(|times| *times > 1).map(|times| format!("{times} times"));
        let behind: Vec<String> = [Some(age(at, estate.at)), often].into_iter().flatten().collect();
        let _ = write!(says, " since {} ({})", moment(at, estate.at, zone), behind.join(", "));
    }
    if let Some(reason) = &finding.reason {
        let _ = write!(says, ": {}", cut(reason, 120));
    }
    if !finding.holds_up.is_empty() {
        let _ = write!(says, "; held up: {}", finding.holds_up.join(", "));
    }
    paragraph(text, "    ", &says);
    if let Some(remedy) = &finding.remedy {
        paragraph(text, "    → ", remedy);
    }
}
