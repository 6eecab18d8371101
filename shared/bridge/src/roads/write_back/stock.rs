//! Stock levels, back into the ERP: many at a time, and each for itself where one of them does not go.

use std::collections::BTreeSet;

use super::{WriteBack, first, level, notices};
use crate::state::journal::Back;
use crate::systems::ongoing::Articles;
use crate::words::domain::{Effect, Shipment, StockLevel, WarehouseEvent};
use crate::words::envelope::{Hint, Notice};
use crate::words::fault::{Fault, Result};

impl WriteBack<'_> {
    /// Looks at the stock of articles.
    pub(super) async fn articles(&self, numbers: &[String]) -> Result<()> {
        for numbers in numbers.chunks(Notice::ARTICLES) {
            let Articles { found, refused } = self.ongoing.articles(numbers).await?;
            let levels: Vec<StockLevel> = found.iter().filter_map(|(article, _)| level(article, self.tenant)).collect();
            let is_refused = |number: &String| refused.iter().any(|(refused, _)| refused == number);
            let has_level = |number: &String| levels.iter().any(|level| level.article_number == *number);
            for number in numbers.iter().filter(|number| !has_level(number) && !is_refused(number)) {
                self.nothing_to_write(Back::Stock, number, "the article has no stock of its own in Ongoing").await?;
            }
            for (number, fault) in refused {
                self.note(Back::Stock, &number, Some(&number), "", Err(fault), None).await?;
            }
            if !levels.is_empty() {
                self.levels(levels).await?;
            }
        }
        Ok(())
    }

    async fn levels(&self, levels: Vec<StockLevel>) -> Result<()> {
        match self.effects(&WarehouseEvent::Stock(levels.clone())).await {
            Ok(effects) => {
                for (level, effect) in levels.iter().zip(effects) {
                    self.stock(level, Ok(effect)).await?;
                }
                Ok(())
            }
            // One of them is refused: each for itself, so that the others are written.
            Err(Fault::Rejected { .. } | Fault::Unexpected(_)) => {
                for level in &levels {
                    let effects = self.effects(&WarehouseEvent::Stock(vec![level.clone()])).await;
                    self.stock(level, first(effects)).await?;
                }
                Ok(())
            }
            Err(fault @ Fault::Unavailable { broken: false, .. }) => self.levels_apart(&levels, fault).await,
            Err(fault) => Err(fault),
        }
    }

    /// The ERP answers, and not well: where it is one of them that it fails at, the others are written and that one waits.
    async fn levels_apart(&self, levels: &[StockLevel], fault: Fault) -> Result<()> {
        if levels.len() == 1 {
            return Err(fault);
        }
        let (mut failed, mut written) = (Vec::new(), 0);
        for level in levels {
            match self.effects(&WarehouseEvent::Stock(vec![level.clone()])).await {
                Err(fault @ Fault::Unavailable { broken: false, .. }) => {
                    failed.push((level, fault));
                    // It may be all of them.
                    if written == 0 && failed.len() == 2 {
                        self.erp().probe().await?;
                    }
                }
                effects => {
                    self.stock(level, first(effects)).await?;
                    written += 1;
                }
            }
        }
        if written == 0 {
            return Err(fault);
        }
        for (level, fault) in failed {
            let refused = Fault::Unexpected(format!("the ERP fails at this article and not at others: {fault}"));
            self.stock(level, Err(refused)).await?;
        }
        Ok(())
    }

    async fn stock(&self, level: &StockLevel, effect: Result<Effect>) -> Result<()> {
        let quantity = level.quantity.normalize().to_string();
        self.note(Back::Stock, &level.article_number, Some(&level.article_number), &quantity, effect, None).await
    }

    /// An ERP that is told of a shipment may take the goods from its own stock, which the warehouse's picking has been
    /// written to already (Finago sheet, section 2.3): its stock is looked at once more. Queued before the journal's note,
    /// so that no crash in between leaves it out.
    pub(super) async fn stock_after(&self, shipment: &Shipment) -> Result<()> {
        if !self.tenant.sends_stock() {
            return Ok(());
        }
        let articles: BTreeSet<String> = shipment.lines.iter().filter_map(|line| line.article_number.clone()).collect();
        let hints = vec![Hint::Articles(articles.into_iter().collect())];
        let cause = format!("{}/shipped", self.notice.cause);
        let notices = notices(&self.tenant.tenant_id, &cause, &self.notice.correlation_id, hints);
        self.ports.queue.write_back(&notices).await
    }
}
