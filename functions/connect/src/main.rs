//! Shows the consent pages, and keeps what a company grants.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    bridge_aws::entry::connect().await
}
