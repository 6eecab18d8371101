//! The mail with the link, as the operator's command writes it.

use super::product::{hyphenated, product};
use super::translations::{Language, fill};
use crate::tenant::{Contact, Tenant};
use crate::words::secret::Secret;

/// The languages that a mail can be in, by their codes.
pub const LANGUAGES: [&str; 4] = ["en", "sv", "nb", "fi"];

/// Letters of a line; the link is never broken.
const WIDTH: usize = 76;

/// A mail. Its body opens the consent page: it is for one person.
pub struct Mail {
    /// One line.
    pub subject: String,
    /// Text, with a line end behind each line but the last.
    pub body: Secret,
}

/// The mail to a company's bookkeeper in the language of this code; `None` where there is no such language. `contact` is the
/// tenant's, completed by the deployment's.
#[must_use]
pub fn mail(code: &str, tenant: &Tenant, contact: &Contact, link: &Secret) -> Option<Mail> {
    let language = Language::ALL.into_iter().find(|language| language.code() == code)?;
    let words = language.words();
    let (start, mail) = (&words.start, &words.mail);
    let name = product(tenant.erp.kind, language);
    let before_noun = hyphenated(name);
    let warehouse = contact.warehouse.as_deref().unwrap_or(start.the_warehouse);
    let names = [("erp", name), ("erp-", before_noun.as_str()), ("warehouse", warehouse)];
    let say = |sentence: &str| wrapped(&fill(sentence, &names));
    let mut parts = vec![mail.greeting.to_owned(), say(start.asks)];
    parts.extend(contact.company.as_ref().map(|company| format!("{}: {company}", start.company)));
    parts.push(say(mail.open));
    parts.push(link.expose().to_owned());
    parts.push(say(mail.good));
    let ask: Vec<&str> = [&contact.phone, &contact.mail].into_iter().flatten().map(String::as_str).collect();
    if !ask.is_empty() {
        parts.push(format!("{} {}", words.questions, ask.join(", ")));
    }
    parts.extend(contact.warehouse.clone());
    Some(Mail { subject: fill(start.title, &names), body: Secret::new(parts.join("\n\n")) })
}

/// The text in lines of at most [`WIDTH`] letters.
fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(code: &str, contact: &serde_json::Value) -> (String, String) {
        let item = json!({
            "tenant_id": "malar", "erp": { "kind": "visma" }, "contact": contact,
            "ongoing": { "base_url": "https://api.ongoingsystems.se/x/api/v1", "goods_owner_id": 1 },
        });
        let tenant = Tenant::parse(&item, false).unwrap();
        let link = Secret::new("https://bridge.example/connect/visma/malar?ticket=abc".into());
        let mail = mail(code, &tenant, &tenant.contact, &link).unwrap();
        (mail.subject, mail.body.expose().to_owned())
    }

    #[test]
    fn a_mail_says_who_asks_for_what_and_whom_to_ask() {
        let contact = json!({
            "company": "Mälar Textil AB", "warehouse": "Lager & Logistik AB", "phone": "+46 20 000 00 00", "mail": "a@b.example",
        });
        let (subject, body) = text("sv", &contact);
        assert_eq!(subject, "Anslut Visma eEkonomi till ditt lager");
        assert_eq!(
            body,
            "Hej!\n\n\
             Lager & Logistik AB ber om åtkomst till ditt företag i Visma eEkonomi, så\n\
             att ingen behöver skriva in order och artiklar två gånger.\n\n\
             Företag: Mälar Textil AB\n\n\
             Öppna länken, logga in i Visma eEkonomi, välj företaget och godkänn. Det tar\n\
             några minuter:\n\n\
             https://bridge.example/connect/visma/malar?ticket=abc\n\n\
             Länken gäller i 24 timmar och ansluter ett företag. Skicka den bara vidare\n\
             till den på företaget som beslutar om det här.\n\n\
             Frågor? +46 20 000 00 00, a@b.example\n\n\
             Lager & Logistik AB"
        );
    }

    #[test]
    fn every_language_has_one_that_fits_a_terminal_and_leaves_no_place_unfilled() {
        for code in LANGUAGES {
            let (subject, body) = text(code, &json!({}));
            assert!(subject.contains("Visma") && body.contains("Visma"), "{code}");
            for line in body.lines() {
                assert!(line.chars().count() <= 80 && !line.contains(['{', '}']), "{code}: {line}");
            }
            assert!(!body.contains("  ") && !body.ends_with('\n'), "{code}");
        }
        assert_eq!(LANGUAGES, Language::ALL.map(Language::code));
    }
}
