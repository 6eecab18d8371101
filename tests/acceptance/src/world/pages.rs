//! Vendors that give fewer rows at a time than are asked for.

use std::cell::Cell;

/// How a vendor's page size is asked for.
const NAMES: [&str; 5] = ["PageSize", "$pagesize", "size", "maxOrdersToGet", "maxArticlesToGet"];

/// Who asks for fewer asks for certain records by name, and gets them.
const LARGE: usize = 100;

/// The most rows of a page; as many as are asked for where nothing is set.
#[derive(Default)]
pub struct Pages(Cell<Option<usize>>);

impl Pages {
    /// No page has more rows from now on.
    pub fn cut(&self, most: Option<usize>) {
        self.0.set(most);
    }

    /// The target of a request as it is answered.
    pub(super) fn asked(&self, target: &str) -> Option<String> {
        let most = self.0.get()?;
        let (path, query) = target.split_once('?')?;
        let cut = |pair: &str| {
            let (name, value) = pair.split_once('=')?;
            let asked: usize = NAMES.contains(&name.replace("%24", "$").as_str()).then(|| value.parse().ok())??;
            (asked >= LARGE && asked > most).then(|| format!("{name}={most}"))
        };
        let pairs: Vec<String> = query.split('&').map(|pair| cut(pair).unwrap_or_else(|| pair.to_owned())).collect();
        Some(format!("{path}?{}", pairs.join("&")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_cut_whatever_its_size_is_called() {
        let pages = Pages::default();
        assert_eq!(pages.asked("/v2/Products?PageSize=1000"), None);
        pages.cut(Some(3));
        assert_eq!(
            pages.asked("/v2/Products?PageNumber=2&PageSize=1000").unwrap(),
            "/v2/Products?PageNumber=2&PageSize=3"
        );
        assert_eq!(pages.asked("/v2/orders?%24pagesize=200&%24page=1").unwrap(), "/v2/orders?%24pagesize=3&%24page=1");
        assert_eq!(pages.asked("/invoices?size=15&types=X").unwrap(), "/invoices?size=15&types=X");
        assert_eq!(pages.asked("/v2/Products"), None);
    }
}
