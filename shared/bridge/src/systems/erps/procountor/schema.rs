//! The shape of Procountor's records as far as they are read (Procountor sheet, section 3).

use serde_json::Value;

use super::paging::{List, SIZE};
use crate::http::Client;
use crate::systems::schema::{Is, Schema, always, required, sometimes};
use crate::words::vocabulary::procountor::{STATUSES, TYPES};

/// `Product`.
pub(super) const PRODUCT: Schema = Schema {
    system: "procountor",
    call: "GET products",
    members: &[
        required("/id", Is::Number),
        required("/type", Is::Text).one_of(|word| is(word, &TYPES)),
        sometimes("/code", Is::Text),
        sometimes("/name", Is::Text),
        sometimes("/unit", Is::Text),
        sometimes("/price", Is::Number),
        sometimes("/active", Is::Flag),
        sometimes("/currency", Is::Text),
        required("/version", Is::Text),
    ],
};

/// A document, as the list has it.
pub(super) const LISTED: Schema = Schema {
    system: "procountor",
    call: "GET invoices",
    members: &[
        required("/id", Is::Number),
        required("/type", Is::Text),
        required("/status", Is::Text).one_of(|word| is(word, &STATUSES)),
        sometimes("/isOffer", Is::Flag),
        sometimes("/date", Is::Text),
        required("/version", Is::Text),
    ],
};

/// `Invoice`, whole.
pub(super) const INVOICE: Schema = Schema {
    system: "procountor",
    call: "GET invoices/*",
    members: &[
        required("/id", Is::Number),
        required("/status", Is::Text).one_of(|word| is(word, &STATUSES)),
        sometimes("/invoiceNumber", Is::Number),
        always("/counterParty", Is::Object),
        sometimes("/counterParty/counterPartyAddress", Is::Object),
        sometimes("/counterParty/counterPartyAddress/country", Is::Text),
        sometimes("/deliveryAddress", Is::Object),
        sometimes("/deliveryMethod", Is::Text),
        sometimes("/notes", Is::Text),
        sometimes("/paymentInfo", Is::Object),
        required("/invoiceRows", Is::List),
        required("/invoiceRows/*/id", Is::Number),
        sometimes("/invoiceRows/*/productId", Is::Number),
        sometimes("/invoiceRows/*/productCode", Is::Text),
        sometimes("/invoiceRows/*/product", Is::Text),
        sometimes("/invoiceRows/*/quantity", Is::Number),
        sometimes("/invoiceRows/*/unitPrice", Is::Number),
        sometimes("/invoiceRows/*/comment", Is::Text),
        required("/version", Is::Text),
    ],
};

/// What an approval is answered with,
pub(super) const APPROVED: Schema =
    Schema { system: "procountor", call: "PUT invoices/*/approve", members: &[always("/message", Is::Text)] };

/// and what a sending is.
pub(super) const SENT: Schema =
    Schema { system: "procountor", call: "PUT invoices/*/send", members: &[always("/message", Is::Text)] };

/// Has a client note what is new about a page of a list.
pub(super) fn look_at_page(client: &Client, list: List, rows: &[Value]) {
    let schema = match list {
        List::Products => &PRODUCT,
        List::Invoices => &LISTED,
    };
    schema.page(client, rows.len(), SIZE);
    // A product is looked at where it is mapped, however it was read.
    if list == List::Invoices {
        schema.look_at_all(client, rows);
    }
}

fn is(word: &Value, words: &[&str]) -> bool {
    word.as_str().is_some_and(|word| words.contains(&word))
}
