//! The condition that an item is unchanged since it was read. Tenant items have no revision, since people write them by
//! hand.

use std::collections::HashMap;

use crate::item::Attributes;

/// The members of a tenant item (contract, section 2): one that was not there may have been added in between.
const MEMBERS: [&str; 6] = ["tenant_id", "enabled", "erp", "ongoing", "processes", "settings"];

/// A condition expression with its names and values.
#[derive(Debug, PartialEq)]
pub(crate) struct Unchanged {
    pub(crate) condition: String,
    pub(crate) names: HashMap<String, String>,
    /// `None` where there are none: an empty map is refused.
    pub(crate) values: Option<Attributes>,
}

impl Unchanged {
    /// That the item is `read`, or, where nothing was read, that there is none.
    pub(crate) fn of(read: Option<&Attributes>) -> Self {
        let none = Attributes::new();
        let read = read.unwrap_or(&none);
        let mut all: Vec<&str> = read.keys().map(String::as_str).collect();
        all.extend(MEMBERS.iter().filter(|name| !read.contains_key(**name)));
        all.sort_unstable();
        let mut names = HashMap::new();
        let mut values = Attributes::new();
        let mut conditions = Vec::new();
        for (at, name) in all.into_iter().enumerate() {
            names.insert(format!("#m{at}"), name.to_owned());
            match read.get(name) {
                None => conditions.push(format!("attribute_not_exists(#m{at})")),
                Some(value) => {
                    values.insert(format!(":m{at}"), value.clone());
                    conditions.push(format!("#m{at} = :m{at}"));
                }
            }
        }
        let values = (!values.is_empty()).then_some(values);
        Self { condition: conditions.join(" AND "), names, values }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use super::*;

    #[test]
    fn every_member_that_was_read_must_be_equal_and_no_other_be_there() {
        let text = |text: &str| AttributeValue::S(text.into());
        let read = Attributes::from([("tenant_id".into(), text("acme")), ("colour".into(), text("red"))]);
        let unchanged = Unchanged::of(Some(&read));
        assert_eq!(
            unchanged.condition,
            "#m0 = :m0 AND attribute_not_exists(#m1) AND attribute_not_exists(#m2) AND attribute_not_exists(#m3) \
             AND attribute_not_exists(#m4) AND attribute_not_exists(#m5) AND #m6 = :m6"
        );
        assert_eq!((&*unchanged.names["#m0"], &*unchanged.names["#m6"]), ("colour", "tenant_id"));
        let values = Attributes::from([(":m0".into(), text("red")), (":m6".into(), text("acme"))]);
        assert_eq!(unchanged.values, Some(values));
    }

    #[test]
    fn nothing_read_means_that_nothing_may_be_there() {
        let unchanged = Unchanged::of(None);
        assert!(unchanged.condition.contains("attribute_not_exists(#m5)") && !unchanged.condition.contains('='));
        assert_eq!(unchanged.values, None);
    }
}
