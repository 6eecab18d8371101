//! The program of every function. It serves the one that Lambda started it for, by the `Handler` in `template.yaml`: so all
//! are linked once, zipped once and uploaded once, and each keeps its role, its queue and its log group.

use bridge::words::kind::Kind;
use bridge_aws::entry;
use lambda_runtime::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let handler = bridge_aws::environment::handler();
    match handler.as_str() {
        "wms-import" => entry::import().await,
        "ongoing-webhook" => entry::webhook().await,
        "writeback" => entry::write_back().await,
        "reconcile" => entry::reconcile().await,
        "connect" => entry::connect().await,
        "rotate-credentials" => entry::rotate().await,
        pull => match pull.strip_prefix("pull-").and_then(Kind::named) {
            Some(kind) => entry::pull(kind).await,
            None => Err(format!("Handler: {handler} is no function of this program").into()),
        },
    }
}
