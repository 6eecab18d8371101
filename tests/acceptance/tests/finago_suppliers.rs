//! Finago Office: suppliers, which travel with articles.

use std::time::Duration;

use acceptance::shops::Shop;
use acceptance::shops::finago::FinagoShop;
use acceptance::world::{World, tenant};
use bridge::words::kind::Kind;
use serde_json::json;
use simulators::finago::Kind as Table;

const SHOP: FinagoShop = FinagoShop;

#[tokio::test(start_paused = true)]
async fn suppliers_travel_with_the_articles_that_refer_to_them() {
    let world = World::new();
    SHOP.onboard(&world, json!({"filters": [{"feed": "suppliers", "path": "/Type", "in": ["Supplier"]}]}));
    let mut item =
        tenant("acme", Kind::Finago, json!({"filters": [{"feed": "suppliers", "path": "/Type", "in": ["Supplier"]}]}));
    item["processes"] = json!({"suppliers": true});
    let supplier = json!({"Id": 601, "Name": "Weaver AS", "Type": "Supplier",
        "Addresses": {"Post": {"Street": "Mill Road 4", "PostalCode": "6800", "PostalArea": "FØRDE", "Country": "NO"}}});
    FinagoShop::put(&world, Table::Company, &supplier);
    for n in 0..3 {
        SHOP.put_article(&world, n, "Article");
    }
    let refers = |n: usize, id: i64| {
        FinagoShop::change(&world, Table::Product, FinagoShop::product(n), &json!({"SupplierId": id}))
    };
    refers(0, 601);
    refers(1, 601);
    // A customer is no supplier by the tenant's filter.
    refers(2, 500);

    // Switched off, nothing of it is sent; switched on, what refers to a supplier is sent again.
    world.tick(Kind::Finago).await;
    assert_eq!(FinagoShop::article(&world, 0).unwrap().get("supplierInfo"), None);
    world.memory.tenant(item);
    // Beyond the overlap of the articles themselves.
    world.wait(Duration::from_secs(5 * 3600)).await;
    let writes = world.writes();
    world.tick(Kind::Finago).await;
    assert_eq!(world.writes(), writes + 2);
    let info = FinagoShop::article(&world, 0).unwrap()["supplierInfo"].clone();
    assert_eq!(info["supplierNumber"], "601");
    assert_eq!(info["supplierName"], "Weaver AS");
    assert_eq!(info["advanced"]["supplierAddress"]["city"], "FØRDE");
    assert_eq!(FinagoShop::article(&world, 2).unwrap().get("supplierInfo"), None);

    // A change of the supplier alone.
    world.wait(Duration::from_secs(5 * 3600)).await;
    FinagoShop::change(&world, Table::Company, 601, &json!({"Name": "Weaver & Sons AS"}));
    world.tick(Kind::Finago).await;
    assert_eq!(world.writes(), writes + 4);
    assert_eq!(FinagoShop::article(&world, 1).unwrap()["supplierInfo"]["supplierName"], "Weaver & Sons AS");
    for _ in 0..3 {
        world.tick(Kind::Finago).await;
    }
    assert_eq!(world.writes(), writes + 4);

    // Once the overlap is over, a quiet tick lists no products for the supplier.
    world.wait(Duration::from_secs(5 * 3600)).await;
    world.tick(Kind::Finago).await;
    let (products, companies) = (FinagoShop::calls(&world, "GetProducts"), FinagoShop::calls(&world, "GetCompanies"));
    world.tick(Kind::Finago).await;
    // What changed, by number; what changed last has settled, and is not read once more.
    assert_eq!(
        (FinagoShop::calls(&world, "GetProducts") - products, FinagoShop::calls(&world, "GetCompanies") - companies),
        (1, 1)
    );
    FinagoShop::assert_described(&world);
}

#[tokio::test(start_paused = true)]
async fn a_crash_while_a_supplier_changes_loses_nothing() {
    let story = async || {
        let world = World::new();
        SHOP.onboard(&world, json!({}));
        let mut item = tenant("acme", Kind::Finago, json!({}));
        item["processes"] = json!({"suppliers": true});
        world.memory.tenant(item);
        FinagoShop::put(&world, Table::Company, &json!({"Id": 601, "Name": "Before"}));
        SHOP.put_article(&world, 0, "Article");
        FinagoShop::change(&world, Table::Product, FinagoShop::product(0), &json!({"SupplierId": 601}));
        world.tick(Kind::Finago).await;
        world.wait(Duration::from_secs(5 * 3600)).await;
        FinagoShop::change(&world, Table::Company, 601, &json!({"Name": "After"}));
        world
    };
    let world = story().await;
    world.steps.plan(None);
    world.tick(Kind::Finago).await;
    let (steps, writes) = (world.steps.taken(), world.writes());
    assert!(steps > 20, "{steps}");
    for step in 0..steps {
        let world = story().await;
        world.steps.plan(Some(step));
        world.tick(Kind::Finago).await;
        world.steps.plan(None);
        world.tick(Kind::Finago).await;
        assert_eq!(
            FinagoShop::article(&world, 0).unwrap()["supplierInfo"]["supplierName"],
            "After",
            "crash at step {step}"
        );
        assert!(world.writes() <= writes + 1, "crash at step {step}: {} writes", world.writes());
    }
}

#[test]
fn the_fixture_with_a_supplier_is_the_product_and_the_company() {
    let fixture = |name: &str| acceptance::rows::fixture(Kind::Finago, name).unwrap();
    let mut product = fixture("product");
    assert_eq!(product["SupplierId"], fixture("company")["Id"]);
    product["Supplier"] = fixture("company");
    assert_eq!(product, fixture("product-with-supplier"));
}
