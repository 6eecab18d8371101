//! The pull's calls: every page as often as the vendor's paging asks for it, the ledger read, the queue, the ledger written.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Failed, Floor};

/// Records of one batch of messages.
const MESSAGES: usize = 10;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page<T> {
    meta: Meta,
    data: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Meta {
    total_number_of_pages: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Article {
    id: String,
    number: String,
    name: String,
    net_price: f64,
    purchase_price: f64,
    unit_abbreviation: String,
    is_active: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Order {
    id: String,
    number: u64,
    delivery_date: String,
    customer_number: String,
    delivery_customer_name: String,
    delivery_address1: String,
    delivery_postal_code: String,
    delivery_city: String,
    delivery_country_code: String,
    rows: Vec<OrderRow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OrderRow {
    id: String,
    article_number: String,
    quantity: f64,
    text: String,
}

/// What stands on the queue: Ongoing's own body.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    key: String,
    path: &'static str,
    number: String,
    body: Box<serde_json::value::RawValue>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArticleBody<'a> {
    goods_owner_id: u32,
    article_number: &'a str,
    article_name: &'a str,
    product_code: &'a str,
    unit_code: &'a str,
    customer_price: f64,
    purchase_price: f64,
    is_active: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrderBody<'a> {
    goods_owner_id: u32,
    order_number: String,
    goods_owner_order_id: &'a str,
    delivery_date: &'a str,
    consignee: Consignee<'a>,
    order_lines: Vec<LineBody<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Consignee<'a> {
    customer_number: &'a str,
    name: &'a str,
    address1: &'a str,
    post_code: &'a str,
    city: &'a str,
    country_code: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LineBody<'a> {
    row_number: &'a str,
    article_number: &'a str,
    number_of_items: f64,
    comment: &'a str,
}

impl<'a> LineBody<'a> {
    fn of(row: &'a OrderRow) -> Self {
        let OrderRow { id, article_number, quantity, text } = row;
        Self { row_number: id, article_number, number_of_items: *quantity, comment: text }
    }
}

pub async fn run(floor: &Floor) -> Result<(), Failed> {
    let _: Value = floor.get("/visma/v2/companysettings").await?;
    feed(floor, "articles", 1000, article).await?;
    let _: Value = floor.get("/visma/v2/customers?$pagesize=15").await?;
    feed(floor, "orders", 200, order).await
}

/// Page after page, and once more where there is more than one: rows move while pages are turned.
async fn feed<T: serde::de::DeserializeOwned>(
    floor: &Floor,
    name: &'static str,
    size: usize,
    map: impl Fn(&T) -> Result<Message, Failed>,
) -> Result<(), Failed> {
    for _pass in 0..2 {
        let (mut page, mut pages) = (1, 1);
        while page <= pages {
            let path = format!("/visma/v2/{name}?$orderby=Id%20asc&$pagesize={size}&$page={page}");
            let read: Page<T> = floor.get(&path).await?;
            pages = read.meta.total_number_of_pages;
            for rows in read.data.chunks(100) {
                hand_out(floor, rows.iter().map(&map).collect::<Result<Vec<_>, _>>()?).await?;
            }
            page += 1;
        }
        if pages == 1 {
            break;
        }
    }
    Ok(())
}

async fn hand_out(floor: &Floor, messages: Vec<Message>) -> Result<(), Failed> {
    let keys: Vec<String> = messages.iter().map(|message| message.key.clone()).collect();
    let mut known = floor.ledger.read(&keys).await?;
    let (mut entries, mut changed) = (Vec::new(), Vec::new());
    for message in messages {
        let mut hasher = DefaultHasher::new();
        message.body.get().hash(&mut hasher);
        let seen = format!("{:x}", hasher.finish());
        let mut entry = known.remove(&message.key).unwrap_or_default();
        if entry.seen != seen {
            entry.seen = seen;
            entries.push((message.key.clone(), entry));
            changed.push(message);
        }
    }
    for batch in changed.chunks(MESSAGES) {
        let entry = |(at, message): (usize, &Message)| -> Result<SendMessageBatchRequestEntry, Failed> {
            let entry = SendMessageBatchRequestEntry::builder().id(at.to_string()).message_group_id("acme");
            let entry = entry.message_deduplication_id(&message.key).message_body(serde_json::to_string(message)?);
            Ok(entry.build()?)
        };
        let entries = batch.iter().enumerate().map(entry).collect::<Result<Vec<_>, _>>()?;
        let call = floor.sqs.send_message_batch().queue_url(&floor.import_queue);
        call.set_entries(Some(entries)).send().await?;
    }
    floor.ledger.write(&entries).await
}

fn article(article: &Article) -> Result<Message, Failed> {
    let body = ArticleBody {
        goods_owner_id: 159,
        article_number: &article.number,
        article_name: &article.name,
        product_code: &article.id,
        unit_code: &article.unit_abbreviation,
        customer_price: article.net_price,
        purchase_price: article.purchase_price,
        is_active: article.is_active,
    };
    message(&article.id, "articles", article.number.clone(), &body)
}

fn order(order: &Order) -> Result<Message, Failed> {
    let number = order.number.to_string();
    let body = OrderBody {
        goods_owner_id: 159,
        order_number: number.clone(),
        goods_owner_order_id: &order.id,
        delivery_date: &order.delivery_date,
        consignee: Consignee {
            customer_number: &order.customer_number,
            name: &order.delivery_customer_name,
            address1: &order.delivery_address1,
            post_code: &order.delivery_postal_code,
            city: &order.delivery_city,
            country_code: &order.delivery_country_code,
        },
        order_lines: order.rows.iter().map(LineBody::of).collect(),
    };
    message(&order.id, "orders", number, &body)
}

fn message(id: &str, path: &'static str, number: String, body: &impl Serialize) -> Result<Message, Failed> {
    let body = serde_json::value::to_raw_value(body)?;
    Ok(Message { key: format!("{path}#{id}"), path, number, body })
}
