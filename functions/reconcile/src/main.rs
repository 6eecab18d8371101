//! Finds what no webhook told.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    bridge_aws::entry::reconcile().await
}
