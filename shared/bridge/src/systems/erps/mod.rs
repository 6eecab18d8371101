//! The ERPs. `mod.rs` of each talks, `wire.rs` spells, `map.rs` means.

pub mod finago;
pub mod poweroffice;
pub mod procountor;
pub mod rows;
pub mod visma;

use std::rc::Rc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::http::login::Login;
use crate::http::rate_budget::RateBudget;
use crate::ports::Ports;
use crate::systems::erp::{Change, Erp, Sources, What};
use crate::systems::erps::rows::Part;
use crate::systems::ongoing::map;
use crate::tenant::{Settings, Tenant};
use crate::words::digest::sha256;
use crate::words::domain::Record;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::kind::Kind;
use crate::words::noncharacter;

/// The ERP of a tenant.
#[must_use]
pub fn connect<'a>(ports: &'a Ports, tenant: &'a Tenant, deadline: Timestamp) -> Box<dyn Erp + 'a> {
    connected(ports, tenant, deadline, None)
}

/// The ERP of a tenant, which keeps the source records that it maps.
#[must_use]
pub fn connect_keeping<'a>(
    ports: &'a Ports,
    tenant: &'a Tenant,
    deadline: Timestamp,
    sources: &Rc<Sources>,
) -> Box<dyn Erp + 'a> {
    connected(ports, tenant, deadline, Some(Rc::clone(sources)))
}

fn connected<'a>(
    ports: &'a Ports,
    tenant: &'a Tenant,
    deadline: Timestamp,
    sources: Option<Rc<Sources>>,
) -> Box<dyn Erp + 'a> {
    match tenant.erp.kind {
        Kind::PowerOffice => Box::new(poweroffice::PowerOffice::new(ports, tenant, deadline).keeping(sources)),
        Kind::Finago => Box::new(finago::Finago::new(ports, tenant, deadline).keeping(sources)),
        Kind::Procountor => Box::new(procountor::Procountor::new(ports, tenant, deadline).keeping(sources)),
        Kind::Visma => Box::new(visma::Visma::new(ports, tenant, deadline).keeping(sources)),
    }
}

/// The day that an ERP's mapping takes for the current one: by the calendar of its country.
#[must_use]
pub fn today(kind: Kind, now: Timestamp) -> Date {
    let zone = match kind {
        Kind::PowerOffice | Kind::Finago => "Europe/Oslo",
        Kind::Procountor => "Europe/Helsinki",
        Kind::Visma => "Europe/Stockholm",
    };
    now.to_zoned(TimeZone::get(zone).unwrap_or(TimeZone::UTC)).date()
}

/// What each row of a source record is to the warehouse, by its JSON pointer; none of a record that has no rows or cannot be
/// read.
#[must_use]
pub fn parts(kind: Kind, feed: Feed, source: &Value, settings: &Settings) -> Vec<(String, Part)> {
    let Some(list) = rows_at(kind, feed) else { return Vec::new() };
    let parts = match kind {
        Kind::PowerOffice => poweroffice::parts(source, settings),
        Kind::Finago => finago::parts(source, settings),
        Kind::Procountor => procountor::parts(source, settings),
        Kind::Visma => visma::parts(source, settings),
    };
    parts.into_iter().flatten().enumerate().map(|(at, part)| (format!("{list}/{at}"), part)).collect()
}

/// Where the rows of a source record are; `None` of records that have none.
#[must_use]
pub fn rows_at(kind: Kind, feed: Feed) -> Option<&'static str> {
    let has_rows = matches!(feed, Feed::Orders | Feed::PurchaseOrders);
    has_rows.then_some(match kind {
        Kind::PowerOffice => "/Lines",
        Kind::Finago => "/InvoiceRows/InvoiceRow",
        Kind::Procountor => "/invoiceRows",
        Kind::Visma => "/Rows",
    })
}

/// Who calls a tenant's ERP.
#[must_use]
pub fn login(tenant: &Tenant) -> Login {
    let (tenant_id, auth_url) = (tenant.tenant_id.clone(), tenant.erp.auth_url.clone());
    match tenant.erp.kind {
        Kind::PowerOffice => Login::PowerOffice { tenant_id, auth_url },
        Kind::Finago => Login::Finago { tenant_id, base_url: tenant.erp.base_url.clone() },
        Kind::Procountor => Login::Procountor { tenant_id, auth_url },
        Kind::Visma => Login::Visma { tenant_id, auth_url },
    }
}

/// The budget that a login of its own takes a turn of; Visma's limits count its API alone (Visma sheet, section 4).
pub(crate) fn rate_budget(kind: Kind) -> Option<RateBudget> {
    match kind {
        Kind::PowerOffice => Some(poweroffice::rate_budget()),
        Kind::Finago => Some(finago::rate_budget()),
        Kind::Procountor => Some(procountor::rate_budget()),
        Kind::Visma => None,
    }
}

/// What the mapping of an ERP's document makes of a source record: the vendor's object with what is joined to it.
///
/// # Errors
/// [`Fault::Rejected`] with the path of the member at fault.
pub fn record(kind: Kind, feed: Feed, source: &Value, settings: &Settings, today: Date) -> Result<Record> {
    match kind {
        Kind::PowerOffice => poweroffice::record(feed, source, settings, today),
        Kind::Finago => finago::record(feed, source, settings, today),
        Kind::Procountor => procountor::record(feed, source, settings, today),
        Kind::Visma => visma::record(feed, source, settings, today),
    }
}

/// What to do with a record that was mapped: the tenant's filters and further members apply to every ERP alike.
fn imported(
    tenant: &Tenant,
    feed: Feed,
    source: &Value,
    mapped: Result<Record>,
    sources: Option<&Rc<Sources>>,
) -> What {
    if let Some(sources) = sources {
        sources.keep(source);
    }
    if let Some(reason) = tenant.settings.filtered(feed, source) {
        return What::Filtered(reason);
    }
    match mapped {
        Ok(Record::Article(article)) if tenant.settings.is_not_goods(&article.article_number) => {
            What::Filtered("the article is listed in not_goods".into())
        }
        Ok(mut record) => {
            if let Some(extra) = record.extra_mut() {
                *extra = tenant.settings.extra(feed, source);
            }
            if let Some(fault) = invalid_character(source, &record) {
                return What::Parked(fault.to_string());
            }
            match map::mapped_values(&record, &tenant.settings.values) {
                Ok(told) => {
                    if let Some(mapped) = record.mapped_mut() {
                        *mapped = told.into_iter().map(|told| (told.path, told.after.unwrap_or_default())).collect();
                    }
                    What::Import(Box::new(record))
                }
                Err(fault) => What::Parked(fault.to_string()),
            }
        }
        Err(fault) => What::Parked(fault.to_string()),
    }
}

/// Why a record stays here although it could be mapped: one of its texts has something in it that is no character.
fn invalid_character(source: &Value, record: &Record) -> Option<Fault> {
    let path = noncharacter::pointer(source)?;
    // What the mapping leaves out does no harm.
    let mapped = serde_json::to_value(record).is_ok_and(|record| noncharacter::pointer(&record).is_some());
    mapped.then(|| Fault::rejected(path, "the text has a character that no text may have"))
}

/// A member that the mapping cannot do without.
///
/// # Errors
/// [`Fault::Rejected`] with its path.
fn required<T>(member: Option<T>, path: &str) -> Result<T> {
    member.ok_or_else(|| Fault::rejected(path, "a value is expected"))
}

/// A moment as a version: comparing the texts compares the moments.
fn version(moment: Timestamp) -> String {
    format!("{moment:.9}")
}

/// When a record of this version was changed, as far as its version says so.
#[must_use]
pub fn changed_at(kind: Kind, version: &str) -> Option<Timestamp> {
    match kind {
        Kind::Procountor => procountor::times::changed_at(version),
        Kind::PowerOffice | Kind::Finago | Kind::Visma => version.parse().ok(),
    }
}

/// The vendors' clocks are so far from ours at most.
const CLOCKS: SignedDuration = SignedDuration::from_secs(10);

/// Two changes within this time may have one change time. Finago Office rounds its times, for which a public client goes back
/// to the full minute (its sheet, "Additions"; for orders inferred); an example of Procountor's has no seconds (its sheet,
/// on times). The others tell fractions of a second.
fn coarseness(kind: Kind) -> SignedDuration {
    match kind {
        Kind::Finago | Kind::Procountor => SignedDuration::from_mins(1),
        Kind::PowerOffice | Kind::Visma => SignedDuration::from_secs(1),
    }
}

/// Whether a version that was read at this moment, or later, is so young that the record may have changed once more at the
/// same time, as far as the vendor's times tell: it is read again at the next look.
#[must_use]
pub fn is_young(kind: Kind, version: &str, read_at: Timestamp) -> bool {
    let Some(changed) = changed_at(kind, version) else { return false };
    let (age, young) = (read_at.duration_since(changed), coarseness(kind) + CLOCKS);
    if kind != Kind::Procountor {
        return age < young;
    }
    // Its times name no zone, and one hour of autumn comes twice: which hour it was is not known, the minute is.
    let hour = SignedDuration::from_hours(1);
    let into = SignedDuration::from_secs(age.as_secs().rem_euclid(hour.as_secs()));
    age < SignedDuration::from_hours(14) && (into < young || into + CLOCKS >= hour)
}

/// The vendor's own id of a row; a row without one is known by its whole content.
fn key(row: &Value) -> String {
    text(&row["Id"]).unwrap_or_else(|| format!("without-id-{}", &sha256(row.to_string())[..16]))
}

/// A record that cannot be asked for: it came without an id, and the list will show it again once it changes.
fn without_id(key: &str) -> Change {
    let fault = Fault::Unexpected("the record has no id by which it could be read again".into());
    Change { key: key.to_owned(), number: None, version: String::new(), what: What::Unread(fault) }
}

/// A number or a text, as text.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_within_the_coarseness_of_its_time_is_young() {
        let read_at: Timestamp = "2026-03-02T08:15:30Z".parse().unwrap();
        let young = |kind, version: &str| is_young(kind, version, read_at);
        for (kind, version, is) in [
            (Kind::Visma, "2026-03-02T08:15:29.500000000Z", true),
            (Kind::Visma, "2026-03-02T08:15:10.000000000Z", false),
            (Kind::PowerOffice, "2026-03-02T08:15:25.000000000Z", true),
            // Of a minute that may be all that is told, and of one that was rounded up.
            (Kind::Finago, "2026-03-02T08:15:00.000000000Z", true),
            (Kind::Finago, "2026-03-02T08:16:00.000000000Z", true),
            (Kind::Finago, "2026-03-02T08:14:00.000000000Z", false),
            // Finnish, and as where the vendor's clock is another one: by the minute of any hour.
            (Kind::Procountor, "2026-03-02T10:15:00.000000000", true),
            (Kind::Procountor, "2026-03-02T08:15:29.000000000", true),
            (Kind::Procountor, "2026-03-02T10:14:00.000000000", false),
            (Kind::Procountor, "2026-03-01T10:15:00.000000000", false),
            (Kind::Procountor, "no time", false),
        ] {
            assert_eq!(young(kind, version), is, "{kind} {version}");
        }
    }
}
