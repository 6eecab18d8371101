//! Orders: members, and the write that is a full replace, rows included (Visma sheet, sections 2 and 3).

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::articles;
use super::company::{Company, resource};
use super::fault::{Detail, Fault};
use super::members::{Body, Kind, Member, amount, is_guid, number, replace, text};
use super::{Desk, RowIds};

/// Status of an order that is still being written.
pub const DRAFT: i64 = 1;
/// Status of an order that waits for the warehouse.
pub const ONGOING: i64 = 2;
/// Status of an order that left.
pub const SHIPPED: i64 = 3;
/// Status of an order that became an invoice.
pub const INVOICED: i64 = 4;

/// The members of an order.
pub const MEMBERS: &[Member] = &[
    Member::plain("Id", Kind::Id).read_only(),
    Member::plain("Amount", Kind::Decimals(2)),
    Member::plain("CustomerId", Kind::Id).required(),
    Member::plain("CurrencyCode", Kind::Text(3)).required(),
    Member::plain("CreatedUtc", Kind::Time).read_only(),
    Member::plain("VatAmount", Kind::Decimals(2)),
    Member::plain("RoundingsAmount", Kind::Decimals(2)),
    Member::plain("DeliveredAmount", Kind::Decimals(2)),
    Member::plain("DeliveredVatAmount", Kind::Decimals(2)),
    Member::plain("DeliveredRoundingsAmount", Kind::Decimals(2)),
    Member::nullable("DeliveryCustomerName", Kind::Text(100)),
    Member::nullable("DeliveryAddress1", Kind::Text(50)),
    Member::nullable("DeliveryAddress2", Kind::Text(50)),
    Member::nullable("DeliveryPostalCode", Kind::Text(10)),
    Member::nullable("DeliveryCity", Kind::Text(50)),
    Member::nullable("DeliveryCountryCode", Kind::Text(2)),
    Member::nullable("YourReference", Kind::Text(100)),
    Member::nullable("OurReference", Kind::Text(100)),
    Member::nullable("BuyersOrderReference", Kind::Text(35)),
    Member::nullable("InvoiceAddress1", Kind::Text(50)),
    Member::nullable("InvoiceAddress2", Kind::Text(50)),
    Member::nullable("InvoiceCity", Kind::Text(255)),
    Member::nullable("InvoiceCountryCode", Kind::Text(2)),
    Member::nullable("InvoiceCustomerName", Kind::Text(50)),
    Member::nullable("CustomerNumber", Kind::Text(255)).read_only(),
    Member::nullable("CustomerName", Kind::Text(255)).read_only(),
    Member::nullable("InvoicePostalCode", Kind::Text(10)),
    Member::nullable("DeliveryMethodName", Kind::Text(50)),
    Member::nullable("DeliveryMethodCode", Kind::Text(20)),
    Member::nullable("DeliveryTermName", Kind::Text(50)),
    Member::nullable("DeliveryTermId", Kind::Id).read_only(),
    Member::nullable("DeliveryMethodId", Kind::Id).read_only(),
    Member::nullable("DeliveryTermCode", Kind::Text(20)),
    Member::nullable("TermsOfPaymentId", Kind::Id),
    Member::plain("EuThirdParty", Kind::Truth).required(),
    Member::plain("CustomerIsPrivatePerson", Kind::Truth).read_only(),
    Member::plain("IncludesVat", Kind::Truth).read_only(),
    Member::plain("OrderDate", Kind::Time).required(),
    Member::plain("Status", Kind::Choice(&[DRAFT, ONGOING, SHIPPED, INVOICED])).required(),
    Member::nullable("Number", Kind::Integer).read_only(),
    Member::nullable("ModifiedUtc", Kind::Time).read_only(),
    Member::nullable("DeliveryDate", Kind::Time),
    Member::plain("HouseWorkAmount", Kind::Number),
    Member::plain("HouseWorkAutomaticDistribution", Kind::Truth),
    Member::nullable("HouseWorkCorporateIdentityNumber", Kind::Text(20)),
    Member::nullable("HouseWorkPropertyName", Kind::Text(100)),
    Member::nullable("SalesDocumentAttachments", Kind::Texts).read_only(),
    Member::nullable("MessageThreads", Kind::Texts).read_only(),
    Member::nullable("Notes", Kind::Texts).read_only(),
    Member::nullable("Rows", Kind::Records(ROW)),
    Member::nullable("ShippedDateTime", Kind::Time),
    Member::plain("RotReducedInvoicingType", Kind::Choice(&[0, 1, 2])).required(),
    Member::plain("MaxAllowedTaxReductionAmount", Kind::Number).read_only(),
    Member::plain("RotReducedInvoicingPercent", Kind::Number).read_only(),
    Member::nullable("RotPropertyType", Kind::Integer),
    Member::nullable("Persons", Kind::Records(PERSON)),
    Member::plain("ReverseChargeOnConstructionServices", Kind::Truth).required(),
    Member::plain("UsesGreenTechnology", Kind::Truth),
    Member::plain("IsNotDelivered", Kind::Truth).read_only(),
    Member::nullable("ContributionMargin", Kind::Open),
    Member::nullable("CreatedFromQuoteId", Kind::Id).read_only(),
    Member::nullable("BackgroundId", Kind::Id).read_only(),
];

const ROW: &[Member] = &[
    Member::plain("Id", Kind::Id).read_only(),
    Member::plain("LineNumber", Kind::Integer).required(),
    Member::plain("DeliveredQuantity", Kind::Decimals(2)),
    Member::nullable("ArticleId", Kind::Id),
    Member::plain("IsServiceArticle", Kind::Truth).read_only(),
    Member::nullable("UnitId", Kind::Id).read_only(),
    Member::nullable("ArticleNumber", Kind::Text(40)),
    Member::plain("IsTextRow", Kind::Truth).required(),
    Member::nullable("Text", Kind::Text(2000)),
    Member::plain("UnitPrice", Kind::Decimals(4)),
    Member::plain("Amount", Kind::Number),
    Member::plain("IsDiscountInFixedAmount", Kind::Truth).read_only(),
    Member::nullable("DiscountFixedAmount", Kind::Number).read_only(),
    Member::plain("DiscountPercentage", Kind::Decimals(4)),
    Member::plain("Quantity", Kind::Decimals(4)),
    Member::plain("WorkCostType", Kind::Integer),
    Member::plain("IsWorkCost", Kind::Truth).required(),
    Member::nullable("WorkHours", Kind::Number),
    Member::nullable("MaterialCosts", Kind::Number),
    Member::plain("EligibleForReverseChargeOnVat", Kind::Truth).required(),
    Member::nullable("VatRate", Kind::Number).read_only(),
    Member::nullable("CostCenterItemId1", Kind::Id),
    Member::nullable("CostCenterItemId2", Kind::Id),
    Member::nullable("CostCenterItemId3", Kind::Id),
    Member::nullable("ProjectId", Kind::Id),
    Member::plain("GreenTechnologyType", Kind::Integer),
    Member::nullable("ContributionMargin", Kind::Open),
    Member::plain("PurchasePrice", Kind::Number).read_only(),
    Member::plain("FreightCosts", Kind::Number).read_only(),
];

const PERSON: &[Member] = &[
    Member::plain("Id", Kind::Id).read_only(),
    Member::nullable("Ssn", Kind::Text(50)),
    Member::plain("Amount", Kind::Number),
];

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
            order.insert("Id".into(), json!(desk.ids.next()));
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
            _ => json!(desk.ids.next()),
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
