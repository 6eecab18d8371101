//! Console output: progress while a tick runs, and the table at the end.

use std::collections::BTreeSet;
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use bridge::words::outcome::Outcome;
use bridge_operator::table::{self, Column};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::scenario::{Scenario, Source};
use crate::tick::{Tick, TickProgress};
use crate::warehouse::{There, Warehouse};
use crate::write_back::{Delivery, Row};

/// Between two lines of progress where no bar can move.
const QUIET: Duration = Duration::from_secs(2);

/// A bar for what there is to count; without anything to count a bar would be full.
const COUNTING: &str = "{spinner} {prefix:17} {bar:20} {pos:>3} of {len:<3} {wide_msg}";

/// What is being done, while there is nothing to count.
const WORDS: &str = "{spinner} {prefix:17} {wide_msg}";

/// A bar per ERP on a terminal, else a line now and then.
pub struct Progress {
    bars: Vec<ProgressBar>,
    labels: Vec<&'static str>,
    said: Instant,
    drawn: bool,
}

impl Progress {
    /// Progress of something that begins with these words.
    #[must_use]
    pub fn new(scenarios: &[Scenario], doing: &'static str) -> Self {
        let all = MultiProgress::new();
        Self {
            bars: scenarios.iter().map(|scenario| all.add(bar(scenario.label, doing))).collect(),
            labels: scenarios.iter().map(|scenario| scenario.label).collect(),
            said: Instant::now(),
            drawn: std::io::stderr().is_terminal(),
        }
    }

    /// Shows how far a tick is.
    pub fn look(&mut self, at: &TickProgress<'_>) {
        let last = at.last.map(|(entry, arrival)| {
            format!("{} {}", arrival.outcome.word(), entry.number.as_deref().unwrap_or_default())
        });
        self.count(at.scenario, at.arrived, at.arrived + at.waiting, "records have arrived", last);
    }

    /// Shows how far the way back is.
    pub fn look_back(&mut self, at: Delivery) {
        match at {
            Delivery::Posted { scenario, count, of } => {
                self.count(scenario, count, of, "webhooks are delivered", Some("webhooks are delivered".to_owned()));
            }
            Delivery::Waiting(notices) => {
                let words = format!("{notices} of all are on their way to the ERPs");
                self.bars.iter().for_each(|bar| bar.set_message(words.clone()));
                self.say(notices > 0, || format!("  webhooks: {words}"));
            }
        }
    }

    fn count(&mut self, place: usize, done: usize, of: usize, what: &str, last: Option<String>) {
        if of == 0 {
            return;
        }
        if let Some(bar) = self.bars.get(place) {
            counted(bar, done, of, last);
        }
        let label = self.labels.get(place).copied().unwrap_or_default();
        self.say(done < of, || format!("  {label}: {done} of {of} {what}"));
    }

    fn say(&mut self, news: bool, line: impl FnOnce() -> String) {
        if !self.drawn && news && self.said.elapsed() > QUIET {
            self.said = Instant::now();
            println!("{}", line());
        }
    }

    /// Takes the bars away.
    pub fn end(self) {
        for bar in self.bars {
            bar.finish_and_clear();
        }
    }
}

/// A line that says what is being done.
fn bar(label: &'static str, doing: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(0).with_prefix(label).with_message(doing);
    styled(&bar, WORDS);
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// The same with a bar, as soon as there is something to count.
fn counted(bar: &ProgressBar, done: usize, of: usize, last: Option<String>) {
    if bar.length().unwrap_or_default() == 0 {
        styled(bar, COUNTING);
        bar.set_message("");
    }
    bar.set_length(of as u64);
    bar.set_position(done as u64);
    if let Some(last) = last {
        bar.set_message(last);
    }
}

fn styled(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}

/// What a tick did, in a line.
#[must_use]
pub fn total(label: &str, tick: &Tick) -> String {
    format!("  {label}: {}; {} writes at Ongoing; {}", counts(tick), tick.writes, seconds(tick.took))
}

/// How many records came to which outcome.
#[must_use]
pub fn counts(tick: &Tick) -> String {
    let outcomes =
        [Outcome::Created, Outcome::Updated, Outcome::Cancelled, Outcome::Blocked, Outcome::Parked, Outcome::Filtered];
    let counts = outcomes.into_iter().map(|outcome| (tick.count(outcome), word(outcome)));
    let counts: Vec<String> = counts.filter(|(count, _)| *count > 0).map(|(n, word)| format!("{n} {word}")).collect();
    if counts.is_empty() { "nothing new".to_owned() } else { counts.join(", ") }
}

/// The company's records, what is in Ongoing of them, and what each tick made of them.
#[must_use]
pub fn table(scenario: &Scenario, sources: &[Source], warehouse: &Warehouse, ticks: &[&Tick]) -> String {
    let (mut rows, mut reasons) = (Vec::new(), BTreeSet::new());
    for source in sources {
        let there = warehouse.records.get(&(source.feed, source.number.clone()));
        let mut row = vec![source.number.clone(), source.seen.clone(), there.map_or_else(|| "-".to_owned(), place)];
        let mut known = false;
        for tick in ticks {
            let arrival = tick.arrivals.get(&(source.feed, source.key.clone()));
            row.push(match arrival {
                Some(arrival) => format!("{} {}", word(arrival.outcome), seconds(arrival.after)),
                None if known => "unchanged".to_owned(),
                None => String::new(),
            });
            known |= arrival.is_some();
            if let Some((reason, arrival)) = arrival.and_then(|arrival| Some((arrival.reason.as_ref()?, arrival))) {
                reasons.insert(format!("  {} {}: {reason}", source.number, word(arrival.outcome)));
            }
        }
        rows.push(row);
    }
    let reasons: Vec<String> = reasons.into_iter().collect();
    format!("{}\n{}", table::table(columns(scenario.label, ticks.len()), rows), reasons.join("\n"))
}

/// Names are broken between words where a terminal has no room for them, and not cut.
fn columns(label: &str, ticks: usize) -> Vec<Column> {
    let names = [Column::name("number"), Column::text(format!("in {label}")), Column::text("in Ongoing WMS")];
    let ticks = (1..=ticks).map(|tick| Column::number(format!("tick {tick}")));
    names.into_iter().chain(ticks).collect()
}

/// What the warehouse did, and what the ERP said of it before and says after.
#[must_use]
pub fn table_back(scenario: &Scenario, before: &[Row], after: &[Row]) -> String {
    let row = |row: &Row| {
        let was = before.iter().find(|old| (old.order, &old.number) == (row.order, &row.number));
        let was = was.map_or_else(String::new, |old| old.in_erp.clone());
        let what = if row.order { "order" } else { "stock" };
        vec![what.to_owned(), row.number.clone(), row.in_ongoing.clone(), was, row.in_erp.clone()]
    };
    table::table(columns_back(scenario.label), after.iter().map(row))
}

fn columns_back(label: &str) -> Vec<Column> {
    vec![
        Column::name("what").dropped(2),
        Column::name("number"),
        Column::text("in Ongoing WMS"),
        Column::text(format!("{label} before")).dropped(1),
        Column::text(format!("{label} after")),
    ]
}

fn place(there: &There) -> String {
    match there.lines {
        0 => there.name.clone(),
        1 => format!("1 line, {}", there.name),
        lines => format!("{lines} lines, {}", there.name),
    }
}

/// The outcome's word for a person: what a document's rule leaves out is not an accident.
fn word(outcome: Outcome) -> &'static str {
    if outcome == Outcome::Filtered { "left out" } else { outcome.word() }
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use indicatif::{InMemoryTerm, ProgressDrawTarget};

    use super::*;

    fn widest(text: &str) -> usize {
        text.lines().map(|line| line.chars().count()).max().unwrap_or_default()
    }

    /// What a terminal of eighty columns shows of a bar.
    fn drawn(act: impl FnOnce(&ProgressBar)) -> String {
        let terminal = InMemoryTerm::new(4, 80);
        let shown = bar("Visma eAccounting", "is asked for what is new");
        // Drawn when it is told to be, and not by a clock.
        shown.disable_steady_tick();
        shown.set_draw_target(ProgressDrawTarget::term_like(Box::new(terminal.clone())));
        act(&shown);
        shown.tick();
        terminal.contents()
    }

    #[test]
    fn a_bar_is_shown_when_there_is_something_to_count_and_not_before() {
        let nothing = drawn(|_| ());
        assert!(nothing.contains("Visma eAccounting is asked for what is new"), "{nothing}");
        assert!(!nothing.contains("0 of 0") && !nothing.contains('█'), "{nothing}");
        let begun = drawn(|bar| counted(bar, 0, 12, None));
        assert!(begun.contains("  0 of 12") && !begun.contains('█'), "{begun}");
        let some = drawn(|bar| counted(bar, 6, 12, Some("created 1051".into())));
        assert!(some.contains(&"█".repeat(10)) && !some.contains(&"█".repeat(12)), "{some}");
        assert!(some.contains("  6 of 12  created 1051") && widest(&some) <= 80, "{some}");
    }

    #[test]
    fn the_table_takes_the_terminal_s_width_and_cuts_no_name_that_has_room() {
        let row = |number: &str, name: &str, there: &str| {
            [number, name, there, "created 11.2 s", "unchanged"].map(str::to_owned).to_vec()
        };
        let name = "Kaffekopp, steingods, blå, 25 cl, eske med seks stk";
        let rows =
            || [row("KOP-505", name, name), row("SO-2026-10023", "Nordlys Sport AS", "12 lines, Nordlys Sport AS")];
        let told = |width: usize| table::within(width, columns("24SevenOffice", 2), rows());
        let (narrow, wide) = (told(80), told(140));
        assert!(widest(&narrow) <= 80 && widest(&wide) <= 140, "{narrow}\n{wide}");
        for text in [&narrow, &wide] {
            assert!(text.contains("SO-2026-10023") && text.contains("created 11.2 s") && !text.contains('…'), "{text}");
            assert!(name.split(' ').all(|word| text.contains(word)), "{text}");
        }
        assert_eq!(told(160).matches(name).count(), 2, "there is room");
    }

    #[test]
    fn the_way_back_is_told_in_eighty_columns() {
        let row =
            ["order", "SO-2026-10023", "shipped 3 of 5 pieces, parcel 370000000001", "Confirmed", "OrderState_Sent"];
        for width in [80, 140] {
            let text = table::within(width, columns_back("Finago Office"), [row.map(str::to_owned).to_vec()]);
            assert!(widest(&text) <= width, "{text}");
            assert!(text.contains("SO-2026-10023") && text.contains("OrderState_Sent"), "{text}");
            assert_eq!(text.contains("┆ Finago Office before"), width == 140, "{text}");
        }
    }
}
