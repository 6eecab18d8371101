//! `connect-link`: the one-time link with which a company consents, alone on standard output, or in the mail to its
//! bookkeeper.

use bridge::doors::consent::mail::mail;
use bridge::doors::consent::ticket;
use bridge::words::fault::Fault;
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use serde::Serialize;
use serde_json::json;

use crate::args::ConnectLink;
use crate::deployment::Deployment;
use crate::output::{Failure, Output, note};

/// A link, which is a secret.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Link<'a> {
    tenant_id: &'a str,
    link: &'a str,
    /// How long it is good.
    hours: i64,
    /// The mail to the company's bookkeeper, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<MailText<'a>>,
}

/// A mail, with the link in it.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MailText<'a> {
    subject: &'a str,
    body: &'a str,
}

pub async fn run(deployment: &Deployment, asked: &ConnectLink) -> Result<Output, Failure> {
    let id = &asked.tenant;
    let tenant = deployment.tenant(id).await?;
    let url = deployment.stack.output("ApiUrl")?;
    let url = url.parse().map_err(|_| Failure::cloud(format!("the stack's ApiUrl {url} is no address")))?;
    let ticket = ticket::issue(&deployment.ports, &tenant, asked.replace).await.map_err(|fault| match fault {
        Fault::Rejected { why, .. } => Failure::wrong(why),
        other => Failure::from(other),
    })?;
    let link = ticket::link(&url, &tenant, &ticket);
    let hours = ticket::LIFETIME.as_hours();
    note(&format!(
        "for {id}: good once, for {hours} hours; whoever has it may connect a company, so send it to one person"
    ));
    if asked.qr {
        note(&qr(link.expose()).ok_or_else(|| Failure::wrong("the link is too long for a QR code"))?);
    }
    let contact = tenant.contact.or(&deployment.stack.warehouse());
    let mail = asked.mail.as_ref().and_then(|code| mail(code, &tenant, &contact, &link));
    let text = mail.as_ref().map(|mail| MailText { subject: &mail.subject, body: mail.body.expose() });
    let shown =
        text.as_ref().map_or_else(|| link.expose().to_owned(), |mail| format!("{}\n\n{}", mail.subject, mail.body));
    Ok(Output::good(json!(Link { tenant_id: id, link: link.expose(), hours, mail: text }), shown))
}

/// As a terminal shows it, light on dark: two rows of it in a line of text.
fn qr(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    Some(code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_of_the_usual_length_fits_a_terminal_of_eighty_columns() {
        let host = "https://a1b2c3d4e5.execute-api.eu-north-1.amazonaws.com";
        let link = format!("{host}/connect/procountor/{}?ticket={}", "a".repeat(40), "t".repeat(43));
        let shown = qr(&link).unwrap();
        let widths: Vec<usize> = shown.lines().map(|line| line.chars().count()).collect();
        assert!(widths.iter().all(|width| *width == widths[0] && *width <= 80), "{widths:?}");
        assert!(widths.len() <= 40 && shown.contains('█'), "{}", widths.len());
        assert_ne!(qr(&link), qr(&format!("{link}x")));
    }

    #[test]
    fn what_is_longer_than_any_code_has_none() {
        assert!(qr(&"x".repeat(4_000)).is_none());
    }
}
