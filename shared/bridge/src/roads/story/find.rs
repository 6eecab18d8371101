//! Finding a record by any name that a person knows: by the index of names, in any spelling and by its beginning; else of
//! Ongoing, by a shipment or its own id; else of the ERP, there and then.

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde::Serialize;

use super::tell::{Step, Story, one};
use crate::ports::Ports;
use crate::roads::plan::read_only;
use crate::roads::status::advice::erp_name;
use crate::state::cursor;
use crate::state::ledger::Ledger;
use crate::state::ledger::names::Named;
use crate::systems::erp::{Change, What};
use crate::systems::erps;
use crate::systems::ongoing::Ongoing;
use crate::tenant::Tenant;
use crate::words::fault::Result;
use crate::words::feed::Feed;

/// Tenants that are looked at side by side.
const AT_ONCE: usize = 16;

/// Names that are offered where none fits.
pub const SUGGESTIONS: usize = 8;

/// Records that are told of one name; a customer may have many orders.
pub const MOST: usize = 10;

/// Records of one name that are looked at, to tell the newest of them.
const LOOKED_AT: usize = 200;

/// Tenants among which a slip of the finger is looked for: it costs a hundred small reads each.
const FEW: usize = 5;

/// A record that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Whose.
    pub tenant_id: String,
    /// Which, and by which name.
    pub named: Named,
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Matches {
    /// The records, those that were seen last first; at most [`MOST`].
    pub found: Vec<Found>,
    /// How many more have the name, as far as they were looked at.
    pub more: usize,
    /// Names that may have been meant, where none was found.
    pub like: Vec<String>,
}

/// Looks for a name in the index of each of these tenants.
///
/// # Errors
/// When the state table cannot be reached.
pub async fn by_name(ports: &Ports, tenants: &[&str], name: &str) -> Result<Matches> {
    let name = name.trim();
    let exact = stream::iter(tenants).map(async |id| {
        let found = Ledger::new(ports, id).named(name, LOOKED_AT).await?;
        let of = |(named, stored): (Named, crate::state::ledger::Stored)| {
            (stored.entry.seen.map(|seen| seen.at), Found { tenant_id: (*id).to_owned(), named })
        };
        Ok(found.into_iter().map(of).collect::<Vec<_>>())
    });
    let exact: Vec<Vec<(Option<Timestamp>, Found)>> = exact.buffered(AT_ONCE).try_collect().await?;
    let mut exact: Vec<(Option<Timestamp>, Found)> = exact.into_iter().flatten().collect();
    exact.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    if !exact.is_empty() {
        let more = exact.len().saturating_sub(MOST);
        let found = exact.into_iter().take(MOST).map(|(_, found)| found).collect();
        return Ok(Matches { found, more, like: Vec::new() });
    }
    let begins = beginning(ports, tenants, name).await?;
    let same = |one: &Found, other: &Found| {
        (&one.tenant_id, one.named.feed, &one.named.key) == (&other.tenant_id, other.named.feed, &other.named.key)
    };
    if let Some(first) = begins.first()
        && begins.iter().all(|other| same(first, other))
    {
        return Ok(Matches { found: vec![first.clone()], ..Matches::default() });
    }
    let mut like: Vec<String> = begins.into_iter().map(|found| found.named.name).collect();
    if like.is_empty() && tenants.len() <= FEW {
        like = slips(ports, tenants, name).await?;
    }
    like.sort_unstable();
    like.dedup();
    like.truncate(SUGGESTIONS);
    Ok(Matches { like, ..Matches::default() })
}

async fn beginning(ports: &Ports, tenants: &[&str], name: &str) -> Result<Vec<Found>> {
    let found = stream::iter(tenants).map(async |id| {
        let named = Ledger::new(ports, id).names_beginning(name, SUGGESTIONS + 1).await?;
        Ok(named.into_iter().map(|named| Found { tenant_id: (*id).to_owned(), named }).collect::<Vec<_>>())
    });
    let found: Vec<Vec<Found>> = found.buffered(AT_ONCE).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

/// Names that are there and from which one key was pressed in a wrong way.
async fn slips(ports: &Ports, tenants: &[&str], name: &str) -> Result<Vec<String>> {
    let asked = tenants.iter().flat_map(|id| nearly(name).into_iter().map(move |name| (*id, name)));
    let found = stream::iter(asked.collect::<Vec<_>>()).map(async |(id, name)| {
        Ok(Ledger::new(ports, id)
            .names_beginning(&name, 1)
            .await?
            .into_iter()
            .filter(|named| named.name.to_lowercase() == name)
            .map(|named| named.name)
            .collect::<Vec<_>>())
    });
    let found: Vec<Vec<String>> = found.buffered(AT_ONCE).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

/// What a name may have been meant to be: with another digit in the place of one, with one left out, with two turned round.
fn nearly(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.to_lowercase().chars().collect();
    let with = |change: &dyn Fn(&mut Vec<char>)| {
        let mut other = letters.clone();
        change(&mut other);
        other.into_iter().collect::<String>()
    };
    let mut all = Vec::new();
    for (at, letter) in letters.iter().copied().enumerate().take(20) {
        if letter.is_ascii_digit() {
            all.extend(('0'..='9').filter(|digit| *digit != letter).map(|digit| with(&|other| other[at] = digit)));
        }
        all.push(with(&|other| {
            other.remove(at);
        }));
        if at + 1 < letters.len() {
            all.push(with(&|other| other.swap(at, at + 1)));
        }
    }
    all.retain(|other| !other.is_empty() && *other != name.to_lowercase());
    all
}

/// The order that has this shipment or this id in Ongoing, where it is the ERP's: what was shipped before the index was there,
/// or by a tenant whose ERP is not told of shipments.
///
/// # Errors
/// When Ongoing or the state table cannot be asked.
pub async fn in_ongoing(ports: &Ports, tenant: &Tenant, name: &str, deadline: Timestamp) -> Result<Vec<Found>> {
    let ongoing = Ongoing::new(ports, tenant, deadline);
    let mut orders = ongoing.orders_with_parcel(name).await?;
    if let (true, Ok(id)) = (orders.is_empty(), name.parse::<i64>()) {
        orders.extend(ongoing.order_by_id(id).await?);
    }
    let ledger = Ledger::new(ports, &tenant.tenant_id);
    let mut found = Vec::new();
    for order in orders {
        let info = order.order_info;
        let Some(key) = info.goods_owner_order_id.or(info.order_number) else { continue };
        let entry = ledger.get(Feed::Orders, &key).await?.entry;
        // The id says nothing of whose order it is.
        if entry.ongoing.is_some_and(|there| there.id == info.order_id) {
            let named = Named {
                feed: Feed::Orders,
                key,
                name: name.to_owned(),
                of: crate::state::ledger::names::NameOf::Shipment,
            };
            found.push(Found { tenant_id: tenant.tenant_id.clone(), named });
        }
    }
    Ok(found)
}

/// A record that the ERP has and that no pull has brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unpulled {
    /// Whose.
    pub tenant_id: String,
    /// Which feed.
    pub feed: Feed,
    /// The ERP's id of it.
    pub key: String,
    /// Why it did not come.
    pub story: Story,
}

/// Asks the ERP for what has this number and was never pulled, and why not: by the rules of the pull itself.
///
/// # Errors
/// When the ERP cannot be asked.
pub async fn in_erp(ports: &Ports, tenant: &Tenant, number: &str, deadline: Timestamp) -> Result<Vec<Unpulled>> {
    let ports = read_only(ports, &tenant.tenant_id);
    let erp = erps::connect(&ports, tenant, deadline);
    let begins = match tenant.settings.start_date {
        Some(begins) => Some((begins, "start_date")),
        None => {
            let seen = cursor::first_seen_before(&ports, &tenant.tenant_id).await?;
            seen.map(|seen| (seen, "the tenant was first seen, and it has no start_date"))
        }
    };
    let mut all = Vec::new();
    for feed in tenant.erp.kind.feeds().iter().copied().filter(|feed| *feed != Feed::Suppliers) {
        let keys = erp.find(feed, number).await?;
        if keys.is_empty() {
            continue;
        }
        let changes = erp.read(feed, &keys).await?;
        let there = changes.into_iter().filter(|change| !matches!(change.what, What::Gone(_)));
        all.extend(there.map(|change| unpulled(tenant, feed, number, change, begins)));
    }
    Ok(all)
}

fn unpulled(tenant: &Tenant, feed: Feed, number: &str, change: Change, begins: Option<(Timestamp, &str)>) -> Unpulled {
    let (erp, id) = (erp_name(tenant.erp.kind), &tenant.tenant_id);
    let changed = change.version.parse::<Timestamp>().ok();
    let before = changed.zip(begins).filter(|(changed, (begins, _))| feed.starts_at_a_date() && changed < begins);
    let is = match &change.what {
        What::Filtered(why) | What::Withdrawn(why) => format!("it is in {erp}, and does not come in: {why}"),
        What::Gone(why) => format!("{erp} does not show it: {why}"),
        What::Parked(why) => format!("it is in {erp}, and cannot be mapped: {why}"),
        What::Unread(fault) => format!("it is in {erp}, which could not hand it out: {fault}"),
        What::Import(_) | What::Known if before.is_some() => format!("it is in {erp}, and was never pulled"),
        What::Import(_) | What::Known => format!("it is in {erp}, and comes with the next pull"),
    };
    let says = match before {
        Some((_, (_, why))) => format!("changed in {erp}, before {why}"),
        None => format!("changed in {erp}"),
    };
    let imports = matches!(change.what, What::Import(_));
    let remedy = match (&changed, &before) {
        (Some(changed), Some(_)) if imports => {
            let day = changed.to_zoned(jiff::tz::TimeZone::UTC).date();
            Some(format!("bridgectl pull {id} --feeds {feed} --since {day}"))
        }
        (_, None) if imports => Some(format!("bridgectl pull {id}")),
        _ => None,
    };
    let number = change.number.as_deref().unwrap_or(number);
    let mut steps = Vec::new();
    steps.extend(changed.map(|at| Step { at: Some(at), says: says.clone() }));
    if let (Some(_), Some((_, (begins, _)))) = (&changed, &before) {
        steps.push(Step { at: Some(*begins), says: "from here on orders come in".to_owned() });
    }
    let what = format!("{id} {} {number}", one(feed));
    let story = Story { what, is, waits: None, steps, remedy };
    Unpulled { tenant_id: id.clone(), feed, key: change.key, story }
}

/// What is said where nothing was found: what else there is, or why there may be nothing. `asked` is whether the ERP itself
/// was asked.
#[must_use]
pub fn nothing(number: &str, among: &str, like: &[String], asked: bool) -> String {
    if !like.is_empty() {
        return format!("nothing with the number {number} was pulled for {among}; did you mean {}?", like.join(", "));
    }
    if asked {
        return format!(
            "nothing with the number {number} was pulled for {among}, and the ERP has none that it finds by it: it may be \
             the number of something else there, such as an offer, or in another company"
        );
    }
    format!(
        "nothing with the number {number} was pulled for {among}: it was changed before start_date, or is not in a status \
         that comes in, or the feed is behind (bridgectl status says how far it is); --tenant ID asks the ERP itself"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_another_digit_one_too_many_or_two_turned_round() {
        let all = nearly("SO-20023");
        for meant in ["so-10023", "so-2023", "so-20032"] {
            assert!(all.iter().any(|other| other == meant), "{meant}");
        }
        assert!(!all.contains(&"so-20023".to_owned()));
        assert!(all.len() < 100, "{}", all.len());
    }

    #[test]
    fn what_was_not_found_says_what_there_is_or_why() {
        assert!(nothing("7", "2 tenants", &[], false).contains("changed before start_date"));
        assert!(nothing("7", "the tenant acme", &[], true).contains("the ERP has none"));
        assert!(nothing("7", "2 tenants", &["70".into()], false).ends_with("did you mean 70?"));
    }
}
