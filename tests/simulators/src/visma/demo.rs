//! A small Swedish company to show things with: kitchen and table ware. All of it is invented.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Visma;

const ARTICLES: [(&str, &str, &str, &str, &str); 10] = [
    ("KP-28", "Stekpanna gjutjärn 28 cm", "479.20", "24", "7312340000282"),
    ("KP-24", "Stekpanna gjutjärn 24 cm", "399.20", "31", "7312340000244"),
    ("GR-35", "Gryta emalj 3,5 liter", "639.20", "12", "7312340000350"),
    ("KN-20", "Kockkniv 20 cm", "559.20", "40", "7312340000206"),
    ("KN-09", "Skalkniv 9 cm", "159.20", "85", "7312340000091"),
    ("SK-01", "Skärbräda ek", "319.20", "18", "7312340000015"),
    ("TA-06", "Tallrik stengods, blå", "111.20", "144", "7312340000060"),
    ("MU-06", "Mugg stengods, blå", "87.20", "160", "7312340000107"),
    ("LI-50", "Löpare lin 50 x 150", "263.20", "22", "7312340000503"),
    ("MO-01", "Montering och slipning, timme", "620.00", "0", ""),
];

const CUSTOMERS: [(&str, &str, &str, &str, &str, &str); 4] = [
    ("1001", "Bistro Almgården AB", "Storgatan 14", "582 23", "Linköping", "inkop@almgarden.example"),
    ("1002", "Kök & Härd i Umeå AB", "Rådhusesplanaden 3", "903 28", "Umeå", "order@kokhard.example"),
    ("1003", "Svea Hotell Visby AB", "Hamngatan 1", "621 57", "Visby", "svea@sveahotell.example"),
    ("1004", "Ingrid Nyberg", "Ekvägen 22 B", "141 46", "Huddinge", "ingrid.nyberg@post.example"),
];

/// Fills a company, which must be new or empty. Answers with the ids by number.
pub fn company(visma: &mut Visma, now: Timestamp, key: &str) -> Result<Value, String> {
    let company = visma.add_company(key);
    for (member, value) in [
        ("Name", json!("Härdens Husgeråd AB")),
        ("CorporateIdentityNumber", json!("559900-0143")),
        ("Email", json!("hej@hardens.example")),
        ("Address1", json!("Verkstadsgatan 8")),
        ("PostalCode", json!("632 20")),
        ("City", json!("Eskilstuna")),
    ] {
        company.settings.insert(member.into(), value);
    }
    company.next_order = 1041;
    let mut put = |register: &str, record: Value| visma.put(now, key, register, &record);
    let piece = put("units", json!({"Name": "Styck", "Code": "ST", "Abbreviation": "st"}))?;
    let hour = put("units", json!({"Name": "Timme", "Code": "TIM", "Abbreviation": "tim"}))?;
    let coding = |name: &str, kind: &str| json!({"Name": name, "Type": kind, "VatRatePercent": 25, "IsActive": true});
    let goods = put("articleaccountcodings", coding("Varor 25 %", "Goods"))?;
    let service = put("articleaccountcodings", coding("Tjänster 25 %", "Service"))?;
    put("deliverymethods", json!({"Name": "PostNord Varubrev", "Code": "PNV"}))?;
    put("deliverymethods", json!({"Name": "DHL Service Point", "Code": "DHLSP"}))?;
    put("deliveryterms", json!({"Name": "Fritt kunden", "Code": "DDP"}))?;
    let terms = json!({"Name": "30 dagar netto", "NameEnglish": "30 days net", "NumberOfDays": 30,
        "AvailableForSales": true});
    let terms = put("termsofpayments", terms)?;

    let mut articles = Vec::new();
    for (number, name, net, stock, barcode) in ARTICLES {
        let is_service = barcode.is_empty();
        let record = json!({
            "Number": number, "Name": name, "IsActive": true,
            "UnitId": if is_service { &hour } else { &piece }, "CodingId": if is_service { &service } else { &goods },
            "NetPrice": exact(net), "GrossPrice": gross(net), "StockBalance": exact(stock), "CurrencyCode": "SEK",
            "Barcodes": if is_service { json!([]) } else { json!([{"Barcode": barcode, "BarcodeType": 0}]) },
        });
        articles.push(put("articles", record)?);
    }
    let mut customers = Vec::new();
    for (number, name, street, code, city, mail) in CUSTOMERS {
        let private = number == "1004";
        let record = json!({
            "CustomerNumber": number, "Name": name, "IsPrivatePerson": private, "IsActive": true,
            "InvoiceAddress1": street, "InvoicePostalCode": code, "InvoiceCity": city, "InvoiceCountryCode": "SE",
            "DeliveryCustomerName": name, "DeliveryAddress1": street, "DeliveryPostalCode": code,
            "DeliveryCity": city, "DeliveryCountryCode": "SE", "EmailAddress": mail,
            "ContactPersonMobile": "070-174 06 51", "CurrencyCode": "SEK", "TermsOfPaymentId": terms,
            "SalesDocumentLanguage": "sv",
        });
        customers.push((put("customers", record)?, name, street, code, city));
    }

    let goods_row = |line: i64, article: usize, quantity: &str| {
        let (number, name, price, ..) = ARTICLES[article];
        json!({"LineNumber": line, "ArticleId": articles[article], "ArticleNumber": number, "Text": name,
            "Quantity": exact(quantity), "UnitPrice": exact(price)})
    };
    let text_row = |line: i64, text: &str| json!({"LineNumber": line, "IsTextRow": true, "Text": text});
    let orders = [
        (0, 2, vec![goods_row(1, 6, "24"), goods_row(2, 7, "24")]),
        (
            1,
            2,
            vec![
                goods_row(1, 3, "2"),
                text_row(2, "Graveras med kundens logotyp enligt bifogad skiss."),
                goods_row(3, 9, "1.5"),
            ],
        ),
        (3, 2, vec![goods_row(1, 0, "1"), goods_row(2, 8, "2")]),
        (2, 1, vec![goods_row(1, 2, "4")]),
        (2, 4, vec![goods_row(1, 5, "6"), goods_row(2, 1, "3")]),
    ];
    let mut numbers = Vec::new();
    for (customer, status, mut rows) in orders {
        let (id, name, street, code, city) = &customers[customer];
        if status == 4 {
            rows.iter_mut().for_each(|row| row["DeliveredQuantity"] = row["Quantity"].clone());
        }
        let record = json!({
            "CustomerId": id, "CurrencyCode": "SEK", "Status": status, "Rows": rows,
            "OrderDate": now.strftime("%Y-%m-%dT00:00:00Z").to_string(),
            "DeliveryCustomerName": name, "DeliveryAddress1": street, "DeliveryPostalCode": code,
            "DeliveryCity": city, "DeliveryCountryCode": "SE",
            "InvoiceCustomerName": name, "InvoiceAddress1": street, "InvoicePostalCode": code,
            "InvoiceCity": city, "InvoiceCountryCode": "SE",
            "DeliveryMethodCode": "PNV", "DeliveryMethodName": "PostNord Varubrev",
            "DeliveryTermCode": "DDP", "DeliveryTermName": "Fritt kunden",
            "YourReference": "Inköp", "OurReference": "Maja Ek", "TermsOfPaymentId": terms,
        });
        numbers.push(put("orders", record)?);
    }
    Ok(json!({ "articles": articles, "orders": numbers }))
}

fn exact(text: &str) -> Value {
    super::members::number(text.parse().unwrap_or_default())
}

fn gross(net: &str) -> Value {
    let net: rust_decimal::Decimal = net.parse().unwrap_or_default();
    super::members::number((net * rust_decimal::Decimal::new(125, 2)).round_dp(2))
}
