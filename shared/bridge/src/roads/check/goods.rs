//! Articles that are goods to the warehouse although the ERP keeps no stock of them. That flag does not say what is goods,
//! since a shop's warehouse may keep what its ERP does not; but freight and fees are among them, and a person knows which.

use jiff::Timestamp;

use super::{Finding, Point, State};
use crate::http::MARGIN;
use crate::ports::Ports;
use crate::systems::erp::{NothingKnown, What};
use crate::systems::erps;
use crate::tenant::Tenant;
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

/// Names the articles that are goods and of which the ERP keeps no stock, as far as they are among the first ones; `None`
/// where the tenant pulls no articles or the ERP says nothing of the kind. Reads only.
pub async fn goods(ports: &Ports, tenant: &Tenant, deadline: Timestamp) -> Option<Finding> {
    if !tenant.feeds().contains(&Feed::Articles) {
        return None;
    }
    let point = Point::Articles;
    let (read, articles) = match without_stock(ports, tenant, deadline).await {
        Ok(found) => found?,
        Err(fault) => {
            let advice = format!("the articles could not be looked at: {fault}");
            return Some(Finding { point, state: State::Unknown, advice });
        }
    };
    if articles.is_empty() {
        return Some(Finding { point, state: State::Good, advice: String::new() });
    }
    let advice = format!(
        "the ERP keeps no stock of {} of {read} articles that are goods:\n{}\n\
         list those that are freight, fees and the like in the setting not_goods",
        articles.len(),
        told(&articles).join("\n"),
    );
    Some(Finding { point, state: State::Warning, advice })
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

/// How many articles were read, and the numbers of those without stock; `None` where no article says so.
async fn without_stock(ports: &Ports, tenant: &Tenant, deadline: Timestamp) -> Result<Option<(usize, Vec<String>)>> {
    let erp = erps::connect(ports, tenant, deadline);
    let (mut at, mut read, mut says, mut found) = (Cursor::Beginning, 0, false, Vec::new());
    loop {
        let page = erp.changes(Feed::Articles, &at, &NothingKnown).await?;
        for change in &page.changes {
            let What::Import(record) = &change.what else { continue };
            let Record::Article(Article { article_number, erp_keeps_stock, .. }) = &**record else { continue };
            read += 1;
            says |= erp_keeps_stock.is_some();
            found.extend((*erp_keeps_stock == Some(false)).then(|| article_number.clone()));
        }
        at = page.cursor;
        if !page.more || read >= MOST || ports.clock.now() + MARGIN > deadline {
            found.sort_unstable();
            return Ok(says.then_some((read, found)));
        }
    }
}
