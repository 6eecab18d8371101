//! The shape of what logins are answered with (PowerOffice sheet, section 1; Procountor sheet, section 1; Visma sheet, section 1;
//! Finago sheet, section 1.3). What is new is told by its place, and never with a value: these are secrets.

use serde_json::Value;

use crate::ports::Ports;
use crate::words::schema::{Is, Schema, always, required, sometimes};

/// A client key's token.
pub(super) const POWEROFFICE: Schema = Schema {
    system: "poweroffice",
    call: "POST OAuth/Token",
    members: &[
        required("/access_token", Is::Text),
        always("/expires_in", Is::Number),
        sometimes("/token_type", Is::Text).one_of(bearer),
    ],
};

/// An API key's token.
pub(crate) const PROCOUNTOR: Schema = Schema {
    system: "procountor",
    call: "POST oauth/token",
    members: &[
        required("/access_token", Is::Text),
        always("/expires_in", Is::Number),
        sometimes("/token_type", Is::Text).one_of(bearer),
    ],
};

/// The API key that a consent is exchanged for.
pub(crate) const PROCOUNTOR_KEY: Schema =
    Schema { system: "procountor", call: "POST oauth/key", members: &[required("/api_key", Is::Text)] };

/// A consent's or a refresh's tokens.
pub(super) const VISMA: Schema = Schema {
    system: "visma",
    call: "POST connect/token",
    members: &[
        required("/access_token", Is::Text),
        always("/expires_in", Is::Number),
        sometimes("/refresh_token", Is::Text),
        sometimes("/token_type", Is::Text).one_of(bearer),
    ],
};

/// A session's id.
pub(super) const FINAGO: Schema = Schema { system: "finago", call: "Login", members: &[required("", Is::Text)] };

fn bearer(word: &Value) -> bool {
    word.as_str().is_some_and(|word| word.eq_ignore_ascii_case("bearer"))
}

/// Notes what is new about an answer.
pub(crate) fn look(schema: &Schema, ports: &Ports, answer: &Value) {
    schema.drifts(answer).into_iter().for_each(|drift| ports.drifts.meet(drift));
}
