//! What logins and our own writes are answered with drifts as records do.

use acceptance::shops::{self, Shop, article_number};
use acceptance::world::deployment::{RECONCILE, pull_of};
use acceptance::world::{Pump, Site, World};
use bridge::state::schema_drift;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::{Calls, Drift, poweroffice};

use crate::{HOUR, Place, alarmed, in_the_warehouse, journey, met, open, told};

fn of(calls: Calls, drift: Drift) -> Drift {
    Drift::Of(calls, Box::new(drift))
}

/// The drifts of a site's logins and of its writes, each with the place at which it has to be told.
fn drifts(site: Site) -> Vec<(Drift, Place)> {
    use Calls::{Logins, Writes};
    match site {
        Site::PowerOffice => vec![
            (of(Logins, Drift::Gone("expires_in")), ("member_gone", "POST OAuth/Token /expires_in", false)),
            (of(Logins, Drift::Word("token_type")), ("unknown_word", "POST OAuth/Token /token_type", false)),
            (Drift::Status("/OAuth/Token", 418), ("unknown_status", "POST OAuth/Token 418", false)),
            (of(Writes, Drift::Gone("StockOnHand")), ("member_gone", "PATCH Products/* /StockOnHand", true)),
        ],
        Site::Finago => vec![
            (of(Logins, Drift::Members("LoginResult")), ("other_type", "Login", true)),
            (of(Writes, Drift::Gone("OrderId")), ("member_gone", "SaveInvoices /InvoiceOrder/*/OrderId", true)),
            (of(Writes, Drift::Word("SetStockQuantityResult")), ("unknown_word", "SetStockQuantity", true)),
        ],
        Site::Procountor => vec![
            (of(Logins, Drift::Gone("expires_in")), ("member_gone", "POST oauth/token /expires_in", false)),
            (Drift::Status("/oauth/token", 418), ("unknown_status", "POST oauth/token 418", false)),
            (of(Writes, Drift::Gone("message")), ("member_gone", "PUT invoices/*/send /message", false)),
        ],
        Site::Visma => vec![
            (of(Logins, Drift::Gone("expires_in")), ("member_gone", "POST connect/token /expires_in", false)),
            (of(Logins, Drift::Word("token_type")), ("unknown_word", "POST connect/token /token_type", false)),
            (Drift::Status("/connect/token", 418), ("unknown_status", "POST connect/token 418", false)),
            (of(Writes, Drift::Members("CurrencyCode")), ("other_type", "PUT orders/* /CurrencyCode", false)),
            (of(Writes, Drift::Gone("Number")), ("member_gone", "PUT articles/* /Number", true)),
        ],
        Site::Ongoing => vec![
            (of(Writes, Drift::Gone("orderId")), ("member_gone", "PUT orders /orderId", false)),
            (of(Writes, Drift::Members("message")), ("other_type", "PUT articles /message", false)),
        ],
    }
}

/// Products that keep stock, and no session or token that anybody has.
fn ready(world: &World, kind: Kind) {
    match kind {
        Kind::PowerOffice => {
            let keeps = |product: &mut Value| product["IsStockItem"] = json!(true);
            let mut erp = world.vendors.poweroffice.borrow_mut();
            erp.model.client("client-key-acme").change(world.now(), poweroffice::Kind::Product, "7000", keeps);
            erp.model.forget_tokens();
        }
        Kind::Finago => drop(world.vendors.finago.borrow_mut().model.expire_sessions()),
        Kind::Procountor | Kind::Visma => {}
    }
    world.new_process();
}

#[tokio::test(start_paused = true)]
async fn logins_and_writes_are_looked_at_as_records_are() {
    let mut journeys = 0;
    for shop in shops::all() {
        let shop: &dyn Shop = shop.as_ref();
        for site in [shop.site(), Site::Ongoing] {
            let system = if site == Site::Ongoing { "ongoing" } else { shop.kind().word() };
            for (drift, (kind, path, required)) in drifts(site) {
                let what = format!("{} {site:?} {drift:?}", shop.kind());
                let world = open(shop).await;
                assert_eq!(met(&world).await, [], "{what}: before");
                ready(&world, shop.kind());
                // Tokens live an hour.
                world.wait(2 * HOUR).await;
                world.site(site).drift(Some(drift));
                journey(shop, &world).await;
                let all = told(&world, system).await;
                assert!(all.contains(&(kind, path.to_owned(), required)), "{what}: {all:?}");
                let any_required = all.iter().any(|(.., required)| *required);
                assert_eq!(alarmed(&world) > 0, any_required, "{what}: {all:?}");
                for item in world.memory.items(schema_drift::PK, "") {
                    // Once a day: what nobody can log in for comes again for days.
                    assert_eq!(item.body["days"], item.rev, "{what}: {}", item.sk);
                    assert!(!item.body.to_string().contains("Novelty"), "{what}: {}", item.body);
                }
                // When it is over, all goes on.
                world.site(site).drift(None);
                shop.put_article(&world, 3, "Chair");
                let order = shop.put_order(&world, 3, &[0]);
                Pump::new(&world).scheduled([pull_of(shop.kind()), RECONCILE]).run(26 * HOUR).await;
                assert!(in_the_warehouse(&world, &article_number(3), "articles", "articleNumber"), "{what}");
                let entry = world.find("acme", Feed::Orders, &order);
                assert!(in_the_warehouse(&world, &order, "orders", "orderNumber"), "{what}: {entry:?}");
                journeys += 1;
            }
        }
    }
    println!("figure: 12 | {journeys} journeys under a drift of logins or writes, each told by call and member");
}
