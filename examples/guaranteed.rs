//! Opens a Guaranteed EFT session for 120.50 dollars and asks how it stands.

use std::error::Error;

use flinks_pay::{Address, Client, Credentials, Environment, GuaranteedEft, Payor, SessionStatus};

/// Opens the session and returns its status; the payor has not seen the page yet.
pub(crate) async fn collect(client: &Client) -> Result<SessionStatus, Box<dyn Error>> {
    let address = Address::new("100 Sample Street", "Toronto", "ON", "M5V 2T6");
    let payor = Payor::new("Robin", "Tester")
        .email("robin@example.com")
        .address(address);
    // All that is wrong with a request is reported here, at once, before anything is sent.
    let request = GuaranteedEft::new(payor)
        .amount("120.50")
        .reference_id("invoice-1042")
        .build()?;

    let created = client.create_guaranteed(&request).await?;
    // Whoever holds this address can open the session: give it to the payor only.
    println!("payor's page: {}", client.hosted_url(&created.session_id));

    let report = client.status(&created.session_id).await?;
    Ok(report.status.clone())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::builder(Environment::sandbox(), Credentials::from_env()?).build()?;
    println!("status: {}", collect(&client).await?);
    Ok(())
}
