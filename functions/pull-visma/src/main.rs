//! Pulls from Visma eAccounting.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    bridge_aws::entry::pull(bridge::words::kind::Kind::Visma).await
}
