//! Ongoing WMS, goods owner REST API v1: the one WMS.

mod articles;
pub mod cleared;
pub mod diff;
pub mod map;
mod probe;
mod purchase_orders;
mod schema;
pub mod values;
pub mod wire;

pub use articles::Articles;

use http::Method;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use crate::http::classify::{Service, is_gone};
use crate::http::login::Login;
use crate::http::{Call, Client};
use crate::ports::Ports;
use crate::systems::ongoing::wire::{ExistingArticle, ExistingOrder, ExistingPurchaseOrder, Written};
use crate::systems::schema::Schema;
use crate::tenant::Tenant;
use crate::words::fault::{Fault, Result};

/// A goods owner as Ongoing lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoodsOwner {
    /// Its id.
    pub id: i64,
    /// Its name, where it is told.
    pub name: Option<String>,
}

/// Ongoing, for one tenant's goods owner.
pub struct Ongoing {
    client: Client,
    base: Url,
    goods_owner_id: i64,
}

impl Ongoing {
    /// A connection that stops retrying at `deadline`.
    #[must_use]
    pub fn new(ports: &Ports, tenant: &Tenant, deadline: Timestamp) -> Self {
        let login = Login::Ongoing { tenant_id: tenant.tenant_id.clone() };
        Self {
            client: Client::new(ports, Service::Ongoing, login, None, deadline),
            base: tenant.ongoing.base_url.clone(),
            goods_owner_id: tenant.ongoing.goods_owner_id,
        }
    }

    /// Whose goods.
    #[must_use]
    pub fn goods_owner_id(&self) -> i64 {
        self.goods_owner_id
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/{path}"));
        url
    }

    /// Notes what is new about a record, or about each of a list; and whether a list is longer than was asked for.
    fn looked(&self, schema: &Schema, answer: &Value, most: usize) {
        match answer {
            Value::Array(rows) => {
                schema.page(&self.client, rows.len(), most);
                schema.look_at_all(&self.client, rows);
            }
            one => schema.look(&self.client, one),
        }
    }

    fn list(&self, path: &str, filters: &[(&str, &str)]) -> Call {
        let mut url = self.url(path);
        url.query_pairs_mut()
            .append_pair("goodsOwnerId", &self.goods_owner_id.to_string())
            .extend_pairs(filters.iter().copied());
        Call::get(url)
    }

    /// Creates or changes an article by its number, or renames it by its id (Ongoing sheet, section 2.1). Returns its id.
    ///
    /// # Errors
    /// [`Fault::Rejected`] when the body is refused; the others as classified.
    pub async fn put_article(&self, id: Option<i64>, number: &str, body: &Value) -> Result<i64> {
        let path = id.map_or_else(|| "articles".to_owned(), |id| format!("articles/{id}"));
        let answer = self.written(&schema::WRITTEN_ARTICLE, &Call::put(self.url(&path), body)).await?;
        match Written::read(&answer)?.article_system_id {
            Some(id) => Ok(id),
            None => {
                let found = self.article(number).await?;
                found.and_then(|article| article.article_system_id).ok_or_else(|| unknown("article", number))
            }
        }
    }

    /// The article of this number.
    ///
    /// # Errors
    /// As classified.
    pub async fn article(&self, number: &str) -> Result<Option<ExistingArticle>> {
        let answer = self.client.json(&self.list("articles", &[("articleNumber", number)])).await?;
        self.looked(&schema::ARTICLE, &answer, usize::MAX);
        let found: Vec<ExistingArticle> = wire::list(&answer)?;
        Ok(found.into_iter().find(|article| article.article_number.as_deref() == Some(number)))
    }

    /// The articles that carry this ERP product id.
    ///
    /// # Errors
    /// As classified.
    pub async fn articles_by_product_code(&self, product_code: &str) -> Result<Vec<ExistingArticle>> {
        let answer = self.client.json(&self.list("articles", &[("productCode", product_code)])).await?;
        let found: Vec<ExistingArticle> = wire::list(&answer)?;
        Ok(found.into_iter().filter(|article| article.product_code.as_deref() == Some(product_code)).collect())
    }

    /// The order of this number. Duplicates can exist, since numbers can be changed by hand without a check (Ongoing
    /// sheet, section 2.1): then the oldest one counts.
    ///
    /// # Errors
    /// As classified.
    pub async fn order(&self, number: &str) -> Result<Option<ExistingOrder>> {
        Ok(self.order_shown(number).await?.map(|(order, _)| order))
    }

    /// As [`Ongoing::order`], with all that Ongoing shows of it.
    ///
    /// # Errors
    /// As classified.
    pub async fn order_shown(&self, number: &str) -> Result<Option<(ExistingOrder, Value)>> {
        let answer = self.client.json(&self.list("orders", &[("orderNumber", number)])).await?;
        self.looked(&schema::ORDER, &answer, usize::MAX);
        let found: Vec<(ExistingOrder, Value)> = shown(&answer)?;
        Ok(found
            .into_iter()
            .filter(|(order, _)| order.order_info.order_number.as_deref() == Some(number))
            .min_by_key(|(order, _)| order.order_info.order_id))
    }

    /// The order of this id; `None` where there is none.
    ///
    /// # Errors
    /// As classified.
    pub async fn order_by_id(&self, id: i64) -> Result<Option<ExistingOrder>> {
        match self.client.json(&Call::get(self.url(&format!("orders/{id}")))).await {
            Ok(answer) => {
                self.looked(&schema::ORDER, &answer, 1);
                wire::one(&answer).map(Some)
            }
            Err(fault) if is_gone(&fault) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// The orders that have a parcel of this number.
    ///
    /// # Errors
    /// As classified.
    pub async fn orders_with_parcel(&self, number: &str) -> Result<Vec<ExistingOrder>> {
        let answer = self.client.json(&self.list("orders", &[("parcelNumber", number)])).await?;
        let found: Vec<ExistingOrder> = wire::list(&answer)?;
        Ok(found.into_iter().filter(|order| order.tracking_numbers().iter().any(|own| own == number)).collect())
    }

    /// A page of so many of the orders whose status changed since a moment and is `from_status` or later, by ascending id from
    /// `id_from` on; and the server's time. There is no limit to how long ago (Ongoing sheet, section 0).
    ///
    /// # Errors
    /// As classified.
    pub async fn orders_changed(
        &self,
        since: Timestamp,
        from_status: i64,
        id_from: i64,
        rows: usize,
    ) -> Result<Listed<ExistingOrder>> {
        let filters = [
            ("orderStatusChangedTimeFrom", since.to_string()),
            ("orderStatusFrom", from_status.to_string()),
            ("orderIdFrom", id_from.to_string()),
            ("maxOrdersToGet", rows.to_string()),
        ];
        let filters: Vec<(&str, &str)> = filters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (answer, body) = self.client.send(&self.list("orders", &filters)).await?;
        self.looked(&schema::ORDER, &body, rows);
        Listed::read(&body, answer.server_time(), "/orderInfo/orderId")
    }

    /// Rows of a page.
    pub const PAGE: usize = 500;

    /// A page of so many articles by ascending id, all of them or those whose stock changed since a moment at most 24 h ago
    /// (Ongoing sheet, section 3.4); and the server's time.
    ///
    /// # Errors
    /// As classified.
    pub async fn articles_page(
        &self,
        stock_since: Option<Timestamp>,
        id_from: i64,
        rows: usize,
    ) -> Result<Listed<ExistingArticle>> {
        let since = stock_since.map(|since| since.to_string());
        let (id_from, most) = (id_from.to_string(), rows.to_string());
        let mut filters = vec![("articleSystemIdFrom", id_from.as_str()), ("maxArticlesToGet", most.as_str())];
        filters.extend(since.as_deref().map(|since| ("stockInfoChangedFrom", since)));
        let (answer, body) = self.client.send(&self.list("articles", &filters)).await?;
        self.looked(&schema::ARTICLE, &body, rows);
        Listed::read(&body, answer.server_time(), "/articleSystemId")
    }

    /// A page of all orders by ascending id.
    ///
    /// # Errors
    /// As classified.
    pub async fn orders_page(&self, id_from: i64) -> Result<Listed<ExistingOrder>> {
        let (id_from, most) = (id_from.to_string(), Self::PAGE.to_string());
        let filters = [("orderIdFrom", id_from.as_str()), ("maxOrdersToGet", most.as_str())];
        let (answer, body) = self.client.send(&self.list("orders", &filters)).await?;
        self.looked(&schema::ORDER, &body, Self::PAGE);
        Listed::read(&body, answer.server_time(), "/orderInfo/orderId")
    }

    /// A page of all purchase orders by ascending id.
    ///
    /// # Errors
    /// As classified.
    pub async fn purchase_orders_page(&self, id_from: i64) -> Result<Listed<ExistingPurchaseOrder>> {
        let (id_from, most) = (id_from.to_string(), Self::PAGE.to_string());
        let filters = [("purchaseOrderIdFrom", id_from.as_str()), ("maxPurchaseOrdersToGet", most.as_str())];
        let (answer, body) = self.client.send(&self.list("purchaseOrders", &filters)).await?;
        self.looked(&schema::PURCHASE_ORDER, &body, Self::PAGE);
        Listed::read(&body, answer.server_time(), "/purchaseOrderInfo/purchaseOrderId")
    }

    /// Creates or changes an order by its number. Returns its id.
    ///
    /// # Errors
    /// [`Fault::Rejected`] when the body is refused, or the warehouse has started; the others as classified.
    pub async fn put_order(&self, number: &str, body: &Value) -> Result<i64> {
        let answer = self.written(&schema::WRITTEN_ORDER, &Call::put(self.url("orders"), body)).await?;
        match Written::read(&answer)?.order_id {
            Some(id) => Ok(id),
            None => self.order(number).await?.map(|o| o.order_info.order_id).ok_or_else(|| unknown("order", number)),
        }
    }

    /// Cancels an order.
    ///
    /// # Errors
    /// [`Fault::Rejected`] when the warehouse has started, or it is cancelled already.
    pub async fn cancel_order(&self, id: i64) -> Result<()> {
        let call = Call::delete(self.url(&format!("orders/{id}")));
        self.written(&schema::CANCELLED_ORDER, &call).await.map(|_| ())
    }

    /// What a write is answered with, looked at.
    async fn written(&self, schema: &Schema, call: &Call) -> Result<Value> {
        let answer = self.client.json(call).await?;
        schema.look(&self.client, &answer);
        Ok(answer)
    }

    /// The goods owners that the user sees; `None` where the system is too old to say (Ongoing sheet, section 1.2: the list is
    /// in newer versions).
    ///
    /// # Errors
    /// As classified.
    pub async fn goods_owners(&self) -> Result<Option<Vec<GoodsOwner>>> {
        let answer = match self.client.json(&Call::get(self.url("goodsOwners"))).await {
            Err(fault) if is_gone(&fault) => return Ok(None),
            other => other?,
        };
        let Some(list) = answer["goodsOwners"].as_array().or_else(|| answer.as_array()) else { return Ok(None) };
        let owner = |owner: &Value| {
            let name = owner["goodsOwnerName"].as_str().map(str::to_owned);
            Some(GoodsOwner { id: owner["goodsOwnerId"].as_i64()?, name })
        };
        Ok(Some(list.iter().filter_map(owner).collect()))
    }

    /// The cheapest read of this goods owner's own.
    ///
    /// # Errors
    /// As classified.
    pub async fn reads_goods_owner(&self) -> Result<()> {
        self.client.json(&self.list("articles", &[("maxArticlesToGet", "1")])).await.map(|_| ())
    }

    /// The numbers of the warehouse's order statuses (Ongoing sheet, section 3.2).
    ///
    /// # Errors
    /// As classified.
    pub async fn order_statuses(&self) -> Result<Vec<i64>> {
        let answer = self.client.json(&Call::get(self.url("orders/statuses"))).await?;
        let list = answer["orderStatuses"].as_array().map_or(&[][..], Vec::as_slice);
        Ok(list.iter().filter_map(|status| status["number"].as_i64()).collect())
    }

    /// Whether Ongoing answers at all: the cheapest call there is.
    ///
    /// # Errors
    /// As classified.
    pub async fn probe(&self) -> Result<()> {
        let call = Call { method: Method::GET, ..Call::get(self.url("orders/statuses")) };
        self.client.json(&call).await.map(|_| ())
    }
}

/// A page of a list by ascending ids.
#[derive(Debug)]
pub struct Listed<T> {
    /// The rows that could be read.
    pub rows: Vec<T>,
    /// The rows that are not as promised: their ids and what is wrong. They hold up no others.
    pub unread: Vec<(i64, Fault)>,
    /// The last id of the page; `None` where there is no more.
    pub last: Option<i64>,
    /// The server's time.
    pub server_time: Option<Timestamp>,
}

impl<T: DeserializeOwned> Listed<T> {
    fn read(body: &Value, server_time: Option<Timestamp>, id: &str) -> Result<Self> {
        let mut listed = Self { rows: Vec::new(), unread: Vec::new(), last: None, server_time };
        for row in wire::list::<Value>(body)? {
            let id = row.pointer(id).and_then(Value::as_i64);
            listed.last = listed.last.max(id);
            match (wire::one(&row), id) {
                (Ok(row), _) => listed.rows.push(row),
                (Err(fault), Some(id)) => listed.unread.push((id, fault)),
                // Nothing leads past it.
                (Err(fault), None) => return Err(fault),
            }
        }
        Ok(listed)
    }
}

/// Each of a list, with all that is shown of it.
fn shown<T: DeserializeOwned>(answer: &Value) -> Result<Vec<(T, Value)>> {
    let rows: Vec<Value> = wire::list(answer)?;
    rows.into_iter().map(|row| Ok((wire::one(&row)?, row))).collect()
}

/// A 2xx without an id whose record cannot be found afterwards: unknown outcome, so again later (Ongoing sheet, 1.8).
fn unknown(what: &str, number: &str) -> Fault {
    Fault::unavailable(format!("the {what} {number} was accepted without an id and cannot be found"))
}

/// The same rows with nothing to pick: for rows that are gone in the ERP and still there in Ongoing (Ongoing sheet, 2.5).
#[must_use]
pub fn emptied_row(row_number: &str, article_number: &str) -> Value {
    json!({ "rowNumber": row_number, "articleNumber": article_number, "numberOfItems": crate::words::wire::number(Decimal::ZERO) })
}
