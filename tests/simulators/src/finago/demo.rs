//! A believable Norwegian company to begin with: outdoor goods from Bergen.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::model::{Identity, Kind};
use super::{Finago, codec, dates};

const IDENTITY: &str = "5d0c4a1e-7b3f-4c52-9a86-1f2e3d4c5b6a";

/// Number, article number, name, GTIN, weight, stock, price.
const PRODUCTS: [(i64, &str, &str, &str, &str, &str, &str); 10] = [
    (101, "FJ-1001", "Turjakke Vidde, dame M", "7090000100101", "0.62", "48", "1899.00"),
    (102, "FJ-1002", "Turjakke Vidde, herre L", "7090000100102", "0.71", "36", "1899.00"),
    (103, "FJ-2001", "Ryggsekk Hardanger 45 l", "7090000100103", "1.45", "22", "1499.00"),
    (104, "FJ-2002", "Ryggsekk Hardanger 28 l", "7090000100104", "0.98", "31", "1199.00"),
    (105, "FJ-3001", "Sovepose Finse -10 °C", "7090000100105", "1.32", "18", "2299.00"),
    (106, "FJ-4001", "Stormkjøkken & gassbrenner", "7090000100106", "0.54", "40", "649.00"),
    (107, "FJ-4002", "Termos 1,0 l, rød", "7090000100107", "0.48", "75", "349.00"),
    (108, "FJ-5001", "Telt Geilo, 3 personer", "7090000100108", "2.85", "9", "3999.00"),
    (109, "FJ-6001", "Ullsokker, 2 par", "7090000100109", "0.16", "120", "199.00"),
    (110, "FJ-9001", "Skismøring, montering i butikk", "", "", "", "250.00"),
];

/// Number, name, organization number, street, postal code, place, e-mail, mobile.
type Customer = (i64, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const CUSTOMERS: [Customer; 4] = [
    (
        501,
        "Bryggen Sport AS",
        "911000501",
        "Strandgaten 18",
        "5013",
        "BERGEN",
        "innkjop@bryggensport.example",
        "+4790000501",
    ),
    (
        502,
        "Tromsø Friluft AS",
        "911000502",
        "Storgata 92",
        "9008",
        "TROMSØ",
        "post@tromsofriluft.example",
        "+4790000502",
    ),
    (503, "Røros Turlag", "911000503", "Kjerkgata 7", "7374", "RØROS", "kontor@rorosturlag.example", "+4790000503"),
    (504, "Kari Nordmann", "", "Løkkeveien 33", "4008", "STAVANGER", "kari@nordmann.example", "+4790000504"),
];

/// Adds the company, its user and its records. `username`, `password` and `identity` in the arguments replace the usual.
pub(super) fn company(finago: &mut Finago, now: Timestamp, args: &Value) -> Result<Value, String> {
    let given = |name: &str, usual: &str| args.get(name).and_then(Value::as_str).unwrap_or(usual).to_owned();
    let id = given("identity", IDENTITY).to_ascii_lowercase();
    let (username, password) =
        (given("username", "integrasjon@fjordutstyr.example"), given("password", "fjord-og-fjell"));
    if finago.identities.contains_key(&id) {
        return Err(format!("identity {id} is there already"));
    }
    let mut identity = Identity::new(&id, 730_114, "Fjord Utstyr AS");
    identity.delivery_methods =
        [(1, "Bring pakke til hentested"), (2, "PostNord MyPack Home"), (3, "Henting i butikk")]
            .map(|(id, description)| (id, description.to_owned()))
            .into();
    let ago = |hours: i64| now - SignedDuration::from_hours(hours);
    for product in PRODUCTS {
        identity.put(Kind::Product, &product_record(product), ago(240))?;
    }
    for customer in CUSTOMERS {
        identity.put(Kind::Company, &customer_record(customer), ago(230))?;
    }
    for supplier in suppliers() {
        identity.put(Kind::Company, &supplier, ago(220))?;
    }
    let orders = orders(ago(30));
    for (age, order) in [30, 26, 20, 9, 2].into_iter().zip(&orders) {
        identity.put(Kind::Order, order, ago(age))?;
    }
    finago.add_identity(identity);
    finago.add_user(&username, &password, &[&id]);
    Ok(json!({
        "application_id": finago.application_id, "identity_id": id, "username": username, "password": password,
        "products": PRODUCTS.len(), "companies": CUSTOMERS.len() + 2, "orders": orders.len(), "confirmed": 3,
    }))
}

fn product_record((id, no, name, ean, weight, stock, price): (i64, &str, &str, &str, &str, &str, &str)) -> Value {
    let mut record = json!({
        "Id": id, "No": no, "Name": name, "Description": format!("{name} fra Fjord Utstyr"), "EAN1": ean, "Price": price,
        "StatusId": 1, "CategoryId": 12, "StockControlled": !stock.is_empty(), "SupplierId": 601,
    });
    if !stock.is_empty() {
        codec::merge(&mut record, &json!({ "Weight": weight, "Stock": stock }));
    }
    record
}

fn address(street: &str, code: &str, place: &str) -> Value {
    json!({ "Street": street, "PostalCode": code, "PostalArea": place, "Country": "NO" })
}

fn customer_record((id, name, number, street, code, place, email, mobile): Customer) -> Value {
    let home = address(street, code, place);
    json!({
        "Id": id, "Name": name, "OrganizationNumber": number, "Country": "NO",
        "Type": if number.is_empty() { "Consumer" } else { "Business" },
        "Addresses": { "Post": home, "Delivery": home, "Invoice": home },
        "PhoneNumbers": { "Mobile": { "Description": "Mobil", "Value": mobile } },
        "EmailAddresses": { "Primary": { "Description": "Post", "Name": name, "Value": email } },
    })
}

fn suppliers() -> [Value; 2] {
    [
        json!({
            "Id": 601, "Name": "Norrøna Vev AS", "OrganizationNumber": "911000601", "Type": "Supplier", "Country": "NO",
            "Addresses": { "Post": { "Street": "Industriveien 4", "PostalCode": "6800", "PostalArea": "FØRDE",
                "City": "Førde", "Country": "NO" } },
            "EmailAddresses": { "Work": { "Value": "ordre@norronavev.example" } },
        }),
        json!({
            "Id": 602, "Name": "Alpen Zelte GmbH", "Type": "Supplier", "Country": "DE",
            "Addresses": { "Post": { "Street": "Bergstraße 11\nHalle 3", "PostalCode": "82467",
                "PostalArea": "Garmisch-Partenkirchen", "Country": "DE" } },
            "PhoneNumbers": { "Work": { "Value": "+498821000602" } },
        }),
    ]
}

/// Order, state, customer, delivery method; rows of product, row id, quantity.
type Plan = (i64, &'static str, usize, i64, &'static [(usize, i64, &'static str)]);

fn orders(ordered: Timestamp) -> Vec<Value> {
    let plan: [Plan; 5] = [
        (20_001, "Confirmed", 0, 1, &[(0, 1, "4"), (2, 2, "2")]),
        (20_002, "Confirmed", 1, 2, &[(4, 1, "1"), (6, 2, "3.5")]),
        (20_003, "Confirmed", 3, 3, &[(8, 1, "2")]),
        (20_004, "Offer", 2, 1, &[(7, 1, "1")]),
        (20_005, "Web", 2, 1, &[(5, 1, "1"), (9, 2, "1")]),
    ];
    let delivery = dates::write(ordered + SignedDuration::from_hours(5 * 24));
    let delivery = delivery.split('T').next().unwrap_or_default().to_owned() + "T00:00:00";
    plan.iter()
        .map(|(id, state, customer, method, rows)| {
            let (number, name, _, street, code, place, email, mobile) = CUSTOMERS[*customer];
            let description =
                ["Bring pakke til hentested", "PostNord MyPack Home", "Henting i butikk"][(*method - 1) as usize];
            let rows: Vec<Value> =
                rows.iter().map(|(product, row, quantity)| row_record(*id, *product, *row, quantity)).collect();
            let home = address(street, code, place);
            // One customer gave neither phone nor e-mail with the order: they are on the company alone.
            let reached = *id != 20_003;
            json!({
                "OrderId": id, "OrderStatus": state, "CustomerId": number, "CustomerName": name,
                "CustomerDeliveryName": name, "CustomerDeliveryPhone": if reached { mobile } else { "" },
                "InvoiceEmailAddress": if reached { email } else { "" },
                "Addresses": { "Delivery": home, "Invoice": home },
                "DateOrdered": dates::write(ordered), "DeliveryDate": delivery,
                "YourReference": format!("Innkjøp {number}"), "ReferenceNumber": format!("PO-{}", id - 19_000),
                "InvoiceTitle": "Leveres på dagtid", "IncludeVAT": true,
                "DeliveryMethod": { "Id": method, "Description": description },
                "InvoiceRows": { "InvoiceRow": rows },
            })
        })
        .collect()
}

fn row_record(order: i64, product: usize, row: i64, quantity: &str) -> Value {
    let (id, no, name, _, _, _, price) = PRODUCTS[product];
    let mut record = json!({ "ProductId": id, "RowId": row, "Name": name, "Quantity": quantity, "Price": price });
    // One order names its product by number of record alone, as orders from a web shop do.
    if order != 20_003 {
        codec::merge(&mut record, &json!({ "ProductNo": no }));
    }
    record
}
