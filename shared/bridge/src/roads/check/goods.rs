//! Articles that are goods to the warehouse although the ERP keeps no stock of them. That flag does not say what is goods,
//! since a shop's warehouse may keep what its ERP does not; but freight and fees are among them, and a person knows which.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{Finding, Point, State};
use crate::http::MARGIN;
use crate::ports::Ports;
use crate::systems::erp::{NothingKnown, What};
use crate::systems::erps;
use crate::tenant::{Settings, Tenant};
use crate::words::cursor::Cursor;
use crate::words::domain::{Article, Record};
use crate::words::fault::Result;
use crate::words::feed::Feed;

/// Articles that are looked at: a check is no first run.
const MOST: usize = 2000;

/// Article numbers that are told.
const TOLD: usize = 20;

/// A terminal's line, within what a report indents.
const WIDTH: usize = 72;

/// Heavier than goods that are picked by hand, in kilograms.
const HEAVY: Decimal = Decimal::ONE_HUNDRED;

/// What the first articles say.
#[derive(Default)]
struct Looked {
    read: usize,
    /// Whether the ERP has more of them.
    more: bool,
    /// Whether any says whether the ERP keeps a stock of it.
    says: bool,
    without_stock: Vec<String>,
    /// Those that have a weight, and those of them that are heavy.
    weighed: usize,
    heavy: usize,
}

/// Names the articles that are goods and of which the ERP keeps no stock, as far as they are among the first ones, and says
/// where most would be too heavy; `None` where the tenant pulls no articles or the ERP says nothing of the kind. Reads only.
pub async fn goods(ports: &Ports, tenant: &Tenant, deadline: Timestamp) -> Option<Finding> {
    if !tenant.feeds().contains(&Feed::Articles) {
        return None;
    }
    let point = Point::Articles;
    let looked = match looked(ports, tenant, deadline).await {
        Ok(looked) => looked,
        Err(fault) => {
            let advice = format!("the articles could not be looked at: {fault}");
            return Some(Finding { point, state: State::Unknown, advice });
        }
    };
    let mut advice: Vec<String> = [without_stock(&looked), too_heavy(&looked, tenant)].into_iter().flatten().collect();
    let state = if advice.is_empty() { State::Good } else { State::Warning };
    if state == State::Good && !looked.says {
        return None;
    }
    if looked.more {
        advice.push(format!("only the first {} articles were looked at; the ERP has more", looked.read));
    }
    Some(Finding { point, state, advice: advice.join("\n") })
}

fn without_stock(Looked { read, without_stock, .. }: &Looked) -> Option<String> {
    let advice = || {
        format!(
            "the ERP keeps no stock of {} of {read} articles that are goods:\n{}\n\
             list those that are freight, fees and the like in the setting not_goods",
            without_stock.len(),
            told(without_stock).join("\n"),
        )
    };
    (!without_stock.is_empty()).then(advice)
}

/// Which unit the weights have is not known of every ERP (`finago.weight-unit`).
fn too_heavy(Looked { weighed, heavy, .. }: &Looked, tenant: &Tenant) -> Option<String> {
    let has_unit = Settings::of(tenant.erp.kind).contains(&"weight_unit");
    let advice = || {
        format!(
            "{heavy} of {weighed} articles would weigh more than {HEAVY} kg:\n\
             where the ERP's weights are grams, set weight_unit to g"
        )
    };
    (has_unit && heavy * 2 > *weighed).then(advice)
}

/// The first of them, in lines for a terminal.
fn told(articles: &[String]) -> Vec<String> {
    let more = articles.len().saturating_sub(TOLD);
    let names = articles.iter().take(TOLD).cloned().chain((more > 0).then(|| format!("and {more} more")));
    let mut lines = vec![String::new()];
    for name in names {
        match lines.last_mut() {
            Some(line) if line.is_empty() => *line = name,
            Some(line) if line.chars().count() + name.chars().count() + 2 <= WIDTH => *line += &format!(", {name}"),
            _ => lines.push(name),
        }
    }
    lines
}

async fn looked(ports: &Ports, tenant: &Tenant, deadline: Timestamp) -> Result<Looked> {
    let erp = erps::connect(ports, tenant, deadline);
    let (mut at, mut looked) = (Cursor::Beginning, Looked::default());
    loop {
        let page = erp.changes(Feed::Articles, &at, &NothingKnown).await?;
        for change in &page.changes {
            let What::Import(record) = &change.what else { continue };
            let Record::Article(Article { article_number, erp_keeps_stock, weight, .. }) = &**record else { continue };
            looked.read += 1;
            looked.says |= erp_keeps_stock.is_some();
            looked.without_stock.extend((*erp_keeps_stock == Some(false)).then(|| article_number.clone()));
            looked.weighed += usize::from(weight.is_some_and(|weight| !weight.is_zero()));
            looked.heavy += usize::from(weight.is_some_and(|weight| weight > HEAVY));
        }
        at = page.cursor;
        looked.more = page.more;
        if !page.more || looked.read >= MOST || ports.clock.now() + MARGIN > deadline {
            looked.without_stock.sort_unstable();
            return Ok(looked);
        }
    }
}
