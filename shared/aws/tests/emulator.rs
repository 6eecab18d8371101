//! The ports against an AWS emulator, or AWS itself, where `AWS_ENDPOINT_URL` names one; left out where none is named.

mod account;
mod tenant_table;

use std::time::Duration;

use std::rc::Rc;

use account::{Account, ManualClock, envelope, with_account};
use bridge::ports::{Item, Put, Queue as _, Secrets as _, State as _, Tenants as _};
use bridge::state::secret_cache::SecretCache;
use bridge::words::envelope::{Envelope, Hint, Job, Notice};
use bridge::words::fault::Fault;
use bridge::words::kind::Kind;
use bridge::words::secret::Secret;
use bridge_aws::attributes::attribute;
use bridge_aws::environment::Addresses;
use bridge_aws::queue::Queues;
use bridge_aws::secret_store::SecretStore;
use bridge_aws::state_table::StateTable;
use bridge_aws::tenant_table::TenantTable;
use jiff::Timestamp;
use serde_json::{Value, json};

fn item(sk: &str, rev: u64, body: Value) -> Item {
    Item { pk: "tenant#acme".into(), sk: sk.into(), rev, body, expires: None }
}

fn import_at(url: &str) -> Addresses {
    Addresses { import: Some(url.to_owned()), ..Addresses::default() }
}

#[test]
fn a_write_counts_only_from_the_revision_that_was_read() {
    with_account(async |account: &Account| {
        let table = StateTable::new(account.dynamo(), account.state_table().await);
        let body: Value = serde_json::from_str(r#"{"n":79228162514264337593543950.335,"l":[null,{"t":"å"}]}"#).unwrap();
        let expires = Some(Timestamp::from_second(1_000_000_000).unwrap());
        let first = Item { expires, ..item("cursor#orders", 1, body) };
        assert_eq!(table.get(&first.pk, &first.sk).await, Ok(None));
        assert_eq!(table.put(first.clone()).await, Ok(Put::Done));
        assert_eq!(table.put(item("cursor#orders", 1, json!({}))).await, Ok(Put::Conflict));
        assert_eq!(table.put(item("cursor#orders", 3, json!({}))).await, Ok(Put::Conflict));
        assert_eq!(table.put(item("cursor#articles", 2, json!({}))).await, Ok(Put::Conflict));
        assert_eq!(table.get(&first.pk, &first.sk).await, Ok(Some(first.clone())), "exact, past its time, unchanged");
        assert_eq!(table.put(item("cursor#orders", 2, json!("second"))).await, Ok(Put::Done));
        assert_eq!(table.delete(&first.pk, &first.sk, 1).await, Ok(Put::Conflict));
        assert_eq!(table.delete(&first.pk, &first.sk, 2).await, Ok(Put::Done));
        assert_eq!(table.delete(&first.pk, &first.sk, 2).await, Ok(Put::Conflict));
        assert_eq!(table.get(&first.pk, &first.sk).await, Ok(None));
        assert!(table.put(item("x", 0, json!({}))).await.is_err());
    });
}

/// As above, for writes that go in one call.
#[test]
fn of_many_writes_at_once_each_counts_only_from_its_revision() {
    with_account(async |account: &Account| {
        let table = StateTable::new(account.dynamo(), account.state_table().await);
        let body = |n: u64| serde_json::from_str::<Value>(&format!(r#"{{"n":{n}.5,"l":[null,{{"t":"å"}}]}}"#)).unwrap();
        let all = async |rev: u64, of: std::ops::Range<u64>| {
            let writes = of.map(|n| table.put(item(&format!("ledger#orders#{n:02}"), rev, body(n + rev))));
            futures_util::future::join_all(writes).await
        };
        assert_eq!(all(1, 0..30).await, vec![Ok(Put::Done); 30], "none was there");
        assert_eq!(all(1, 0..30).await, vec![Ok(Put::Conflict); 30], "all are there");
        assert_eq!(all(2, 20..40).await, [vec![Ok(Put::Done); 10], vec![Ok(Put::Conflict); 10]].concat());
        assert_eq!(all(4, 20..30).await, vec![Ok(Put::Conflict); 10]);
        for (n, rev) in [(0, 1), (19, 1), (20, 2), (29, 2)] {
            let found = table.get("tenant#acme", &format!("ledger#orders#{n:02}")).await.unwrap().unwrap();
            assert_eq!((found.rev, found.body, found.expires), (rev, body(n + rev), None));
        }
    });
}

#[test]
fn many_items_are_read_at_once_and_listed_in_order() {
    with_account(async |account: &Account| {
        let table = StateTable::new(account.dynamo(), account.state_table().await);
        let sks: Vec<String> = (0..250).map(|n| format!("ledger#orders#{n:03}")).collect();
        for sk in sks.iter().rev() {
            assert_eq!(table.put(item(sk, 1, json!({ "sk": sk }))).await, Ok(Put::Done));
        }
        table.put(item("ledger#ordersx", 1, json!({}))).await.unwrap();
        let mut asked = sks.clone();
        asked.extend(["ledger#orders#none".to_owned(), sks[7].clone()]);
        let mut found = table.get_many("tenant#acme", &asked).await.unwrap();
        found.sort_by(|a, b| a.sk.cmp(&b.sk));
        assert_eq!(found.iter().map(|item| &item.sk).collect::<Vec<_>>(), sks.iter().collect::<Vec<_>>());
        assert!(found.iter().all(|item| item.body["sk"] == item.sk.as_str()));
        assert_eq!(table.get_many("tenant#acme", &[]).await, Ok(vec![]));
        let listed = async |prefix: &str, limit| {
            let items = table.list("tenant#acme", prefix, limit).await.unwrap();
            items.into_iter().map(|item| item.sk).collect::<Vec<_>>()
        };
        assert_eq!(listed("ledger#orders#", 1000).await, sks);
        assert_eq!(listed("ledger#orders#", 120).await, sks[..120]);
        assert_eq!(listed("ledger#orders#24", 5).await, sks[240..245]);
        assert_eq!(listed("", 1000).await.len(), 251);
        assert_eq!(listed("ledger#", 0).await.len(), 0);
        assert_eq!(table.list("tenant#other", "ledger#", 10).await, Ok(vec![]));
        let last = table.list_last("tenant#acme", "ledger#orders#", 3).await.unwrap();
        let mut last: Vec<String> = last.into_iter().map(|item| item.sk).collect();
        last.sort();
        assert_eq!(last, sks[247..]);
        assert_eq!(table.list_last("tenant#acme", "ledger#orders#", 1000).await.map(|all| all.len()), Ok(250));
    });
}

#[test]
fn tenants_are_listed_unless_they_surely_are_another_erp_s() {
    with_account(async |account: &Account| {
        let dynamo = account.dynamo();
        let name = account.table("tenant_id", None).await;
        let table = TenantTable::new(dynamo.clone(), &name);
        for (id, kind) in [("acme", "visma"), ("beta", "finago"), ("gamma", "24sevenoffice"), ("delta", "vizma")] {
            let item = attribute(&json!({ "tenant_id": id, "erp": { "kind": kind }, "n": 1.5 })).unwrap();
            let put = dynamo.put_item().table_name(&name).set_item(item.as_m().ok().cloned());
            put.send().await.unwrap();
        }
        let mut ids: Vec<Value> =
            table.list(Kind::Finago).await.unwrap().iter().map(|t| t["tenant_id"].clone()).collect();
        ids.sort_by_key(ToString::to_string);
        assert_eq!(ids, ["beta", "delta", "gamma"]);
        let acme = table.get("acme").await.unwrap().unwrap();
        assert_eq!(acme.to_string(), r#"{"erp":{"kind":"visma"},"n":1.5,"tenant_id":"acme"}"#);
        assert_eq!(table.get("nobody").await, Ok(None));
        assert_eq!(table.get("").await, Ok(None));
    });
}

#[test]
fn records_keep_their_order_in_their_group_and_come_once() {
    with_account(async |account: &Account| {
        let url = account.queue(true).await;
        let queues = Queues::new(account.sqs(), import_at(&url));
        let envelopes: Vec<_> = (0..25).map(|n| envelope(["wms.a.1", "wms b 2"][n % 2], n)).collect();
        queues.import(&envelopes).await.unwrap();
        queues.import(&envelopes[5..15]).await.unwrap();
        let received = account.received(&url).await;
        for group in ["wms.a.1", "wms b 2"] {
            let of = |all: &[Envelope]| -> Vec<_> {
                all.iter().filter(|envelope| envelope.group == group).cloned().collect()
            };
            let came: Vec<_> = received.iter().map(|body| serde_json::from_str(body).unwrap()).collect();
            assert_eq!(of(&came), of(&envelopes), "{group}");
        }
        assert_eq!(received.len(), 25);
        let gone = Queues::new(account.sqs(), import_at(&format!("{url}-gone.fifo")));
        assert!(gone.import(&envelopes[..1]).await.is_err());
        assert!(
            queues.jobs(&[Job::tick("acme")], Duration::ZERO).await.unwrap_err().to_string().contains("JOB_QUEUE_URL")
        );
        assert_eq!(queues.jobs(&[], Duration::ZERO).await, Ok(()));
    });
}

#[test]
fn records_side_by_side_all_come_once_and_the_last_one_last() {
    with_account(async |account: &Account| {
        let url = account.queue(true).await;
        let queues = Queues::new(account.sqs(), import_at(&url));
        let page: Vec<_> = (0..95).map(|n| envelope("wms.a.1", n)).collect();
        queues.import_side_by_side(&page).await.unwrap();
        queues.import_side_by_side(&page).await.unwrap();
        let came = account.received(&url).await;
        let mut keys: Vec<usize> =
            came.iter().map(|body| serde_json::from_str::<Envelope>(body).unwrap().key.parse().unwrap()).collect();
        assert_eq!(keys.last(), Some(&94));
        keys.sort_unstable();
        assert_eq!(keys, (0..95).collect::<Vec<_>>());
    });
}

#[test]
fn notices_keep_their_order_in_their_group_and_the_same_cause_comes_once() {
    with_account(async |account: &Account| {
        let url = account.queue(true).await;
        let addresses = Addresses { write_back: Some(url.clone()), ..Addresses::default() };
        let queues = Queues::new(account.sqs(), addresses);
        let notice = |hint: Hint, cause: usize| Notice {
            v: Notice::VERSION,
            tenant_id: "acme".into(),
            hint,
            cause: format!("order/{cause}"),
            correlation_id: "run".into(),
        };
        // An ERP's key may have characters that no group id has.
        let imported = Hint::Imported(format!("nøkkel {}", "x".repeat(200)));
        let hints = [Hint::Order(7), Hint::Articles(vec!["A 1".into(), "Å".into()]), imported];
        let notices: Vec<_> = (0..24).map(|n| notice(hints[n % 3].clone(), n)).collect();
        queues.write_back(&notices).await.unwrap();
        let again = |notice: &Notice| Notice { correlation_id: "another run".into(), ..notice.clone() };
        queues.write_back(&notices.iter().map(again).collect::<Vec<_>>()).await.unwrap();
        let received = account.received(&url).await;
        let came: Vec<Notice> = received.iter().map(|body| serde_json::from_str(body).unwrap()).collect();
        for hint in &hints {
            let of = |all: &[Notice]| all.iter().filter(|notice| notice.hint == *hint).cloned().collect::<Vec<_>>();
            assert_eq!(of(&came), of(&notices), "{hint:?}");
        }
        assert_eq!(came.len(), notices.len());
        assert!(queues.import(&[envelope("g", 1)]).await.unwrap_err().to_string().contains("IMPORT_QUEUE_URL"));
        let none = Queues::new(account.sqs(), Addresses::default());
        assert!(none.write_back(&notices[..1]).await.unwrap_err().to_string().contains("WRITEBACK_QUEUE_URL"));
        assert_eq!(none.write_back(&[]).await, Ok(()));
    });
}

#[test]
fn large_records_are_spread_over_batches_and_jobs_all_arrive() {
    with_account(async |account: &Account| {
        let import = account.queue(true).await;
        let jobs = account.queue(false).await;
        let queues = Queues::new(account.sqs(), Addresses { jobs: Some(jobs.clone()), ..import_at(&import) });
        let large: Vec<_> = (0..4)
            .map(|n| {
                let mut envelope = envelope("wms.a.1", n);
                envelope.number = Some("x".repeat(150 * 1024));
                envelope
            })
            .collect();
        queues.import(&large).await.unwrap();
        assert_eq!(account.received(&import).await.len(), 4);
        let ticks: Vec<Job> = (0..23).map(|n| Job::tick(&format!("tenant-{n:02}"))).collect();
        queues.jobs(&ticks, Duration::ZERO).await.unwrap();
        let mut came: Vec<Job> =
            account.received(&jobs).await.iter().map(|body| serde_json::from_str(body).unwrap()).collect();
        came.sort_by(|a, b| a.tenant_id.cmp(&b.tenant_id));
        assert_eq!(came, ticks);
    });
}

#[test]
fn a_secret_is_remembered_until_its_time_or_until_it_is_asked_for_afresh() {
    with_account(async |account: &Account| {
        let prefix = account.name("prefix");
        let clock = Rc::new(ManualClock::default());
        let store = SecretCache::new(SecretStore::new(account.secrets(), &prefix), clock.clone());
        let seen = async |fresh: bool| {
            let secret = store.get("visma/acme", fresh).await.unwrap();
            secret.map(|secret| secret.expose().to_owned())
        };
        assert_eq!(seen(false).await, None);
        account.secret(&format!("{prefix}/visma/acme"), "one").await;
        assert_eq!(seen(false).await, None, "a miss is remembered for half a minute");
        clock.pass(30);
        assert_eq!(seen(false).await.as_deref(), Some("one"));
        account.secret(&format!("{prefix}/visma/acme"), "two").await;
        clock.pass(299);
        assert_eq!(seen(false).await.as_deref(), Some("one"));
        assert_eq!(seen(true).await.as_deref(), Some("two"));
        account.secret(&format!("{prefix}/visma/acme"), "three").await;
        assert_eq!(seen(true).await.as_deref(), Some("three"), "however soon");
        account.secret(&format!("{prefix}/visma/acme"), "four").await;
        clock.pass(300);
        assert_eq!(seen(false).await.as_deref(), Some("four"));
    });
}

#[test]
fn a_secret_that_is_replaced_is_seen_at_once_and_by_everybody() {
    with_account(async |account: &Account| {
        let prefix = account.name("prefix");
        let clock = Rc::new(ManualClock::default());
        let store = || SecretCache::new(SecretStore::new(account.secrets(), &prefix), clock.clone());
        let (ours, other) = (store(), store());
        let put = async |text: &str| ours.put("visma/acme", &Secret::new(text.into())).await;
        let Err(Fault::Unauthorized(why)) = put("one").await else { panic!("nobody made it") };
        assert!(why.contains(&format!("{prefix}/visma/acme")), "{why}");
        account.secret(&format!("{prefix}/visma/acme"), "zero").await;
        let seen = async |store: &SecretCache<SecretStore>, fresh: bool| {
            store.get("visma/acme", fresh).await.unwrap().map(|secret| secret.expose().to_owned())
        };
        assert_eq!(seen(&ours, true).await.as_deref(), Some("zero"));
        assert_eq!(seen(&other, true).await.as_deref(), Some("zero"));
        assert_eq!(put("one").await, Ok(()));
        assert_eq!(seen(&ours, false).await.as_deref(), Some("one"));
        assert_eq!(seen(&ours, true).await.as_deref(), Some("one"));
        assert_eq!(seen(&other, true).await.as_deref(), Some("one"));
    });
}
