//! What a probe asks Ongoing by documents of its own: an article, three orders and a purchase order, whose numbers begin with a mark
//! (Ongoing sheet, sections 0.5, 1.8, 2.1 to 2.6, 6.12 and 8). None of the facts shows by reading alone.

mod orders;
mod purchase_orders;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::wire::CANCELLED;
use super::{Ongoing, wire};
use crate::http::Call;
use crate::systems::probe::{Documents, Finding, MARK, Own, Seen, leave_open};
use crate::words::fault::{Fault, Result};

/// What is looked at, in this order.
const FACTS: [&str; 15] = [
    "ongoing.write-id",
    "ongoing.put-omitted",
    "ongoing.put-null",
    "ongoing.unknown-member",
    "ongoing.long-text",
    "ongoing.start-status",
    "ongoing.absent-members",
    "ongoing.same-article",
    "ongoing.shared-address",
    "ongoing.rows-omitted",
    "ongoing.zero-quantity",
    "ongoing.unknown-article",
    "ongoing.cancel-again",
    "ongoing.cancelled-number",
    "ongoing.purchase-order-id",
];

const NAME: &str = "Probe of the integration, not to be sold";

const REMOVE_ARTICLE: &str = "find it in Ongoing under articles by that number, and set it inactive";
const REMOVE_ORDER: &str =
    "find it in Ongoing under orders by that number, and cancel it; so does bridgectl probe TENANT --write, run again";

/// Where its orders go.
const HERE: &str = "-";

/// Longer than an article's name may be.
const TOO_LONG: usize = 300;

/// Pages of open orders that are looked through.
const PAGES: usize = 20;

/// A probe under way.
struct Probe<'a> {
    ongoing: &'a Ongoing,
    own: &'a Own<'a>,
    findings: Vec<Finding>,
    /// Numbers of orders that are to be cancelled, each with what stays then.
    orders: Vec<(String, &'static str)>,
}

/// Orders that are not yet in a status that counts as shipped.
pub(crate) struct OpenOrders {
    /// The number of one that is not a probe's, if there is one.
    pub others: Option<String>,
    /// The numbers of those that an earlier probe left.
    left: Vec<String>,
}

impl Ongoing {
    /// The open orders, as far as it has to be known: up to the first that is not a probe's.
    ///
    /// # Errors
    /// As classified.
    pub(crate) async fn open_orders(&self, shipped_from: i64) -> Result<OpenOrders> {
        let below = shipped_from.saturating_sub(1).to_string();
        let mut open = OpenOrders { others: None, left: Vec::new() };
        let mut from = 0;
        for _ in 0..PAGES {
            let (id_from, most) = (from.to_string(), Self::PAGE.to_string());
            let filters = [
                ("orderStatusTo", below.as_str()),
                ("orderIdFrom", id_from.as_str()),
                ("maxOrdersToGet", most.as_str()),
            ];
            let rows: Vec<Value> = wire::list(&self.client.json(&self.list("orders", &filters)).await?)?;
            let mut last = None;
            for info in rows.iter().map(|row| &row["orderInfo"]) {
                let number = info["orderNumber"].as_str().unwrap_or("without a number").to_owned();
                let is_open = info["orderStatus"]["number"].as_i64().is_none_or(|status| status < shipped_from);
                match (is_open, number.starts_with(MARK)) {
                    (true, true) => open.left.push(number),
                    (true, false) => return Ok(OpenOrders { others: Some(number), ..open }),
                    (false, _) => {}
                }
                last = last.max(info["orderId"].as_i64());
            }
            match last {
                Some(last) if rows.len() >= Self::PAGE => from = last + 1,
                _ => return Ok(open),
            }
        }
        Ok(OpenOrders { others: Some(format!("one of more than {}", PAGES * Self::PAGE)), ..open })
    }

    /// Looks at the facts that show in what becomes of documents of its own, all numbered by `number`. Cancels what an earlier
    /// probe left open.
    pub(crate) async fn probe_writes(&self, own: &Own<'_>, shipped_from: i64) -> Vec<Finding> {
        let mut probe = Probe { ongoing: self, own, findings: Vec::new(), orders: Vec::new() };
        let ended = probe.run(shipped_from).await;
        own.documents.clean_up(probe.clean_up()).await;
        let mut findings = probe.findings;
        if let Err(fault) = ended {
            leave_open(&mut findings, &FACTS, &fault);
        }
        findings
    }
}

/// Whether a call was taken, or in which words it was refused: a right that is missing was seen at the first write.
fn refused<T>(answer: Result<T>) -> Result<Result<T, String>> {
    match answer {
        Ok(value) => Ok(Ok(value)),
        Err(Fault::Rejected { why, .. } | Fault::Unauthorized(why)) => Ok(Err(why)),
        Err(fault) => Err(fault),
    }
}

impl Probe<'_> {
    fn found(&mut self, fact: &'static str, seen: Seen) {
        self.findings.push(Finding { fact, seen });
    }

    async fn run(&mut self, shipped_from: i64) -> Result<()> {
        for number in self.ongoing.open_orders(shipped_from).await?.left {
            self.own.documents.found(order_told(&number), REMOVE_ORDER);
            self.orders.push((number, "of an earlier probe, cancelled"));
        }
        self.article().await?;
        self.order().await?;
        self.cancelled().await?;
        self.purchase_order().await
    }

    fn article_body(&self, more: Value) -> Value {
        let mut body = json!({
            "goodsOwnerId": self.ongoing.goods_owner_id, "articleNumber": self.own.number, "articleName": NAME,
        });
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        body
    }

    async fn put(&self, path: &str, body: &Value) -> Result<Value> {
        self.ongoing.client.json(&Call::put(self.ongoing.url(path), body)).await
    }

    /// What Ongoing shows of the article.
    async fn article_shown(&self) -> Result<Value> {
        let call = self.ongoing.list("articles", &[("articleNumber", self.own.number)]);
        let rows: Vec<Value> = wire::list(&self.ongoing.client.json(&call).await?)?;
        let own = rows.into_iter().find(|row| row["articleNumber"] == self.own.number);
        own.ok_or_else(|| Fault::Unexpected(format!("the article {} is not shown", self.own.number)))
    }

    async fn article(&mut self) -> Result<()> {
        let weighed = self.article_body(json!({ "weight": 1.5 }));
        (self.own.tell)("ongoing.write-id");
        let put = self.put("articles", &weighed);
        let answer = self.own.documents.make(self.article_told(), REMOVE_ARTICLE, put).await?;
        let has_id = wire::Written::read(&answer)?.article_system_id.is_some();
        self.found("ongoing.write-id", Seen::either(has_id, "always", "never", "the answer to a new article"));

        (self.own.tell)("ongoing.put-omitted");
        self.put("articles", &self.article_body(json!({}))).await?;
        let cleared = self.article_shown().await?["weight"].is_null();
        self.found("ongoing.put-omitted", Seen::either(cleared, "cleared", "kept", "an article's weight, left out"));

        (self.own.tell)("ongoing.put-null");
        self.put("articles", &weighed).await?;
        self.put("articles", &self.article_body(json!({ "weight": null }))).await?;
        let cleared = self.article_shown().await?["weight"].is_null();
        self.found("ongoing.put-null", Seen::either(cleared, "cleared", "kept", "an article's weight, null"));

        (self.own.tell)("ongoing.unknown-member");
        let taken = refused(self.put("articles", &self.article_body(json!({ "bridgeProbe": "x" }))).await)?;
        let saw = taken.as_ref().map_or_else(String::clone, |_| "an article with a member of no meaning".into());
        self.found("ongoing.unknown-member", Seen::either(taken.is_ok(), "passed over", "refused", saw));

        (self.own.tell)("ongoing.long-text");
        let long = self.article_body(json!({ "articleName": "x".repeat(TOO_LONG) }));
        let seen = match refused(self.put("articles", &long).await)? {
            Err(words) => Seen::Answer("refused", words),
            Ok(_) => {
                let shown = self.article_shown().await?;
                let length = shown["articleName"].as_str().unwrap_or_default().chars().count();
                match length {
                    TOO_LONG => Seen::Other(format!("a name of {length} characters is kept whole")),
                    _ => Seen::Answer("cut", format!("a name of {TOO_LONG} characters has {length}")),
                }
            }
        };
        self.found("ongoing.long-text", seen);
        self.put("articles", &weighed).await.map(|_| ())
    }

    fn order_body(&self, number: &str, rows: &[(&str, &str, i64)]) -> Value {
        let row = |(row, article, pieces): &(&str, &str, i64)| json!({ "rowNumber": row, "articleNumber": article, "numberOfItems": pieces });
        json!({
            "goodsOwnerId": self.ongoing.goods_owner_id,
            "orderNumber": number,
            "deliveryDate": self.own.day.to_string(),
            "orderRemark": NAME,
            "consignee": { "customerNumber": self.own.number, "name": NAME, "address1": HERE, "postCode": "-", "city": "-", "countryCode": "SE" },
            "orderLines": rows.iter().map(row).collect::<Vec<_>>(),
        })
    }

    async fn order(&mut self) -> Result<()> {
        let number = self.own.number;
        (self.own.tell)("ongoing.start-status");
        self.orders.push((number.to_owned(), "cancelled: its number is used"));
        let body = self.order_body(number, &[("1", number, 1), ("2", number, 2)]);
        self.own.documents.make(order_told(number), REMOVE_ORDER, self.put("orders", &body)).await?;
        let seen = match self.status().await? {
            Some(300) => Seen::Answer("300", "the status of a new order".into()),
            Some(200) => Seen::Answer("200", "the status of a new order".into()),
            other => Seen::Other(format!("a new order has the status {other:?}")),
        };
        self.found("ongoing.start-status", seen);

        (self.own.tell)("ongoing.absent-members");
        // A new order has no shipment.
        let (_, shown) = self.shown().await?;
        let saw = "the shipments of a new order";
        let seen = match shown.get("tracking") {
            Some(Value::Null) => Seen::Answer("null", saw.into()),
            None => Seen::Answer("left out", saw.into()),
            Some(Value::Array(none)) if none.is_empty() => Seen::Answer("an empty list", saw.into()),
            Some(_) => Seen::open("a new order has shipments"),
        };
        self.found("ongoing.absent-members", seen);

        let has_rows = self.same_article().await?;
        self.shared_address().await?;

        (self.own.tell)("ongoing.rows-omitted");
        self.put("orders", &self.order_body(number, &[("1", number, 1)])).await?;
        let left = self.row_is_left("2").await?;
        let seen = match has_rows {
            true => Seen::either(left, "kept", "removed", "a row of an order, left out"),
            false => {
                Seen::open("two rows of one article are one there (ongoing.same-article), and no row can be left out")
            }
        };
        self.found("ongoing.rows-omitted", seen);

        (self.own.tell)("ongoing.zero-quantity");
        let body = self.order_body(number, &[("1", number, 1), ("3", number, 0)]);
        let taken = refused(self.put("orders", &body).await)?;
        let saw = taken.as_ref().map_or_else(String::clone, |_| "an order with a row of quantity 0".into());
        self.found("ongoing.zero-quantity", Seen::either(taken.is_ok(), "taken", "refused", saw));

        (self.own.tell)("ongoing.unknown-article");
        let other = format!("{number}-U");
        self.orders.push((other.clone(), "cancelled, and what it made of its article"));
        let body = self.order_body(&other, &[("1", &other, 1)]);
        let made = self.own.documents.make(order_told(&other), REMOVE_ORDER, self.put("orders", &body)).await;
        let taken = refused(made)?;
        let saw = taken.as_ref().map_or_else(String::clone, |_| "an order whose article there was not".into());
        self.found("ongoing.unknown-article", Seen::either(taken.is_ok(), "made", "refused", saw));
        Ok(())
    }

    async fn shown(&self) -> Result<(i64, Value)> {
        let shown = self.ongoing.order_shown(self.own.number).await?;
        let (order, shown) =
            shown.ok_or_else(|| Fault::Unexpected(format!("the order {} is not shown", self.own.number)))?;
        Ok((order.order_info.order_id, shown))
    }

    async fn status(&self) -> Result<Option<i64>> {
        Ok(self.shown().await?.1["orderInfo"]["orderStatus"]["number"].as_i64())
    }

    /// Whether a row is there with something to pick.
    async fn row_is_left(&self, row: &str) -> Result<bool> {
        let (_, shown) = self.shown().await?;
        let rows = shown["orderLines"].as_array().map_or(&[][..], Vec::as_slice);
        let pieces = |row: &Value| row["orderedNumberOfItems"].to_string().parse::<Decimal>().unwrap_or_default();
        Ok(rows.iter().any(|shown| shown["rowNumber"] == row && !pieces(shown).is_zero()))
    }

    async fn cancelled(&mut self) -> Result<()> {
        (self.own.tell)("ongoing.cancel-again");
        let (id, _) = self.shown().await?;
        self.ongoing.cancel_order(id).await?;
        let cancelled = self.status().await?;
        let taken = refused(self.ongoing.cancel_order(id).await)?;
        let saw = taken.as_ref().map_or_else(String::clone, |()| "a second cancellation of an order".into());
        self.found("ongoing.cancel-again", Seen::either(taken.is_ok(), "taken", "refused", saw));

        (self.own.tell)("ongoing.cancelled-number");
        let body = self.order_body(self.own.number, &[("1", self.own.number, 1)]);
        let seen = match refused(self.put("orders", &body).await)? {
            Err(words) => Seen::Answer("refused", words),
            Ok(_) if self.status().await? == cancelled => {
                Seen::Other("a cancelled order is written, and stays cancelled".into())
            }
            Ok(_) => Seen::Answer("opened again", "an order with the number of a cancelled one".into()),
        };
        self.found("ongoing.cancelled-number", seen);
        Ok(())
    }

    /// Cancels its orders, and ends its article. What cannot be is told.
    async fn clean_up(&mut self) {
        let documents = self.own.documents;
        // What was refused is not there.
        let may_be = |told: &String| documents.has(told);
        for (number, then) in std::mem::take(&mut self.orders) {
            if let Some(told) = Some(order_told(&number)).filter(may_be) {
                tell(documents, &told, "cancelled", then, self.cancel(&number).await);
            }
        }
        if let Some(told) = Some(self.purchase_told()).filter(may_be) {
            tell(documents, &told, "cancelled", "cancelled: its number is used", self.cancel_purchase().await);
        }
        if let Some(told) = Some(self.article_told()).filter(may_be) {
            let ended = self.put("articles", &self.article_body(json!({ "isActive": false }))).await;
            tell(documents, &told, "ended", "not active", ended.map(|_| true));
        }
    }

    fn article_told(&self) -> String {
        format!("article {} in Ongoing", self.own.number)
    }

    /// Cancels an order; whether there is one.
    async fn cancel(&self, number: &str) -> Result<bool> {
        let Some(order) = self.ongoing.order(number).await? else { return Ok(false) };
        // One that is cancelled already may be refused: then it is. What is not is told.
        let Err(why) = refused(self.ongoing.cancel_order(order.order_info.order_id).await)? else { return Ok(true) };
        let now = self.ongoing.order(number).await?;
        match now.and_then(|order| order.status()).filter(|status| *status != CANCELLED) {
            Some(status) => Err(Fault::rejected("/orderStatus", format!("it is at {status}; {why}"))),
            None => Ok(true),
        }
    }
}

fn order_told(number: &str) -> String {
    format!("order {number} in Ongoing")
}

/// Notes what became of a document that was to be cleaned up. One that is not found may come yet, where its making was not
/// answered.
fn tell(documents: &Documents, told: &str, done: &str, then: &str, cleaned: Result<bool>) {
    match cleaned {
        Ok(true) => documents.ended(told, Some(format!("{told}, {then}"))),
        Ok(false) => {}
        Err(fault) => documents.not_ended(told, done, &fault),
    }
}
