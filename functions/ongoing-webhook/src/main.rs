//! Takes Ongoing's webhooks: authenticates, stores, answers.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    bridge_aws::entry::webhook().await
}
