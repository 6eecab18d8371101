//! From a request to the call that answers it: framing, address, credentials, then the resource.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::allowed::{ARTICLE, ORDER, PURCHASE_ORDER, Shape};
use super::owner::{House, Owner};
use super::query::Query;
use super::rules::statuses;
use super::{Ongoing, articles, order_search, order_view, orders, purchase_order_view, purchase_orders, refusal};
use crate::{Request, Response};

type Answer = Result<Response, Response>;

/// A write body: as it came, and as the server understands it.
pub(super) struct Body {
    pub(super) raw: Value,
    pub(super) head: serde_json::Map<String, Value>,
}

/// IIS with default settings takes no longer one (Ongoing sheet, section 8).
const LONGEST_QUERY: usize = 2048;

impl Ongoing {
    pub(super) fn answer(&mut self, now: Timestamp, request: &Request) -> Answer {
        if request.target.split_once('?').is_some_and(|(_, query)| query.len() > LONGEST_QUERY) {
            return Err(refusal::long_query());
        }
        if self.strict {
            framed(request)?;
        }
        let path = request.path();
        let prefix = format!("/{}/api/v1/", self.warehouse);
        let Some(route) = path.strip_prefix(&prefix) else { return Err(no_route(&path)) };
        let allowed = self.authorized(request)?;
        let segments: Vec<&str> = route.trim_end_matches('/').split('/').collect();
        match (request.method.as_str(), segments.as_slice()) {
            ("GET", ["goodsOwners"]) => Ok(self.goods_owners(&allowed)),
            ("GET", ["warehouses"]) => Ok(warehouses()),
            ("GET", ["orders", "statuses"]) => {
                Ok(self.statuses(&allowed, |owner| statuses(&owner.rules.order_statuses)))
            }
            ("GET", ["purchaseOrders", "statuses"]) => {
                Ok(self.statuses(&allowed, |owner| statuses(&owner.rules.purchase_order_statuses)))
            }
            ("GET", ["articles"]) => articles::list(self.queried(&allowed, request)?.0, now, request),
            ("GET", ["orders"]) => order_search::list(self.queried(&allowed, request)?.0, now, request),
            ("GET", ["purchaseOrders"]) => purchase_order_view::list(self.queried(&allowed, request)?.0, request),
            ("DELETE", ["orders"]) => {
                let number = required(request, "orderNumber")?;
                let (owner, house) = self.queried(&allowed, request)?;
                let id = orders::by_number(owner, &number)?;
                orders::cancel(owner, house, now, id)
            }
            ("DELETE", ["purchaseOrders"]) => {
                let number = required(request, "purchaseOrderNumber")?;
                let (owner, house) = self.queried(&allowed, request)?;
                let id = purchase_orders::by_number(owner, &number)?;
                purchase_orders::cancel(owner, house, now, id)
            }
            ("PUT", ["articles", rest @ ..]) if rest.len() < 2 => {
                let (owner, house, body) = self.written(&allowed, request, &ARTICLE)?;
                let id = rest.first().map(|id| articles::by_id(owner, id)).transpose()?;
                articles::put(owner, house, now, id, body)
            }
            ("PUT", ["orders", rest @ ..]) if rest.len() < 2 => {
                let (owner, house, body) = self.written(&allowed, request, &ORDER)?;
                let id = rest.first().map(|id| orders::by_id(owner, id)).transpose()?;
                orders::put(owner, house, now, id, body)
            }
            ("PUT", ["purchaseOrders", rest @ ..]) if rest.len() < 2 => {
                let (owner, house, body) = self.written(&allowed, request, &PURCHASE_ORDER)?;
                let id = rest.first().map(|id| purchase_orders::by_id(owner, id)).transpose()?;
                purchase_orders::put(owner, house, now, id, body)
            }
            ("GET", ["articles", id]) => {
                let (owner, _, id) = self.holding(&allowed, id, articles::by_id)?;
                Ok(Response::json(200, &articles::view(owner, id)))
            }
            ("GET", ["orders", id]) => {
                let (owner, _, id) = self.holding(&allowed, id, orders::by_id)?;
                Ok(Response::json(200, &order_view::of(owner, id)))
            }
            ("GET", ["purchaseOrders", id]) => {
                let (owner, _, id) = self.holding(&allowed, id, purchase_orders::by_id)?;
                Ok(Response::json(200, &purchase_order_view::of(owner, id)))
            }
            ("DELETE", ["orders", id]) => {
                let (owner, house, id) = self.holding(&allowed, id, orders::by_id)?;
                orders::cancel(owner, house, now, id)
            }
            ("DELETE", ["purchaseOrders", id]) => {
                let (owner, house, id) = self.holding(&allowed, id, purchase_orders::by_id)?;
                purchase_orders::cancel(owner, house, now, id)
            }
            _ => Err(no_route(&path)),
        }
    }

    fn authorized(&self, request: &Request) -> Result<Vec<i64>, Response> {
        let user = request.basic().ok_or_else(refusal::unauthorized)?;
        self.users.get(&user).cloned().ok_or_else(refusal::unauthorized)
    }

    fn permitted(&mut self, allowed: &[i64], id: i64) -> Result<(&mut Owner, &mut House), Response> {
        let refused = || refusal::message(403, &format!("The user has no access to goods owner {id}."));
        let owner = self.owners.get_mut(&id).filter(|_| allowed.contains(&id)).ok_or_else(refused)?;
        Ok((owner, &mut self.house))
    }

    /// The goods owner that the query names.
    fn queried(&mut self, allowed: &[i64], request: &Request) -> Result<(&mut Owner, &mut House), Response> {
        let text = required(request, "goodsOwnerId")?;
        let invalid =
            || refusal::unbound("goodsOwnerId", &format!("The value '{text}' is not valid for goodsOwnerId."));
        let id = text.parse().map_err(|_| invalid())?;
        self.permitted(allowed, id)
    }

    /// The goods owner that the body names, and the body once it has passed its shape.
    fn written(
        &mut self,
        allowed: &[i64],
        request: &Request,
        shape: &'static Shape,
    ) -> Result<(&mut Owner, &mut House, Body), Response> {
        let is_json = request.header("content-type").is_some_and(|media| media.starts_with("application/json"));
        if !is_json {
            let text = "The request entity's media type is not supported for this resource.";
            return Err(Response::json(415, &json!({ "Message": text })));
        }
        let raw = request.json().map_err(|fault| refusal::unbound("model", &fault))?;
        let Value::Object(head) = shape.accept(&raw, self.tolerance)? else {
            return Err(refusal::unbound("model", "An object is expected."));
        };
        let id = head.get("goodsOwnerId").and_then(Value::as_i64).unwrap_or_default();
        let (owner, house) = self.permitted(allowed, id)?;
        Ok((owner, house, Body { raw, head }))
    }

    /// The goods owner, among those of the user, that has this internal id.
    fn holding(
        &mut self,
        allowed: &[i64],
        id: &str,
        find: fn(&Owner, &str) -> Result<i64, Response>,
    ) -> Result<(&mut Owner, &mut House, i64), Response> {
        let mut missing = refusal::message(404, "not found");
        let mut found = None;
        for owner in allowed.iter().filter_map(|owner| self.owners.get(owner)) {
            match find(owner, id) {
                Ok(id) => found = Some((owner.id, id)),
                Err(refusal) => missing = refusal,
            }
        }
        let (owner, id) = found.ok_or_else(|| missing.clone())?;
        let owner = self.owners.get_mut(&owner).ok_or(missing)?;
        Ok((owner, &mut self.house, id))
    }

    fn goods_owners(&self, allowed: &[i64]) -> Response {
        let view = |owner: &Owner| {
            json!({
                "goodsOwnerId": owner.id,
                "goodsOwnerName": owner.name,
                "goodsOwnerComment": null,
                "isTrainingGoodsOwner": false,
                "goodsOwnerGroup": null,
                "invoicingCurrency": null,
                "goodsOwnerClasses": null,
            })
        };
        let list: Vec<Value> = self.owners.values().filter(|owner| allowed.contains(&owner.id)).map(view).collect();
        Response::json(200, &json!({ "goodsOwners": list }))
    }

    /// Statuses are the system's own; a stray goodsOwnerId is ignored (Ongoing sheet, section 1.3). Where the model's goods
    /// owners differ, the user's first one speaks.
    fn statuses(&self, allowed: &[i64], of: fn(&Owner) -> Value) -> Response {
        let owner = self.owners.values().find(|owner| allowed.contains(&owner.id));
        Response::json(200, &owner.map_or(Value::Null, of))
    }
}

/// Header names of which a word begins with a small letter, and bodies without a length, break the server before it looks
/// at anything else (Ongoing sheet, sections 0.1 to 0.3).
fn framed(request: &Request) -> Result<(), Response> {
    let titled =
        |name: &str| name.split('-').all(|word| word.chars().next().is_some_and(|first| !first.is_ascii_lowercase()));
    let carries_body = matches!(request.method.as_str(), "PUT" | "POST" | "PATCH") || !request.body.is_empty();
    let length = request.header("content-length").is_some() && request.header("transfer-encoding").is_none();
    if request.headers.iter().all(|(name, _)| titled(name)) && (length || !carries_body) {
        Ok(())
    } else {
        Err(refusal::broken(500))
    }
}

fn required(request: &Request, name: &str) -> Result<String, Response> {
    let query =
        Query::of(request, &request.query().iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" "))?;
    query.required(name).map(str::to_owned)
}

fn no_route(path: &str) -> Response {
    Response::json(
        404,
        &json!({ "Message": format!("No HTTP resource was found that matches the request URI '{path}'.") }),
    )
}

fn warehouses() -> Response {
    Response::json(200, &json!([{ "id": 1, "code": "MAIN", "name": "Main warehouse", "address": null }]))
}
