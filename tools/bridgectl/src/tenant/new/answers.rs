//! What is asked of a new tenant, and the item that follows.

use bridge::words::kind::Kind;
use serde_json::{Map, Value, json};

use crate::output::Failure;
use crate::questions::Questions;
use crate::tenant::item_schema::{Member, members, plain};

/// The tenant's name, the ERP, and where its goods are. `base_url` is what other tenants have.
pub fn tenant(
    ask: &mut Questions<'_>,
    id: Option<&str>,
    base_url: Option<&str>,
    is_taken: impl Fn(&str) -> bool,
) -> Result<(Value, Kind), Failure> {
    let free = |typed: &str| {
        if !bridge::tenant::is_id(typed) {
            return Err("a tenant id is 1 to 63 of a-z, 0-9 and -, not beginning with -".to_owned());
        }
        if is_taken(typed) {
            return Err(format!("{typed} is there already: bridgectl tenant edit {typed}"));
        }
        Ok(typed.to_owned())
    };
    let id = match id {
        Some(id) => free(id).map_err(Failure::wrong)?,
        None => ask.read("tenant id, its name in addresses and logs (a-z, 0-9 and -)", None, free)?,
    };
    let words = Kind::ALL.map(|kind| kind.word().to_owned());
    let word = ask.choice("ERP", &words, None)?;
    let kind = Kind::named(&word).ok_or_else(|| Failure::usage(format!("{word} is no ERP")))?;
    let question = match base_url {
        Some(_) => "Ongoing's API",
        None => "Ongoing's API (https://api.ongoingsystems.se/<warehouse>/api/v1)",
    };
    let base_url = ask.read(question, base_url, address)?;
    let owner = ask.read("goods owner id in Ongoing", None, |typed| {
        let number = typed.parse::<i64>().ok().filter(|number| *number > 0);
        number.ok_or_else(|| "a whole number of 1 or more is expected".to_owned())
    })?;
    let ongoing = json!({ "base_url": base_url, "goods_owner_id": owner });
    Ok((json!({ "tenant_id": id, "enabled": true, "erp": { "kind": kind }, "ongoing": ongoing }), kind))
}

fn address(typed: &str) -> Result<String, String> {
    bridge::words::address_guard::read(typed, true).map(|_| typed.to_owned())
}

/// When it begins, and whatever the person wants otherwise than it is by default.
pub fn settings(ask: &mut Questions<'_>, item: &mut Value, kind: Kind) -> Result<(), Failure> {
    let start = ask.read("orders changed since this date come in (2026-01-31; Enter: from now on)", None, |typed| {
        if typed.is_empty() { Ok(None) } else { crate::moment::moment(typed).map(|_| Some(typed.to_owned())) }
    })?;
    let mut settings = Map::new();
    settings.extend(start.map(|start| ("start_date".to_owned(), json!(start))));
    if ask.yes(&format!("look through what {kind} can do otherwise?"), false)? {
        let mut processes = Map::new();
        for member in members("processes", kind) {
            let on = member.default != Some(json!(false));
            ask.explain(&member.about);
            let wanted = ask.yes(&member.name, on)?;
            if wanted != on {
                processes.insert(member.name, json!(wanted));
            }
        }
        if !processes.is_empty() {
            item["processes"] = Value::Object(processes);
        }
        for member in members("settings", kind).into_iter().filter(is_asked) {
            settings.extend(setting(ask, &member)?.map(|value| (member.name, value)));
        }
    }
    if !settings.is_empty() {
        item["settings"] = Value::Object(settings);
    }
    Ok(())
}

/// What is a matter of choice; maps and filters are written in the file.
fn is_asked(member: &Member) -> bool {
    member.default.is_some() && (member.is_switch || !member.words.is_empty())
}

/// The value of a setting, where it is not the default.
fn setting(ask: &mut Questions<'_>, member: &Member) -> Result<Option<Value>, Failure> {
    let default = member.default.clone().unwrap_or_default();
    let question = &member.name;
    ask.explain(&member.about);
    if member.is_switch {
        let wanted = ask.yes(question, default == json!(true))?;
        return Ok(Some(json!(wanted)).filter(|wanted| *wanted != default));
    }
    let words: Vec<String> = member.words.iter().map(plain).collect();
    let value = |word: &String| member.words.iter().find(|value| plain(value) == *word).cloned().unwrap_or_default();
    let wanted = if member.is_list {
        Value::Array(ask.choices(question, &words, Some(&plain(&default)))?.iter().map(value).collect())
    } else {
        value(&ask.choice(question, &words, Some(&plain(&default)))?)
    };
    Ok(Some(wanted).filter(|wanted| *wanted != default))
}

#[cfg(test)]
mod tests {
    use bridge::tenant::Tenant;

    use super::*;

    const URL: &str = "https://api.ongoingsystems.se/acme/api/v1";

    fn asked(answers: &str) -> (Value, String) {
        let mut said = Vec::new();
        let mut ask = Questions::of(answers.as_bytes(), &mut said);
        let (mut item, kind) = tenant(&mut ask, None, Some(URL), |id| id == "taken").unwrap();
        settings(&mut ask, &mut item, kind).unwrap();
        drop(ask);
        Tenant::parse(&item, false).unwrap();
        (item, String::from_utf8(said).unwrap())
    }

    #[test]
    fn enter_takes_the_defaults_and_what_is_wrong_is_asked_again() {
        let (item, said) = asked("Acme\ntaken\nacme\nsap\npower\n\n-5\n159\n\n\n");
        let ongoing = json!({ "base_url": URL, "goods_owner_id": 159 });
        let expected =
            json!({ "tenant_id": "acme", "enabled": true, "erp": { "kind": "poweroffice" }, "ongoing": ongoing });
        assert_eq!(item, expected, "{said}");
        for line in
            ["not beginning with -", "taken is there already: bridgectl tenant edit taken", "1 or more is expected"]
        {
            assert!(said.contains(line), "{said}");
        }
    }

    #[test]
    fn an_id_that_is_given_is_not_asked_for() {
        let given = |id: &str| {
            tenant(&mut Questions::of(&b"v\n\n1\n"[..], std::io::sink()), Some(id), Some(URL), |id| id == "taken")
        };
        assert_eq!(given("acme").unwrap().0["tenant_id"], "acme");
        assert!(given("taken").unwrap_err().error.contains("tenant edit taken"));
        assert!(given("Acme").unwrap_err().error.contains("a tenant id is"));
    }

    #[test]
    fn choices_come_from_the_schema_and_only_what_differs_is_kept() {
        let processes = "\n\n\nn\n";
        let (item, said) = asked(&format!("acme\nvisma\n\n1\n2026-01-31\ny\n{processes}y\n2, 3\nsellable\n"));
        assert_eq!(item["processes"], json!({ "stock": false }), "{said}");
        let settings = json!({
            "start_date": "2026-01-31", "create_backorder": true, "order_statuses": [2, 3], "stock_quantity": "sellable",
        });
        assert_eq!(item["settings"], settings, "{said}");
        assert!(said.contains("stock_quantity (physical, sellable) [physical]: "), "{said}");
        assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    }
}
