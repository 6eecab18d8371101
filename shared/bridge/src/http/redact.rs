//! A vendor, or a gateway before it, that repeats in an error what it was sent: the secrets of the call and people's mail
//! addresses are taken out before anybody reads the words, since they end up in logs and in the ledger.

use base64::Engine as _;
use http::header::COOKIE;

use super::Call;

/// Shorter text is not looked for: it would be found everywhere.
const SHORTEST: usize = 4;

/// An answer without the secrets of its call, however they are spelt, and without mail addresses.
pub(super) fn answer(call: &Call, body: &[u8]) -> Vec<u8> {
    let mut spelt: Vec<String> = secrets(call).iter().flat_map(|secret| spellings(secret)).collect();
    spelt.retain(|text| text.len() >= SHORTEST);
    // The longest first: one may be within another.
    spelt.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let text = String::from_utf8_lossy(body).into_owned();
    let text = spelt.iter().fold(text, |text, secret| text.replace(secret, "***"));
    let part = |c: char| c.is_alphanumeric() || "@._%+-".contains(c);
    text.split_inclusive(|c| !part(c)).map(|word| without_address(word, part)).collect::<String>().into_bytes()
}

/// A word, and what ends it.
fn without_address(word: &str, part: impl Fn(char) -> bool) -> String {
    let end = word.trim_start_matches(part);
    let address = word[..word.len() - end.len()].split_once('@').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty());
    if address { format!("***{end}") } else { word.to_owned() }
}

/// What is marked as secret in the call: headers whole and in their parts, and what its body was made of.
fn secrets(call: &Call) -> Vec<String> {
    let mut secrets: Vec<String> = call.secrets.iter().map(|secret| secret.expose().to_owned()).collect();
    for (name, value) in call.headers.iter().filter(|(_, value)| value.is_sensitive()) {
        let Ok(value) = value.to_str() else { continue };
        let separator = if name == COOKIE { '=' } else { ' ' };
        let inner = value.split_once(separator).map_or(value, |(_, inner)| inner);
        if let Some(encoded) = value.strip_prefix("Basic ")
            && let Ok(pair) = base64::prelude::BASE64_STANDARD.decode(encoded)
            && let Ok(pair) = String::from_utf8(pair)
        {
            secrets.extend(
                pair.split_once(':').into_iter().flat_map(|(user, password)| [user, password]).map(str::to_owned),
            );
        }
        secrets.extend([value.to_owned(), inner.to_owned()]);
    }
    secrets
}

/// A text as it is, in JSON, in XML and in a form.
fn spellings(secret: &str) -> [String; 4] {
    let json = serde_json::Value::from(secret).to_string();
    [
        secret.to_owned(),
        json.trim_matches('"').to_owned(),
        quick_xml::escape::escape(secret).into_owned(),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
    ]
}

#[cfg(test)]
mod tests {
    use http::header::AUTHORIZATION;

    use super::*;
    use crate::words::secret::Secret;

    fn told(call: &Call, body: &str) -> String {
        String::from_utf8(answer(call, body.as_bytes())).unwrap()
    }

    #[test]
    fn what_a_call_carries_is_taken_out_of_its_answer_however_it_is_spelt() {
        let password = Secret::new("p\"a+s/s<w>ord&=".into());
        let url: url::Url = "https://api.procountor.com/api".parse().unwrap();
        let call = Call::form(url.clone(), &[("client_secret", password.expose())]).secret(&password);
        let sent = String::from_utf8(call.body.clone().unwrap().1.to_vec()).unwrap();
        assert_eq!(told(&call, &format!("refused: {sent}")), "refused: client_secret=***");
        assert_eq!(told(&call, &serde_json::json!({ "detail": password.expose() }).to_string()), r#"{"detail":"***"}"#);
        assert_eq!(told(&call, "<Password>p&quot;a+s/s&lt;w&gt;ord&amp;=</Password>"), "<Password>***</Password>");
        assert_eq!(told(&Call::get(url), "nothing was sent"), "nothing was sent");
    }

    #[test]
    fn a_mail_address_is_taken_out_and_its_sentence_stays() {
        let call = Call::get("https://api.ongoingsystems.se/acme".parse().unwrap());
        let said = r#"{"message":"'kari.nordmann+a@example.com' is no mail address @ row 1"}"#;
        assert_eq!(told(&call, said), r#"{"message":"'***' is no mail address @ row 1"}"#);
    }

    #[test]
    fn a_header_is_taken_out_whole_and_in_its_parts() {
        let (token, session) = (Secret::new("t0ken-0001".into()), Secret::new("s3ssion-0001".into()));
        let call = |name, value| Call::get("https://api.procountor.com".parse().unwrap()).header(name, value);
        let bearer = call(AUTHORIZATION, token.header("Bearer ").unwrap());
        assert_eq!(told(&bearer, "Bearer t0ken-0001, or t0ken-0001 alone"), "***, or *** alone");
        let cookie = call(COOKIE, session.header("ASP.NET_SessionId=").unwrap());
        assert_eq!(told(&cookie, "no session s3ssion-0001"), "no session ***");
        let basic = call(AUTHORIZATION, token.basic("application-key").unwrap());
        let encoded = base64::prelude::BASE64_STANDARD.encode("application-key:t0ken-0001");
        assert_eq!(told(&basic, &format!("{encoded} is application-key and t0ken-0001")), "*** is *** and ***");
    }
}
