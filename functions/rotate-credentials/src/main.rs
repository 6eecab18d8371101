//! Rotates what the vendors let us rotate.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    bridge_aws::entry::rotate().await
}
