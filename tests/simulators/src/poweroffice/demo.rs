//! A believable Norwegian web shop: twelve products, six customers, six invoices of which four are paid, and beside them
//! a credit note and a reversed invoice.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::records::{decimal, number};
use super::{Company, Kind};

/// Code, name, GTIN, unit, price, cost, stock; `null` unit, price or cost is the group's.
fn garments() -> Value {
    json!([
        ["ULL-101", "Ullgenser Lofoten, marine, S", "7041234500012", "EA", 1249.00, 562.50, 24],
        ["ULL-102", "Ullgenser Lofoten, marine, M", "7041234500029", "EA", 1249.00, 562.50, 37],
        ["ULL-103", "Ullgenser Lofoten, marine, L", "7041234500036", "EA", null, null, 18],
        ["SOK-210", "Raggsokker 3-pakning", "7041234500043", "XPK", 299.00, 118.40, 140],
        ["LUE-300", "Lue Finse, rød", "7041234500050", null, 349.50, null, 62],
        ["VOT-315", "Votter Røros", "7041234500067", "PR", 279.90, 97.25, 75]
    ])
}

fn outdoor() -> Value {
    json!([
        ["TER-500", "Termos 1 l, stål", "7049876500011", "EA", 399.00, 171.30, 55],
        ["KOP-505", "Turkopp, bjørk", "7049876500028", null, null, null, 210],
        ["TAU-520", "Tau 8 mm, metervare", "7049876500035", "MTR", 14.90, 5.15, 1250.5],
        ["KAF-540", "Kokekaffe Fjellheim", "7049876500042", "KGM", 189.00, 96.80, 88.25],
        ["TEL-600", "Telt Jotun 3 personer", "7049876500059", "EA", 4995.00, 2710.00, 9],
        ["PRI-610", "Stormkjøkken Primus", null, "SET", 1590.00, 842.75, 14]
    ])
}

fn customers() -> Value {
    let mail = |line: &str, zip: &str, city: &str| json!({"AddressLine1": line, "ZipCode": zip, "City": city});
    let street = |line: &str, zip: &str, city: &str, primary: bool| json!({"AddressLine1": line, "ZipCode": zip, "City": city, "IsPrimary": primary});
    let blank = json!({"CountryCode": "NO"});
    json!([
        {"Number": 10001, "Name": "Sportshuset Voss", "LegalName": "Sportshuset Voss AS",
         "OrganizationNumber": "914000101", "EmailAddress": "innkjop@sportshusetvoss.example",
         "PhoneNumber": "+47 56 00 01 01", "MailAddress": mail("Vangsgata 12", "5700", "Voss")},
        {"Number": 10002, "Name": "Turbutikken", "LegalName": "Turbutikken Tromsø AS", "OrganizationNumber": "914000102",
         "InvoiceEmailAddress": "faktura@turbutikken.example", "MailAddress": mail("Postboks 44", "9251", "Tromsø"),
         "ContactDeliveryAddresses": [street("Storgata 81", "9008", "Tromsø", true)]},
        {"Number": 10003, "IsPerson": true, "FirstName": "Kari", "LastName": "Nygård",
         "EmailAddress": "kari.nygard@post.example", "PhoneNumber": "+47 900 00 103",
         "MailAddress": mail("Bjerkealleen 7 B", "0487", "Oslo")},
        {"Number": 10004, "IsPerson": true, "FirstName": "Øyvind", "LastName": "Sæther", "PhoneNumber": "+47 900 00 104",
         "MailAddress": blank.clone(), "ContactDeliveryAddresses": [street("Havnegata 3", "7010", "Trondheim", false),
         street("Fjellveien 29", "7049", "Trondheim", true)]},
        {"Number": 10005, "Name": "Hytteservice", "LegalName": "Hytteservice Hafjell DA",
         "OrganizationNumber": "914000105", "EmailAddress": "post@hytteservice.example", "MailAddress": {},
         "ContactDeliveryAddresses": [street("Hundervegen 140", "2636", "Øyer", true)]},
        {"Number": 10006, "Name": "Friluft Göteborg", "LegalName": "Friluft Göteborg AB", "CurrencyCode": "SEK",
         "EmailAddress": "order@friluftgbg.example", "PhoneNumber": "+46 31 000 106",
         "MailAddress": {"AddressLine1": "Kungsgatan 50", "ZipCode": "411 15", "City": "Göteborg", "CountryCode": "SE"}}
    ])
}

/// Order number, customer number, kind (`paid`, `open`, `credit`, `reversed`), then lines of code, quantity, allowance
/// in percent; a text alone is a text line.
fn invoices() -> Value {
    json!([
        [20001, 10001, "paid", ["ULL-101", 6, 10], ["ULL-102", 6, 10], "Leveres på baksiden, ring på"],
        [20002, 10003, "paid", ["TER-500", 1, 0], ["KOP-505", 4, 0]],
        [20003, 10004, "paid", ["VOT-315", 2, 0], "Gave: pakkes inn", ["LUE-300", 1, 0]],
        [20004, 10006, "paid", ["TAU-520", 62.5, 15], ["KAF-540", 2.5, 0]],
        [20005, 10002, "open", ["TEL-600", 1, 5], "Hentes etter avtale"],
        [20006, 10005, "open", ["PRI-610", 2, 0], ["SOK-210", 10, 12.5]],
        [20007, 10001, "credit", ["ULL-101", -1, 10]],
        [20008, 10003, "reversed", ["TER-500", 1, 0]]
    ])
}

/// Fills the company, and says what there is in it.
pub(super) fn fill(company: &mut Company, now: Timestamp) -> Value {
    for (name, default) in [("DAP", true), ("EXW", false)] {
        company.put(now, Kind::DeliveryTerm, json!({"Name": name, "IsDefault": default}));
    }
    group(company, now, "KLR", "Klær", (1249.00, 575.00, "EA"), &garments());
    group(company, now, "TUR", "Turutstyr", (89.00, 31.20, "EA"), &outdoor());
    for customer in customers().as_array().into_iter().flatten() {
        // An object by construction, so there is nothing to refuse.
        let _ = company.put_customer(now, customer.clone());
    }
    let orders = invoices();
    let orders = orders.as_array().map_or(&[][..], Vec::as_slice);
    for (index, order) in orders.iter().enumerate() {
        invoice(company, now, order, index);
    }
    let paid: Vec<&Value> = orders.iter().filter(|order| order[2] == "paid").map(|order| &order[0]).collect();
    let count = |kind| company.all(kind).len();
    json!({
        "ClientKey": company.client_key, "Products": count(Kind::Product), "ProductGroups": count(Kind::ProductGroup),
        "Customers": count(Kind::Customer), "OutgoingInvoices": count(Kind::Invoice), "PaidOrderNos": paid
    })
}

fn group(company: &mut Company, now: Timestamp, code: &str, name: &str, own: (f64, f64, &str), products: &Value) {
    let group = json!({"Code": code, "Name": name, "UnitPrice": own.0, "UnitCost": own.1, "UnitOfMeasureCode": own.2});
    let id = company.put(now, Kind::ProductGroup, group);
    for row in products.as_array().into_iter().flatten() {
        let product = json!({
            "Code": row[0], "Name": row[1], "Description": format!("{} ({name})", row[1].as_str().unwrap_or_default()),
            "Gtin": row[2], "UnitOfMeasureCode": row[3], "UnitPrice": row[4], "UnitCost": row[5], "StockOnHand": row[6],
            "IsStockItem": true, "ProductGroupId": id, "ProductGroupCode": code
        });
        company.put(now, Kind::Product, product);
    }
}

fn invoice(company: &mut Company, now: Timestamp, order: &Value, index: usize) {
    let kind = order[2].as_str().unwrap_or_default();
    let lines: Vec<Value> =
        order.as_array().map_or(&[][..], |order| &order[3..]).iter().map(|row| line(company, row)).collect();
    let net: Decimal = lines.iter().filter_map(|line| decimal(&line["NetAmount"])).sum();
    let total = net * Decimal::new(125, 2);
    let customers = company.all(Kind::Customer);
    let customer = customers.into_iter().find(|row| row["Number"] == order[1]).cloned().unwrap_or_default();
    let header = json!({
        "OrderNo": order[0], "InvoiceNo": 50_001 + index, "VoucherNo": 70_001 + index, "CustomerNo": order[1],
        "CustomerId": customer["Id"], "CurrencyCode": customer["CurrencyCode"], "DeliveryTerm": "DAP",
        "VoucherType": if kind == "credit" { "OutgoingCreditNote" } else { "OutgoingInvoice" },
        "IsReversed": kind == "reversed", "CustomerReference": format!("Bestilling {}", 900 + index),
        "DeliveryDate": if index.is_multiple_of(2) { json!("2026-02-12") } else { Value::Null },
        "Balance": if kind == "open" { number(total) } else { json!(0) },
        "NetAmount": number(net), "NetPostedAmount": number(net),
        "TotalAmount": number(total), "TotalPostedAmount": number(total)
    });
    company.put_invoice(now, header, &lines);
}

fn line(company: &Company, row: &Value) -> Value {
    if let Some(text) = row.as_str() {
        return json!({"LineType": "Text", "Description": text});
    }
    let find = |kind: Kind, member: &str, wanted: &Value| {
        company.all(kind).into_iter().find(|record| record[member] == *wanted).cloned().unwrap_or_default()
    };
    let product = find(Kind::Product, "Code", &row[0]);
    let group = find(Kind::ProductGroup, "Id", &product["ProductGroupId"]);
    let own = |member: &str| if product[member].is_null() { group[member].clone() } else { product[member].clone() };
    let exact = |value: &Value| decimal(value).unwrap_or_default();
    let left = (Decimal::ONE_HUNDRED - exact(&row[2])) / Decimal::ONE_HUNDRED;
    let net = (exact(&row[1]) * exact(&own("UnitPrice")) * left).round_dp(2);
    let vat = (net * Decimal::new(25, 2)).round_dp(2);
    json!({
        "ProductId": product["Id"], "ProductCode": row[0], "Description": product["Name"], "Quantity": row[1],
        "Allowance": row[2], "UnitOfMeasureCode": own("UnitOfMeasureCode"), "ProductUnitPrice": own("UnitPrice"),
        "ProductUnitCost": own("UnitCost"), "NetAmount": number(net), "NetPostedAmount": number(net),
        "VatAmount": number(vat), "VatRate": 0.25, "VatCode": "3", "TotalAmount": number(net + vat),
        "TotalPostedAmount": number(net + vat)
    })
}
