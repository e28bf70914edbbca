//! What is sent, with a marker in everything that is secret or private, and the clients that send it.

use std::time::Duration;

use flinks_pay::client::{ClientBuilder, Retries};
use flinks_pay::{
    Address, Client, Credentials, Environment, GuaranteedEft, Payee, Payor, Redirect, RegularEft,
    SessionId,
};

use crate::markers::{
    ACCOUNT, API_KEY, BIRTH_DATE, CITY, CLIENT_ID, CLIENT_SECRET, EMAIL, FIRST_NAME, LABEL,
    LAST_NAME, MIDDLE_NAME, OCCUPATION, POSTAL_CODE, REFERENCE, SESSION, STREET, URL,
};

pub(crate) fn payor() -> flinks_pay::session::PayorBuilder {
    Payor::new(FIRST_NAME, LAST_NAME)
        .middle_name(MIDDLE_NAME)
        .email(EMAIL)
        .occupation(OCCUPATION)
        .birth_date(BIRTH_DATE)
        .address(
            Address::new(STREET, CITY, "ON", POSTAL_CODE)
                .line2("Canarylane rear")
                .unit("7C"),
        )
}

pub(crate) fn guaranteed() -> GuaranteedEft {
    GuaranteedEft::new(payor())
        .amount("120.50")
        .reference_id(REFERENCE)
        .payee(Payee::new("621", "16001", ACCOUNT).label(LABEL))
        .redirect(Redirect::to(URL, format!("{URL}?exit=1")))
        .build()
        .unwrap()
}

pub(crate) fn regular() -> RegularEft {
    RegularEft::new(payor(), EMAIL)
        .amount("120.50")
        .reference_id(REFERENCE)
        .build()
        .unwrap()
}

pub(crate) fn session() -> SessionId {
    SessionId::new(SESSION).unwrap()
}

pub(crate) fn schemes() -> [Credentials; 3] {
    [
        Credentials::basic(CLIENT_ID, CLIENT_SECRET).unwrap(),
        Credentials::form(CLIENT_ID, CLIENT_SECRET).unwrap(),
        Credentials::api_key(API_KEY, CLIENT_ID).unwrap(),
    ]
}

pub(crate) fn builder(base: &str, credentials: Credentials) -> ClientBuilder {
    Client::builder(Environment::custom(base).unwrap(), credentials)
        .retries(Retries::default().pauses(Duration::from_millis(1), Duration::from_millis(1)))
        // What somebody asks for who looks for a fault: every byte of every connection.
        .http(|http| http.connection_verbose(true))
}
