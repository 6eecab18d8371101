//! Maps AWS errors to the five faults. AWS's messages name actions and resources, never a value of ours.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_lambda::config::http::HttpResponse;
use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use bridge::words::fault::Fault;
use bridge_aws::error_mapping::denied;

/// The fault of a failed call.
pub(crate) fn fault<E>(service: &str, error: &SdkError<E, HttpResponse>) -> Fault
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if let Some(error) = causes(error).find_map(|cause| cause.downcast_ref::<CredentialsError>()) {
        return without_credentials(error);
    }
    match error {
        SdkError::ConstructionFailure(_) => Fault::Unexpected(format!("{service}: {}", innermost(error))),
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            refused(service, status, error.code().unwrap_or_default(), error.message().unwrap_or_default())
        }
        _ => Fault::unavailable(format!("{service}: {}", innermost(error))),
    }
}

fn without_credentials(error: &CredentialsError) -> Fault {
    // The first says only that something failed. A chain of providers tells of every one that it tried, a line each.
    let why = causes(error).skip(1).map(|cause| {
        let text = cause.to_string();
        text.lines().next().unwrap_or_default().trim_end_matches(" Attempted:").to_owned()
    });
    let why = why.collect::<Vec<_>>().join(": ");
    Fault::Unauthorized(format!(
        "no AWS credentials were found: AWS_PROFILE names a profile, and aws sso login or aws login logs in to it; \
         or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY ({why})"
    ))
}

/// The fault of an answer.
pub(crate) fn refused(service: &str, status: u16, code: &str, message: &str) -> Fault {
    let why = format!("{service}: {status}: {code}: {message}");
    match status {
        401 | 403 => Fault::Unauthorized(why),
        400 if denied(code) || code.starts_with("ExpiredToken") => Fault::Unauthorized(why),
        429 | 500.. => Fault::Unavailable { status: Some(status), broken: false, why },
        _ => Fault::Unexpected(why),
    }
}

/// An error and what caused it.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The innermost cause: the outer ones say only that something failed.
fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_apart_by_what_to_do() {
        let name = |status, code| refused("lambda", status, code, "").name();
        assert_eq!(name(400, "ExpiredTokenException"), "unauthorized");
        assert_eq!(name(400, "AccessDenied"), "unauthorized");
        assert_eq!(name(403, ""), "unauthorized");
        assert_eq!(name(404, "ResourceNotFoundException"), "unexpected");
        assert_eq!(name(400, "ValidationError"), "unexpected");
        assert_eq!((name(429, ""), name(503, "")), ("unavailable", "unavailable"));
    }
}
