//! The canonical order of a world, so that no bit of a run hangs on the order of rows and entries.
//!
//! Actors, organisations and drivers stand in the order of their numbers, elements, threats and blocs in that
//! of their ids. Sorting comes before the names are learned: every index refers to the sorted order. What is
//! wrong keeps its place for the messages and is reported by decoding.

use super::number;
use crate::table::Table;
use crate::tree::{Entry, Node, Value};

/// Sorts the maps of `world.ron`.
pub(crate) fn sort_world(root: &mut Node) {
    let (Value::Struct(_, fields) | Value::Map(fields)) = &mut root.value else {
        return;
    };
    for field in fields {
        let Value::Map(entries) = &mut field.value.value else {
            continue;
        };
        match field.key.text.as_str() {
            "organisations" | "drivers" => entries.sort_by_cached_key(|entry| {
                let id = entry.key.text.clone();
                (
                    number_in(entry).unwrap_or_else(|| number::hashed(&id).into()),
                    id,
                )
            }),
            "elements" | "threats" | "blocs" => {
                entries.sort_by(|one, other| one.key.text.cmp(&other.key.text));
            }
            _ => {}
        }
    }
}

/// The number that an entry gives itself.
fn number_in(entry: &Entry) -> Option<u64> {
    let (Value::Struct(_, fields) | Value::Map(fields)) = &entry.value.value else {
        return None;
    };
    let given = fields.iter().find(|field| field.key.text == "number")?;
    match given.value.value {
        // Numbers out of range are reported by decoding.
        Value::Number(number) if number >= 0.0 => Some(number as u64),
        _ => None,
    }
}

/// Sorts rows of the table of actors by their numbers; rows without a good one go last.
pub(crate) fn sort_rows(table: &Table, rows: &mut [usize]) {
    let Some(column) = table.column("number") else {
        return;
    };
    rows.sort_by_cached_key(|row| {
        let text = &table.rows[*row].cells[column].text;
        text.parse().unwrap_or(u32::MAX)
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{FileId, Span};
    use crate::tree::Word;

    const HERE: Span = Span {
        file: FileId(0),
        start: 0,
        end: 0,
    };

    fn entry(key: &str, number: Option<f64>) -> Entry {
        let word = |text: &str| Word {
            span: HERE,
            text: text.to_owned(),
        };
        let fields = number
            .map(|number| Entry {
                key: word("number"),
                value: Node::new(HERE, Value::Number(number)),
            })
            .into_iter()
            .collect();
        Entry {
            key: word(key),
            value: Node::new(HERE, Value::Struct(None, fields)),
        }
    }

    fn sorted(key: &str, entries: Vec<Entry>) -> Vec<String> {
        let map = Node::new(HERE, Value::Map(entries));
        let word = Word {
            span: HERE,
            text: key.to_owned(),
        };
        let mut root = Node::new(
            HERE,
            Value::Struct(
                None,
                vec![Entry {
                    key: word,
                    value: map,
                }],
            ),
        );
        sort_world(&mut root);
        let Value::Struct(_, fields) = root.value else {
            unreachable!("made above")
        };
        let Value::Map(entries) = &fields[0].value.value else {
            unreachable!("made above")
        };
        entries.iter().map(|entry| entry.key.text.clone()).collect()
    }

    #[test]
    fn drivers_go_by_number_and_threats_by_id() {
        let entries = || {
            vec![
                entry("b", Some(2.0)),
                entry("a", Some(9.0)),
                entry("c", Some(1.0)),
            ]
        };
        assert_eq!(sorted("drivers", entries()), ["c", "b", "a"]);
        assert_eq!(sorted("threats", entries()), ["a", "b", "c"]);
        assert_eq!(sorted("figures", entries()), ["b", "a", "c"]);
    }

    #[test]
    fn without_numbers_the_order_is_that_of_the_hashes_whatever_stood_first() {
        let one = sorted(
            "organisations",
            vec![entry("x", None), entry("y", None), entry("z", None)],
        );
        let other = sorted(
            "organisations",
            vec![entry("z", None), entry("y", None), entry("x", None)],
        );
        assert_eq!(one, other);
    }
}
