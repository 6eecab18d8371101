//! Setting an order's state changes its state.

use acceptance::shops::{FinagoShop, Shop, article_number};
use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::finago::Kind as Table;

use crate::scene::open;

fn order(world: &acceptance::world::World) -> Value {
    let mut erp = world.vendors.finago.borrow_mut();
    let state = simulators::Simulator::act(&mut erp.model, world.now(), "state", &json!({})).unwrap();
    state["orders"].as_array().unwrap().iter().find(|order| order["OrderId"] == "20001").unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn every_other_member_of_an_order_of_finago_stays_as_it_was() {
    for set in [
        json!({}),
        json!({"Distributor": "Manual", "SendToFactoring": "false", "GLNNumber": "7080001234567"}),
        json!({"Distributor": "Auto", "SendToFactoring": "true", "GLNNumber": ""}),
    ] {
        let world = open(Kind::Finago, json!({})).await;
        FinagoShop::change(&world, Table::Company, 501, &json!({"GlnNumber": "7080009999999"}));
        let number = FinagoShop.put_order(&world, 1, &[0]);
        FinagoShop::change(&world, Table::Order, 20_001, &set);
        world.tick(Kind::Finago).await;
        world.reconcile().await;
        world.warehouse("count", &json!({"articleNumber": article_number(0), "numberOfItems": 10}));
        world.warehouse("ship", &json!({"orderNumber": number}));
        let mut before = order(&world);
        world.reconcile().await;
        let mut after = order(&world);
        assert_eq!((&before["OrderStatus"], &after["OrderStatus"]), (&json!("Confirmed"), &json!("OrderState_Sent")));
        for order in [&mut before, &mut after] {
            let members = order.as_object_mut().unwrap();
            members.retain(|name, _| !["OrderStatus", "DateChanged"].contains(&name.as_str()));
            // What is empty is not set.
            members.retain(|_, value| !value.is_null() && value != "");
        }
        // The default says the same as nothing.
        before["Distributor"] = before.get("Distributor").cloned().unwrap_or_else(|| json!("Default"));
        assert_eq!(before, after, "{set}");
    }
}
