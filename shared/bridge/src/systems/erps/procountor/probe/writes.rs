//! What a probe asks Procountor by a document of its own: a sales order of one row without an article (Procountor sheet, section
//! 2). Orders cannot be deleted by a call, so that it stays; it is sent only to an address that a person gave.

use std::time::Duration;

use http::Method;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::super::{Procountor, SALES_ORDER, times};
use super::APART;
use crate::http::Call;
use crate::systems::probe::{Finding, Own, Seen, leave_open, taken};
use crate::words::fault::{Fault, Result};

/// What is looked at, in this order.
const FACTS: [&str; 4] =
    ["procountor.zone", "procountor.approve-body", "procountor.own-version", "procountor.send-orders"];

const NAME: &str = "Probe of the integration";

const SECONDS: Duration = Duration::from_secs(3);

const REMOVE: &str = "find it in Procountor under sales orders by that order reference, and delete or invalidate it";

impl Procountor<'_> {
    /// Looks at the facts that show in what becomes of a document of its own, which is sent to `mail` alone.
    pub(crate) async fn probe_writes(&self, own: &Own<'_>, mail: Option<&str>) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Err(fault) = self.probe_order(own, mail, &mut findings).await {
            leave_open(&mut findings, &FACTS, &fault);
        }
        findings
    }

    async fn probe_order(&self, own: &Own<'_>, mail: Option<&str>, findings: &mut Vec<Finding>) -> Result<()> {
        let Own { number, day, documents, tell } = own;
        tell("procountor.zone");
        let call = Call::with_json(Method::POST, self.url("invoices", &[]), &document(number, *day, mail), false);
        let what = format!("sales order {number} in Procountor");
        let made = documents.make(&what, REMOVE, self.answered(&call)).await?;
        let mut found = |fact: &'static str, seen: Seen| findings.push(Finding { fact, seen });
        let id = made["id"].as_i64().ok_or_else(|| Fault::Unexpected("a new document has no id".into()))?;
        // No call deletes one: there is nothing to clean up.
        documents.ended(&what, Some(format!("{what}, which a person can delete: {REMOVE}")));
        found("procountor.zone", self.zone_of(&made));

        tell("procountor.approve-body");
        // A version may have no more than seconds.
        self.client.pause(SECONDS).await;
        let approve = self.url(&format!("invoices/{id}/approve"), &[("updateInventory", "false".to_owned())]);
        let bare = Call { method: Method::PUT, replayable: false, ..Call::get(approve.clone()) };
        let approved = match taken(self.answered(&bare).await)? {
            Ok(_) => {
                found("procountor.approve-body", Seen::Answer("not needed", "an approval without a body".into()));
                Ok(Value::Null)
            }
            Err(words) => {
                let with_body = Call::with_json(Method::PUT, approve, &json!({ "comment": NAME }), false);
                let approved = taken(self.answered(&with_body).await)?;
                found(
                    "procountor.approve-body",
                    match &approved {
                        Ok(_) => Seen::Answer("needed", words),
                        Err(_) => Seen::open(format!("no approval is taken: {words}")),
                    },
                );
                approved
            }
        };

        tell("procountor.own-version");
        let seen = match &approved {
            Ok(_) => {
                let after = self.records("invoices", &[id], false).await?.pop().map(|(_, after)| after);
                let moved = after.is_some_and(|after| after["version"] != made["version"]);
                Seen::either(moved, "it moves", "it stays", "the version of a sales order that was approved")
            }
            Err(_) => Seen::open("no approval is taken"),
        };
        found("procountor.own-version", seen);

        tell("procountor.send-orders");
        found(
            "procountor.send-orders",
            match (approved, mail) {
                (Err(words), _) => Seen::Answer("refused", format!("an approval: {words}")),
                (Ok(_), None) => {
                    Seen::open("an approval is taken; whether a sending is shows with --mail ADDRESS alone")
                }
                (Ok(_), Some(_)) => self.send_own(id).await?,
            },
        );
        Ok(())
    }

    async fn send_own(&self, id: i64) -> Result<Seen> {
        let url = self.url(&format!("invoices/{id}/send"), &[]);
        let sent = self.answered(&Call { method: Method::PUT, replayable: false, ..Call::get(url) }).await;
        Ok(match taken(sent)? {
            Ok(_) => Seen::Answer("taken", "a sales order was approved and sent".into()),
            Err(words) => Seen::Answer("refused", words),
        })
    }

    /// A document that was just made has the time that it is.
    fn zone_of(&self, made: &Value) -> Seen {
        let version = made["version"].as_str().and_then(times::read);
        let (Some(version), Some(now)) = (version, self.now.get()) else {
            return Seen::open("a new document has no version");
        };
        let is = |zone: &TimeZone| version.duration_since(zone.to_datetime(now)).abs() <= APART;
        let saw = "the version of a document that was just made";
        match (is(&self.zone), is(&TimeZone::UTC)) {
            (true, _) => Seen::Answer("Helsinki", saw.into()),
            (_, true) => Seen::Answer("UTC", saw.into()),
            _ => Seen::Other(format!("{saw} is of neither clock")),
        }
    }
}

fn document(number: &str, day: Date, mail: Option<&str>) -> Value {
    let mut counter_party = json!({
        "counterPartyAddress": { "name": NAME, "street": "-", "zip": "-", "city": "-", "country": "FINLAND" },
    });
    if let Some(mail) = mail {
        counter_party["email"] = json!(mail);
    }
    json!({
        "type": SALES_ORDER,
        "date": day.to_string(),
        "counterParty": counter_party,
        "paymentInfo": {
            "paymentMethod": "BANK_TRANSFER", "currency": "EUR", "dueDate": day.to_string(), "currencyRate": 1,
        },
        "extraInfo": { "accountingByRow": false, "unitPricesIncludeVat": false },
        "discountPercent": 0,
        "invoiceChannel": if mail.is_some() { "EMAIL" } else { "NO_SENDING" },
        "orderReference": number,
        "invoiceRows": [{
            "product": NAME, "quantity": 1, "unit": "PIECE", "unitPrice": 1, "discountPercent": 0, "vatPercent": 0,
        }],
    })
}
