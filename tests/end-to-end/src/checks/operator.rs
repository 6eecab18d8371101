//! What an operator does, with the real command.

use bridge::words::feed::Feed;
use serde_json::{Value, json};

use super::{Stage, ensure};
use crate::Result;
use crate::scenario::{self, Act, Scenario};

/// Good and bad files, JSON and YAML; none of it asks AWS.
///
/// # Errors
/// What is not so.
pub async fn files_are_checked_before_anything_is_asked(stage: &Stage) -> Result {
    let run = |arguments: &[&str], input: &str| stage.stack.bridgectl(arguments, input);
    let item = stage.first()?.item()?;
    let good =
        run(&["tenant", "validate", "--allow-local", "-", "infra/examples/tenant-visma.json"], &item.to_string())?;
    ensure(good.with(0)?.out.contains("malar-textil on visma is valid"), || "no word on a valid file".into())?;
    let yaml = "tenant_id: acme\nerp:\n  kind: visma\n  bas_url: x\nongoing: {goods_owner_id: many}\n";
    let bad = run(&["tenant", "validate", "-", "infra/examples/none.yaml"], yaml)?.with(1)?;
    for line in [
        "standard input:4:3: /erp/bas_url: ",
        "did you mean base_url?",
        "standard input:5:11: /ongoing/goods_owner_id: ",
        "/ongoing/base_url: it is missing",
        "infra/examples/none.yaml: cannot be read",
        "2 of 2 files",
    ] {
        ensure(bad.err.contains(line), || format!("no {line} in {bad:?}"))?;
    }
    let bad = run(&["tenant", "validate", "-", "--json"], yaml)?.with(1)?.json()?;
    ensure(bad["faults"][0]["path"] == "/erp/bas_url" && bad["faults"][0]["line"] == 4, || bad.to_string())?;
    ensure(run(&["tenant", "validate"], "")?.code == 2, || "no file is no wrong usage".into())?;
    let nowhere = run(&["tenant", "list", "--stack", "no-such-stack", "--json"], "")?.with(3)?.json()?;
    ensure(nowhere["error"].to_string().contains("no stack no-such-stack"), || nowhere.to_string())
}

/// Refused while it is enabled, then removed, then applied anew from JSON and changed from YAML.
///
/// # Errors
/// What is not so.
pub async fn a_tenant_comes_changes_and_goes(stage: &Stage) -> Result {
    let (stack, second) = (&stage.stack, second());
    let id = second.tenant_id.as_str();
    stack.bridgectl(&["tenant", "remove", id, "--yes"], "")?.with(1)?;
    stack.bridgectl(&["tenant", "pause", id], "")?.with(0)?;
    stack.bridgectl(&["tenant", "remove", id], "")?.with(2)?;
    let removed = stack.operate(&["tenant", "remove", id, "--yes"], "")?;
    let stays = format!("{}/ongoing/{id}", stack.outputs.secret_prefix);
    ensure(removed["stays"]["secrets"][0] == stays, || removed.to_string())?;
    stack.bridgectl(&["tenant", "show", id], "")?.with(1)?;

    let mut item = second.item()?;
    let file = item.to_string();
    let unasked = stack.bridgectl(&["tenant", "apply", "-"], &file)?.with(2)?;
    ensure(unasked.err.contains(&format!("+ /tenant_id: \"{id}\"")), || format!("{unasked:?}"))?;
    let applied = stack.operate(&["tenant", "apply", "-", "--yes"], &file)?;
    ensure(applied["new"] == true && applied["written"] == true, || applied.to_string())?;
    let again = stack.operate(&["tenant", "apply", "-", "--yes"], &file)?;
    ensure(again["written"] == false && again["differences"] == json!([]), || again.to_string())?;

    let all = stack.operate(&["tenant", "list"], "")?;
    let row = all.as_array().into_iter().flatten().find(|row| row["tenant_id"] == id).cloned().unwrap_or_default();
    ensure(row["valid"] == true && row["erp"] == second.kind.word(), || all.to_string())?;
    ensure(row["last_moved"].is_string(), || format!("its ledger stayed, and: {row}"))?;
    ensure(stack.bridgectl(&["tenant", "list"], "")?.with(0)?.out.contains(id), || "no table".into())?;
    let unnamed = stack.bridgectl_unnamed(&["tenant", "list", "--json"])?.with(0)?.json()?;
    ensure(unnamed == all, || format!("the only stack is not found without its name: {unnamed}"))?;

    item["settings"]["stock_quantity"] = json!("sellable");
    let yaml = format!("# onboarded by hand\n{}", yaml(&item));
    let changed = stack.operate(&["tenant", "apply", "-", "--yes"], &yaml)?;
    let expected = json!([{ "path": "/settings/stock_quantity", "before": null, "after": "sellable" }]);
    ensure(changed["differences"] == expected, || changed.to_string())?;
    let shown = stack.operate(&["tenant", "show", id], "")?;
    ensure(shown["item"]["ongoing"]["started_from_status"] == 320, || format!("no defaults: {shown}"))?;
    ensure(shown["item"]["settings"]["stock_quantity"] == "sellable", || shown.to_string())?;
    ensure(shown["cursors"]["articles"].is_object(), || shown.to_string())?;
    item["settings"]["create_backorder"] = json!(true);
    let refused = stack.bridgectl(&["tenant", "apply", "-", "--yes", "--json"], &item.to_string())?.with(1)?.json()?;
    ensure(refused["faults"][0]["path"] == "/settings/create_backorder", || refused.to_string())
}

/// Asked line by line: secrets are tried at once, the file is written and stored, and only what differs comes back out.
///
/// # Errors
/// What is not so.
pub async fn a_company_is_onboarded_by_answers(stage: &Stage) -> Result {
    let (stack, second) = (&stage.stack, second());
    let item = second.item()?;
    let address = |pointer: &str| item.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (user, password) = &second.warehouse_login;
    let (erp, login) = (address("/erp/base_url"), address("/erp/auth_url"));
    let file = std::env::temp_dir().join(format!("bridge-made-{}.yaml", std::process::id()));
    let name = file.display().to_string();
    // A goods owner that the user does not see and a key that is none, both insisted on; the application's secret stays.
    let ongoing = address("/ongoing/base_url");
    let answers =
        ["poweroffice", &ongoing, "997", user.as_str(), password, "y", "", "no-such-key", "y", "2026-01-01", "n", "y"];
    let arguments = ["tenant", "new", "made", "--json", "--out", &name, "--erp-url", &erp, "--erp-auth-url", &login];
    let said = stack.bridgectl(&arguments, &(answers.join("\n") + "\n"));
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    let _ = std::fs::remove_file(&file);
    let exported = stack.bridgectl(&["tenant", "export", "made", "--json"], "");
    let removed = stack.bridgectl(&["tenant", "remove", "made", "--yes", "--force", "--purge"], "")?;
    let said = said?.with(1)?;
    let made = said.json()?;
    ensure(made["stored"] == true && made["checked"] == false, || format!("{said:?}"))?;
    ensure(said.err.contains("✗ goods owner 997") && said.err.contains("its records wait"), || format!("{said:?}"))?;
    ensure(!said.err.contains("no-such-key") && !said.err.contains(password.as_str()), || format!("{said:?}"))?;
    ensure(text.contains("  # stock_quantity: \"physical\"") && text.contains("goods_owner_id: 997"), || text.clone())?;
    let exported = exported?.with(0)?.json()?;
    ensure(exported["settings"] == json!({ "start_date": "2026-01-01" }), || exported.to_string())?;
    ensure(exported["processes"].is_null() && exported["enabled"].is_null(), || exported.to_string())?;
    removed.with(0).map(drop)
}

/// Values come on standard input; nothing of them is said, but for a webhook token that is asked for.
///
/// # Errors
/// What is not so.
pub async fn secrets_are_put_without_being_shown(stage: &Stage) -> Result {
    let (stack, second) = (&stage.stack, second());
    let name = format!("ongoing/{}", second.tenant_id);
    let (username, password) = &second.warehouse_login;
    let put = |arguments: &[&str], input: &str| {
        stack.bridgectl(
            &["secret", "put", &name].into_iter().chain(arguments.iter().copied()).collect::<Vec<_>>(),
            input,
        )
    };
    let wrong = put(&[], r#"{"username":"u","pasword":"hunter2"}"#)?.with(1)?;
    ensure(wrong.err.contains("/pasword") && !wrong.err.contains("hunter2"), || format!("{wrong:?}"))?;
    let whole = json!({ "username": username, "password": password }).to_string();
    let said = put(&["--new-webhook-token", "--show-webhook-token"], &whole)?.with(0)?;
    let token = said.out.trim().to_owned();
    ensure(token.len() == 43 && !token.contains(' '), || format!("{said:?}"))?;
    ensure(said.err.contains("/webhooks/ongoing/") && !said.err.contains(password.as_str()), || format!("{said:?}"))?;
    let merged = put(&["--merge"], &json!({ "password": password }).to_string())?.with(0)?;
    ensure(!merged.out.contains(password.as_str()), || format!("{merged:?}"))?;
    let kept = stack.operate(&["secret", "put", &name, "--merge", "--show-webhook-token"], "")?;
    ensure(kept["webhook_token"] == token, || "the token went with a merge".into())?;
    let status = stack.webhook_of_a_new_token(&second.tenant_id, &token, "{}").await?;
    ensure(status == 400, || format!("{status}: the new token does not open the webhook"))
}

/// Good where all is there; a right that is missing and a wrong key are named, and end with 1.
///
/// # Errors
/// What is not so.
pub async fn a_check_says_what_is_missing(stage: &Stage) -> Result {
    let (stack, second) = (&stage.stack, second());
    let id = second.tenant_id.as_str();
    let name = format!("{}/{id}", second.kind);
    let good = stack.operate(&["check", id], "")?;
    ensure(good["good"] == true && good["reports"][1]["system"] == "ongoing", || good.to_string())?;

    let company = |args: Value| Act { said: "", action: "put_company", args };
    let granted = second.act(&company(json!({}))).await?["privileges"].clone();
    let fewer = granted.as_array().into_iter().flatten().filter(|name| *name != "Product_Full");
    second.act(&company(json!({ "privileges": fewer.collect::<Vec<_>>() }))).await?;
    let without = stack.bridgectl(&["check", id], "")?;
    second.act(&company(json!({ "privileges": granted }))).await?;
    let without = without.with(1)?.out;
    let advised = without.lines().skip_while(|line| !line.contains("✗ right Product_Full")).nth(1);
    ensure(advised.is_some_and(|line| line.contains("administrator")), || without.clone())?;
    ensure(without.matches('✗').count() == 1 && without.contains("✓ right Product"), || without.clone())?;

    stack.bridgectl(&["secret", "put", &name], r#"{"client_key":"not-the-key-of-it"}"#)?.with(0)?;
    let refused = stack.bridgectl(&["check", "-", "--json"], &second.item()?.to_string());
    stack.bridgectl(&["secret", "put", &name], &second.credentials.to_string())?.with(0)?;
    let refused = refused?.with(1)?.json()?;
    let findings = refused["reports"][0]["findings"].as_array().cloned().unwrap_or_default();
    let login = findings.iter().find(|finding| finding["point"] == "login").cloned().unwrap_or_default();
    ensure(login["state"] == "missing", || refused.to_string())
}

/// Facts come with their answers, and the exchanges without anybody's secrets; with `--write` the company's name is wanted.
///
/// # Errors
/// What is not so.
pub async fn a_probe_says_how_the_vendors_are_and_writes_nothing(stage: &Stage) -> Result {
    let (stack, second) = (&stage.stack, second());
    let id = second.tenant_id.as_str();
    let before = stage.warehouse(&second).await?;
    let folder = std::env::temp_dir().join(format!("probe-{}", std::process::id()));
    let said = stack.operate(&["probe", id, "--record", &folder.to_string_lossy()], "")?;
    let facts = said["facts"].as_array().cloned().unwrap_or_default();
    let of = |name: &str| facts.iter().find(|fact| fact["fact"] == name).cloned().unwrap_or_default();
    ensure(of("poweroffice.token-lifetime")["verdict"] == "holds", || said.to_string())?;
    ensure(of("ongoing.put-null")["verdict"] == "cannot_tell" && said["wrote"] == false, || said.to_string())?;
    let recorded = std::fs::read_to_string(folder.join("poweroffice.json"));
    std::fs::remove_dir_all(&folder)?;
    let recorded = recorded?;
    let secrets = second.credentials.as_object().into_iter().flatten().filter_map(|(_, value)| value.as_str());
    for secret in secrets {
        ensure(!recorded.contains(secret), || "a recording has a secret".into())?;
    }
    let unnamed = stack.bridgectl(&["probe", id, "--write", "--yes-to", "another company"], "")?.with(1)?;
    ensure(unnamed.err.contains("nothing was written"), || format!("{unnamed:?}"))?;
    let after = stage.warehouse(&second).await?;
    ensure(after.records == before.records, || "a probe made records".into())
}

/// `pull` now and since; then the order is found by its number.
///
/// # Errors
/// What is not so.
pub async fn a_pull_brings_what_is_older_and_its_order_is_found(stage: &Stage) -> Result {
    let (stack, second) = (&stage.stack, second());
    let id = second.tenant_id.as_str();
    let now = stack.operate(&["pull", id], "")?;
    ensure(now["summary"]["feeds"][0]["end"] == "complete", || now.to_string())?;
    let yesterday = (jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24)).to_string();
    let since = stack.bridgectl(&["pull", id, "--feeds", "orders", "--since", &yesterday], "")?.with(0)?;
    ensure(since.out.contains("orders") && !since.out.contains("articles"), || format!("{since:?}"))?;
    stack.bridgectl(&["pull", id, "--feeds", "purchase_orders"], "")?.with(1)?;
    stack.bridgectl(&["pull", id, "--since", "yesterday"], "")?.with(2)?;
    stage.quiet(&second).await?;

    let sources = second.in_erp().await?;
    let order = sources.iter().find(|source| source.feed == Feed::Orders && source.wanted.is_some());
    let number = &order.ok_or("the company has no order that flows")?.number;
    let found = stack.operate(&["where", number, "--tenant", id], "")?;
    ensure(found[0]["feed"] == "orders" && found[0]["ongoing"]["number"].is_string(), || found.to_string())?;
    ensure(found[0]["ongoing_now"]["status"].is_number(), || format!("no status of now: {found}"))?;
    let everywhere = stack.bridgectl(&["where", number], "")?.with(0)?;
    ensure(everywhere.out.contains("it is in Ongoing"), || format!("{everywhere:?}"))?;
    let explained = stack.operate(&["explain", number, "--tenant", id], "")?;
    let members = explained[0]["explanation"]["members"].as_array().map_or(0, Vec::len);
    ensure(members > 8 && explained[0]["moved_on"] == false, || format!("{members} members: {explained}"))?;
    stack.bridgectl(&["where", "no-such-number"], "")?.with(1)?;
    let parked = stack.operate(&["parked"], "")?;
    let wanted =
        stage.scenarios.iter().flat_map(|scenario| scenario.parks.iter().map(move |(number, _)| (scenario, *number)));
    for (scenario, number) in wanted {
        let named = |one: &Value| one["number"] == number && one["tenant_id"] == scenario.tenant_id.as_str();
        ensure(parked.as_array().is_some_and(|all| all.iter().any(named)), || format!("no {number} in {parked}"))?;
    }
    Ok(())
}

/// A schedule makes no job for it; resumed, it does. The consent link is for an ERP that has the page.
///
/// # Errors
/// What is not so.
pub async fn a_paused_tenant_is_left_alone(stage: &Stage) -> Result {
    let (stack, second) = (&stage.stack, second());
    let id = second.tenant_id.as_str();
    let before = stack.schedule(second.kind).await?;
    let paused = stack.operate(&["tenant", "pause", id], "")?;
    ensure(paused["enabled"] == false, || paused.to_string())?;
    let without = stack.schedule(second.kind).await?;
    stack.bridgectl(&["pull", id], "")?.with(1)?;
    stack.operate(&["tenant", "resume", id], "")?;
    let after = stack.schedule(second.kind).await?;
    stage.quiet(&second).await?;
    ensure(before == without + 1 && after == before, || format!("{before}, {without}, {after} jobs"))?;
    let shown = stack.operate(&["tenant", "show", id], "")?;
    ensure(shown["item"]["settings"]["stock_quantity"] == "sellable", || format!("more was changed: {shown}"))?;
    stack.bridgectl(&["tenant", "pause", "nobody"], "")?.with(1)?;

    let visma = stage.scenarios.iter().find(|scenario| scenario.kind.word() == "visma").ok_or("no Visma")?;
    let link = stack.bridgectl(&["connect-link", &visma.tenant_id], "")?.with(0)?;
    let begin = format!("{}/connect/visma/{}?ticket=", stack.outputs.api_url.trim_end_matches('/'), visma.tenant_id);
    ensure(link.out.starts_with(&begin) && link.out.lines().count() == 1, || format!("{link:?}"))?;
    let mail = stack.bridgectl(&["connect-link", &visma.tenant_id, "--mail", "sv", "--qr"], "")?.with(0)?;
    let is_mail = mail.out.starts_with("Anslut Visma eEkonomi till ditt lager\n\nHej!\n") && mail.out.contains(&begin);
    ensure(is_mail && mail.err.contains('█'), || format!("{mail:?}"))?;
    let none = stack.bridgectl(&["connect-link", id], "")?.with(1)?;
    ensure(none.out.is_empty(), || format!("{none:?}"))
}

/// The second company, whose tenant starts tomorrow.
fn second() -> Scenario {
    let tomorrow = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    // To the day, so that the same item is made each time.
    let tomorrow = tomorrow.to_string()[..10].to_owned();
    Scenario { settings: json!({ "start_date": tomorrow }), ..scenario::second() }
}

/// As a person writes it, as far as a tenant goes: members in block style, what is in them as JSON.
fn yaml(item: &Value) -> String {
    let members = item.as_object().into_iter().flatten();
    let block = |value: &Value| match value.as_object() {
        Some(inner) => inner.iter().map(|(name, value)| format!("\n  {name}: {value}")).collect::<String>(),
        None => format!(" {value}"),
    };
    members.map(|(name, value)| format!("{name}:{}\n", block(value))).collect()
}
