//! The operator's reads and writes of the tenant table, against an AWS emulator or AWS itself, where `AWS_ENDPOINT_URL`
//! names one.

use bridge::ports::{Item, Put, State as _};
use bridge_aws::state_table::StateTable;
use bridge_aws::tenant_table::TenantTable;
use serde_json::{Value, json};

use crate::account::{Account, with_account};

fn acme(colour: &str) -> Value {
    json!({ "tenant_id": "acme", "erp": { "kind": "visma", "list": [1.50, { "a": colour }] }, "settings": {} })
}

#[test]
fn an_item_is_replaced_and_removed_only_where_nobody_changed_it() {
    with_account(async |account: &Account| {
        let table = TenantTable::new(account.dynamo(), account.table("tenant_id", None).await);
        assert!(table.stored("acme").await.unwrap().is_none());
        assert_eq!(table.put(&acme("red"), None).await, Ok(Put::Done));
        assert_eq!(table.put(&acme("blue"), None).await, Ok(Put::Conflict), "there is one by now");
        let read = table.stored("acme").await.unwrap().unwrap();
        assert_eq!(table.put(&acme("green"), Some(&read)).await, Ok(Put::Done));
        assert_eq!(table.put(&acme("blue"), Some(&read)).await, Ok(Put::Conflict), "it is green by now");
        assert_eq!(table.remove(&read).await, Ok(Put::Conflict));
        let read = table.stored("acme").await.unwrap().unwrap();
        assert_eq!(read.item().unwrap()["erp"]["list"][1]["a"], "green");
        assert_eq!(table.enable("acme", false).await, Ok(Put::Done));
        assert_eq!(table.put(&acme("blue"), Some(&read)).await, Ok(Put::Conflict), "a member is new");
        let read = table.stored("acme").await.unwrap().unwrap();
        let mut paused = acme("green");
        paused["enabled"] = json!(false);
        assert_eq!(read.item().unwrap(), paused, "the rest is untouched");
        assert_eq!(table.remove(&read).await, Ok(Put::Done));
        assert!(table.all().await.unwrap().is_empty());
        assert_eq!(table.enable("acme", true).await, Ok(Put::Conflict), "nothing is made by switching it on");
    });
}

#[test]
fn all_items_come_in_order_whatever_is_in_them() {
    with_account(async |account: &Account| {
        let table = TenantTable::new(account.dynamo(), account.table("tenant_id", None).await);
        for id in ["b", "c", "a"] {
            table.put(&json!({ "tenant_id": id, "erp": 7 }), None).await.unwrap();
        }
        let ids: Vec<_> = table.all().await.unwrap().iter().map(|stored| stored.tenant_id().to_owned()).collect();
        assert_eq!(ids, ["a", "b", "c"]);
    });
}

#[test]
fn the_numbers_of_a_ledger_come_without_its_records() {
    with_account(async |account: &Account| {
        let table = StateTable::new(account.dynamo(), account.state_table().await);
        for (sk, number) in [("ledger#orders#1", "10023"), ("ledger#orders#2", "10024"), ("back#shipments#9", "10023")]
        {
            let item = Item {
                pk: "tenant#acme".into(),
                sk: sk.into(),
                rev: 1,
                body: json!({ "number": number }),
                expires: None,
            };
            table.put(item).await.unwrap();
        }
        let pair = |sk: &str, number: &str| (sk.to_owned(), number.to_owned());
        assert_eq!(
            table.numbers("tenant#acme", "ledger#").await.unwrap(),
            [pair("ledger#orders#1", "10023"), pair("ledger#orders#2", "10024")]
        );
        assert_eq!(table.numbers("tenant#acme", "back#").await.unwrap(), [pair("back#shipments#9", "10023")]);
        assert!(table.numbers("tenant#other", "ledger#").await.unwrap().is_empty());
    });
}
