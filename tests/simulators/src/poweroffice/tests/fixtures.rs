use std::collections::BTreeMap;
use std::path::Path;

use super::*;
use crate::poweroffice::Kind;
use crate::spec;

const INVOICE_FILES: [&str; 2] = ["invoice-mail.json", "invoice-street.json"];

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn fixture(name: &str) -> Value {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/poweroffice").join(name))
}

/// The vendor's document; `None`, and said so, where it is not at hand.
fn vendor_spec() -> Option<Value> {
    let Some(folder) = spec::folder() else {
        println!("left out: the vendor's OpenAPI document is not on this machine");
        return None;
    };
    Some(read(&folder.join("poweroffice-go-openapi.json")))
}

fn take(record: &mut Value, member: &str) -> Value {
    record.as_object_mut().unwrap().remove(member).unwrap()
}

/// No member unknown, none of a wrong type, none absent.
fn fits(spec: &Value, schema: &str, record: &Value) {
    assert_eq!(spec::check(spec, schema, record), Vec::<String>::new(), "{schema}");
    assert_eq!(spec::missing(spec, schema, record), Vec::<String>::new(), "{schema}");
}

#[test]
fn fixtures_have_every_member_the_vendor_documents() {
    let Some(spec) = vendor_spec() else { return };
    for name in ["product.json", "product-inherited.json"] {
        let mut product = fixture(name);
        fits(&spec, "ProductGroupDto", &take(&mut product, "ProductGroup"));
        fits(&spec, "ProductDto", &product);
    }
    for name in INVOICE_FILES {
        let mut invoice = fixture(name);
        for line in take(&mut invoice, "Lines").as_array().unwrap() {
            fits(&spec, "OutgoingInvoiceLineDto", line);
        }
        let customer = take(&mut invoice, "Customer");
        fits(&spec, "ContactAddressDto", &customer["MailAddress"]);
        fits(&spec, "CustomerDto", &customer);
        for address in take(&mut invoice, "ContactDeliveryAddresses").as_array().unwrap() {
            fits(&spec, "ContactDeliveryAddressDto", address);
        }
        fits(&spec, "OutgoingInvoiceDto", &invoice);
    }
}

#[test]
fn what_the_simulator_answers_has_every_member_the_vendor_documents() {
    let Some(spec) = vendor_spec() else { return };
    let mut desk = Desk::new();
    desk.model.act(desk.now, "demo_company", &serde_json::json!({"client_key": "berg"})).unwrap();
    for (target, schema) in [
        (PRODUCTS, "ProductDto"),
        ("/v2/ProductGroups", "ProductGroupDto"),
        (INVOICES, "OutgoingInvoiceDto"),
        ("/v2/Customers", "CustomerDto"),
        ("/v2/ContactDeliveryAddresses", "ContactDeliveryAddressDto"),
        ("/v2/DeliveryTerms", "DeliveryTermDto"),
    ] {
        for row in desk.rows(target) {
            fits(&spec, schema, &row);
        }
    }
    for row in desk.rows(INVOICES) {
        for line in desk.rows(&format!("{INVOICES}/{}/Lines", row["Id"].as_str().unwrap())) {
            fits(&spec, "OutgoingInvoiceLineDto", &line);
        }
    }
    fits(&spec, "ClientIntegrationInformationDto", &body(&desk.get("/v2/ClientIntegrationInformation")));
}

/// A mapping that takes the wrong member must not pass by chance.
#[test]
fn values_of_a_fixture_differ_from_each_other() {
    let linked = ["ContactId", "Id", "CustomerId", "CustomerNo", "Number", "ProductGroupId", "LineType", "ProductType"];
    let linked = |path: &str| linked.iter().any(|name| path.ends_with(&format!("/{name}")));
    for name in ["product.json", INVOICE_FILES[0], INVOICE_FILES[1]] {
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        visit(&fixture(name), "", &mut |path, value| {
            let code = path.ends_with("/ProductGroup/Code");
            let delivery = path.ends_with("ReminderDeliveryType");
            if linked(path) || code || delivery {
                return;
            }
            if let Some(other) = seen.insert(value.to_owned(), path.to_owned()) {
                panic!("{name}: {value} is at {other} and at {path}");
            }
        });
    }
}

fn visit(value: &Value, path: &str, found: &mut dyn FnMut(&str, &str)) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| visit(value, &format!("{path}/{name}"), found));
        }
        Value::Array(items) => items.iter().for_each(|value| visit(value, path, found)),
        Value::String(text) if !text.is_empty() => found(path, text),
        Value::Number(number) if !["0", "0.0", "1", "2"].contains(&number.to_string().as_str()) => {
            found(path, &number.to_string());
        }
        _ => {}
    }
}

#[test]
fn fixtures_can_be_put_into_a_company() {
    let mut desk = Desk::new();
    let now = desk.now;
    desk.berg().put_product(now, fixture("product.json")).unwrap();
    assert_eq!(desk.berg().get(Kind::ProductGroup, "48210").unwrap()["Code"], "VERK-7");
    for name in INVOICE_FILES {
        let wanted = fixture(name);
        let id = desk.berg().put_whole_invoice(now, wanted.clone()).unwrap()["Id"].as_str().unwrap().to_owned();
        assert_eq!(desk.rows(&format!("{INVOICES}/{id}/Lines")).len(), 3);
        let customer = body(&desk.get(&format!("/v2/Customers/{}", wanted["CustomerId"])));
        assert_eq!(customer["PhoneNumber"], wanted["Customer"]["PhoneNumber"]);
        let addresses = desk.rows(&format!("/v2/ContactDeliveryAddresses?contactIds={}", wanted["CustomerId"]));
        assert_eq!(names(&addresses, "Id"), names(wanted["ContactDeliveryAddresses"].as_array().unwrap(), "Id"));
    }
}
