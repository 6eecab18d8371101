//! What a user does in Finago Office's own screens.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::model::{Identity, Kind};
use super::{Finago, codec, demo};

/// Carries out an action. `identity` in the arguments names the company, the first one when left out.
pub(super) fn act(finago: &mut Finago, now: Timestamp, action: &str, args: &Value) -> Result<Value, String> {
    match action {
        "expire_sessions" => return Ok(json!({ "ended": finago.expire_sessions() })),
        "demo_company" => return demo::company(finago, now, args),
        "counts" => {
            let counts = &finago.counts;
            return Ok(json!({ "logins": counts.logins, "calls": counts.calls, "ignored": counts.ignored }));
        }
        _ => {}
    }
    let id = args.get("identity").and_then(Value::as_str).map(str::to_ascii_lowercase);
    let id = id.or_else(|| finago.identities.keys().next().cloned()).ok_or("there is no company")?;
    let identity = finago.identities.get_mut(&id).ok_or_else(|| format!("no identity {id}"))?;
    let given = |name: &str| args.get(name).ok_or_else(|| format!("{name} is missing"));
    let number = || {
        let id = args.get("id").ok_or("id is missing")?;
        id.as_i64().or_else(|| id.as_str()?.parse().ok()).ok_or("id is not a number")
    };
    let done = |id: i64| Ok(json!({ "id": id }));
    match action {
        "put_product" => done(identity.put(Kind::Product, given("product")?, now)?),
        "put_company" => done(identity.put(Kind::Company, given("company")?, now)?),
        "put_order" => done(identity.put(Kind::Order, given("order")?, now)?),
        "rename_product" => change(identity, now, Kind::Product, number()?, &json!({ "Name": given("name")? })),
        "change_product" => change(identity, now, Kind::Product, number()?, given("members")?),
        "change_company" => change(identity, now, Kind::Company, number()?, given("members")?),
        "change_order" => change_order(identity, now, number()?, given("members")?),
        "confirm_order" => change_order(identity, now, number()?, &json!({ "OrderStatus": "Confirmed" })),
        "cancel_order" => change_order(identity, now, number()?, &json!({ "OrderStatus": "Inactive" })),
        "invoice_order" => {
            let id = number()?;
            let members = json!({ "OrderStatus": "Invoiced", "InvoiceId": (id + 50_000).to_string() });
            change_order(identity, now, id, &members)
        }
        "delete_product" => Ok(json!({ "deleted": identity.delete(Kind::Product, number()?) })),
        "delete_order" => Ok(json!({ "deleted": identity.delete(Kind::Order, number()?) })),
        "delete_company" => Ok(json!({ "deleted": identity.delete(Kind::Company, number()?) })),
        "state" => Ok(state(identity)),
        other => Err(format!("no action {other}")),
    }
}

fn change(identity: &mut Identity, now: Timestamp, kind: Kind, id: i64, members: &Value) -> Result<Value, String> {
    identity.change(kind, id, members, now)?;
    Ok(json!({ "id": id }))
}

/// An invoiced order is closed to the screens as well.
fn change_order(identity: &mut Identity, now: Timestamp, id: i64, members: &Value) -> Result<Value, String> {
    let invoiced = |order: &Value| codec::text(order, "OrderStatus").starts_with("Invoiced");
    if identity.record(Kind::Order, id).is_some_and(|record| invoiced(&record.body)) {
        return Err(format!("order {id} is invoiced"));
    }
    change(identity, now, Kind::Order, id, members)
}

fn state(identity: &Identity) -> Value {
    let list = |kind: Kind| {
        let mut records = identity.records(kind);
        records.sort_by_key(|(id, _)| *id);
        records.into_iter().map(|(_, record)| record.shown()).collect::<Vec<_>>()
    };
    let effects = &identity.effects;
    json!({
        "identity": identity.id,
        "client": identity.client_name,
        "products": list(Kind::Product),
        "orders": list(Kind::Order),
        "companies": list(Kind::Company),
        "effects": {
            "goods_issues": effects.goods_issues.iter()
                .map(|(order, product, quantity)| json!({ "order": order, "product": product, "quantity": quantity.to_string() }))
                .collect::<Vec<_>>(),
            "stock_writes": effects.stock_writes.iter()
                .map(|(product, quantity)| json!({ "product": product, "quantity": quantity.to_string() }))
                .collect::<Vec<_>>(),
            "status_changes": effects.status_changes.iter()
                .map(|(order, from, to)| json!({ "order": order, "from": from, "to": to }))
                .collect::<Vec<_>>(),
            "orders_made": effects.orders_made,
            "mails": effects.mails,
            "refusals": effects.refusals,
        },
    })
}
