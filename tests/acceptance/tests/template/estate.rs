//! The estate as a whole: stopped and started, restored, protected, bounded. Each by a parameter.

use std::collections::BTreeSet;

use bridge::words::kind::Kind;
use serde_json::{Value, json};

use crate::lint_rules::{FUNCTION, QUEUE, statements};
use crate::read::{deployed, each, of_type, template, written};

const TABLE: &str = "AWS::DynamoDB::Table";

fn events<'a>(template: &'a Value, kind: &'a str) -> impl Iterator<Item = (String, &'a Value)> {
    of_type(template, FUNCTION).flat_map(move |(function, properties)| {
        let events = properties["Events"].as_object().into_iter().flatten();
        events
            .filter(move |(_, event)| event["Type"] == kind)
            .map(move |(name, event)| (format!("{function}/{name}"), &event["Properties"]))
    })
}

#[test]
fn one_parameter_stops_pulls_imports_and_write_backs_and_starts_them_again() {
    for (state, enabled, rule) in
        [("RUNNING", true, json!({ "Ref": "ScheduleState" })), ("STOPPED", false, json!("DISABLED"))]
    {
        let template = deployed(&[("EstateState", state)]);
        let mappings: Vec<_> = events(&template, "SQS").collect();
        // The ERPs' jobs, those of the reconcile, the import and the write-back.
        assert_eq!(mappings.len(), Kind::ALL.len() + 3, "every queue that starts something");
        for (name, mapping) in mappings {
            assert_eq!(mapping["Enabled"], enabled, "{state}: {name}");
        }
        let rules: Vec<_> = events(&template, "Schedule").collect();
        assert_eq!(rules.len(), 6);
        for (name, tick) in rules {
            // A proof has a switch of its own.
            let rule = if name.ends_with("/Proof") && enabled { json!({ "Ref": "ProofState" }) } else { rule.clone() };
            assert_eq!(tick["State"], rule, "{state}: {name}");
        }
        let says = template["Outputs"]["EstateIs"]["Value"].as_str().unwrap();
        assert_eq!(says.contains("EstateState=RUNNING"), !enabled, "{says}");
    }
}

/// SAM keeps parameters that are left out: an estate that was stopped stays so unless somebody says otherwise.
#[test]
fn a_stopped_estate_is_started_by_the_next_plain_deployment_and_rings_until_then() {
    let samconfig = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../samconfig.toml")).unwrap();
    assert!(samconfig.contains("\nparameter_overrides = \"EstateState=RUNNING\"\n"));
    // Rules that are off trigger nothing, and nothing is breaching.
    let stopped = deployed(&[("EstateState", "STOPPED")]);
    let alarm = &stopped["Resources"]["TickMissingAlarm"]["Properties"];
    assert_eq!((&alarm["TreatMissingData"], &alarm["Threshold"]), (&json!("breaching"), &json!(1)));
    let by_hand = deployed(&[("ScheduleState", "DISABLED")]);
    assert!(by_hand["Resources"]["TickMissingAlarm"].is_null(), "nobody asked for ticks");
}

/// A name or a condition given later replaces the table, and with the ledger and the intents empty everything is written
/// again.
#[test]
fn the_stack_s_own_tables_stay_whatever_it_uses() {
    let restored = [("ExistingTenantTable", "tenants-restored"), ("ExistingStateTable", "state-restored")];
    for parameters in [&[][..], &restored] {
        let template = deployed(parameters);
        let tables: Vec<_> = of_type(&template, TABLE).collect();
        assert_eq!(tables.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["StateTable", "TenantTable"]);
        for (id, table) in tables {
            assert!(table["TableName"].is_null(), "{id} has a name of its own");
            let resource = &template["Resources"][id];
            assert!(resource["Condition"].is_null(), "{id} goes with a condition");
            assert_eq!(resource["DeletionPolicy"], "RetainExceptOnCreate", "{id}");
            assert_eq!(resource["UpdateReplacePolicy"], "Retain", "{id}");
        }
    }
}

#[test]
fn a_restored_table_takes_the_place_of_the_stack_s_own_everywhere() {
    let template = deployed(&[("ExistingTenantTable", "tenants-restored"), ("ExistingStateTable", "state-restored")]);
    let variables = &template["Globals"]["Function"]["Environment"]["Variables"];
    for (variable, output, parameter) in [
        ("TENANT_TABLE", "TenantTableName", "ExistingTenantTable"),
        ("STATE_TABLE", "StateTableName", "ExistingStateTable"),
    ] {
        let used = json!({ "Ref": parameter });
        assert_eq!((&variables[variable], &template["Outputs"][output]["Value"]), (&used, &used));
    }
    for (role, properties) in of_type(&template, "AWS::IAM::Role") {
        for resource in statements(properties).flat_map(|statement| each(&statement["Resource"])) {
            let arn = resource.to_string();
            assert!(!arn.contains("TenantTable\"") && !arn.contains("StateTable\""), "{role}: {arn}");
        }
    }
}

#[test]
fn protection_and_boundary_are_parameters_that_are_off() {
    let off = template();
    let on = deployed(&[("DeletionProtection", "true"), ("PermissionsBoundaryArn", "arn:aws:iam::1:policy/b")]);
    for (id, table) in of_type(&off, TABLE) {
        assert_eq!(table["DeletionProtectionEnabled"], false, "{id}");
        assert_eq!(on["Resources"][id]["Properties"]["DeletionProtectionEnabled"], true, "{id}");
        // A key in KMS is paid for by the call.
        assert_eq!(table["SSESpecification"]["SSEEnabled"], false, "{id}");
    }
    for (id, role) in of_type(&off, "AWS::IAM::Role") {
        assert!(role["PermissionsBoundary"].is_null(), "{id}");
        let bound = &on["Resources"][id]["Properties"]["PermissionsBoundary"];
        assert_eq!(*bound, json!({ "Ref": "PermissionsBoundaryArn" }), "{id}");
    }
}

/// What is on them exists nowhere else for as long as it takes to come again by itself.
#[test]
fn records_notices_and_dead_letters_outlive_the_stack() {
    let template = template();
    for (id, queue) in of_type(&template, QUEUE) {
        let keeps = queue["FifoQueue"] == true || !queue["RedriveAllowPolicy"].is_null();
        let policy = &template["Resources"][id]["DeletionPolicy"];
        assert_eq!(*policy == "RetainExceptOnCreate", keeps, "{id}: {policy}");
    }
}

#[test]
fn nothing_is_reserved_unless_it_is_asked_for_and_caps_are_parameters() {
    let reserved = |template: &Value| -> Vec<(String, Value)> {
        let all = of_type(template, FUNCTION);
        let all = all.filter(|(_, properties)| !properties["ReservedConcurrentExecutions"].is_null());
        all.map(|(id, properties)| (id.to_owned(), properties["ReservedConcurrentExecutions"].clone())).collect()
    };
    assert_eq!(reserved(&template()), vec![]);
    let asked = deployed(&[("WebhookReservedConcurrency", "5")]);
    assert_eq!(reserved(&asked), vec![("OngoingWebhook".to_owned(), json!({ "Ref": "WebhookReservedConcurrency" }))]);
    for (parameter, event) in [
        ("ImportConcurrency", "WmsImport/Records"),
        ("WritebackConcurrency", "Writeback/Notices"),
        ("ReconcileConcurrency", "Reconcile/Jobs"),
    ] {
        let most = |value: &str| {
            let template = deployed(&[(parameter, value)]);
            events(&template, "SQS").find(|(name, _)| name == event).unwrap().1["ScalingConfig"].clone()
        };
        assert_eq!(most(""), Value::Null, "{parameter}");
        assert_eq!(most("7"), json!({ "MaximumConcurrency": { "Ref": parameter } }));
    }
}

#[test]
fn an_own_domain_is_where_others_are_sent_back_to() {
    let template = deployed(&[("DomainName", "bridge.example.com"), ("CertificateArn", "c"), ("HostedZoneId", "Z")]);
    let address = json!({ "Fn::Sub": "https://${DomainName}" });
    assert_eq!(template["Outputs"]["ApiUrl"]["Value"], address);
    let connect = &template["Resources"]["Connect"]["Properties"]["Environment"]["Variables"]["API_URL"];
    assert_eq!(*connect, address);
    for id in ["ApiDomain", "ApiDomainMapping", "ApiDomainRecord"] {
        assert!(template["Resources"][id].is_object(), "{id}");
        assert!(deployed(&[])["Resources"][id].is_null(), "{id}");
    }
    assert!(deployed(&[("DomainName", "d")])["Resources"]["ApiDomainRecord"].is_null(), "a zone of somebody else's");
}

#[test]
fn every_route_has_a_throttle_of_its_own() {
    let template = template();
    let stage = &template["Resources"]["ApiStage"];
    let settings = stage["Properties"]["RouteSettings"].as_object().unwrap();
    let routes: BTreeSet<&str> =
        of_type(&template, "AWS::ApiGatewayV2::Route").filter_map(|(_, route)| route["RouteKey"].as_str()).collect();
    assert_eq!(settings.keys().map(String::as_str).collect::<BTreeSet<_>>(), routes);
    assert!(settings.values().all(|one| one["ThrottlingRateLimit"].is_u64() && one["ThrottlingBurstLimit"].is_u64()));
    // Settings of a route that is not there yet are refused.
    let ids: BTreeSet<&str> = of_type(&template, "AWS::ApiGatewayV2::Route").map(|(id, _)| id).collect();
    assert_eq!(each(&stage["DependsOn"]).into_iter().filter_map(Value::as_str).collect::<BTreeSet<_>>(), ids);
}

#[test]
fn traces_are_off_and_every_role_may_write_them_when_they_are_on() {
    let tracing = |template: &Value| template["Globals"]["Function"]["Tracing"].clone();
    let (off, on) = (template(), deployed(&[("Tracing", "on")]));
    assert_eq!((tracing(&off), tracing(&on)), (json!("PassThrough"), json!("Active")));
    assert!(off["Resources"]["TracePolicy"].is_null());
    let roles: BTreeSet<&str> = of_type(&on, "AWS::IAM::Role").map(|(id, _)| id).collect();
    let policy = &on["Resources"]["TracePolicy"]["Properties"];
    let writers = each(&policy["Roles"]).into_iter().filter_map(|role| role["Ref"].as_str());
    assert_eq!(writers.collect::<BTreeSet<_>>(), roles);
}

/// Lambda takes names of 64 characters and SQS of 80; CloudFormation has no way to measure a stack's name before.
#[test]
fn the_longest_name_of_a_stack_is_the_one_that_the_readme_says() {
    let template = template();
    let longest = |kind: &'static str, member: &str, most: usize| {
        let names = of_type(&template, kind).filter_map(|(_, one)| one[member]["Fn::Sub"].as_str());
        let names = names.filter_map(|name| name.strip_prefix("${AWS::StackName}"));
        most - names.map(str::len).max().unwrap()
    };
    let most = longest(FUNCTION, "FunctionName", 64).min(longest(QUEUE, "QueueName", 80));
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).unwrap();
    assert!(readme.contains(&format!("at most {most} characters")), "{most}");
}

#[test]
fn what_is_published_has_the_workspace_s_version_and_licence() {
    let published = written()["Metadata"]["AWS::ServerlessRepo::Application"].clone();
    assert_eq!(published["SemanticVersion"], env!("CARGO_PKG_VERSION"));
    assert!(env!("CARGO_PKG_LICENSE").contains(published["SpdxLicenseId"].as_str().unwrap()));
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for file in ["LicenseUrl", "ReadmeUrl"] {
        assert!(root.join(published[file].as_str().unwrap()).is_file(), "{file}");
    }
}
