//! The command line's arguments.

mod tenant;

use std::path::PathBuf;

use bridge::doors::consent::mail::LANGUAGES;
use bridge::words::feed::Feed;
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

pub use self::tenant::{Apply, Edit, Insist, List, New, State, TenantCommand};
use crate::moment::moment;
use crate::output::Output;

const EXIT_CODES: &str = "\
Exit codes:
  0  good
  1  faults were found, or a check is not good
  2  wrong usage
  3  AWS, the stack or Ongoing cannot be reached, or does not allow it
  4  something changed in between; nothing was written

AWS is found by the standard variables and profiles (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL and so on).
A profile of aws sso login or of aws login works as it is.";

/// Operates Ongoing Bridge: tenants, secrets, checks, pulls, and where an order is
#[derive(Parser)]
#[command(name = "bridgectl", bin_name = "bridgectl", version, after_help = EXIT_CODES, propagate_version = true)]
pub struct Cli {
    /// Print one JSON document on standard output, also of what went wrong
    #[arg(long, global = true)]
    pub json: bool,

    /// The stack that is operated, by its CloudFormation name; the only one of the region when left out
    #[arg(long, global = true, env = "BRIDGE_STACK", value_name = "NAME")]
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub stack: Option<String>,

    /// Times in UTC and not by the clock of this machine
    #[arg(long, global = true)]
    pub utc: bool,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Tenants: one ERP company tied to one goods owner of Ongoing's
    #[command(subcommand)]
    Tenant(TenantCommand),

    /// Secrets: credentials of tenants and of the ERPs' applications
    #[command(subcommand)]
    Secret(SecretCommand),

    /// How everything stands, on one screen, worst first; exit code 1 when something needs a person
    ///
    /// How old the last good pull of each feed is, what is in the way since when and which command ends it, what waits, is
    /// parked or left for a person; above it the schedule, the systems, rate limits and dead letters. Asks no vendor.
    Status {
        /// Look at this tenant alone
        #[arg(long, value_name = "ID")]
        tenant: Option<String>,
        /// Show it anew every ten seconds, until it is left with Ctrl-C
        #[arg(long, conflicts_with = "json")]
        watch: bool,
    },

    /// Prove a tenant's credentials, rights and modules with the cheapest real calls
    ///
    /// Asks the ERP and Ongoing with the credentials in Secrets Manager, and says what is missing and whom to ask for it.
    Check {
        /// Tenant id, or a tenant file
        #[arg(value_name = "TENANT|FILE")]
        tenant: String,
        #[command(flatten)]
        insist: Insist,
    },

    /// Make the one-time link with which a company consents, and print it alone
    ///
    /// For ERPs with a consent page (Visma, Procountor). The link is good for 24 hours and once; a new one ends the former.
    ConnectLink(ConnectLink),

    /// Pull a tenant's feeds now, or everything changed since a date
    ///
    /// A backfill (--since) is followed to its end; it goes on in the background when this command is left. There is one of
    /// a feed at a time: a second one joins it, and one that stands still goes on where it was when it is started again.
    Pull(Pull),

    /// Where is order 10023? What became of a record, by the number a person knows
    ///
    /// Its life in plain words and in order: changed in the ERP, pulled, in the warehouse, shipped, reported; what it waits for
    /// since when, and the command that helps. An order's rows and tracking are asked of Ongoing at this moment. A number is
    /// found whichever way it is written, and by its beginning where that is enough. What was never pulled is asked of the ERP
    /// itself, where --tenant names one.
    Where {
        /// Number of an order, an article, a purchase order, a customer or a shipment, its beginning, or an id of the ERP's or
        /// Ongoing's
        number: String,
        /// Look at this tenant alone
        #[arg(long, value_name = "ID")]
        tenant: Option<String>,
    },

    /// Where every value of a record comes from: the ERP's member, the row of the mapping table, the setting
    ///
    /// Reads the record from the ERP, maps it again, and says of each member of Ongoing's body which members of the ERP's record
    /// it hangs on, by which row of docs/mapping, which fallback took effect, what was cut; and what was left out and why. It
    /// says so where the ERP has moved on since. Shows names and addresses; writes nothing.
    Explain(Explain),

    /// What values a member of Ongoing's has in the ERP, so that a map of them can be written: the setting values
    ///
    /// Reads and maps what the ERP holds, writing nothing, and counts: orders and purchase orders that changed in the last 90
    /// days, articles in full. With each value is what the tenant's map makes of it now, and below a map to fill in.
    Values(Values),

    /// What is parked: records and write-backs that wait for another try or for a person
    Parked(Parked),

    /// Messages that were given up: list them, show one, send them back to their queues
    DeadLetters(crate::dead_letters::DeadLetters),

    /// Map records again as they would be mapped now, and send what differs; a plan first, then what became of it
    Replay(crate::replay::Replay),

    /// The log lines of all functions about a record, a run or a tenant, one line each, in the order of time
    Logs(crate::logs::Logs),

    /// Hold the ERP, the ledger and Ongoing of a tenant against each other; exit code 1 when they differ
    ///
    /// Reads everything that the ERP has for the warehouse, maps it and compares it member by member with what Ongoing shows,
    /// and all that Ongoing has with the ERP: what is missing, extra, stale or different, which shipments and stock the ERP was
    /// not told of, each with what ends it. What is on its way is named and is no difference. Writes nothing; takes half of
    /// the ERP's rate limit at most.
    Proof {
        /// Tenant id
        tenant: String,
    },

    /// Settle what nobody outside knows of the vendors, against a test company; exit code 1 when a setting follows
    ///
    /// Asks the ERP and Ongoing how they behave where their documents leave it open (docs/facts.md), and says of each fact
    /// whether it holds as it is assumed, differs, or cannot be told. Reads only, unless --write is given. Takes a minute or two.
    Probe(crate::probe::Probe),

    /// Make a link to the status page that expires, and print it alone
    ///
    /// For a customer (TENANT: its own records and no other name) or, without TENANT, for the warehouse. Whoever has the link
    /// can look, and do nothing else.
    StatusLink {
        /// Tenant id; all tenants when left out
        tenant: Option<String>,
        /// How many days it is good
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=366), value_name = "N")]
        days: u32,
        /// Make a new key before: every link that was given out ends
        #[arg(long)]
        new_key: bool,
    },

    /// Write the manual's pages into a folder: bridgectl man ~/.local/share/man/man1
    Man {
        /// The folder; it is made where it is not there
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },

    /// Print the completions of a shell: bridgectl completions bash > /etc/bash_completion.d/bridgectl
    ///
    /// Those know the words of the command line. A shell that asks the command itself knows the tenants' ids as well:
    /// source <(COMPLETE=bash bridgectl) in ~/.bashrc, and the same with zsh; COMPLETE=fish bridgectl | source.
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Args)]
pub struct ConnectLink {
    /// Tenant id
    pub tenant: String,
    /// Whoever uses the link may connect another company than the one connected now
    #[arg(long)]
    pub replace: bool,
    /// Print the mail to the company's bookkeeper with the link in it, in this language: its subject, and behind a blank line
    /// its text
    #[arg(long, value_name = "LANGUAGE", value_parser = LANGUAGES)]
    pub mail: Option<String>,
    /// Show the link as a QR code too, beside standard output
    #[arg(long)]
    pub qr: bool,
}

#[derive(Subcommand)]
pub enum SecretCommand {
    /// Write a secret; its values come from standard input (a JSON object) or a prompt, never from arguments
    ///
    /// At a terminal each member is asked for, and not shown. Members are checked before anything is written. The webhook
    /// tokens of ongoing/TENANT stay as they are unless they are given or a new one is made.
    Put(SecretPut),
}

#[derive(Args)]
pub struct SecretPut {
    /// Name without the stack's prefix: ongoing/acme, visma/app, poweroffice/acme
    pub name: String,
    /// Keep the members that are not given; not for visma/TENANT, which every refresh renews
    #[arg(long)]
    pub merge: bool,
    /// Make a new webhook token (ongoing/TENANT); the present one stays valid behind it
    #[arg(long)]
    pub new_webhook_token: bool,
    /// Print the webhook token that is valid afterwards, to be pasted in Ongoing
    #[arg(long)]
    pub show_webhook_token: bool,
}

#[derive(Args)]
pub struct Explain {
    /// Any name that bridgectl where finds the record by
    pub number: String,
    /// Look at this tenant alone
    #[arg(long, value_name = "ID")]
    pub tenant: Option<String>,
    /// One member in full: a JSON pointer into Ongoing's body or into the ERP's record, such as /consignee/name
    #[arg(long, value_name = "/POINTER")]
    pub field: Option<String>,
}

#[derive(Args)]
pub struct Values {
    /// Tenant id
    pub tenant: String,
    /// JSON pointer into Ongoing's body, * for every row: /wayOfDelivery/code, /unitCode
    pub member: String,
    /// Of this feed, where several have the member: articles, orders, purchase_orders
    #[arg(long)]
    pub feed: Option<Feed>,
    /// What changed since this date (UTC) or moment
    #[arg(long, value_parser = moment, value_name = "DATE|MOMENT")]
    pub since: Option<Timestamp>,
}

#[derive(Args)]
pub struct Parked {
    /// Look at this tenant alone
    #[arg(long, global = true, value_name = "ID")]
    pub tenant: Option<String>,
    #[command(subcommand)]
    pub repair: Option<ParkedCommand>,
}

#[derive(Subcommand)]
pub enum ParkedCommand {
    /// Have what is chosen tried again with the next tick, its tries counting anew; shows what, and asks
    Retry(Choice),

    /// Give up what is chosen: a record comes again when it is changed in the ERP; shows what, and asks
    Drop(Choice),
}

#[derive(Args)]
pub struct Choice {
    /// The record of this number; all that are parked when neither number, feed nor reason is given
    #[arg(value_name = "NUMBER")]
    pub number: Option<String>,
    /// Of this feed: suppliers, articles, purchase_orders, orders, shipments, stock, import_status
    #[arg(long)]
    pub feed: Option<String>,
    /// Whose reason has this text in it
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
}

#[derive(Args)]
pub struct Pull {
    /// Tenant id
    pub tenant: String,
    /// Only these: suppliers, articles, purchase_orders, orders
    #[arg(long, value_delimiter = ',', value_name = "FEED,…")]
    pub feeds: Vec<Feed>,
    /// Everything changed since this date (UTC) or moment: 2026-01-01, 2026-01-01T06:00:00+01:00
    #[arg(long, value_parser = moment, value_name = "DATE|MOMENT")]
    pub since: Option<Timestamp>,
    /// Do not follow the backfill
    #[arg(long, requires = "since")]
    pub no_wait: bool,
    /// Pull nothing: say how far the backfills are
    #[arg(long, conflicts_with = "since")]
    pub status: bool,
}

/// A shell's completions.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Completions {
    shell: String,
    script: String,
}

/// The completions of a shell.
pub fn completions(shell: Shell) -> Output {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "bridgectl", &mut script);
    let script = String::from_utf8_lossy(&script).trim_end().to_owned();
    Output::good(json!(Completions { shell: shell.to_string(), script: script.clone() }), script)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every command with its sub-commands, by the words that lead to it.
    fn commands(command: &clap::Command, path: &str) -> Vec<(String, clap::Command)> {
        let mut all = vec![(path.to_owned(), command.clone())];
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
            all.extend(commands(sub, &format!("{path} {}", sub.get_name())));
        }
        all
    }

    #[test]
    fn every_command_and_argument_says_what_it_is_for() {
        let mut root = Cli::command();
        root.clone().debug_assert();
        root.build();
        let all = commands(&root, "bridgectl");
        assert!(all.len() > 15, "{}", all.len());
        for (path, mut command) in all {
            let help = command.render_long_help().to_string();
            assert!(help.contains("Usage: bridgectl") && help.contains("--json"), "{path}: {help}");
            assert!(command.get_about().is_some(), "{path} says nothing of itself");
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{path}: {} has no help", argument.get_id());
            }
        }
    }

    #[test]
    fn the_help_names_the_exit_codes() {
        let help = Cli::command().render_help().to_string();
        for code in ["0  good", "1  faults", "2  wrong usage", "3  AWS", "4  something changed in between; nothing"] {
            assert!(help.contains(code), "{help}");
        }
    }

    #[test]
    fn there_are_completions_for_the_usual_shells() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let script = completions(shell).text;
            for word in ["connect-link", "validate", "allow-local", "stack", "probe", "yes-to", "record"] {
                assert!(script.contains(word), "{shell}: no {word}");
            }
        }
    }

    #[test]
    fn since_is_a_date_or_a_moment_with_a_zone() {
        let at = |text: &str| moment(text).map(|moment| moment.to_string());
        assert_eq!(at("2026-01-01").as_deref(), Ok("2026-01-01T00:00:00Z"));
        assert_eq!(at("2026-01-01T06:00:00+01:00").as_deref(), Ok("2026-01-01T05:00:00Z"));
        for wrong in ["yesterday", "2026-02-30", "2026-01-01T06:00:00", ""] {
            assert!(at(wrong).unwrap_err().contains("2026-01-01"), "{wrong}");
        }
    }
}
