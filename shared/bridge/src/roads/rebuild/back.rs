//! Ongoing's shipments and stock, held against what the ERP says of them: the write-back looks at each and writes nothing.

use std::collections::HashMap;

use super::records::{Reading, patiently};
use super::{Found, Progress, Told};
use crate::roads::repair::Flow;
use crate::roads::write_back::{level, shipment};
use crate::state::intents::Intents;
use crate::state::journal::{Back, Note};
use crate::state::ledger::Stored;
use crate::systems::ongoing::Ongoing;
use crate::systems::ongoing::wire::ExistingArticle;
use crate::words::domain::{Effect, Shipment, StockLevel, WarehouseEvent};
use crate::words::envelope::Notice;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

/// What a write-back would do.
enum Look {
    /// Nothing: one effect for each thing it is about.
    Nothing(Vec<Effect>),
    /// It would write.
    Write,
    /// It would be refused.
    Refused(String),
}

impl Reading<'_> {
    /// Orders that the warehouse shipped since orders are the integration's.
    pub async fn shipments(&mut self) -> Result<()> {
        let statuses = self.tenant.ongoing.shipped_statuses.clone();
        let Some(lowest) = statuses.iter().min().copied() else { return Ok(()) };
        let (mut id_from, mut done) = (0, 0);
        loop {
            self.in_time()?;
            let page = patiently!(self, self.ongoing.orders_changed(self.since, lowest, id_from, Ongoing::PAGE));
            self.unread(Back::Shipments, &page.unread);
            let is_shipped = |status: Option<i64>| status.is_some_and(|status| statuses.contains(&status));
            let shipped = page.rows.iter().filter(|order| is_shipped(order.status()));
            let shipped: Vec<(i64, Shipment)> =
                shipped.filter_map(|order| Some((order.order_info.order_id, shipment(order)?))).collect();
            let ids: Vec<String> = shipped.iter().map(|(id, _)| id.to_string()).collect();
            let keys: Vec<String> = shipped.iter().map(|(_, shipment)| shipment.key.clone()).collect();
            let notes = self.journal.read(Back::Shipments, &ids).await?;
            let entries = self.ledger.read(Feed::Orders, &keys).await?;
            for (id, shipment) in shipped {
                self.in_time()?;
                patiently!(self, self.shipment(id, &shipment, &notes, &entries));
                done += 1;
                (self.progress)(Progress::Back(Back::Shipments, done));
            }
            let Some(last) = page.last else { return Ok(()) };
            id_from = last + 1;
        }
    }

    async fn shipment(
        &mut self,
        id: i64,
        shipment: &Shipment,
        notes: &HashMap<String, Note>,
        entries: &HashMap<String, Stored>,
    ) -> Result<()> {
        let key = id.to_string();
        let is_noted = entries.get(&shipment.key).is_some_and(|stored| stored.entry.ongoing.is_some());
        // Somebody made it in the warehouse, and it is no order of the ERP's.
        if !is_noted && !self.has.contains(&(Feed::Orders, shipment.key.clone())) {
            return Ok(());
        }
        if !is_noted && self.comes_not(&shipment.key) {
            self.note_id(Feed::Orders, &shipment.key, id, &shipment.number);
        }
        let fingerprint = shipment.fingerprint();
        let note = notes.get(&key);
        let found = if note
            .is_some_and(|note| note.written.as_deref() == Some(&fingerprint) && note.tracking == shipment.tracking)
        {
            Found::Known
        } else {
            self.reported(shipment, fingerprint).await?
        };
        self.found.insert((Flow::Back(Back::Shipments), key), (Some(shipment.number.clone()), found));
        Ok(())
    }

    /// Whether neither this reading nor the next pull brings the order into the ledger as Ongoing's.
    fn comes_not(&self, key: &str) -> bool {
        match self.found.get(&(Flow::In(Feed::Orders), key.to_owned())) {
            Some((_, Found::Left { comes, .. })) => !comes,
            Some(_) => false,
            None => true,
        }
    }

    async fn reported(&mut self, shipment: &Shipment, written: String) -> Result<Found> {
        let look = self.look(&WarehouseEvent::Shipped(shipment.clone())).await?;
        let is_written =
            matches!(&look, Look::Nothing(effects) if matches!(effects.first(), Some(Effect::Unchanged(_))));
        let recalled = self.erp.recall(shipment, is_written).await?;
        self.intents.extend(recalled.intent);
        let told = |why: &str| Told {
            written: written.clone(),
            why: why.to_owned(),
            tracking: shipment.tracking.clone(),
            order: Some(shipment.key.clone()),
        };
        if let Some(why) = recalled.doubt {
            return Ok(Found::Doubtful { told: told(&why), why });
        }
        Ok(match look {
            Look::Nothing(effects) => effects.into_iter().next().map_or_else(nothing_said, |effect| match effect {
                Effect::Unchanged(why) => Found::Told(told(&why)),
                Effect::NotTaken(why) | Effect::Written(why) => left(why),
            }),
            Look::Write => left("the ERP does not say so yet: the write-back tells it".into()),
            Look::Refused(why) => left(why),
        })
    }

    /// What the write-back would do.
    async fn look(&self, event: &WarehouseEvent) -> Result<Look> {
        self.looking.would_write();
        let intents = Intents::new(&self.looking.ports, &self.tenant.tenant_id);
        let done = self.erp.write_back(event, &intents).await;
        if self.looking.would_write() {
            return Ok(Look::Write);
        }
        match done {
            Ok(effects) => Ok(Look::Nothing(effects)),
            Err(fault @ (Fault::Rejected { .. } | Fault::Unexpected(_))) => Ok(Look::Refused(fault.to_string())),
            Err(fault) => Err(fault),
        }
    }

    /// The stock of the ERP's articles.
    pub async fn stock(&mut self) -> Result<()> {
        let (mut id_from, mut done) = (0, 0);
        loop {
            self.in_time()?;
            let page = patiently!(self, self.ongoing.articles_page(None, id_from, Ongoing::PAGE));
            self.unread(Back::Stock, &page.unread);
            let levels: Vec<StockLevel> = page.rows.iter().filter_map(|article| self.erp_s(article)).collect();
            let numbers: Vec<String> = levels.iter().map(|level| level.article_number.clone()).collect();
            let notes = self.journal.read(Back::Stock, &numbers).await?;
            let is_noted = |level: &StockLevel| {
                notes.get(&level.article_number).is_some_and(|note| note.was_offered(&quantity(level)))
            };
            let (noted, open): (Vec<StockLevel>, Vec<StockLevel>) = levels.into_iter().partition(is_noted);
            done += noted.len();
            for level in noted {
                self.is(&level, Found::Known);
            }
            for some in open.chunks(Notice::ARTICLES) {
                self.levels(some).await?;
                done += some.len();
                (self.progress)(Progress::Back(Back::Stock, done));
            }
            let Some(last) = page.last else { return Ok(()) };
            id_from = last + 1;
        }
    }

    /// The stock of an article, if the ERP has the article.
    fn erp_s(&self, article: &ExistingArticle) -> Option<StockLevel> {
        let level = level(article, self.tenant)?;
        let has = |key: &String| self.has.contains(&(Feed::Articles, key.clone()));
        let is_erp_s =
            level.product_code.as_ref().is_some_and(has) || self.article_numbers.contains(&level.article_number);
        is_erp_s.then_some(level)
    }

    /// Levels, halved until those are apart that the ERP has otherwise.
    async fn levels(&mut self, levels: &[StockLevel]) -> Result<()> {
        let mut open = vec![levels];
        while let Some(some) = open.pop() {
            self.in_time()?;
            let look = patiently!(self, self.look(&WarehouseEvent::Stock(some.to_vec())));
            match (look, some) {
                (Look::Nothing(effects), _) => {
                    for (level, effect) in some.iter().zip(effects) {
                        let written = quantity(level);
                        self.is(
                            level,
                            match effect {
                                Effect::Unchanged(why) => {
                                    Found::Told(Told { written, why, tracking: Vec::new(), order: None })
                                }
                                Effect::NotTaken(why) | Effect::Written(why) => left(why),
                            },
                        );
                    }
                }
                (Look::Write, [level]) => {
                    let why = format!(
                        "the warehouse has {}, the ERP something else: the write-back tells it",
                        quantity(level)
                    );
                    self.is(level, left(why));
                }
                (Look::Refused(why), [level]) => self.is(level, left(why)),
                (Look::Write | Look::Refused(_), _) => {
                    let (one, other) = some.split_at(some.len() / 2);
                    open.extend([other, one].into_iter().filter(|half| !half.is_empty()));
                }
            }
        }
        Ok(())
    }

    fn is(&mut self, level: &StockLevel, found: Found) {
        let number = level.article_number.clone();
        self.found.insert((Flow::Back(Back::Stock), number.clone()), (Some(number), found));
    }

    fn unread(&mut self, back: Back, rows: &[(i64, Fault)]) {
        for (id, fault) in rows {
            let why = format!("Ongoing's answer about it cannot be read: {fault}");
            self.found.insert((Flow::Back(back), id.to_string()), (None, left(why)));
        }
    }
}

fn quantity(level: &StockLevel) -> String {
    level.quantity.normalize().to_string()
}

fn left(why: String) -> Found {
    Found::Left { why, comes: false }
}

fn nothing_said() -> Found {
    left("the ERP says nothing of it".into())
}
