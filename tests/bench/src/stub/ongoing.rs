//! Ongoing's API for one goods owner, as far as imports and the stock's way back ask.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::http::{Request, Response};
use super::visma::id;

/// The warehouse.
#[derive(Default)]
pub struct Ongoing {
    articles: HashSet<String>,
    orders: HashMap<String, (usize, Value)>,
}

/// Another one than Visma has.
const IN_STOCK: u32 = 23;

impl Ongoing {
    /// One call.
    pub fn answer(&mut self, request: &Request) -> Response {
        let path = request.path.trim_start_matches("/ongoing/api/v1/");
        match (request.method.as_str(), path) {
            ("PUT", "articles") => self.put_article(&request.body),
            ("PUT", "orders") => self.put_order(&request.body),
            ("GET", "articles") => {
                Response::json(200, Value::from_iter(self.shown_articles(&request.query)).to_string())
            }
            ("GET", "orders") => Response::json(200, Value::from_iter(self.shown_orders(&request.query)).to_string()),
            _ => Response::json(404, "{}"),
        }
    }

    fn put_article(&mut self, body: &[u8]) -> Response {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let Some(number) = body["articleNumber"].as_str() else { return Response::json(400, "{}") };
        self.articles.insert(number.to_owned());
        Response::json(200, json!({ "articleSystemId": self.articles.len() }).to_string())
    }

    fn put_order(&mut self, body: &[u8]) -> Response {
        let mut body: Value = serde_json::from_slice(body).unwrap_or_default();
        let Some(number) = body["orderNumber"].as_str().map(str::to_owned) else { return Response::json(400, "{}") };
        let next = self.orders.len() + 1;
        let order = self.orders.entry(number).or_insert((next, Value::Null));
        order.1 = body["goodsOwnerOrderId"].take();
        Response::json(200, json!({ "orderId": order.0 }).to_string())
    }

    fn shown_articles(&self, query: &str) -> Vec<Value> {
        let shown = values(query, "articleNumbers").enumerate().map(|(at, number)| {
            let n = number.rsplit('-').next().and_then(|n| n.parse().ok()).unwrap_or(0);
            json!({
                "articleSystemId": at + 1, "articleNumber": number, "productCode": id("a0a00000", n),
                "isStockArticle": true, "isActive": true,
                "inventoryInfo": { "numberOfItems": IN_STOCK, "sellableNumberOfItems": IN_STOCK },
            })
        });
        shown.collect()
    }

    fn shown_orders(&self, query: &str) -> Vec<Value> {
        let numbers = values(query, "orderNumber").chain(values(query, "orderNumbers"));
        let shown = numbers.filter_map(|number| {
            let (order_id, own) = self.orders.get(number)?;
            let info = json!({
                "orderId": order_id, "orderNumber": number, "goodsOwnerOrderId": own, "orderStatus": { "number": 200 },
            });
            Some(json!({ "orderInfo": info, "orderLines": [] }))
        });
        shown.collect()
    }
}

/// The values of a parameter. The benchmark's numbers have no characters that an address encodes.
fn values<'a>(query: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    query.split('&').filter_map(move |part| part.strip_prefix(name)?.strip_prefix('='))
}
