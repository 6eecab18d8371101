//! What a probe asks Finago Office by reading (Finago sheet, sections 1.3, 2.1, 5.3, 5.4 and 8).

mod writes;

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan as _};
use serde_json::Value;

use super::client::PRODUCT;
use super::{Finago, names, paging, values};
use crate::http::look::refusal;
use crate::http::soap::{self, Node};
use crate::systems::probe::{Finding, Seen, Tell, look};
use crate::words::fault::Result;

/// Longer than the shorter of the lifetimes that are thought of.
const UNUSED: Duration = Duration::from_secs(75);

/// How far back products are looked for, in days, before all are listed.
const BACK: [i64; 3] = [1, 30, 365];

/// Times that are all whole minutes by chance only once in ten millions.
const ENOUGH: usize = 4;

/// A product with the time it says it was changed at.
pub(super) struct Changed {
    pub id: i64,
    pub at: Timestamp,
}

impl Finago<'_> {
    /// Looks at the facts that reads can settle. Takes over a minute, since a session is left unused.
    pub(crate) async fn probe_reads(&self, tell: Tell<'_>) -> Vec<Finding> {
        let products = self.products_lately().await;
        let newest = || match &products {
            Ok(products) => Ok(products.iter().max_by_key(|product| product.at)),
            Err(fault) => Err(fault.clone()),
        };
        let clock = look("finago.filter-clock", tell, async {
            match newest()? {
                Some(newest) => self.filter_clock(newest).await,
                None => Ok(Seen::open("there is no product")),
            }
        })
        .await;
        let edge = look("finago.filter-edge", tell, async {
            match (newest()?, &clock.seen) {
                (Some(newest), Seen::Answer(clock, _)) => self.filter_edge(newest, *clock == "UTC").await,
                _ => Ok(Seen::open("how a filter's time is read is not known")),
            }
        })
        .await;
        let times = look("finago.change-times", tell, async {
            newest()?;
            Ok(change_times(products.as_deref().unwrap_or_default()))
        })
        .await;
        let unset = look("finago.unset-members", tell, async {
            match newest()? {
                Some(newest) => self.unset_members(newest.id).await,
                None => Ok(Seen::open("there is no product")),
            }
        })
        .await;
        vec![
            clock,
            edge,
            times,
            unset,
            look("finago.session-words", tell, self.session_words()).await,
            look("finago.sessions", tell, self.sessions()).await,
            look("finago.session-lifetime", tell, self.session_lifetime()).await,
        ]
    }

    /// The products that changed lately, as far back as there are some.
    pub(super) async fn products_lately(&self) -> Result<Vec<Changed>> {
        for days in BACK {
            let since = self.now - Duration::from_secs(days.unsigned_abs() * 24 * 60 * 60);
            let found = self.products_since(&paging::filter(Some(since))).await?;
            if found.len() >= ENOUGH {
                return Ok(found);
            }
        }
        self.products_since(&paging::filter(None)).await
    }

    pub(super) async fn products_since(&self, since: &str) -> Result<Vec<Changed>> {
        let search = ("DateChanged", Node::Text(since.to_owned()));
        let rows = self.products_as_they_come(search, ["Id", "DateChanged"]).await?;
        let changed =
            |row: &Value| Some(Changed { id: values::number(row, "Id")?, at: values::moment(row, "DateChanged")? });
        Ok(rows.iter().filter_map(changed).collect())
    }

    pub(super) async fn products_as_they_come(
        &self,
        search: (&'static str, Node),
        names: impl IntoIterator<Item = &'static str>,
    ) -> Result<Vec<Value>> {
        let names: Vec<&str> = names.into_iter().collect();
        let members =
            vec![("searchParams", Node::Members(vec![search])), ("returnProperties", Node::list("string", names))];
        let (_, result) = self.services.send(PRODUCT, "GetProducts", members, true).await?;
        Ok(result["Product"].as_array().cloned().unwrap_or_default())
    }

    /// Half an hour after its change, spelled as UTC, is before it for whoever reads it as Norwegian time.
    async fn filter_clock(&self, newest: &Changed) -> Result<Seen> {
        let later = TimeZone::UTC.to_datetime(newest.at).saturating_add(30.minutes());
        if matches!(oslo().to_ambiguous_timestamp(later).offset(), AmbiguousOffset::Gap { .. }) {
            return Ok(Seen::open("the product was changed when the clocks were put forward"));
        }
        let shown = self.is_among(newest, later).await?;
        let saw = "a product by a filter half an hour after its change, by the clock of the times that come";
        Ok(shown.map_or_else(moved, |shown| Seen::either(shown, "Norwegian time", "UTC", saw)))
    }

    async fn filter_edge(&self, newest: &Changed, is_utc: bool) -> Result<Seen> {
        let zone = if is_utc { TimeZone::UTC } else { oslo() };
        let at = zone.to_datetime(newest.at);
        if !matches!(zone.to_ambiguous_timestamp(at).offset(), AmbiguousOffset::Unambiguous { .. }) {
            return Ok(Seen::open("the product was changed in the hour that autumn repeats"));
        }
        let shown = self.is_among(newest, at).await?;
        let saw = "the product that changed last, by a filter with its own time";
        Ok(shown.map_or_else(moved, |shown| Seen::either(shown, "taken in", "left out", saw)))
    }

    /// Whether a product is among those that changed since; `None` where it was changed meanwhile.
    async fn is_among(&self, product: &Changed, since: DateTime) -> Result<Option<bool>> {
        let found = self.products_since(&since.to_string()).await?;
        let found = found.iter().find(|found| found.id == product.id);
        Ok(match found {
            Some(found) => (found.at == product.at).then_some(true),
            None => (self.changed(product.id).await? == Some(product.at)).then_some(false),
        })
    }

    /// When a product says it was changed.
    pub(super) async fn changed(&self, id: i64) -> Result<Option<Timestamp>> {
        let rows = self.products_as_they_come(("ProductIds", Node::list("int", [id])), ["Id", "DateChanged"]).await?;
        Ok(rows.iter().find_map(|row| values::moment(row, "DateChanged")))
    }

    async fn unset_members(&self, id: i64) -> Result<Seen> {
        let names: Vec<&str> = names::PRODUCT.every().collect();
        let rows = self.products_as_they_come(("ProductIds", Node::list("int", [id])), names.clone()).await?;
        let Some(row) = rows.first() else { return Ok(Seen::open("the product is gone")) };
        let by_stand_in = names.iter().find(|name| values::is_unset(&row[**name]));
        let left_out = names.iter().find(|name| row.get(**name).is_none());
        Ok(match (by_stand_in, left_out) {
            (Some(name), _) => Seen::Answer("by a stand-in", format!("{name} of a product")),
            (None, Some(name)) => Seen::Answer("left out", format!("{name} of a product")),
            (None, None) => Seen::open("the product has every member"),
        })
    }

    async fn session_words(&self) -> Result<Seen> {
        let tomorrow = paging::filter(Some(self.now + Duration::from_secs(24 * 60 * 60)));
        let search = Node::Members(vec![("DateChanged", Node::Text(tomorrow))]);
        let members = vec![("searchParams", search), ("returnProperties", Node::list("string", ["Id"]))];
        let call = soap::call(&self.tenant.erp.base_url, PRODUCT, "GetProducts", members, true)?;
        Ok(match self.services.client.with_no_session(&call).await {
            Ok(_) => Seen::Other("a call with a made-up session is answered".into()),
            Err(fault) => match refusal(&fault).map(str::to_lowercase) {
                Some(words) if words.contains("client is not authenticated") => {
                    Seen::Answer("not authenticated", fault.to_string())
                }
                Some(words) if words.contains("not authenticated") => {
                    Seen::Answer("the request is not authenticated", fault.to_string())
                }
                Some(_) => Seen::Answer("unclear", fault.to_string()),
                None => return Err(fault),
            },
        })
    }

    /// Logs in twice, and asks for the first.
    async fn sessions(&self) -> Result<Seen> {
        let client = &self.services.client;
        let first = client.own_session().await?;
        if !client.lives(&first).await? {
            return Ok(Seen::open("a new session does not live"));
        }
        client.own_session().await?;
        let lives = client.lives(&first).await?;
        Ok(Seen::either(lives, "no", "yes", "a session after another login of the same user"))
    }

    async fn session_lifetime(&self) -> Result<Seen> {
        let client = &self.services.client;
        let session = client.own_session().await?;
        client.pause(UNUSED).await;
        let lives = client.lives(&session).await?;
        let saw = match lives {
            true => format!("a session lives after {} s; nothing longer was waited for", UNUSED.as_secs()),
            false => format!("a session is gone after {} s", UNUSED.as_secs()),
        };
        Ok(Seen::either(lives, "20 min", "1 min", saw))
    }
}

fn oslo() -> TimeZone {
    TimeZone::get("Europe/Oslo").unwrap_or(TimeZone::UTC)
}

fn moved() -> Seen {
    Seen::open("the product was changed meanwhile")
}

fn change_times(products: &[Changed]) -> Seen {
    let times: BTreeSet<Timestamp> = products.iter().map(|product| product.at).collect();
    let whole = |at: &Timestamp| at.as_second() % 60 == 0 && at.subsec_nanosecond() == 0;
    match times.iter().all(whole) {
        false => Seen::Answer("to the second", "a product's time of change".into()),
        true if times.len() >= ENOUGH => {
            Seen::Answer("to the minute", format!("the times of change of {} products", times.len()))
        }
        true => Seen::open(format!("only {} products changed at a time of their own", times.len())),
    }
}
