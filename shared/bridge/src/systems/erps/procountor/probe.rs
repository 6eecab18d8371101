//! What a probe asks Procountor by reading (Procountor sheet, sections 2 and 4).

mod writes;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Procountor, SALES, SALES_ORDER, times};
use crate::systems::probe::{Finding, Seen, Tell, look};
use crate::words::fault::Result;

/// Rows on a page: the most there are.
const ROWS: usize = 200;

/// Pages of orders that are looked through for offers.
const PAGES: usize = 10;

/// Clocks that are less apart are the same: the vendor's by its answers, and by its records.
const APART: SignedDuration = SignedDuration::from_mins(2);

/// Members that a document may be without (Procountor sheet, section 2).
const OPTIONAL: [&str; 8] = [
    "paymentDate",
    "billingAddress",
    "deliveryAddress",
    "deliveryTermsInfo",
    "deliveryStartDate",
    "deliveryEndDate",
    "deliveryInstructions",
    "notes",
];

/// A list's records, the one that changed last first.
struct Listed {
    path: &'static str,
    narrowed: (&'static str, String),
    rows: Vec<Value>,
}

impl Listed {
    fn newest(&self) -> Option<(&Value, &str)> {
        let row = self.rows.first()?;
        Some((row, row["version"].as_str()?))
    }
}

impl Procountor<'_> {
    /// Looks at the facts that reads can settle.
    pub(crate) async fn probe_reads(&self, tell: Tell<'_>) -> Vec<Finding> {
        let lists = async {
            // A company has products also where its tenant pulls none.
            let of = self.product_types().into_iter().next().unwrap_or_else(|| SALES.to_owned());
            let products = self.listed("products", ("type", of)).await?;
            Ok((products, self.listed("invoices", ("types", SALES_ORDER.to_owned())).await?))
        };
        let lists: Result<(Listed, Listed)> = lists.await;
        let lists = || lists.as_ref().map_err(Clone::clone);
        vec![
            look("procountor.zone", tell, async {
                let (products, orders) = lists()?;
                let versions =
                    products.newest().into_iter().chain(orders.newest()).filter_map(|(_, at)| times::read(at));
                Ok(zone(versions.max(), self.now.get(), &self.zone))
            })
            .await,
            look("procountor.fraction", tell, async {
                let (products, orders) = lists()?;
                let rows = products.rows.iter().chain(&orders.rows);
                Ok(fraction(rows.filter_map(|row| row["version"].as_str())))
            })
            .await,
            look("procountor.filter-edge", tell, async {
                let (products, orders) = lists()?;
                self.filter_edge(if orders.rows.is_empty() { products } else { orders }).await
            })
            .await,
            look("procountor.previous-id", tell, self.previous_id()).await,
            look("procountor.total-count", tell, self.total_count()).await,
            look("procountor.offers", tell, self.offers()).await,
            look("procountor.inactive", tell, self.inactive()).await,
            look("procountor.absent-members", tell, async {
                let (_, orders) = lists()?;
                match orders.rows.first().and_then(|row| row["id"].as_i64()) {
                    Some(id) => self.absent_members(id).await,
                    None => Ok(Seen::open("there is no sales order")),
                }
            })
            .await,
            look("procountor.read-alone", tell, async {
                let (_, orders) = lists()?;
                let Some(id) = orders.rows.first().and_then(|row| row["id"].as_i64()) else {
                    return Ok(Seen::open("there is no sales order"));
                };
                let alone = self.get(&format!("invoices/{id}"), &[]).await?;
                Ok(Seen::either(alone.is_array(), "in a list", "bare", "a sales order, asked for by its id"))
            })
            .await,
        ]
    }

    async fn listed(&self, path: &'static str, narrowed: (&'static str, String)) -> Result<Listed> {
        let order = ("orderByVersion", "DESC".to_owned());
        let answer = self.get(path, &[narrowed.clone(), order, ("size", "50".to_owned())]).await?;
        Ok(Listed { path, narrowed, rows: rows(&answer) })
    }

    /// Asks for what changed since the very version of the record that changed last.
    async fn filter_edge(&self, listed: &Listed) -> Result<Seen> {
        let Some((newest, version)) = listed.newest() else { return Ok(Seen::open("there are no records")) };
        let query = [
            listed.narrowed.clone(),
            ("versionStartDate", version.to_owned()),
            ("orderByVersion", "DESC".to_owned()),
            ("size", ROWS.to_string()),
        ];
        let found = rows(&self.get(listed.path, &query).await?);
        let same = found.iter().find(|row| row["id"] == newest["id"]);
        let now = self.listed(listed.path, listed.narrowed.clone()).await?;
        if same.is_some_and(|row| row["version"] != newest["version"])
            || now.newest().is_none_or(|(_, now)| now != version)
        {
            return Ok(Seen::open("the record was changed meanwhile"));
        }
        let saw = "the record that changed last, by a filter with its own time";
        Ok(Seen::either(same.is_some(), "taken in", "left out", saw))
    }

    /// Asks for the orders after the first one.
    async fn previous_id(&self) -> Result<Seen> {
        let after = async |previous: i64| {
            let query = [
                ("types", SALES_ORDER.to_owned()),
                ("orderById", "ASC".to_owned()),
                ("previousId", previous.to_string()),
                ("size", "1".to_owned()),
            ];
            let found = rows(&self.get("invoices", &query).await?);
            Ok::<_, crate::words::fault::Fault>(found.first().and_then(|row| row["id"].as_i64()))
        };
        let Some(first) = after(0).await? else { return Ok(Seen::open("there is no sales order")) };
        let works = after(first).await?.is_none_or(|next| next > first);
        Ok(Seen::either(works, "it does", "it is passed over", "the sales orders after the first one"))
    }

    async fn total_count(&self) -> Result<Seen> {
        let answer = self.get("invoices", &[("types", SALES_ORDER.to_owned()), ("size", "1".to_owned())]).await?;
        let counts = answer["meta"]["totalCount"].is_number();
        Ok(Seen::either(counts, "it does", "it does not", "meta.totalCount of the list of sales orders"))
    }

    /// Looks for an offer among what comes where none is asked for.
    async fn offers(&self) -> Result<Seen> {
        let asked = async |offers: bool, page: usize, size: usize| {
            let query = [
                ("types", SALES_ORDER.to_owned()),
                ("isOffer", offers.to_string()),
                ("orderById", "ASC".to_owned()),
                ("page", page.to_string()),
                ("size", size.to_string()),
            ];
            self.get("invoices", &query).await.map(|answer| rows(&answer))
        };
        let offers = asked(true, 0, ROWS).await?;
        let offers: Vec<&Value> = offers.iter().map(|row| &row["id"]).collect();
        if offers.is_empty() {
            return Ok(Seen::open("there is no offer"));
        }
        let last = offers.iter().filter_map(|id| id.as_i64()).max();
        for page in 0..PAGES {
            let found = asked(false, page, ROWS).await?;
            if found.iter().any(|row| offers.contains(&&row["id"])) {
                return Ok(Seen::Answer("yes", "an offer among the orders where isOffer is false".into()));
            }
            let beyond = found.last().and_then(|row| row["id"].as_i64()) > last;
            if found.len() < ROWS || beyond {
                return Ok(Seen::Answer("no", "the orders where isOffer is false".into()));
            }
        }
        Ok(Seen::open(format!("there are more than {} orders", PAGES * ROWS)))
    }

    /// Looks for a product that is not active where nobody asks for such.
    async fn inactive(&self) -> Result<Seen> {
        let Some(of) = self.product_types().into_iter().next() else { return Ok(Seen::open("no product comes in")) };
        let kind = ("type", of);
        let asked = async |narrowed: &[(&'static str, String)]| {
            let order = [kind.clone(), ("orderById", "ASC".to_owned()), ("size", "1".to_owned())];
            self.get("products", &[&order, narrowed].concat()).await.map(|answer| rows(&answer))
        };
        let one = asked(&[("active", "false".to_owned()), ("previousId", "0".to_owned())]).await?;
        let Some(id) = one.first().filter(|row| row["active"] == false).and_then(|row| row["id"].as_i64()) else {
            return Ok(Seen::open("there is no product that is not active"));
        };
        let next = asked(&[("previousId", (id - 1).to_string())]).await?;
        let is_listed = next.first().is_some_and(|row| row["id"].as_i64() == Some(id));
        Ok(Seen::either(is_listed, "listed", "left out", "a product that is not active, where nobody asks for such"))
    }

    async fn absent_members(&self, id: i64) -> Result<Seen> {
        let Some((_, document)) = self.records("invoices", &[id], false).await?.pop() else {
            return Ok(Seen::open("the order is gone"));
        };
        let null = OPTIONAL.iter().find(|name| document.get(**name).is_some_and(Value::is_null));
        let left_out = OPTIONAL.iter().find(|name| document.get(**name).is_none());
        Ok(match (null, left_out) {
            (Some(name), _) => Seen::Answer("null", format!("{name} of a sales order")),
            (None, Some(name)) => Seen::Answer("left out", format!("{name} of a sales order")),
            (None, None) => Seen::open("the order has every member"),
        })
    }
}

fn rows(answer: &Value) -> Vec<Value> {
    answer["results"].as_array().cloned().unwrap_or_default()
}

/// A record cannot have changed in a time to come: read as UTC it would have, where its time is Finnish.
fn zone(newest: Option<DateTime>, now: Option<Timestamp>, finnish: &TimeZone) -> Seen {
    let (Some(newest), Some(now)) = (newest, now) else { return Seen::open("there are no records") };
    let utc = TimeZone::UTC.to_datetime(now);
    let ahead = |clock: DateTime| newest.duration_since(clock) > APART;
    if ahead(finnish.to_datetime(now)) {
        return Seen::Other("a record says that it was changed later than it is in Helsinki".into());
    }
    if ahead(utc) {
        return Seen::Answer("Helsinki", "the record that changed last is ahead of UTC".into());
    }
    Seen::open("the record that changed last may have been changed by either clock")
}

fn fraction<'a>(versions: impl Iterator<Item = &'a str>) -> Seen {
    let digits = versions.map(|version| version.split_once('.').map_or(0, |(_, digits)| digits.len())).max();
    let saw = |digits: usize| format!("versions of records have {digits} digits at most");
    match digits {
        None => Seen::open("there are no records"),
        Some(0) => Seen::Answer("none", saw(0)),
        Some(3) => Seen::Answer("3", saw(3)),
        Some(7) => Seen::Answer("7", saw(7)),
        Some(other) => Seen::Other(saw(other)),
    }
}
