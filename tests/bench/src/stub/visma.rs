//! One Visma company with pages that are rendered before anything is measured.

use std::collections::HashMap;

use bytes::Bytes;
use serde_json::{Value, json};

use super::http::{Request, Response};

/// Of the simulators' fixtures: records as large as the vendor's.
const ARTICLE: &str = include_str!("../../../simulators/fixtures/visma/article.json");
const ORDER: &str = include_str!("../../../simulators/fixtures/visma/order.json");

const CUSTOMERS: usize = 7;

/// Rows of an order.
pub const ROWS: usize = 3;

/// Orders name the first articles alone, which are handed out before them, however many there are: articles that are read
/// one by one ahead of their feed would be another road.
const NAMED: usize = 1000;

/// What a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// What has changed since the time that is asked for; the last change was in this year.
    Changed(u16),
    /// All there is, whatever is asked for, with this year as the time of the last change.
    All(u16),
    /// Nothing: nothing has changed since.
    Nothing,
}

/// The company.
pub struct Visma {
    articles: usize,
    orders: usize,
    shown: Shown,
    pages: HashMap<(&'static str, usize), Bytes>,
    settings: Bytes,
    customers: Bytes,
    article: Value,
    balances: HashMap<usize, Value>,
}

/// A vendor's id of a number.
pub fn id(kind: &str, n: usize) -> String {
    format!("{kind}-0000-4000-8000-{n:012}")
}

/// An article's number.
pub fn article_number(n: usize) -> String {
    format!("ART-{n:07}")
}

fn number_of(id: &str) -> Option<usize> {
    id.rsplit('-').next()?.parse().ok()
}

impl Visma {
    /// So many articles and orders.
    ///
    /// # Errors
    /// When the fixtures are not as they were.
    pub fn new(articles: usize, orders: usize) -> serde_json::Result<Self> {
        let mut article: Value = serde_json::from_str(ARTICLE)?;
        let mut order: Value = serde_json::from_str(ORDER)?;
        let settings = take(&mut article, "Company").to_string();
        let mut customer = take(&mut order, "Customer");
        take(&mut order, "Company");
        let customers = (0..CUSTOMERS).map(|n| {
            customer["Id"] = json!(id("c0c00000", n));
            customer.to_string()
        });
        let customers = list(&customers.collect::<Vec<_>>(), 1, CUSTOMERS, CUSTOMERS);
        let (pages, balances) = (HashMap::new(), HashMap::new());
        let settings = settings.into();
        let mut company =
            Self { articles, orders, shown: Shown::Nothing, pages, settings, customers, article, balances };
        company.show(Shown::Changed(2026))?;
        Ok(company)
    }

    /// Renders what the lists show from now on.
    ///
    /// # Errors
    /// As [`Visma::new`].
    pub fn show(&mut self, shown: Shown) -> serde_json::Result<()> {
        if self.shown == shown {
            return Ok(());
        }
        self.shown = shown;
        self.pages.clear();
        let (Shown::Changed(year) | Shown::All(year)) = shown else { return Ok(()) };
        let mut article = self.article.clone();
        article["ChangedUtc"] = json!(format!("{year}-04-04T09:03:21Z"));
        self.render("articles", 1000, self.articles, |n| {
            (article["Id"], article["Number"]) = (json!(id("a0a00000", n)), json!(article_number(n)));
            article["Name"] = json!(format!("Ljuslykta mässing {n} cm"));
            article.to_string()
        });
        let mut order: Value = serde_json::from_str(ORDER)?;
        take(&mut order, "Customer");
        take(&mut order, "Company");
        order["ModifiedUtc"] = json!(format!("{year}-03-12T17:11:17Z"));
        let mut row = order["Rows"][0].clone();
        let articles = self.articles.clamp(1, NAMED);
        self.render("orders", 200, self.orders, |n| {
            (order["Id"], order["Number"]) = (json!(id("0d0e0000", n)), json!(10_000 + n));
            order["CustomerId"] = json!(id("c0c00000", n % CUSTOMERS));
            let rows = (0..ROWS).map(|at| {
                let named = (n * ROWS + at) % articles;
                (row["Id"], row["LineNumber"]) = (json!(id("40400000", n * ROWS + at)), json!(at + 1));
                (row["ArticleId"], row["ArticleNumber"]) = (json!(id("a0a00000", named)), json!(article_number(named)));
                row.clone()
            });
            order["Rows"] = rows.collect();
            order.to_string()
        });
        Ok(())
    }

    fn render(&mut self, name: &'static str, size: usize, total: usize, mut row: impl FnMut(usize) -> String) {
        let pages = total.div_ceil(size).max(1);
        for page in 0..pages {
            let rows: Vec<String> = (page * size..total.min((page + 1) * size)).map(&mut row).collect();
            self.pages.insert((name, page + 1), list(&rows, page + 1, size, total));
        }
    }

    /// One call.
    pub fn answer(&mut self, request: &Request) -> Response {
        let path = request.path.trim_start_matches("/visma/v2/");
        let (name, of) = path.split_once('/').map_or((path, None), |(name, id)| (name, Some(id)));
        match (request.method.as_str(), name, of) {
            ("GET", "companysettings", None) => Response::json(200, self.settings.clone()),
            ("GET", "customers", None) => Response::json(200, self.customers.clone()),
            ("GET", "articles", None) if request.query.contains("Number%20eq") => self.named(&request.query),
            ("GET", "articles" | "orders", None) => self.page(name, &request.query),
            ("GET", "articles", Some(id)) => match number_of(id) {
                Some(n) => Response::json(200, self.one(n).to_string()),
                None => Response::json(404, "{}"),
            },
            ("PUT", "articles", Some(id)) => match (number_of(id), serde_json::from_slice::<Value>(&request.body)) {
                (Some(n), Ok(mut whole)) => {
                    self.balances.insert(n, whole["StockBalance"].take());
                    Response::json(200, self.one(n).to_string())
                }
                _ => Response::json(400, "{}"),
            },
            _ => Response::json(404, "{}"),
        }
    }

    fn page(&self, name: &str, query: &str) -> Response {
        // Every record changed in the same spring.
        let later = |since: &str, year: u16| since.get(..7).is_some_and(|month| month > format!("{year}-04").as_str());
        let since = query.split_once("Utc%20gt%20").map(|(_, since)| since);
        if let (Shown::Changed(year), Some(since)) = (self.shown, since)
            && later(since, year)
        {
            return Response::json(200, list(&[], 1, 1, 0));
        }
        let page = query.split('&').find_map(|part| part.strip_prefix("$page=")?.parse().ok()).unwrap_or(1);
        let pages = self.pages.iter().find(|((of, at), _)| *of == name && *at == page);
        Response::json(200, pages.map_or_else(|| list(&[], 1, 1, 0), |(_, page)| page.clone()))
    }

    /// The articles whose numbers a filter names.
    fn named(&self, query: &str) -> Response {
        let numbers = query.split("ART-").skip(1).filter_map(|rest| rest.get(..7)?.parse().ok());
        let rows: Vec<String> = numbers.map(|n| self.one(n).to_string()).collect();
        Response::json(200, list(&rows, 1, rows.len(), rows.len()))
    }

    fn one(&self, n: usize) -> Value {
        let mut article = self.article.clone();
        (article["Id"], article["Number"]) = (json!(id("a0a00000", n)), json!(article_number(n)));
        article["StockBalance"] = self.balances.get(&n).cloned().unwrap_or_else(|| json!(57));
        article
    }
}

fn take(of: &mut Value, member: &str) -> Value {
    of.as_object_mut().and_then(|members| members.remove(member)).unwrap_or_default()
}

fn list(rows: &[String], page: usize, size: usize, total: usize) -> Bytes {
    let pages = total.div_ceil(size.max(1)).max(1);
    let meta = json!({
        "CurrentPage": page, "PageSize": size, "TotalNumberOfPages": pages, "TotalNumberOfResults": total,
        "ServerTimeUtc": "2026-11-01T00:00:00Z",
    });
    format!(r#"{{"Meta":{meta},"Data":[{}]}}"#, rows.join(",")).into()
}
