use super::*;
use crate::finago::COMPANY;

fn with_companies() -> Caller {
    let mut caller = small_shop();
    caller.put(
        Kind::Company,
        json!({
            "Id": 6, "Name": "Leverandør AS", "Type": "Supplier", "OrganizationNumber": "911", "ExternalId": "L6",
            "PhoneNumbers": { "Work": { "Value": "+4711" } }, "EmailAddresses": { "Invoice": { "Value": "a@b.example" } },
            "Addresses": { "Post": { "Street": "Gata 1", "PostalArea": "OSLO" } },
        }),
    );
    caller
}

fn get(caller: &mut Caller, search: &str, names: &[&str]) -> Element {
    let names = strings(names);
    let content = format!("<searchParams>{search}</searchParams><returnProperties>{names}</returnProperties>");
    caller.ok(COMPANY, "GetCompanies", &content)
}

#[test]
fn customers_and_suppliers_come_together() {
    let mut caller = with_companies();
    let found = get(&mut caller, "<ChangedAfter>2026-02-03T09:00:00</ChangedAfter>", &["Id", "Type", "DateChanged"]);
    assert_eq!(sorted(column(&found, "Type")), ["Business", "Supplier"]);
    assert_eq!(column(&found, "DateChanged"), ["2026-02-03T10:00:00", "2026-02-03T10:00:00"]);
    assert!(get(&mut caller, "<ChangedAfter>2026-02-03T10:00:00</ChangedAfter>", &["Id"]).children.is_empty());
}

#[test]
fn every_filter_finds_its_company() {
    let mut caller = with_companies();
    for search in [
        "<ExternalId>L6</ExternalId>",
        "<CompanyId>6</CompanyId>",
        "<CompanyIds><int>6</int><int>7</int></CompanyIds>",
        "<CompanyName>Leverandør AS</CompanyName>",
        "<CompanyEmail>a@b.example</CompanyEmail>",
        "<CompanyPhone>+4711</CompanyPhone>",
        "<OrganizationNumber>911</OrganizationNumber>",
    ] {
        assert_eq!(column(&get(&mut caller, search, &["Id"]), "Id"), ["6"], "{search}");
    }
}

#[test]
fn phones_addresses_and_mails_are_nested() {
    let mut caller = with_companies();
    let found = get(&mut caller, "<CompanyId>6</CompanyId>", &["Addresses", "PhoneNumbers", "EmailAddresses"]);
    let company = &found.children[0];
    assert_eq!(company.at(&["PhoneNumbers", "Work", "Value"]).unwrap().text, "+4711");
    assert_eq!(company.at(&["EmailAddresses", "Invoice", "Value"]).unwrap().text, "a@b.example");
    assert_eq!(company.at(&["Addresses", "Post", "PostalArea"]).unwrap().text, "OSLO");
    assert!(company.at(&["Addresses", "Post", "City"]).is_none());
}

#[test]
fn the_sync_list_has_pages_from_one() {
    let mut caller = Caller::new();
    caller.finago.rules.companies_per_page = 2;
    for id in 1..6 {
        caller.put(Kind::Company, json!({ "Id": id, "Name": "x" }));
    }
    caller.identity().record_mut(Kind::Company, 3).unwrap().active = false;
    let nil = r#"<Active xsi:nil="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>"#;
    let mut seen = Vec::new();
    for page in 1..=3 {
        let content = format!("<syncSearchParameters><Page>{page}</Page>{nil}</syncSearchParameters>");
        let answer = caller.ok(COMPANY, "GetCompanySyncList", &content);
        assert_eq!(answer.child("TotalPages").unwrap().text, "3");
        assert_eq!(answer.child("TotalItems").unwrap().text, "5");
        assert_eq!(answer.child("CurrentPage").unwrap().text, page.to_string());
        seen.extend(column(answer.child("Items").unwrap(), "CompanyId"));
    }
    assert_eq!(sorted(seen), ["1", "2", "3", "4", "5"]);
    let content = "<syncSearchParameters><Active>false</Active></syncSearchParameters>";
    let answer = caller.ok(COMPANY, "GetCompanySyncList", content);
    assert_eq!(column(answer.child("Items").unwrap(), "CompanyId"), ["3"]);
    let without = "<syncSearchParameters><Page>1</Page></syncSearchParameters>";
    assert!(caller.fault(COMPANY, "GetCompanySyncList", without).1.contains("'Active' is missing"));
}
