//! Articles, and the suppliers that travel with them (Finago sheet, sections 2.1 and 2.6).
//!
//! With suppliers switched on, a product is sent again when it changed or when its supplier did. Both are in one position,
//! which moves after both are on the queue.

use std::collections::HashSet;

use jiff::Timestamp;
use serde_json::Value;

use super::paging::{self, Position};
use super::{Finago, change, record, slices, unread, values};
use crate::systems::erp::{Change, Known, Page, What};
use crate::systems::erps::{imported, version};
use crate::words::cursor::Cursor;
use crate::words::fault::Result;
use crate::words::feed::Feed;

impl Finago<'_> {
    fn with_suppliers(&self) -> bool {
        self.tenant.processes.suppliers.unwrap_or(false)
    }

    /// The numbers of the products to read, with the server's time.
    pub(super) async fn articles_listed(&self, position: &mut Position) -> Result<(Vec<i64>, Option<Timestamp>)> {
        if !self.with_suppliers() {
            // Switched on again, they are looked at from the beginning.
            position.suppliers_since = None;
            let found = self.services.products_changed(paging::filter(position.since)).await?;
            return Ok((found.numbers, found.at));
        }
        let Some(since) = position.suppliers_since else {
            let found = self.services.products_changed(paging::filter(None)).await?;
            position.pass(found.at.unwrap_or(self.now)).suppliers = true;
            return Ok((found.numbers, found.at));
        };
        let companies = self.services.companies_changed(paging::filter(Some(since))).await?;
        position.pass(companies.at.unwrap_or(self.now)).suppliers = true;
        let companies: HashSet<i64> = companies.numbers.into_iter().collect();
        let found = self.services.products_changed(paging::filter(position.since)).await?;
        let mut listed = found.numbers;
        if !companies.is_empty() {
            listed.extend(self.services.products_of(paging::filter(None), &companies).await?.numbers);
        }
        Ok((listed, found.at))
    }

    pub(super) async fn articles(&self, cursor: &Cursor, known: &dyn Known) -> Result<Page> {
        let mut position = Position::of(cursor)?;
        let list = self.list(Feed::Articles, &mut position).await?;
        let (numbers, last) = position.slice(&list);
        let mut slice = self.slice(Feed::Articles, &numbers, known).await?;
        let mut rows = std::mem::take(&mut slice.rows);
        rows.sort_by_key(|row| values::number(row, "Id"));
        let floor = position.floor;
        for row in &rows {
            position.seen(values::moment(row, "DateChanged"));
        }
        let (changes, left) = self.article_changes(rows).await?;
        if let Some(number) = left {
            slice.cut(number);
        }
        // A product that changed before what is wanted may have a supplier that did not.
        let wanted = changes.into_iter().filter(|change| floor.is_none_or(|floor| change.version >= version(floor)));
        let mut changes: Vec<Change> = wanted.collect();
        changes.extend(slice.unread.into_iter().map(|(number, fault)| slices::unread(Feed::Articles, number, fault)));
        Ok(position.page(changes, &slice.done, last && slice.done.len() == numbers.len()))
    }

    /// What is to be done with products as they are, and the number of the first for which there was no time.
    pub(super) async fn article_changes(&self, mut rows: Vec<Value>) -> Result<(Vec<Change>, Option<i64>)> {
        let mut left = None;
        if self.with_suppliers() {
            let supplier = |row: &Value| values::number(row, "SupplierId");
            self.companies.read(&self.services, rows.iter().filter_map(supplier).collect()).await?;
            let unasked = |row: &Value| supplier(row).is_some_and(|number| !self.companies.knows(number));
            if let Some(at) = rows.iter().position(unasked) {
                left = Some(values::number(&rows[at], "Id").unwrap_or_default());
                rows.truncate(at);
            }
        }
        Ok((rows.into_iter().map(|row| self.article(row)).collect(), left))
    }

    /// A product with its supplier: of two versions the later one is the article's.
    fn article(&self, mut row: Value) -> Change {
        let mut changed = values::moment(&row, "DateChanged");
        if let Some(what) = unread(&row) {
            return article_change(&row, changed, what);
        }
        if let Some(supplier) = values::number(&row, "SupplierId").filter(|_| self.with_suppliers()) {
            match self.companies.get(supplier) {
                Ok(Some(company)) => {
                    changed = changed.max(values::moment(&company, "DateChanged"));
                    if self.tenant.settings.filtered(Feed::Suppliers, &company).is_none() {
                        row["Supplier"] = company;
                    }
                }
                Ok(None) => {}
                Err(fault) => return article_change(&row, changed, What::Unread(fault)),
            }
        }
        let mapped = record(Feed::Articles, &row, &self.tenant.settings, self.today);
        article_change(&row, changed, imported(self.tenant, Feed::Articles, &row, mapped, self.sources.as_ref()))
    }
}

fn article_change(row: &Value, changed: Option<Timestamp>, what: What) -> Change {
    let number = row["No"].as_str().map(str::trim).filter(|number| !number.is_empty()).map(str::to_owned);
    change(row, "Id", number, changed, what)
}
