//! Keys and values of a rules file that mean nothing: all of them, and the rules without them.

use std::ops::Range;

use serde::Deserialize as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use super::{Rules, RulesError, place};

/// The rules without what is wrong, and what is.
pub(super) fn parse(text: &str) -> Result<(Rules, Vec<RulesError>), RulesError> {
    let mut table = DeTable::parse(text).map_err(|error| place::refused(&error))?;
    let mut wrong = Vec::new();
    loop {
        let mut error = match Rules::deserialize(Deserializer::from(table.clone())) {
            Ok(rules) => return Ok((rules, wrong)),
            Err(error) => error,
        };
        error.set_input(Some(text));
        let refused = place::refused(&error);
        // What has no place of its own cannot be left out.
        if !error.span().is_some_and(|at| remove(table.get_mut(), &at)) {
            return Err(refused);
        }
        wrong.push(refused);
    }
}

/// Takes out what has this place, as a key or as a value, with its key.
fn remove(table: &mut DeTable<'_>, at: &Range<usize>) -> bool {
    let has_item =
        |value: &DeValue<'_>| value.as_array().is_some_and(|items| items.iter().any(|item| item.span() == *at));
    let is_it = |value: &Spanned<DeValue<'_>>| value.span() == *at || has_item(value.get_ref());
    let found = table.iter().find(|(key, value)| key.span() == *at || is_it(value));
    if let Some(key) = found.map(|(key, _)| key.clone()) {
        return table.remove(&key).is_some();
    }
    table.iter_mut().any(|(_, value)| remove_inside(value, at))
}

fn remove_inside(value: &mut Spanned<DeValue<'_>>, at: &Range<usize>) -> bool {
    match value.get_mut() {
        DeValue::Table(table) => remove(table, at),
        DeValue::Array(items) => items.iter_mut().any(|item| remove_inside(item, at)),
        DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            false
        }
    }
}
