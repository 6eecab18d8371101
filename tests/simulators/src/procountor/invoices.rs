//! Reading of `/invoices`: one resource for orders, offers and invoices (section 2).

use jiff::{Timestamp, civil::DateTime};
use serde_json::{Map, Value, json};

use super::paging::{Query, Sorting, details, envelope, ids};
use super::records::{Kind, Seen};
use super::{Company, Procountor, clock, errors};
use crate::Response;

const TYPES: [&str; 7] = [
    "SALES_ORDER",
    "PURCHASE_ORDER",
    "SALES_INVOICE",
    "PURCHASE_INVOICE",
    "TRAVEL_INVOICE",
    "BILL_OF_CHARGES",
    "PERIODIC_TAX_RETURN",
];
pub(super) const STATUSES: [&str; 20] = [
    "EMPTY",
    "UNFINISHED",
    "NOT_SENT",
    "SENT",
    "RECEIVED",
    "PAID",
    "PAYMENT_DENIED",
    "VERIFIED",
    "APPROVED",
    "INVALIDATED",
    "PAYMENT_QUEUED",
    "PARTLY_PAID",
    "PAYMENT_SENT_TO_BANK",
    "MARKED_PAID",
    "STARTED",
    "INVOICED",
    "OVERRIDDEN",
    "DELETED",
    "UNSAVED",
    "PAYMENT_TRANSACTION_REMOVED",
];
const CHANNELS: [&str; 6] = ["EMAIL", "MAIL", "ELECTRONIC_INVOICE", "EDIFACT", "PAPER_INVOICE", "NO_SENDING"];
/// What a list item has of the whole document, as far as it stands there under the same name.
const SHORT: [&str; 11] = [
    "id",
    "partnerId",
    "type",
    "status",
    "invoiceNumber",
    "originalInvoiceNumber",
    "invoiceChannel",
    "date",
    "version",
    "creatorId",
    "isOffer",
];
const OPTIONAL: [&str; 12] = [
    "partnerId",
    "paymentDate",
    "billingAddress",
    "deliveryAddress",
    "deliveryTermsInfo",
    "orderReference",
    "deliveryStartDate",
    "deliveryEndDate",
    "deliveryMethod",
    "deliveryInstructions",
    "language",
    "notes",
];
const OPTIONAL_IN_ROW: [&str; 6] =
    ["productId", "productCode", "comment", "startDate", "headerText", "explanationText"];

/// What a document cannot be without. One that was never saved properly gets no number (section 4, "Quirks").
pub(super) fn complete(company: &mut Company, at: DateTime, invoice: &mut Map<String, Value>) {
    let date = at.date().to_string();
    let number_due = !matches!(invoice.get("status").and_then(Value::as_str), Some("EMPTY" | "UNSAVED"));
    if number_due && !invoice.contains_key("invoiceNumber") {
        invoice.insert("invoiceNumber".into(), company.next_number().into());
    }
    for (name, value) in [
        ("type", json!("SALES_ORDER")),
        ("status", json!("UNFINISHED")),
        ("date", json!(date)),
        ("counterParty", json!({ "counterPartyAddress": { "name": "Asiakas Oy" } })),
        (
            "paymentInfo",
            json!({ "paymentMethod": "BANK_TRANSFER", "currency": "EUR", "dueDate": date, "currencyRate": 1 }),
        ),
        ("extraInfo", json!({ "accountingByRow": false, "unitPricesIncludeVat": false })),
        ("discountPercent", json!(0)),
        ("invoiceChannel", json!("EMAIL")),
        ("invoiceRows", json!([])),
        ("creatorId", json!(company.user_id)),
        ("isOffer", json!(false)),
    ] {
        invoice.entry(name).or_insert(value);
    }
    company.complete_rows(invoice);
    if !invoice.contains_key("invoiceSumInfo") {
        super::sums::renew(invoice);
    }
}

impl Procountor {
    pub(super) fn list_invoices(&self, now: Timestamp, company: i64, query: &Query) -> Result<Response, Response> {
        let company = self.of(company)?;
        let types = query.choices("types", &TYPES)?;
        if types.iter().any(|invoice_type| !company.rights.sees_invoices(invoice_type)) {
            return Err(errors::forbidden("Insufficient user rights."));
        }
        if query.flag("isOffer")?.is_some() && types.iter().any(|of| *of != "SALES_ORDER") {
            return Err(errors::invalid("isOffer", "isOffer is supported for SALES_ORDER only."));
        }
        let matches = self.narrowers(query)?;
        let sorting = Sorting::of(query)?;
        let (size, page) =
            (query.size()?, usize::try_from(query.integer("page")?.unwrap_or_default()).unwrap_or_default());
        let previous = query.integer("previousId")?.filter(|_| self.quirks.previous_id_on_invoices);
        let mut rows: Vec<Seen<'_>> = company
            .invoices
            .all(now)
            .filter(|seen| types.is_empty() || types.contains(&seen.text("type")))
            .filter(|seen| readable(company, seen) && matches(seen))
            .collect();
        let total = self.quirks.total_count.then_some(rows.len());
        rows.retain(|seen| previous.is_none_or(|previous| sorting.is_after(seen.id, previous)));
        sorting.sort(&mut rows);
        let digits = self.quirks.fraction_digits;
        let results = rows.iter().skip(page * size).take(size).map(|seen| short(seen, digits)).collect();
        Ok(envelope(results, page, size, total))
    }

    /// Every parameter that narrows the list, read once.
    fn narrowers<'q>(&self, query: &'q Query) -> Result<impl Fn(&Seen<'_>) -> bool + use<'q>, Response> {
        let statuses = query.choices("status", &STATUSES)?;
        let channels = query.choices("invoiceChannel", &CHANNELS)?;
        let offers = query.flag("isOffer")?.unwrap_or_default();
        let leak = self.quirks.offers_leak && !offers;
        let in_window = query.window(self.quirks.start_is_inclusive)?;
        let (created_from, created_to) = (query.moment("createdStartDate")?, query.moment("createdEndDate")?);
        let (partner, number) = (query.integer("businessPartnerId")?, query.integer("invoiceNumber")?);
        let products = query.list("productId");
        let term = query.text("searchTerm").map(str::to_lowercase);
        let between = |value: &str, from: &str, to: &str| {
            query.text(from).is_none_or(|from| value >= from) && query.text(to).is_none_or(|to| value <= to)
        };
        Ok(move |seen: &Seen<'_>| {
            let due = seen.member("paymentInfo")["dueDate"].as_str().unwrap_or_default();
            (leak || seen.flag("isOffer") == offers)
                && (statuses.is_empty() || statuses.contains(&seen.text("status")))
                && (channels.is_empty() || channels.contains(&seen.text("invoiceChannel")))
                && in_window(seen)
                && created_from.is_none_or(|from| seen.created >= from)
                && created_to.is_none_or(|to| seen.created <= to)
                && between(seen.text("date"), "startDate", "endDate")
                && between(due, "dueStartDate", "dueEndDate")
                && partner.is_none_or(|partner| seen.integer("partnerId") == Some(partner))
                && number.is_none_or(|number| seen.integer("invoiceNumber") == Some(number))
                && query.text("originalInvoiceNumber").is_none_or(|text| seen.text("originalInvoiceNumber") == text)
                && (products.is_empty() || names_product(seen, &products))
                && term.as_ref().is_none_or(|term| party(seen).to_lowercase().contains(term.as_str()))
        })
    }

    pub(super) fn show_invoices(&self, now: Timestamp, company: i64, asked: &str) -> Result<Response, Response> {
        self.whole_invoices(now, company, asked, self.quirks.one_is_a_list)
    }

    /// Whole documents; one alone is bare or in a list.
    pub(super) fn whole_invoices(
        &self,
        now: Timestamp,
        company: i64,
        asked: &str,
        one_is_a_list: bool,
    ) -> Result<Response, Response> {
        let company = self.of(company)?;
        let asked = ids(asked)?;
        let found: Vec<Seen<'_>> = asked.iter().filter_map(|id| company.invoices.get(now, *id)).collect();
        let readable: Vec<&Seen<'_>> = found.iter().filter(|seen| readable(company, seen)).collect();
        if readable.is_empty() && found.iter().any(|seen| !company.rights.sees_invoices(seen.text("type"))) {
            return Err(errors::forbidden("Insufficient user rights."));
        }
        details(&asked, readable.into_iter().map(|seen| self.spell_invoice(seen)).collect(), one_is_a_list)
    }

    pub(super) fn show_transactions(&self, now: Timestamp, company: i64, id: &str) -> Result<Response, Response> {
        let id = self.invoice_id(now, company, id)?;
        let lines = self.of(company)?.transactions.get(&id).cloned().unwrap_or_default();
        Ok(Response::json(200, &json!({ "transactions": lines })))
    }

    /// One id that exists and that the user may see.
    pub(super) fn invoice_id(&self, now: Timestamp, company: i64, id: &str) -> Result<i64, Response> {
        let company = self.of(company)?;
        let id = id.parse().map_err(|_| errors::invalid("invoiceId", "Invalid id."))?;
        let seen = company.shelf(Kind::Invoice).get(now, id).filter(|seen| readable(company, seen));
        seen.map(|seen| seen.id).ok_or_else(|| errors::not_found("Invoice not found."))
    }

    fn spell_invoice(&self, seen: &Seen<'_>) -> Value {
        let mut body = seen.body.clone();
        self.spell_nulls(&mut body, &OPTIONAL);
        if let Some(rows) = body.get_mut("invoiceRows").and_then(Value::as_array_mut) {
            for row in rows.iter_mut().filter_map(Value::as_object_mut) {
                self.spell_nulls(row, &OPTIONAL_IN_ROW);
            }
        }
        Value::Object(body)
    }
}

/// Documents of other people are left out without a word where the user sees only their own.
fn readable(company: &Company, seen: &Seen<'_>) -> bool {
    let invoice_type = seen.text("type");
    let own = seen.integer("creatorId") == Some(company.user_id);
    company.rights.sees_invoices(invoice_type) && (own || !company.rights.own_only(invoice_type))
}

fn party<'a>(seen: &Seen<'a>) -> &'a str {
    seen.member("counterParty")["counterPartyAddress"]["name"].as_str().unwrap_or_default()
}

fn names_product(seen: &Seen<'_>, products: &[&str]) -> bool {
    let rows = seen.member("invoiceRows").as_array().into_iter().flatten();
    rows.filter_map(|row| row["productId"].as_i64()).any(|id| products.contains(&id.to_string().as_str()))
}

/// A list item: no rows, no notes, no addresses besides that of the counterparty.
fn short(seen: &Seen<'_>, fraction_digits: usize) -> Value {
    let mut item = Map::new();
    for name in SHORT.into_iter().chain(["invoiceSumInfo", "counterParty"]) {
        if let Some(value) = seen.body.get(name) {
            item.insert(name.into(), value.clone());
        }
    }
    for name in ["dueDate", "newDueDate"] {
        if let Some(value) = seen.member("paymentInfo").get(name) {
            item.insert(name.into(), value.clone());
        }
    }
    item.insert("created".into(), clock::spell(seen.created, fraction_digits).into());
    Value::Object(item)
}
