//! Writes shipments and stock back to the ERPs.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    bridge_aws::entry::write_back().await
}
