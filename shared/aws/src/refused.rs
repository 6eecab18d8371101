//! What AWS refused, as one of the five faults. A message of AWS names actions, tables and sizes, never a value of ours.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use bridge::fault::Fault;

/// The fault of a failed call; `what` says what was asked.
pub(crate) fn fault<E: ProvideErrorMetadata, R>(what: &str, error: &SdkError<E, R>) -> Fault {
    match error {
        SdkError::ConstructionFailure(_) => Fault::Unexpected(format!("{what}: the call cannot be built")),
        SdkError::TimeoutError(_) => Fault::Unavailable(format!("{what}: no answer in time")),
        SdkError::DispatchFailure(_) => Fault::Unavailable(format!("{what}: no connection")),
        SdkError::ServiceError(_) => coded(what, error.code().unwrap_or_default(), error.message().unwrap_or_default()),
        _ => Fault::Unavailable(format!("{what}: the answer cannot be read")),
    }
}

fn coded(what: &str, code: &str, message: &str) -> Fault {
    let why = format!("{what}: {code}: {message}");
    match code {
        _ if denied(code) => Fault::Unauthorized(why),
        "ValidationException"
        | "SerializationException"
        | "ResourceNotFoundException"
        | "QueueDoesNotExist"
        | "AWS.SimpleQueueService.NonExistentQueue"
        | "InvalidParameterValue" => Fault::Unexpected(why),
        _ => Fault::Unavailable(why),
    }
}

/// Whether the code is about who asks.
pub(crate) fn denied(code: &str) -> bool {
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
}
