//! `cargo xtask simulate`: many seeds side by side, or one with its story; under the answers to what nobody knows of the
//! vendors that are assumed, or under others.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use acceptance::answers::{self, Answers};
use acceptance::simulation::summary::Summary;
use acceptance::simulation::{Outcome, Plan, Wanted, run, shrunk};
use simulators::facts::Fact;

const USAGE: &str = "\
simulate [--seeds N] [--from S] [--for SECONDS] [--seed S] [--days N] [--tenants N] [--threads N] [--until-found] \
[--no-shrink] [--whole] [--story N] [--answer FACT=ANSWER]... [--answers]

--story N   of one seed: the story of the record of this number, broken or not
--answers   each answer of docs/facts.md that is not assumed, alone, with so many seeds each";

/// How long a failing seed is made smaller.
const SHRINK: Duration = Duration::from_secs(60);

#[derive(Clone)]
struct Options {
    seeds: u64,
    from: u64,
    /// After this no further seed is begun.
    time: Option<Duration>,
    seed: Option<u64>,
    wanted: Wanted,
    threads: usize,
    until_found: bool,
    shrinks: bool,
    /// Tells everything that happens, not one record's story.
    whole: bool,
    /// The record whose story is told although nothing is broken.
    story: Option<String>,
    /// Not what is assumed, but these.
    answers: Answers,
    /// Each other answer alone.
    each_answer: bool,
}

fn options() -> Option<Options> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut all = Options {
        seeds: 200,
        from: 1,
        time: None,
        seed: None,
        wanted: Wanted::default(),
        threads,
        until_found: false,
        shrinks: true,
        whole: false,
        story: None,
        answers: Vec::new(),
        each_answer: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|word| word.parse::<u64>().ok());
        match word.as_str() {
            "--seeds" => all.seeds = number()?,
            "--from" => all.from = number()?,
            "--for" => all.time = Some(Duration::from_secs(number()?)),
            "--seed" => all.seed = Some(number()?),
            "--days" => all.wanted.days = Some(number()?),
            "--tenants" => all.wanted.tenants = Some(usize::try_from(number()?).ok()?),
            "--threads" => all.threads = usize::try_from(number()?).ok()?.max(1),
            "--until-found" => all.until_found = true,
            "--no-shrink" => all.shrinks = false,
            "--whole" => all.whole = true,
            "--story" => all.story = Some(words.next()?),
            "--answers" => all.each_answer = true,
            "--answer" => all.answers.push(answers::named(&words.next()?)?),
            _ => return None,
        }
    }
    Some(all)
}

fn main() -> ExitCode {
    let Some(options) = options() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match options.seed {
        Some(seed) => answers::under(&options.answers, || one(seed, &options)),
        None => many(&options),
    }
}

/// One seed: its plan, and where it breaks an invariant, the story of that record.
fn one(seed: u64, options: &Options) -> ExitCode {
    let mut plan = Plan::draw(seed, options.wanted);
    print!("{plan}");
    let mut outcome = run(&plan, true);
    let again = run(&plan, false);
    println!("{} steps, hash {}, quiet after {} h", outcome.steps, again.hash, outcome.quiet);
    if let Some(number) = &options.story {
        story(&outcome, "", number, "", options.whole);
    }
    let Some(broken) = outcome.broken.first().cloned() else { return ExitCode::SUCCESS };
    if options.shrinks {
        plan = shrunk(&plan, broken.invariant, SHRINK);
        println!("made smaller:\n{plan}");
        for (at, tenant, act) in &plan.acts {
            println!("  {:>8.3} s, tenant {tenant}: {act:?}", at.as_secs_f64());
        }
        outcome = run(&plan, true);
    }
    outcome.broken.iter().for_each(|broken| println!("BROKEN {broken}"));
    if let Some(broken) = outcome.broken.first() {
        story(&outcome, &broken.tenant_id, &broken.number, &broken.key, options.whole);
    }
    ExitCode::FAILURE
}

/// Tells what happened to a record, in order; to all of a tenant where no record is meant.
fn story(outcome: &Outcome, tenant_id: &str, number: &str, key: &str, whole: bool) {
    let concerns = |text: &str| {
        let named = |name: &str| !name.is_empty() && names(text, name);
        let of_record = named(number) || named(key) && text.contains(tenant_id);
        let of_tenant = number.is_empty() && !tenant_id.is_empty() && text.contains(tenant_id);
        of_record || of_tenant
    };
    println!("the story of {tenant_id} {number}:");
    let ordinal = number.parse::<usize>().map(|number| number.wrapping_sub(20_000)).unwrap_or(usize::MAX);
    let done = |line: &str| line.contains("somebody does") && line.contains(&format!("({ordinal}"));
    let mut told = std::collections::BTreeMap::<&str, usize>::new();
    for happened in &outcome.story {
        // What is read again and again is told twice.
        let what = happened.line.split_once(": ").map_or(happened.line.as_str(), |(_, what)| what);
        let times = told.entry(what).or_default();
        *times += 1;
        if !whole && *times > 2 && (what.starts_with("GET ") || what.starts_with("POST ")) {
            continue;
        }
        if whole || concerns(&happened.line) || concerns(&happened.about) || done(&happened.line) {
            println!("  {} {}", happened.at, happened.line);
        }
    }
}

/// Whether a text has this number, and not as a part of another.
fn names(text: &str, number: &str) -> bool {
    let apart = |part: Option<char>| !part.is_some_and(|letter| letter.is_ascii_alphanumeric());
    text.match_indices(number)
        .any(|(at, found)| apart(text[..at].chars().next_back()) && apart(text[at + found.len()..].chars().next()))
}

/// Where nobody looks at a bar, a line says how far it is after so many seeds.
const LOGGED: u64 = 500;

/// Many seeds, side by side.
fn many(options: &Options) -> ExitCode {
    let (next, found, began) = (AtomicU64::new(0), AtomicUsize::new(0), Instant::now());
    let others = if options.each_answer { answers::others() } else { Vec::new() };
    let all = options.seeds * others.len().max(1) as u64;
    let bar = std::io::stderr().is_terminal();
    let work = || {
        let mut summary = Summary::default();
        loop {
            let nth = next.fetch_add(1, Ordering::Relaxed);
            let late = options.time.is_some_and(|time| began.elapsed() >= time);
            if late || nth >= all || (options.until_found && found.load(Ordering::Relaxed) > 0) {
                return summary;
            }
            let mut answers = options.answers.clone();
            if !others.is_empty() {
                answers.push(others[usize::try_from(nth).unwrap_or_default() % others.len()]);
            }
            let (seed, outcome) = answers::under(&answers, || {
                let (seed, plan) = concerned(options.from + nth, &answers, options.wanted);
                (seed, run(&plan, false))
            });
            let seed = format!("{seed}{}", answers::told(&answers));
            if let Some(broken) = outcome.broken.first() {
                found.fetch_add(1, Ordering::Relaxed);
                eprintln!("seed {seed}: {broken}");
            }
            summary.add(&seed, &outcome);
            let done = nth + 1;
            if bar {
                progress(done, all, began.elapsed(), found.load(Ordering::Relaxed));
            } else if done.is_multiple_of(LOGGED) {
                eprintln!("{done} of {all} seeds, {} failed", found.load(Ordering::Relaxed));
            }
        }
    };
    let mut summary = Summary::default();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..options.threads).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            match thread.join() {
                Ok(part) => summary.join(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    if bar {
        eprintln!();
    }
    println!("{summary}\n{:.0} s", began.elapsed().as_secs_f64());
    if summary.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The first plan from this seed on that has a tenant on the ERP whose behaviour is another one.
fn concerned(from: u64, answers: &[(&'static Fact, &'static str)], wanted: Wanted) -> (u64, Plan) {
    let kind = answers::concerned(answers);
    let plans = (from..).map(|seed| (seed, Plan::draw(seed, wanted)));
    let has = |(_, plan): &(u64, Plan)| kind.is_none_or(|kind| plan.tenants.contains(&kind));
    plans.into_iter().find(has).unwrap_or_else(|| (from, Plan::draw(from, wanted)))
}

fn progress(done: u64, all: u64, took: Duration, found: usize) {
    let filled = usize::try_from(done * 30 / all.max(1)).unwrap_or_default().min(30);
    let left = took.as_secs_f64() * (all.saturating_sub(done)) as f64 / done.max(1) as f64;
    eprint!(
        "\r[{}{}] {done}/{all} seeds, {found} failed, {left:.0} s left ",
        "#".repeat(filled),
        "-".repeat(30 - filled)
    );
    let _ = std::io::stderr().flush();
}
