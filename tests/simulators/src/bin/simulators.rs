//! Every simulator as a server on loopback. Prints one JSON line with their addresses, then serves until it is ended.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::rc::Rc;

use simulators::ongoing::Ongoing;
use simulators::poweroffice::PowerOffice;
use simulators::procountor::Procountor;
use simulators::visma::Visma;
use simulators::{Simulator, Troubled, finago, server};
use tokio::net::TcpListener;
use tokio::task::LocalSet;

/// The goods owners of the demo's warehouse, one per ERP, and one for a second company.
const GOODS_OWNERS: [(i64, &str); 5] =
    [(159, "poweroffice"), (160, "finago"), (161, "procountor"), (162, "visma"), (169, "second")];

/// The application's id, a GUID as the service wants it.
const FINAGO_APPLICATION: &str = "0c5e7a52-2f6b-4d0e-9a3c-6b1f8d2e4a70";

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let servers = LocalSet::new();
    let mut ongoing = Ongoing::new("demo");
    for (id, erp) in GOODS_OWNERS {
        ongoing = ongoing.goods_owner(id, &format!("WSI-{erp}"), &format!("warehouse-password-{erp}"));
    }
    let mut addresses = BTreeMap::new();
    addresses.insert("ongoing", serve(&servers, ongoing).await?);
    addresses.insert("poweroffice", serve(&servers, PowerOffice::new("demo-application", "demo-subscription")).await?);
    addresses.insert("finago", serve(&servers, finago::Finago::new(FINAGO_APPLICATION)).await?);
    addresses.insert("procountor", serve(&servers, Procountor::new()).await?);
    addresses.insert("visma", serve(&servers, Visma::new("demo-client", "demo-client-secret")).await?);
    writeln!(io::stdout(), "{}", serde_json::to_string(&addresses)?)?;
    servers.await;
    Ok(())
}

async fn serve<S: Simulator + 'static>(servers: &LocalSet, model: S) -> io::Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = format!("http://{}", listener.local_addr()?);
    let model = Rc::new(RefCell::new(Troubled::new(model)));
    servers.spawn_local(server::serve(listener, model));
    Ok(address)
}
