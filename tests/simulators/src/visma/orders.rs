//! Orders: the write that is a full replace, rows included (Visma sheet, sections 2 and 3).

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::articles;
use super::company::{Company, resource};
use super::fault::{Detail, Fault};
use super::members::{Body, amount, is_guid, number, replace, text};
use super::order_members::MEMBERS;
use super::{Desk, RowIds};

/// Status of an order that is still being written.
pub const DRAFT: i64 = 1;
/// Status of an order that waits for the warehouse.
pub const ONGOING: i64 = 2;
/// Status of an order that left.
pub const SHIPPED: i64 = 3;
/// Status of an order that became an invoice.
pub const INVOICED: i64 = 4;

/// Order members that a create fills from the customer where they are null, with the customer's name for them.
const FROM_CUSTOMER: [(&str, &str); 12] = [
    ("DeliveryCustomerName", "DeliveryCustomerName"),
    ("DeliveryAddress1", "DeliveryAddress1"),
    ("DeliveryAddress2", "DeliveryAddress2"),
    ("DeliveryPostalCode", "DeliveryPostalCode"),
    ("DeliveryCity", "DeliveryCity"),
    ("DeliveryCountryCode", "DeliveryCountryCode"),
    ("InvoiceCustomerName", "Name"),
    ("InvoiceAddress1", "InvoiceAddress1"),
    ("InvoiceAddress2", "InvoiceAddress2"),
    ("InvoicePostalCode", "InvoicePostalCode"),
    ("InvoiceCity", "InvoiceCity"),
    ("InvoiceCountryCode", "InvoiceCountryCode"),
];

/// An order's status.
#[must_use]
pub fn status(order: &Body) -> i64 {
    order.get("Status").and_then(Value::as_i64).unwrap_or_default()
}

/// `POST /orders` and `PUT /orders/{id}`.
///
/// # Errors
/// 2000 for what does not fit, 3000 for a customer or an article that is not there, 4002 for an invoiced order, 4028 for
/// undoing a shipped order with a backorder.
pub fn write(desk: &mut Desk<'_>, stored: Option<&Body>, body: &Body) -> Result<Body, Fault> {
    let mut wrong = Vec::new();
    let mut order = replace(MEMBERS, stored, body, desk.rules, "", &mut wrong);
    let lines: Vec<_> = order["Rows"].as_array().into_iter().flatten().map(|row| row["LineNumber"].as_i64()).collect();
    if lines.iter().collect::<BTreeSet<_>>().len() != lines.len() {
        wrong.push(Detail::field("Rows", "LineNumber must be unique within the order."));
    }
    if desk.rules.refuses_decimals {
        let foreign = order["CurrencyCode"] != desk.company.settings["CurrencyCode"];
        // As they are sent: what is kept is rounded.
        let sent = body.get("Rows").and_then(Value::as_array);
        for row in sent.into_iter().flatten().filter_map(Value::as_object) {
            for (member, most) in
                [("UnitPrice", if foreign { 4 } else { 2 }), ("Quantity", 4), ("DeliveredQuantity", 2)]
            {
                if amount(row, member).normalize().scale() > most {
                    wrong.push(Detail::field(member, format!("Too many decimals on {member}.")));
                }
            }
        }
    }
    if !wrong.is_empty() {
        return Err(Fault::validation(wrong));
    }
    if let Some(stored) = stored {
        may_become(desk.company, stored, status(&order))?;
    }
    customer(desk.company, &mut order, stored.is_none())?;
    rows(desk, stored, body, &mut order)?;
    derive(desk.company, &mut order);
    if body.get("Amount").is_none() {
        order.insert("Amount".into(), number(total(&order, "Quantity")));
    }
    if total(&order, "Quantity").is_sign_negative() && !total(&order, "Quantity").is_zero() {
        return Err(Fault::validation(vec![Detail::field("Amount", "The total of the order must not be negative.")]));
    }
    if order["Number"].is_null() && status(&order) != DRAFT {
        order.insert("Number".into(), json!(desk.company.next_order));
        desk.company.next_order += 1;
    }
    match stored {
        Some(_) => order.insert("ModifiedUtc".into(), json!(desk.stamp())),
        None => {
            order.insert("Id".into(), json!(desk.ids.fresh()));
            created(desk, &mut order)
        }
    };
    Ok(order)
}

/// Stamps a new order. Whether `ModifiedUtc` is null until the first edit is not documented, so it is a rule.
pub fn created(desk: &Desk<'_>, order: &mut Body) -> Option<Value> {
    let stamp = json!(desk.stamp());
    let modified = if desk.rules.modified_is_null_until_edited { Value::Null } else { stamp.clone() };
    order.insert("CreatedUtc".into(), stamp);
    order.insert("ModifiedUtc".into(), modified)
}

fn may_become(company: &Company, stored: &Body, next: i64) -> Result<(), Fault> {
    if status(stored) == INVOICED {
        return Err(Fault::new(400, 4002, "An invoiced order cannot be updated."));
    }
    if status(stored) == SHIPPED && next < SHIPPED && company.backorders.contains_key(text(stored, "Id")) {
        return Err(Fault::new(400, 4028, "The order has backorders and cannot be undone."));
    }
    Ok(())
}

fn customer(company: &Company, order: &mut Body, create: bool) -> Result<(), Fault> {
    let found = company.table("customers").get(text(order, "CustomerId"));
    let customer = found.ok_or_else(|| Fault::new(400, 3000, "The requested customer was not found."))?;
    for (member, source) in FROM_CUSTOMER {
        if create && order[member].is_null() {
            order.insert(member.into(), customer[source].clone());
        }
    }
    Ok(())
}

/// Fills the members that follow from the customer and the delivery registers, where those know the answer.
pub fn derive(company: &Company, order: &mut Body) {
    if let Some(customer) = company.table("customers").get(text(order, "CustomerId")) {
        order.insert("CustomerNumber".into(), customer["CustomerNumber"].clone());
        order.insert("CustomerName".into(), customer["Name"].clone());
        order.insert("CustomerIsPrivatePerson".into(), customer["IsPrivatePerson"].clone());
    }
    for (table, code, id) in [
        ("deliverymethods", "DeliveryMethodCode", "DeliveryMethodId"),
        ("deliveryterms", "DeliveryTermCode", "DeliveryTermId"),
    ] {
        if let Some(found) = company.table(table).find("Code", &order[code]) {
            order.insert(id.into(), found["Id"].clone());
        }
    }
}

/// Gives every row its id and what follows from its article.
fn rows(desk: &mut Desk<'_>, stored: Option<&Body>, body: &Body, order: &mut Body) -> Result<(), Fault> {
    let sent: Vec<&str> = match body.get("Rows").and_then(Value::as_array) {
        Some(rows) => rows.iter().map(|row| row["Id"].as_str().unwrap_or_default()).collect(),
        None => Vec::new(),
    };
    let before = stored.and_then(|stored| stored["Rows"].as_array());
    let before: Vec<&Body> = before.into_iter().flatten().filter_map(Value::as_object).collect();
    let Some(Value::Array(rows)) = order.get_mut("Rows") else { return Ok(()) };
    for (row, sent) in rows.iter_mut().filter_map(Value::as_object_mut).zip(sent) {
        let same = before.iter().find(|old| is_guid(sent) && text(old, "Id").eq_ignore_ascii_case(sent));
        let same = same.or_else(|| before.iter().find(|old| old["LineNumber"] == row["LineNumber"]));
        let id = match (same, desk.rules.row_ids) {
            (Some(old), RowIds::Kept) => old["Id"].clone(),
            _ => json!(desk.ids.fresh()),
        };
        row.insert("Id".into(), id);
        if row["IsTextRow"] == json!(true) {
            row.insert("ArticleId".into(), Value::Null);
            row.insert("ArticleNumber".into(), Value::Null);
        } else if !from_article(desk.company, row) {
            return Err(Fault::new(400, 3000, "The requested article was not found."));
        }
    }
    Ok(())
}

/// Fills a row from its article; false where the company has no such article.
pub fn from_article(company: &Company, row: &mut Body) -> bool {
    let articles = company.table("articles");
    let found = articles
        .get(text(row, "ArticleId"))
        .or_else(|| row["ArticleId"].is_null().then(|| articles.find("Number", &row["ArticleNumber"])).flatten());
    let Some(article) = found else { return false };
    let coding = company.table("articleaccountcodings").get(text(article, "CodingId"));
    let rate = coding.map(|coding| amount(coding, "VatRatePercent") / Decimal::ONE_HUNDRED);
    for (member, source) in [
        ("ArticleId", "Id"),
        ("ArticleNumber", "Number"),
        ("IsServiceArticle", "IsServiceArticle"),
        ("UnitId", "UnitId"),
        ("PurchasePrice", "PurchasePrice"),
        ("FreightCosts", "FreightCosts"),
    ] {
        row.insert(member.into(), article[source].clone());
    }
    if row["Text"].is_null() {
        row.insert("Text".into(), article["Name"].clone());
    }
    row.insert("VatRate".into(), rate.map_or(Value::Null, number));
    true
}

/// The order's worth by one of its quantities, before VAT.
#[must_use]
pub fn total(order: &Body, quantity: &str) -> Decimal {
    let rows = order["Rows"].as_array().into_iter().flatten().filter_map(Value::as_object);
    let worth = rows.map(|row| {
        amount(row, quantity) * amount(row, "UnitPrice") * (Decimal::ONE - amount(row, "DiscountPercentage"))
    });
    worth.sum::<Decimal>().round_dp(2)
}

/// Stores an order and moves the stock figures of its articles by the difference to what it was before.
pub fn store(company: &mut Company, before: Option<&Body>, after: Option<&Body>) {
    let mut moves: BTreeMap<String, (Decimal, Decimal)> = BTreeMap::new();
    for (order, sign) in [(before, Decimal::NEGATIVE_ONE), (after, Decimal::ONE)] {
        let Some(order) = order else { continue };
        for row in order["Rows"].as_array().into_iter().flatten().filter_map(Value::as_object) {
            let entry = moves.entry(text(row, "ArticleId").to_owned()).or_default();
            match status(order) {
                ONGOING => entry.0 += sign * amount(row, "Quantity"),
                SHIPPED | INVOICED => entry.1 += sign * amount(row, "DeliveredQuantity"),
                _ => {}
            }
        }
    }
    for (article, (reserved, drawn)) in moves {
        if !reserved.is_zero() || !drawn.is_zero() {
            articles::move_stock(company, &article, reserved, drawn);
        }
    }
    let Some(resource) = resource("orders") else { return };
    let table = company.table_mut(resource);
    match (before, after) {
        (_, Some(after)) => table.put(after.clone()),
        (Some(before), None) => {
            table.remove(text(before, "Id"));
        }
        (None, None) => {}
    }
}
