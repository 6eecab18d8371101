//! What AWS refused, as one of the five faults. A message of AWS names actions, tables and sizes, never a value of ours.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use bridge::words::fault::Fault;

/// The fault of a failed call; `what` says what was asked.
pub(crate) fn fault<E: ProvideErrorMetadata, R>(what: &str, error: &SdkError<E, R>) -> Fault {
    match error {
        SdkError::ConstructionFailure(_) => Fault::Unexpected(format!("{what}: the call cannot be built")),
        SdkError::TimeoutError(_) => Fault::unavailable(format!("{what}: no answer in time")),
        SdkError::DispatchFailure(_) => Fault::unavailable(format!("{what}: no connection")),
        SdkError::ServiceError(_) => coded(what, error.code().unwrap_or_default(), error.message().unwrap_or_default()),
        _ => Fault::unavailable(format!("{what}: the answer cannot be read")),
    }
}

fn coded(what: &str, code: &str, message: &str) -> Fault {
    let why = format!("{what}: {code}: {message}");
    match code {
        "InvalidRequestException" if deleted(message) => Fault::Unauthorized(format!(
            "{what}: it is marked for deletion; bring it back with aws secretsmanager restore-secret ({code}: {message})"
        )),
        _ if denied(code) => Fault::Unauthorized(why),
        "ValidationException"
        | "SerializationException"
        | "ResourceNotFoundException"
        | "QueueDoesNotExist"
        | "AWS.SimpleQueueService.NonExistentQueue"
        | "InvalidParameterValue" => Fault::Unexpected(why),
        _ => Fault::unavailable(why),
    }
}

/// Whether Secrets Manager says that the secret is marked for deletion. Its code for that has other meanings, such as a
/// rotation that has not ended, which pass by themselves.
fn deleted(message: &str) -> bool {
    ["marked for deletion", "scheduled for deletion"].iter().any(|words| message.contains(words))
}

/// Whether the code is about who asks.
#[must_use]
pub fn denied(code: &str) -> bool {
    matches!(
        code,
        "AccessDenied"
            | "AccessDeniedException"
            | "UnrecognizedClientException"
            | "InvalidSignatureException"
            | "IncompleteSignature"
            | "MissingAuthenticationToken"
            | "KMS.AccessDeniedException"
            | "KmsAccessDenied"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_right_is_for_a_person_and_a_throttle_passes() {
        assert_eq!(coded("put", "AccessDeniedException", "").name(), "unauthorized");
        assert_eq!(coded("put", "ValidationException", "too large").name(), "unexpected");
        assert!(coded("put", "ProvisionedThroughputExceededException", "").passes_by_itself());
        assert!(coded("put", "InternalServerError", "").passes_by_itself());
    }

    #[test]
    fn a_secret_that_is_marked_for_deletion_is_brought_back_by_a_person() {
        let refused = |message| coded("the secret x/visma/acme", "InvalidRequestException", message);
        for message in [
            "You can't perform this operation on the secret because it was marked for deletion.",
            "You can't create this secret because a secret with this name is already scheduled for deletion.",
        ] {
            let fault = refused(message);
            assert_eq!(fault.name(), "unauthorized", "{message}");
            let said = fault.to_string();
            assert!(said.contains("aws secretsmanager restore-secret") && said.contains("x/visma/acme"), "{said}");
        }
        let other = "A previous rotation isn't complete. That rotation will be reattempted.";
        assert!(refused(other).passes_by_itself(), "the code has other meanings");
    }
}
