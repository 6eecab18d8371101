//! `bridgectl tenant …`.

use std::path::PathBuf;

use bridge::words::kind::Kind;
use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use crate::moment::moment;

#[derive(Subcommand)]
pub enum TenantCommand {
    /// Onboard a company: asks for all that is needed, tries each secret at once, and writes a commented file
    ///
    /// Ends in the check, the plan and the link. Answers may also come from standard input, a line each.
    New(New),

    /// Change a stored tenant in an editor ($VISUAL, $EDITOR): checked, shown as what changed, and stored when you say so
    Edit(Edit),

    /// Print a stored tenant as YAML, with what differs from the defaults alone
    Export {
        /// Tenant id
        id: String,
    },

    /// Check tenant files (JSON or YAML) without AWS; every fault with file, path and what would be right
    Validate {
        /// Files; - is standard input
        #[arg(required = true, value_name = "FILE")]
        files: Vec<String>,
        /// Allow http:// and loopback hosts, as a stack with AllowLocalEndpoints does
        #[arg(long)]
        allow_local: bool,
    },

    /// Print the JSON Schema of a tenant file, for editors
    Schema,

    /// Dry run: what the tenant's next pull would do in Ongoing, record by record, writing nothing
    ///
    /// Pulls and maps with the real credentials, reads Ongoing, and tells of every record whether it would be created,
    /// updated (member by member), cancelled, left as it is, blocked by the warehouse, rejected or left out.
    Plan {
        /// A tenant file (- is standard input), or the id of a stored tenant
        #[arg(value_name = "FILE|ID")]
        tenant: String,
        /// A backfill: everything changed since this date (UTC) or moment
        #[arg(long, value_parser = moment, value_name = "DATE|MOMENT")]
        since: Option<Timestamp>,
        /// Write the plan here, for apply --plan; it has names and addresses of customers
        #[arg(long, value_name = "PLAN")]
        out: Option<PathBuf>,
        #[command(flatten)]
        insist: Insist,
    },

    /// Store a tenant file and do exactly what its plan says: shows both, asks, and writes if nothing moved in between
    Apply(Apply),

    /// List all tenants, the worst first, or those of one kind
    List(List),

    /// Show one tenant: the item with its defaults, how far its feeds are, what is parked
    Show {
        /// Tenant id
        id: String,
    },

    /// Stop working for a tenant; the rest of its item stays as it is
    Pause {
        /// Tenant id
        id: String,
    },

    /// Work for a tenant again
    Resume {
        /// Tenant id
        id: String,
    },

    /// Fill a tenant's state again that was lost or is an older one, from what the ERP and Ongoing show; sends nothing
    ///
    /// For a state table that was restored, or is empty. Reads everything on both sides. Notes the records that Ongoing has as
    /// the ERP does, and the shipments and stock that the ERP shows as the warehouse has them, so that neither is sent again;
    /// what differs is listed and left to the next pulls and write-backs, and a document of Procountor's of which nothing tells
    /// whether it was sent waits for a person. Shows what, and asks. The tenant is paused, or the estate stopped, meanwhile.
    Rebuild {
        /// Tenant id
        id: String,
        /// From when on its orders are the integration's, where neither the state nor start_date says so: a date (UTC) or moment
        #[arg(long, value_parser = moment, value_name = "DATE|MOMENT")]
        since: Option<Timestamp>,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },

    /// Remove a tenant's item, session and consent; says what stays and how to remove that
    Remove {
        /// Tenant id
        id: String,
        /// Do not ask for the id to be typed
        #[arg(long, short)]
        yes: bool,
        /// Also when it is enabled
        #[arg(long)]
        force: bool,
        /// Forget it: every item, secret and queued message of it, for ever; then all is read again, and what is left is named
        #[arg(long)]
        purge: bool,
    },
}

#[derive(Args, Default)]
pub struct List {
    /// Only those that stand so
    #[arg(long, value_name = "STATE")]
    pub state: Option<State>,
    /// Only those on this ERP
    #[arg(long, value_name = "ERP", value_parser = erp)]
    pub erp: Option<Kind>,
}

/// How a tenant stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum State {
    /// A person has to do something
    Person,
    /// Something waits, and goes on by itself
    Waits,
    /// All is well
    Good,
    /// It is paused
    Paused,
}

fn erp(word: &str) -> Result<Kind, String> {
    let known = || Kind::ALL.map(Kind::word).join(", ");
    Kind::named(word).ok_or_else(|| format!("it is one of {}", known()))
}

#[derive(Args)]
pub struct New {
    /// Tenant id; it is asked for when left out
    pub id: Option<String>,
    /// The file to write; ID.yaml when left out
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// The address of the ERP's API, where it is not the vendor's production host: a test company's
    #[arg(long, value_name = "URL")]
    pub erp_url: Option<String>,
    /// The same of its logins
    #[arg(long, value_name = "URL")]
    pub erp_auth_url: Option<String>,
}

#[derive(Args)]
pub struct Edit {
    /// Tenant id
    pub id: String,
    /// Do not ask whether to store it
    #[arg(long, short)]
    pub yes: bool,
    #[command(flatten)]
    pub insist: Insist,
}

#[derive(Args)]
pub struct Apply {
    /// A tenant file (- is standard input), or the id of a stored tenant: its records alone
    #[arg(value_name = "FILE|ID")]
    pub file: String,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// Do what this plan says, or name what moved since it was made
    #[arg(long, value_name = "PLAN")]
    pub plan: Option<PathBuf>,
    /// Store the item alone; its records come with the next tick
    #[arg(long, conflicts_with = "plan")]
    pub item_only: bool,
    /// Do not wait until the records are imported
    #[arg(long)]
    pub no_wait: bool,
    #[command(flatten)]
    pub insist: Insist,
}

#[derive(Args)]
pub struct Insist {
    /// Also where another tenant has the same goods owner or reads the same company
    #[arg(long)]
    pub shared: bool,
}
