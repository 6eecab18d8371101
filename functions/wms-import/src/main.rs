//! Writes mapped records to Ongoing.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    bridge_aws::entry::import().await
}
