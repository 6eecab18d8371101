//! The vendor's way to say no: `{ErrorCode, DeveloperErrorMessage, ErrorId, Errors}` (Visma sheet, section 4).

use serde_json::{Value, json};

use crate::Response;

/// One wrong field of a write.
#[derive(Clone, Debug)]
pub struct Detail {
    field: String,
    message: String,
}

impl Detail {
    /// A complaint about one field.
    #[must_use]
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), message: message.into() }
    }
}

/// A refusal of the API.
#[derive(Clone, Debug)]
pub struct Fault {
    /// HTTP status.
    pub status: u16,
    /// The vendor's number.
    pub code: u32,
    /// The vendor's sentence.
    pub message: String,
    /// Field by field, for failed validations.
    pub details: Vec<Detail>,
}

impl Fault {
    /// A refusal without details.
    #[must_use]
    pub fn new(status: u16, code: u32, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), details: Vec::new() }
    }

    /// 2000, a write that does not fit the model.
    #[must_use]
    pub fn validation(details: Vec<Detail>) -> Self {
        Self { details, ..Self::new(400, 2000, "The request is invalid. See Errors.") }
    }

    /// 3000, a record that is not there.
    #[must_use]
    pub fn missing(what: &str) -> Self {
        Self::new(404, 3000, format!("The requested {what} was not found."))
    }

    /// 4000, a step that the record's state does not allow.
    #[must_use]
    pub fn conflict(message: &str) -> Self {
        Self::new(400, 4000, message)
    }

    /// 4005, a token that is not accepted.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(401, 4005, "You are not authorized to make this request.")
    }

    /// 4010, over the quota.
    #[must_use]
    pub fn quota(most: u32, seconds: i64) -> Self {
        let text =
            format!("API calls quota exceeded! maximum admitted {most} per Minute. Try again in {seconds} seconds.");
        Self::new(429, 4010, text)
    }

    /// 6000, a query option that is not understood.
    #[must_use]
    pub fn query(message: impl Into<String>) -> Self {
        Self::new(400, 6000, message)
    }

    /// 6001, a date that is not one.
    #[must_use]
    pub fn date(message: impl Into<String>) -> Self {
        Self::new(400, 6001, message)
    }

    /// A query option that the server itself does not take, before the vendor's code is asked.
    #[must_use]
    pub fn server(message: impl Into<String>) -> Self {
        Self::new(400, 0, message)
    }

    /// The refusal on the wire.
    #[must_use]
    pub fn response(&self, error_id: &str) -> Response {
        if self.code == 0 {
            return Response::json(self.status, &json!({ "Message": self.message }));
        }
        let details: Vec<Value> = self
            .details
            .iter()
            .map(|detail| json!({"Field": detail.field, "ErrorCode": null, "Message": detail.message, "Key": null}))
            .collect();
        let errors = if details.is_empty() { Value::Null } else { Value::Array(details) };
        let body = json!({
            "ErrorCode": self.code, "DeveloperErrorMessage": self.message, "ErrorId": error_id, "Errors": errors,
        });
        Response::json(self.status, &body)
    }
}
