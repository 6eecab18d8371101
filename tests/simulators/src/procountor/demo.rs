//! A Finnish wholesaler of coffee gear, small enough to read.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Procountor;
use super::records::Kind;

const PRODUCTS: [(&str, &str, &str, &str, &str); 10] = [
    ("SALES", "KP-1001", "Kahvipapu tumma paahto 1 kg", "KILOGRAM", "18.90"),
    ("SALES", "KP-1002", "Kahvipapu vaalea paahto 1 kg", "KILOGRAM", "17.50"),
    ("SALES", "SU-2001", "Suodatinpussi nro 4, 100 kpl", "LOT", "4.25"),
    ("SALES", "KM-3001", "Käsikahvimylly, teräs", "PIECE", "64.00"),
    ("SALES", "PA-3002", "Pannu 0,8 l, lasi", "PIECE", "39.90"),
    ("SALES", "MU-4001", "Muki 3 dl, harmaa", "PIECE", "11.60"),
    ("SALES", "MU-4002", "Muki 3 dl, sininen, kuuden sarja", "SIX_PACK", "62.00"),
    ("PURCHASE", "KM-3001", "Hand grinder, steel", "PIECE", "31.20"),
    ("PURCHASE", "PA-3002", "Glass pot 0.8 l", "PIECE", "17.85"),
    ("PURCHASE", "SA-9001", "Green coffee, sack 60 kg", "SACK", "312.00"),
];

const BUYERS: [[&str; 6]; 5] = [
    ["Kahvila Aamurusko Oy", "Satamakatu 12", "33200", "TAMPERE", "FINLAND", "tilaukset@aamurusko.example"],
    ["Ravintola Myrskylintu Oy", "Rantatie 4 B", "00150", "HELSINKI", "FINLAND", "keittio@myrskylintu.example"],
    ["Kohvik Tuulik OÜ", "Pikk 31", "10133", "TALLINN", "ESTONIA", "info@tuulik.example"],
    ["Östra Kafferosteriet AB", "Storgatan 8", "90326", "UMEÅ", "SWEDEN", "order@ostra.example"],
    ["Hotelli Kaarna Oy", "Asemakuja 1", "90100", "OULU", "FINLAND", "osto@kaarna.example"],
];

fn number(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

impl Procountor {
    /// A believable company: ten products (three of them for purchase), four sales orders, one offer, two purchase orders.
    /// Returns its id.
    ///
    /// # Errors
    /// None, as long as the data here is sound.
    pub fn demo_company(&mut self, now: Timestamp, name: &str) -> Result<i64, String> {
        let company = self.add_company(now, name);
        let mut products = Vec::new();
        for (product_type, code, name, unit, price) in PRODUCTS {
            let product = json!({
                "type": product_type, "code": code, "name": name, "unit": unit, "price": number(price), "vat": number("25.5"),
                "defaultAccount": if product_type == "SALES" { "3000" } else { "4000" },
            });
            products.push(self.put(now, company, Kind::Product, product)?);
        }
        // Buyer, rows as (product, quantity, discount percent), and what differs from document to document.
        let orders = [
            (0, vec![(0, "12", "0"), (2, "4", "0")], json!({ "deliveryInstructions": "Toimitus takaovelle." })),
            (1, vec![(3, "2", "10"), (4, "6", "0"), (5, "24", "5")], json!({ "notes": "Soitettu 3.11., kiireinen." })),
            (2, vec![(1, "7.5", "0")], json!({ "status": "NOT_SENT", "language": "ESTONIAN" })),
            (3, vec![(6, "3", "0"), (5, "10", "0")], json!({ "invoiceChannel": "NO_SENDING", "language": "SWEDISH" })),
            (4, vec![(3, "40", "15")], json!({ "isOffer": true })),
        ];
        for (index, (buyer, rows, extra)) in orders.into_iter().enumerate() {
            let rows = self.demo_rows(now, company, &products, &rows);
            let order = demo_invoice("SALES_ORDER", &BUYERS[buyer], &format!("PO-{}", 5501 + index), rows, extra);
            self.put(now, company, Kind::Invoice, order)?;
        }
        let seller = ["Steelgrind GmbH", "Hafenstrasse 9", "20457", "HAMBURG", "GERMANY", "sales@steelgrind.example"];
        for (index, rows) in [vec![(7, "50", "0"), (8, "80", "0")], vec![(9, "6", "2")]].into_iter().enumerate() {
            let rows = self.demo_rows(now, company, &products, &rows);
            let extra = json!({ "deliveryMethod": "FREIGHT", "language": "ENGLISH" });
            let order = demo_invoice("PURCHASE_ORDER", &seller, &format!("SG-{}", 88 + index), rows, extra);
            self.put(now, company, Kind::Invoice, order)?;
        }
        Ok(company)
    }

    pub(super) fn act_demo(&mut self, now: Timestamp, args: &Value) -> Result<Value, String> {
        let company = self.demo_company(now, args["name"].as_str().unwrap_or("Pohjolan Kahvitarvike Oy"))?;
        self.hand_over(company, args)
    }

    fn demo_rows(&self, now: Timestamp, company: i64, products: &[i64], rows: &[(usize, &str, &str)]) -> Vec<Value> {
        let row = |&(product, quantity, discount): &(usize, &str, &str)| {
            let product = self.companies.get(&company)?.record(now, Kind::Product, products[product])?;
            Some(json!({
                "productId": product["id"], "product": product["name"], "productCode": product["code"],
                "quantity": number(quantity), "unit": product["unit"], "unitPrice": product["price"],
                "discountPercent": number(discount), "vatPercent": product["vat"],
            }))
        };
        rows.iter().filter_map(row).collect()
    }
}

fn demo_invoice(invoice_type: &str, party: &[&str; 6], reference: &str, rows: Vec<Value>, extra: Value) -> Value {
    let [name, street, zip, city, country, email] = *party;
    let mut invoice = json!({
        "type": invoice_type,
        "orderReference": reference,
        "language": "FINNISH",
        "counterParty": {
            "customerNumber": format!("C-{zip}"),
            "email": email,
            "counterPartyAddress": { "name": name, "street": street, "zip": zip, "city": city, "country": country },
        },
        "invoiceRows": rows,
    });
    if let (Some(invoice), Value::Object(extra)) = (invoice.as_object_mut(), extra) {
        invoice.extend(extra);
    }
    invoice
}
