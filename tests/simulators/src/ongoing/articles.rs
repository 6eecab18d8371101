//! Articles: upsert by number, or update by id; reads with the balance of all warehouses together.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::owner::{Article, House, Owner, renumber};
use super::query::{Query, within};
use super::routes::Body;
use super::values::{get, members, merge, nested, nested_list, text, utc};
use super::webhooks::Origin;
use super::written::existing;
use super::{refusal, stock};
use crate::{Request, Response};

const FILTERS: &str = "goodsOwnerId articleNumber articleNumbers productCode productCodes barCodes articleSystemIdFrom \
    maxArticlesToGet stockInfoChangedFrom articleDataLastUpdatedFrom onlyArticlesInStock";

/// How far back `stockInfoChangedFrom` may reach (Ongoing sheet, section 0.8).
const STOCK_WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// The article's id, out of a path.
pub(super) fn by_id(owner: &Owner, id: &str) -> Result<i64, Response> {
    let known = id.parse().ok().filter(|id| owner.articles.contains_key(id));
    known.ok_or_else(|| refusal::message(404, &format!("ArticleSystemId {id} not found")))
}

/// Creates or updates by number; with an id only updates, and the number may change.
pub(super) fn put(
    owner: &mut Owner,
    house: &mut House,
    now: Timestamp,
    target: Option<i64>,
    body: Body,
) -> Result<Response, Response> {
    let number = text(&body.head, "articleNumber").unwrap_or_default().to_owned();
    let holder = owner.article_numbers.get(&number).copied();
    let taken = format!("Another article already has article number '{number}'.");
    let existing = existing(target, holder, &taken)?;
    for part in body.head.get("structureDefinition").and_then(|kit| kit["rows"].as_array()).into_iter().flatten() {
        owner.known_article(part["articleNumber"].as_str().unwrap_or_default())?;
    }
    let said = owner.remember_supplier(house, &body.head);
    let id = existing.unwrap_or_else(|| house.article_ids.next());
    let merging = owner.rules.merging();
    let article = owner.articles.entry(id).or_insert_with(|| Article::new(id, &number, now));
    article.head = merge(&article.head, &body.head, merging);
    article.body = body.raw;
    article.updated = now;
    renumber(&mut owner.article_numbers, id, &article.number, &number);
    article.number.clone_from(&number);
    let name = text(&article.head, "articleName").unwrap_or_default().to_owned();
    house.journal.article(&Origin::of(owner, now), &owner.articles[&id]);
    let message = format!("{said}Article {number} {name} Updated/Created");
    Ok(owner.accepted(house, 200, "articleSystemId", id, &message))
}

/// Where an order makes the articles that it names and that are not there: makes them.
pub(super) fn make_named(owner: &mut Owner, house: &mut House, now: Timestamp, rows: Option<&Value>) {
    if !owner.rules.makes_articles {
        return;
    }
    for number in rows.and_then(Value::as_array).into_iter().flatten().filter_map(|row| row["articleNumber"].as_str()) {
        if owner.article_numbers.contains_key(number) || number.is_empty() {
            continue;
        }
        let id = house.article_ids.next();
        owner.article_numbers.insert(number.to_owned(), id);
        owner.articles.insert(id, Article::new(id, number, now));
    }
}

/// `GET /articles`.
pub(super) fn list(owner: &Owner, now: Timestamp, request: &Request) -> Result<Response, Response> {
    let query = Query::of(request, FILTERS)?;
    let asked = ["articleNumber", "articleNumbers"].map(|name| query.all(name)).concat();
    if let Some(number) = asked.iter().find(|number| owner.rules.refused_article_numbers.iter().any(|no| no == *number))
    {
        return Err(refusal::message(400, &format!("The article number '{number}' is not valid.")));
    }
    let first = query.whole("articleSystemIdFrom")?.unwrap_or(0);
    let most = query.whole("maxArticlesToGet")?.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(0));
    let stock_from = query.recent("stockInfoChangedFrom", now, STOCK_WINDOW)?;
    let data_from = query.time("articleDataLastUpdatedFrom")?;
    let in_stock = query.flag("onlyArticlesInStock")?;
    // By the numbers that are asked for, where there are any: a house has many articles.
    let named: BTreeSet<i64> = asked.iter().filter_map(|number| owner.article_numbers.get(*number)).copied().collect();
    let all: Box<dyn Iterator<Item = &Article>> = if asked.is_empty() {
        Box::new(owner.articles.range(first..).map(|(_, article)| article))
    } else {
        Box::new(named.range(first..).filter_map(|id| owner.articles.get(id)))
    };
    let found = all.filter(|article| {
        let product = text(&article.head, "productCode");
        let bar_code = article.head.get("barCodeInfo").and_then(|info| info["barCode"].as_str());
        query.admits("articleNumber", Some(&article.number))
            && query.admits("articleNumbers", Some(&article.number))
            && query.admits("productCode", product)
            && query.admits("productCodes", product)
            && query.admits("barCodes", bar_code)
            && within(Some(article.stock_changed), stock_from, None)
            && within(Some(article.updated), data_from, None)
            && (!in_stock || article.items > Decimal::ZERO)
    });
    let list: Value = found.take(most).map(|article| view(owner, article.id)).collect();
    Ok(Response::json(200, &list))
}

const AS_WRITTEN: &str = "articleName productCode unitCode description quantityPerPackage quantityPerPallet weight length \
    width height volume purchasePrice stockValuationPrice customerPrice purcaseCurrencyCode countryOfOriginCode \
    statisticsNumber stockLimit minimumReorderQuantity netWeight subQuantityPerItem customsDescription linkToPicture \
    minDaysToExpiryDateAllowedOnDelivery additionalStatisticsNumber customsExportConditions";

const NEVER_SET: &str = "classes defaultLocationMaxNumberOfItems defaultLocationStockLimit defaultLocation \
    taricNumbersInfo storageClass articleHandlingComments";

/// The article as it is read. New fields appear in responses without notice, so there is one here that no description has.
pub(super) fn view(owner: &Owner, id: i64) -> Value {
    let article = &owner.articles[&id];
    let head = &article.head;
    let mut read = members(head, AS_WRITTEN);
    read.extend(members(&Map::new(), NEVER_SET));
    let code_name = |name: &str| nested(head, name, "code name");
    let mut supplier = nested(head, "supplierInfo", "supplierArticleNumber supplierNumber supplierName");
    if supplier.is_object() {
        let others = head.get("alternativeSuppliersInfo").and_then(Value::as_object).cloned().unwrap_or_default();
        let names = "supplierArticleNumber supplierNumber supplierName leadTime";
        supplier["alternativeSuppliers"] = nested_list(&others, "alternativeSuppliers", names);
    }
    let flag = |name: &str| head.get(name).and_then(Value::as_bool).unwrap_or(true);
    let computed = json!({
        "goodsOwner": { "id": owner.id, "name": owner.name },
        "articleSystemId": article.id,
        "articleNumber": article.number,
        "isStockArticle": flag("isStockArticle"),
        "isActive": flag("isActive"),
        "supplierInfo": supplier,
        "barCodeInfo": nested(head, "barCodeInfo", "barCode barCodePackage barCodePallet alternativeBarCodes"),
        "articleGroup": code_name("articleGroup"),
        "articleCategory": code_name("articleCategory"),
        "articleColor": code_name("articleColor"),
        "articleSize": code_name("articleSize"),
        "articleNameTranslations": nested_list(head, "articleNameTranslations", "languageCode articleName"),
        "storageProperties":
            nested(head, "storageProperties", "isObsolete isSerialNumberArticle isBatchArticle isExpiryDateArticle"),
        "freeValues": get(head, "freeValues"),
        "inventoryInfo": stock::inventory(owner, article),
        "articleDataLastUpdated": utc(article.updated),
        "created": utc(article.created),
        "articleKind": stock::kind(article),
        "replacementArticleInfo": null,
    });
    if let Value::Object(computed) = computed {
        read.extend(computed);
    }
    Value::Object(read)
}
