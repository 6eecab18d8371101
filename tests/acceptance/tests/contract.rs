//! What goes out is what Ongoing's own specification declares. The vendors' documents are not kept here: where they lie
//! beside the checkout they are used, else the check says that it was left out.

use acceptance::rows;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use simulators::spec;

#[test]
fn every_body_is_valid_against_ongoings_schema() {
    let Some(folder) = spec::folder() else {
        println!("left out: the vendors' documents are not here");
        return;
    };
    let text = std::fs::read_to_string(folder.join("ongoing-openapi.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut checked = 0;
    for kind in Kind::ALL {
        for section in rows::document(kind).unwrap().sections {
            let schema = match section.feed {
                Feed::Articles | Feed::Suppliers => "PostArticleModel",
                Feed::Orders => "PostOrderModel",
                Feed::PurchaseOrders => "PostPurchaseOrderModel",
            };
            for name in &section.fixtures {
                let source = rows::fixture(kind, name).unwrap();
                let body = rows::body(kind, section.feed, &source).unwrap();
                // Ongoing takes plain dates here, as its own examples show (Ongoing sheet, section 1.6).
                let plain_date = |fault: &String| {
                    ["/deliveryDate:", "/inDate:"].iter().any(|at| fault.starts_with(at))
                        && fault.ends_with(r#"is no "date-time""#)
                };
                let faults: Vec<String> =
                    spec::check(&document, schema, &body).into_iter().filter(|fault| !plain_date(fault)).collect();
                assert!(faults.is_empty(), "{kind} {name}:\n{}", faults.join("\n"));
                checked += 1;
            }
        }
    }
    assert!(checked >= Kind::ALL.len() * 2);
}
