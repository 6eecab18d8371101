//! The published schema of what the command prints with `--json`, from the types that it prints.
//!
//! `UPDATE_SCHEMA=1 cargo test -p bridgectl --bin bridgectl answers` writes the file anew.

use std::path::Path;

use bridge::roads::explain::Explained;
use bridge::roads::plan::Plan;
use bridge::roads::proof::Proof;
use bridge::roads::rebuild::Rebuild;
use bridge::roads::repair::dead_letters::DeadLetters;
use bridge::roads::status::Estate;
use bridge::roads::status::log_line::LogLine;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use crate::{
    args, backfill, check, connect_link, dead_letters, output, parked, replay, secret, status_link, tenant, values,
};

type Answer = (&'static str, fn(&mut SchemaGenerator) -> Schema);

/// What each command prints.
fn answers() -> Vec<Answer> {
    fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
    vec![
        ("check", of::<check::Checked>),
        ("completions", of::<args::Completions>),
        ("connect-link", of::<connect_link::Link<'_>>),
        ("dead-letters list", of::<DeadLetters>),
        ("dead-letters redrive", of::<dead_letters::Answer>),
        ("dead-letters show", of::<Vec<Value>>),
        ("explain", of::<Vec<Explained>>),
        ("logs", of::<Vec<LogLine>>),
        ("man", of::<crate::man::Pages>),
        ("parked", of::<Vec<parked::ParkedRecord>>),
        ("parked drop", of::<parked::Repaired>),
        ("parked retry", of::<parked::Repaired>),
        ("probe", of::<bridge::roads::probe::Report>),
        ("proof", of::<Proof>),
        ("pull", of::<backfill::Pulled>),
        ("replay", of::<replay::Answer>),
        ("secret put", of::<secret::Written>),
        ("status", of::<Estate>),
        ("status-link", of::<status_link::Link<'_>>),
        ("tenant apply", of::<tenant::Applied>),
        ("tenant edit", of::<tenant::Applied>),
        ("tenant export", of::<Map<String, Value>>),
        ("tenant list", of::<Vec<tenant::Row>>),
        ("tenant new", of::<tenant::Made>),
        ("tenant pause", of::<tenant::Switched<'_>>),
        ("tenant plan", of::<Plan>),
        ("tenant rebuild", of::<Rebuild>),
        ("tenant remove", of::<tenant::Removed<'_>>),
        ("tenant resume", of::<tenant::Switched<'_>>),
        ("tenant schema", of::<Map<String, Value>>),
        ("tenant show", of::<tenant::Shown>),
        ("tenant validate", of::<tenant::Validation>),
        ("values", of::<values::Counted<'_>>),
        ("where", of::<Vec<crate::where_record::Answer>>),
    ]
}

/// Each command's answer is a definition of its name; what went wrong is `failure`.
fn schema() -> Value {
    // What is written, not what is read: a member that has a default is there all the same.
    let mut generator = SchemaSettings::draft07().for_serialize().into_generator();
    let mut commands = Map::new();
    for (name, answer) in answers() {
        let own = answer(&mut generator);
        commands.insert(name.to_owned(), json!(own));
    }
    let failure = json!(generator.subschema_for::<output::FailureAnswer>());
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "What bridgectl prints with --json",
        "description": "By the command's name: one document on standard output. Exit codes 0 and 1 come with the command's \
                        own answer, or, as 2, 3 and 4 always, with failure. Members may be added; none is renamed.",
        "commands": commands,
        "failure": failure,
        "definitions": generator.take_definitions(true),
    })
}

fn file() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/bridgectl.schema.json")
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    let told = format!("{:#}\n", schema());
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(file(), &told).unwrap();
    }
    let published = std::fs::read_to_string(file()).unwrap_or_default();
    assert!(published == told, "docs/bridgectl.schema.json is another: UPDATE_SCHEMA=1 writes it anew");
}

#[test]
fn every_command_has_one_shape() {
    fn leaves(command: &clap::Command, path: &str, found: &mut Vec<String>) {
        let subs: Vec<_> = command.get_subcommands().filter(|sub| sub.get_name() != "help").collect();
        if subs.is_empty() || !command.is_subcommand_required_set() {
            found.push(path.trim().to_owned());
        }
        subs.into_iter().for_each(|sub| leaves(sub, &format!("{path} {}", sub.get_name()), found));
    }
    let mut commands = Vec::new();
    leaves(&<args::Cli as clap::CommandFactory>::command(), "", &mut commands);
    commands.sort_unstable();
    let answers: Vec<String> = answers().into_iter().map(|(name, _)| name.to_owned()).collect();
    assert_eq!(commands, answers);
}

#[test]
fn what_is_printed_is_what_the_schema_says() {
    let schema = schema();
    let valid = |of: &str, said: &Value| {
        let mut own = schema.clone();
        let wanted = if of == "failure" { schema["failure"].clone() } else { schema["commands"][of].clone() };
        own["allOf"] = json!([wanted]);
        let validator = jsonschema::draft7::new(&own).unwrap();
        validator.iter_errors(said).map(|error| format!("{}: {error}", error.instance_path())).collect::<Vec<_>>()
    };
    let none = Vec::<String>::new();
    let good = crate::tenant::validated(&["infra/examples/tenant-visma.json"]);
    assert_eq!(valid("tenant validate", &good.unwrap().json), none);
    let bad = crate::tenant::validated(&["nowhere.json"]).unwrap_err().json();
    assert_eq!((valid("tenant validate", &bad), valid("failure", &bad)), (none.clone(), none.clone()));
    let failure = output::Failure::changed("somebody else").json();
    assert_eq!(valid("failure", &failure), none);
    let shell = args::completions(clap_complete::Shell::Bash);
    assert_eq!(valid("completions", &shell.json), none);
    // A shape that nothing fits would fit these as well.
    for of in ["tenant plan", "status", "where", "failure"] {
        assert!(!valid(of, &json!({ "shell": 7 })).is_empty(), "{of}");
    }
}
