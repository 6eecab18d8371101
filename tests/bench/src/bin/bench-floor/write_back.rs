//! The stock's calls: many articles a look in the warehouse and in the ERP, then a read, a write and a look of each.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::import::Event;
use crate::ledger::Entry;
use crate::{Failed, Floor};

/// Articles of one filter in the ERP, by id and number: as many as its server takes.
const FILTER: usize = 7;

#[derive(Deserialize)]
struct Notice {
    hint: Hint,
}

#[derive(Deserialize)]
struct Hint {
    articles: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Article {
    article_number: String,
    product_code: String,
    inventory_info: Inventory,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inventory {
    number_of_items: u64,
}

pub async fn run(floor: &Floor, event: &[u8]) -> Result<(), Failed> {
    let event: Event = serde_json::from_slice(event)?;
    for received in &event.records {
        let notice: Notice = serde_json::from_str(&received.body)?;
        let numbers: String = notice.hint.articles.iter().map(|number| format!("&articleNumbers={number}")).collect();
        let there: Vec<Article> = floor.get(&format!("/ongoing/api/v1/articles?goodsOwnerId=159{numbers}")).await?;
        for articles in there.chunks(FILTER) {
            let terms: Vec<String> = articles
                .iter()
                .map(|article| {
                    format!("Id%20eq%20{}%20or%20Number%20eq%20'{}'", article.product_code, article.article_number)
                })
                .collect();
            let _: Value = floor.get(&format!("/visma/v2/articles?$filter={}", terms.join("%20or%20"))).await?;
            for article in articles {
                level(floor, article).await?;
            }
        }
        let key = |article: &Article| format!("stock#{}", article.article_number);
        let mut known = floor.ledger.read(&there.iter().map(key).collect::<Vec<_>>()).await?;
        let entries = there.iter().map(|article| {
            let rev = known.remove(&key(article)).unwrap_or_default().rev;
            (key(article), Entry { rev, seen: article.inventory_info.number_of_items.to_string() })
        });
        floor.ledger.write(&entries.collect::<Vec<_>>()).await?;
    }
    Ok(())
}

async fn level(floor: &Floor, article: &Article) -> Result<(), Failed> {
    let path = format!("/visma/v2/articles/{}", article.product_code);
    let mut whole: Value = floor.get(&path).await?;
    whole["StockBalance"] = json!(article.inventory_info.number_of_items);
    floor.put(&path, whole.to_string()).await?;
    let _: Value = floor.get(&path).await?;
    Ok(())
}
