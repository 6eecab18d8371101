//! `contact` of the tenant item, and of the deployment: whom the consent page names. All of it is shown to people outside,
//! so that each member is held to what it is, however it came here.

use serde::{Deserialize, Serialize};

/// More than any name, address or number has.
const LONGEST: usize = 200;

/// Whom the consent page names. All optional; the stack's parameters have what holds for every tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Contact {
    /// The company that is expected to consent, as its own people call it.
    pub company: Option<String>,
    /// The warehouse company that asks, in place of the stack's `WarehouseName`.
    pub warehouse: Option<String>,
    /// Its telephone, in place of `WarehousePhone`: digits, blanks, `-`, `/` and brackets, with `+` before them.
    pub phone: Option<String>,
    /// Its mail address, in place of `WarehouseMail`.
    pub mail: Option<String>,
    /// Its logo, in place of `WarehouseLogo`: a picture at a public https address without query.
    pub logo: Option<String>,
}

impl Contact {
    /// Each member's fault: its name, and what would be right.
    pub(super) fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let name = "a name without blanks around it is expected, of at most 200 characters";
        let phone = "a telephone number such as +47 22 00 00 00 is expected";
        let mail = "a mail address such as warehouse@example.com is expected";
        let logo = "an address such as https://www.example.com/logo.png is expected: https, a public host, no port and no query";
        let faulty = |text: &Option<String>, is: fn(&str) -> bool| text.as_deref().is_some_and(|text| !is(text));
        let found = [
            ("company", faulty(&self.company, is_name), name),
            ("warehouse", faulty(&self.warehouse, is_name), name),
            ("phone", faulty(&self.phone, is_phone), phone),
            ("mail", faulty(&self.mail, is_mail), mail),
            ("logo", faulty(&self.logo, is_logo), logo),
        ];
        found.into_iter().filter(|(_, faulty, _)| *faulty).map(|(name, _, problem)| (name, problem)).collect()
    }

    /// Without what is empty or faulty.
    #[must_use]
    pub fn checked(mut self) -> Self {
        let faulty: Vec<&str> = self.faults().into_iter().map(|(name, _)| name).collect();
        for (name, text) in [
            ("company", &mut self.company),
            ("warehouse", &mut self.warehouse),
            ("phone", &mut self.phone),
            ("mail", &mut self.mail),
            ("logo", &mut self.logo),
        ] {
            text.take_if(|_| faulty.contains(&name));
        }
        self
    }

    /// This one's members, and the other's where it has none.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let either = |this: &Option<String>, that: &Option<String>| this.clone().or_else(|| that.clone());
        Self {
            company: either(&self.company, &other.company),
            warehouse: either(&self.warehouse, &other.warehouse),
            phone: either(&self.phone, &other.phone),
            mail: either(&self.mail, &other.mail),
            logo: either(&self.logo, &other.logo),
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && text.chars().count() <= LONGEST && !text.chars().any(char::is_control)
}

fn is_phone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let ends = [digits.chars().next(), digits.chars().next_back()];
    (5..=30).contains(&digits.len())
        && ends.iter().all(|end| end.is_some_and(|c| c.is_ascii_digit()))
        && digits.chars().all(|c| c.is_ascii_digit() || " ()/-".contains(c))
}

/// As far as it matters for a link: one `@`, a dot behind it, and nothing that would end or lengthen the address.
fn is_mail(text: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control() || "<>\"?&#%,;".contains(c);
    let Some((user, host)) = text.split_once('@') else { return false };
    let dotted = host.split_once('.').is_some_and(|(name, rest)| !name.is_empty() && !rest.is_empty());
    !user.is_empty() && dotted && !host.contains('@') && !text.chars().any(odd) && text.chars().count() <= LONGEST
}

/// It stands in the page's policy, where a blank, a comma or a semicolon would end it.
fn is_logo(text: &str) -> bool {
    let Some((host, path)) = text.strip_prefix("https://").and_then(|rest| rest.split_once('/')) else { return false };
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let (name, top) = host.rsplit_once('.').unwrap_or_default();
    let public = name.split('.').all(label) && label(top) && top.starts_with(|c: char| c.is_ascii_alphabetic());
    public
        && text.len() <= LONGEST
        && !path.is_empty()
        && path.chars().all(|c| c.is_ascii_alphanumeric() || "._~/%+-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_is_one_address_and_nothing_else() {
        for good in ["https://www.example.com/logo.png", "https://cdn.example.co.uk/a/b%20c/l-1_2.svg"] {
            assert!(is_logo(good), "{good}");
        }
        for odd in [
            "http://www.example.com/logo.png",
            "https://www.example.com",
            "https://www.example.com/",
            "https://example.com/a.png; script-src *",
            "https://example.com/a.png,https://other.example/b",
            "https://example.com/a.png?who=1",
            "https://example.com/a.png#x",
            "https://user@example.com/a.png",
            "https://example.com:8443/a.png",
            "https://localhost/a.png",
            "https://127.0.0.1/a.png",
            "https://*.example.com/a.png",
            "https://example.com/'a'.png",
            "data:image/png;base64,AAAA",
            "",
        ] {
            assert!(!is_logo(odd), "{odd}");
        }
    }

    #[test]
    fn numbers_and_addresses_are_held_to_what_they_are() {
        for good in ["+47 22 00 00 00", "020-123 45", "+358 (0)20 1234"] {
            assert!(is_phone(good), "{good}");
        }
        for odd in ["", "+", "call us", "+47 22 00 00 00 ", "1234", "+47\n220000", "tel:+4722000000"] {
            assert!(!is_phone(odd), "{odd:?}");
        }
        for good in ["a@b.example", "lager+edi@fjärd.example"] {
            assert!(is_mail(good), "{good}");
        }
        for odd in
            ["", "a", "a@b", "a@.b", "a b@c.example", "a@b.example?bcc=x@y.example", "a@b@c.example", "<a@b.example>"]
        {
            assert!(!is_mail(odd), "{odd:?}");
        }
    }

    #[test]
    fn what_is_faulty_is_left_out_and_what_is_missing_comes_from_the_other() {
        let own = Contact { phone: Some("call us".into()), mail: Some("a@b.example".into()), ..Contact::default() };
        let stack = Contact {
            warehouse: Some("Lager AB".into()),
            phone: Some("+46 20 000 00".into()),
            mail: Some("c@d.example".into()),
            ..Contact::default()
        };
        let shown = own.checked().or(&stack);
        assert_eq!(shown.warehouse.as_deref(), Some("Lager AB"));
        assert_eq!(shown.phone.as_deref(), Some("+46 20 000 00"));
        assert_eq!(shown.mail.as_deref(), Some("a@b.example"));
    }
}
