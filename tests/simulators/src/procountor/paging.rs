//! Reading of query parameters, order of lists, keyset and page paging, the envelope (section 2).

use std::cmp::Ordering;

use jiff::civil::DateTime;
use serde_json::{Value, json};

use super::{clock, errors, records::Seen};
use crate::{Request, Response};

const DEFAULT_SIZE: usize = 50;
const MAX_SIZE: usize = 200;

/// The query of a call. Names are case-sensitive; a name nobody asks for is passed over in silence.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn of(request: &Request) -> Self {
        Self(request.query())
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A list, comma separated.
    pub(super) fn list(&self, name: &str) -> Vec<&str> {
        let values = self.0.iter().filter(|(key, _)| key == name);
        values.flat_map(|(_, value)| value.split(',')).filter(|value| !value.is_empty()).collect()
    }

    /// A list of which every value is one of the `allowed`.
    pub(super) fn choices(&self, name: &str, allowed: &[&str]) -> Result<Vec<&str>, Response> {
        let values = self.list(name);
        if values.iter().all(|value| allowed.contains(value)) {
            Ok(values)
        } else {
            Err(errors::invalid(name, "Invalid value."))
        }
    }

    fn parsed<T>(&self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Response> {
        let read = |text| parse(text).ok_or_else(|| errors::invalid(name, "Invalid value."));
        self.text(name).map(read).transpose()
    }

    pub(super) fn integer(&self, name: &str) -> Result<Option<i64>, Response> {
        self.parsed(name, |text| text.parse().ok())
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Response> {
        self.parsed(name, |text| text.parse().ok())
    }

    pub(super) fn moment(&self, name: &str) -> Result<Option<DateTime>, Response> {
        self.parsed(name, clock::parse)
    }

    pub(super) fn size(&self) -> Result<usize, Response> {
        let allowed = |text: &str| text.parse().ok().filter(|size| (1..=MAX_SIZE).contains(size));
        Ok(self.parsed("size", allowed)?.unwrap_or(DEFAULT_SIZE))
    }

    /// `versionStartDate` and `versionEndDate` against a record's `version`, by what the wall clock showed.
    pub(super) fn window(&self, inclusive: bool) -> Result<impl Fn(&Seen<'_>) -> bool + use<>, Response> {
        let (start, end) = (self.moment("versionStartDate")?, self.moment("versionEndDate")?);
        Ok(move |seen: &Seen<'_>| {
            let Some(version) = seen.version() else { return start.is_none() && end.is_none() };
            let after = start.is_none_or(|start| version > start || (inclusive && version == start));
            after && end.is_none_or(|end| version <= end)
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Id,
    Version,
    Created,
    Date,
}

/// The order of a list: the first `orderBy…` of the query, else by id, newest first.
#[derive(Clone, Copy)]
pub(super) struct Sorting {
    by: By,
    descending: bool,
}

impl Sorting {
    pub(super) fn of(query: &Query) -> Result<Self, Response> {
        for (name, value) in &query.0 {
            let by = match name.as_str() {
                "orderById" => By::Id,
                "orderByVersion" => By::Version,
                "orderByCreated" => By::Created,
                "orderByDate" => By::Date,
                _ => continue,
            };
            return match value.as_str() {
                "ASC" => Ok(Self { by, descending: false }),
                "DESC" => Ok(Self { by, descending: true }),
                _ => Err(errors::invalid(name, "Invalid value.")),
            };
        }
        Ok(Self { by: By::Id, descending: true })
    }

    fn compare(self, one: &Seen<'_>, other: &Seen<'_>) -> Ordering {
        let by = match self.by {
            By::Id => Ordering::Equal,
            By::Version => one.version().cmp(&other.version()),
            By::Created => one.created.cmp(&other.created),
            By::Date => one.text("date").cmp(other.text("date")),
        };
        let ascending = by.then(one.id.cmp(&other.id));
        if self.descending { ascending.reverse() } else { ascending }
    }

    pub(super) fn sort(self, rows: &mut [Seen<'_>]) {
        rows.sort_by(|one, other| self.compare(one, other));
    }

    /// What `previousId` means to a list that is sorted by id downwards: the ids below. In every other order: above.
    pub(super) fn is_after(self, id: i64, previous: i64) -> bool {
        if self.by == By::Id && self.descending { previous == 0 || id < previous } else { id > previous }
    }
}

/// `{"results":[…],"meta":{…}}`.
pub(super) fn envelope(results: Vec<Value>, page: usize, size: usize, total: Option<usize>) -> Response {
    let mut meta = json!({ "pageNumber": page, "pageSize": size, "resultCount": results.len() });
    if let Some(total) = total {
        meta["totalCount"] = total.into();
    }
    Response::json(200, &json!({ "results": results, "meta": meta }))
}

/// The ids of `/{id}` or `/{id,id,…}`, at most 200, without doubles and in order.
pub(super) fn ids(text: &str) -> Result<Vec<i64>, Response> {
    let mut ids = Vec::new();
    for part in text.split(',') {
        ids.push(part.trim().parse().map_err(|_| errors::invalid("id", "Invalid id."))?);
    }
    if ids.len() > MAX_SIZE {
        return Err(errors::invalid("id", "At most 200 ids can be given."));
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// One id gives the bare object, several give a list of those that exist; none that exists gives 404.
pub(super) fn details(asked: &[i64], found: Vec<Value>, one_is_a_list: bool) -> Result<Response, Response> {
    match (asked.len(), found.as_slice()) {
        (_, []) => Err(errors::not_found("Not found.")),
        (1, [one]) if !one_is_a_list => Ok(Response::json(200, one)),
        _ => Ok(Response::json(200, &Value::Array(found))),
    }
}
