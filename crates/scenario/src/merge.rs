//! How one tree changes another: `extends`, and `--set` of what is no number.
//!
//! Maps and records merge key by key; lists, texts, numbers and variants replace. A figure
//! `(value: …, source: …)` replaces as a whole, so that no number keeps the source of another.
//! `None` takes an entry away.

use std::collections::BTreeMap;

use crate::decode::Decoder;
use crate::decode::names;
use crate::text::Span;
use crate::tree::{Entry, Node, Value};

/// The base with the changes of another tree.
pub(crate) fn merge(base: Node, over: Node) -> Node {
    let damaged = base.damaged || over.damaged;
    match (base.value, over.value) {
        (Value::Map(below), Value::Map(above)) => Node {
            span: over.span,
            value: Value::Map(merge_entries(below, above)),
            damaged,
        },
        (Value::Struct(name, below), Value::Struct(other, above))
            if same_name(name.as_ref(), other.as_ref())
                && !is_figure(&below)
                && !is_figure(&above) =>
        {
            let value = Value::Struct(other.or(name), merge_entries(below, above));
            Node {
                span: over.span,
                value,
                damaged,
            }
        }
        // An empty record changes nothing.
        (below @ Value::Struct(..), Value::Tuple(None, items)) if items.is_empty() => Node {
            span: base.span,
            value: below,
            damaged,
        },
        (_, above) => Node {
            span: over.span,
            value: above,
            damaged: over.damaged,
        },
    }
}

fn same_name(name: Option<&crate::tree::Word>, other: Option<&crate::tree::Word>) -> bool {
    match (name, other) {
        (Some(name), Some(other)) => name.text == other.text,
        _ => true,
    }
}

fn is_figure(fields: &[Entry]) -> bool {
    fields.iter().any(|field| field.key.text == "value")
        && fields
            .iter()
            .all(|field| matches!(field.key.text.as_str(), "value" | "source" | "confidence"))
}

fn merge_entries(mut below: Vec<Entry>, above: Vec<Entry>) -> Vec<Entry> {
    // Only entries of the base are overridden: a key twice in one file stays a mistake.
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (idx, entry) in below.iter().enumerate() {
        places.entry(entry.key.text.clone()).or_insert(idx);
    }
    for entry in above {
        if let Some(idx) = places.get(&entry.key.text) {
            let old = &mut below[*idx];
            let value = std::mem::replace(&mut old.value, Node::new(entry.value.span, Value::None));
            old.value = merge(value, entry.value);
            old.key = entry.key;
        } else {
            below.push(entry);
        }
    }
    below
}

/// One step of a path into a tree.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    Key(String),
    Item(usize),
}

/// Keys whose map has whole paths as keys: what follows is one key.
const PATH_KEYED: [&str; 4] = ["uncertainties", "params", "set", "figures"];

fn steps(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let last = steps.last();
        if matches!(last, Some(Step::Key(key)) if PATH_KEYED.contains(&key.as_str())) {
            steps.push(Step::Key(rest.to_owned()));
            return Some(steps);
        }
        if let Some(inner) = rest.strip_prefix('[') {
            let (number, after) = inner.split_once(']')?;
            steps.push(Step::Item(number.parse().ok()?));
            rest = after.strip_prefix('.').unwrap_or(after);
            continue;
        }
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        if end == 0 {
            return None;
        }
        steps.push(Step::Key(rest[..end].to_owned()));
        rest = &rest[end..];
        rest = rest.strip_prefix('.').unwrap_or(rest);
    }
    Some(steps)
}

impl Decoder<'_> {
    /// Puts a value at a path of a tree, or reports why that cannot be.
    pub(crate) fn put(&mut self, root: &mut Node, path: &str, key: Span, value: Node) {
        let Some(steps) = steps(path) else {
            let message = format!("`{path}` is not a path");
            self.report("scenario::unknown_path", key, path, message);
            return;
        };
        let mut node = root;
        for (idx, step) in steps.iter().enumerate() {
            let last = idx + 1 == steps.len();
            let next = match (&mut node.value, step) {
                (Value::Struct(_, entries) | Value::Map(entries), Step::Key(name)) => {
                    let found = entries.iter().position(|entry| entry.key.text == *name);
                    let creates = last || PATH_KEYED.contains(&name.as_str());
                    let found = found.or_else(|| {
                        creates.then(|| {
                            entries.push(new_entry(name, key));
                            entries.len() - 1
                        })
                    });
                    let Some(found) = found else {
                        let siblings: Vec<String> =
                            entries.iter().map(|entry| entry.key.text.clone()).collect();
                        self.report_no_step(path, name, key, &siblings);
                        return;
                    };
                    &mut entries[found].value
                }
                (Value::List(items), Step::Item(place)) if *place < items.len() => {
                    &mut items[*place]
                }
                _ => {
                    let message = format!("there is nothing at `{path}`");
                    self.report("scenario::unknown_path", key, path, message);
                    return;
                }
            };
            node = next;
        }
        *node = value;
    }

    fn report_no_step(&mut self, path: &str, name: &str, key: Span, siblings: &[String]) {
        let message = format!("unknown path `{path}`: there is no `{name}`");
        let all = siblings.iter().map(String::as_str);
        let mistake = self
            .mistake("scenario::unknown_path", key, path, message)
            .expected(names::one_of(all.clone()))
            .nearest(name, all);
        self.push(mistake);
    }
}

fn new_entry(name: &str, span: Span) -> Entry {
    let key = crate::tree::Word {
        span,
        text: name.to_owned(),
    };
    Entry {
        key,
        value: Node::new(span, Value::Map(Vec::new())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;
    use crate::text::Texts;

    fn tree(text: &str) -> Node {
        let mut texts = Texts::default();
        let file = texts.add("x", text.to_owned());
        let parsed = parse::parse(file, texts.get(file));
        assert!(parsed.mistakes.is_empty(), "{:?}", parsed.mistakes);
        parsed.root
    }

    /// The tree as text, without places.
    fn plain(node: &Node) -> String {
        let entries = |entries: &[Entry]| {
            let all = entries
                .iter()
                .map(|one| format!("{}:{}", one.key.text, plain(&one.value)));
            all.collect::<Vec<_>>().join(",")
        };
        let items = |items: &[Node]| items.iter().map(plain).collect::<Vec<_>>().join(",");
        let name = |name: &Option<crate::tree::Word>| {
            name.as_ref()
                .map(|name| name.text.clone())
                .unwrap_or_default()
        };
        match &node.value {
            Value::Number(number) => number.to_string(),
            Value::Text(text) | Value::Ident(text) => text.clone(),
            Value::List(list) => format!("[{}]", items(list)),
            Value::Map(map) => format!("{{{}}}", entries(map)),
            Value::Struct(word, fields) => format!("{}({})", name(word), entries(fields)),
            Value::Tuple(word, list) => format!("{}({})", name(word), items(list)),
            Value::None => "None".to_owned(),
            other => format!("{other:?}"),
        }
    }

    fn check(base: &str, over: &str, expect: &str) {
        assert_eq!(plain(&merge(tree(base), tree(over))), expect);
    }

    #[test]
    fn maps_and_records_merge_and_the_rest_replaces() {
        check(
            "(a: 1, b: {\"x\": 1})",
            "(b: {\"y\": 2}, c: 3)",
            "(a:1,b:{x:1,y:2},c:3)",
        );
        check("(a: [1, 2])", "(a: [3])", "(a:[3])");
        check("S(a: P(x: 1, y: 2))", "S(a: P(x: 3))", "S(a:P(x:3,y:2))");
        check("(a: P(x: 1))", "(a: Q(x: 3))", "(a:Q(x:3))");
        check(
            "(a: (value: 1, source: \"s\"))",
            "(a: (value: 2))",
            "(a:(value:2))",
        );
        check("(a: {\"x\": 1})", "(a: {\"x\": None})", "(a:{x:None})");
    }

    #[test]
    fn paths_have_keys_and_items() {
        let key = |key: &str| Step::Key(key.to_owned());
        assert_eq!(
            steps("a.b[1].c"),
            Some(vec![key("a"), key("b"), Step::Item(1), key("c")])
        );
        assert_eq!(steps("params.a.b"), Some(vec![key("params"), key("a.b")]));
        assert_eq!(steps("a..b"), None);
        assert_eq!(steps("a[x]"), None);
    }
}
