//! `opt_fields`: cutting records to exactly what was asked for.
//!
//! Exact: the named fields and `gid`, nothing else. Nested objects are followed only along named paths.
//! Groups `(a|b).c` and the `this.` prefix are understood; unknown names are ignored, as Asana does.

use crate::node::{Node, Reader, Ref, Shape, View};
use crate::resources::shape_of;
use crate::world::Kind;
use serde_json::{Map, Value, json};

/// The fields asked for, as a tree; order of first mention is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields {
    children: Vec<(String, Fields)>,
}

impl Fields {
    /// Reads `name,assignee.email,memberships.(project|section).gid`.
    pub(crate) fn parse(text: &str) -> Self {
        let mut fields = Self::default();
        fields.add_list(text, ',');
        fields
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.children.is_empty()
    }

    /// Whether a field was asked for at the top level.
    pub(crate) fn names(&self, field: &str) -> bool {
        self.children.iter().any(|(name, _)| name == field)
    }

    fn add_list(&mut self, text: &str, separator: char) {
        for path in split_outside_groups(text, separator) {
            self.add_path(path.trim());
        }
    }

    fn add_path(&mut self, path: &str) {
        if path.is_empty() {
            return;
        }
        let (head, rest) = match split_outside_groups(path, '.').split_first() {
            Some((head, rest)) if !rest.is_empty() => (*head, Some(&path[head.len() + 1..])),
            _ => (path, None),
        };
        match head.strip_prefix('(').and_then(|head| head.strip_suffix(')')) {
            Some(group) => {
                for alternative in split_outside_groups(group, '|') {
                    let alternative = alternative.trim();
                    match rest {
                        Some(rest) => self.add_path(&format!("{alternative}.{rest}")),
                        None => self.add_path(alternative),
                    }
                }
            }
            None if head == "this" => self.add_path(rest.unwrap_or_default()),
            None => self.child(head).add_path(rest.unwrap_or_default()),
        }
    }

    fn child(&mut self, name: &str) -> &mut Self {
        let at = match self.children.iter().position(|(known, _)| known == name) {
            Some(at) => at,
            None => {
                self.children.push((name.to_owned(), Self::default()));
                self.children.len() - 1
            }
        };
        &mut self.children[at].1
    }
}

/// Splits at `separator`, but not inside parentheses.
fn split_outside_groups(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if c == separator && depth == 0 => {
                parts.push(&text[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// An object as JSON: the asked fields, or the view's own when nothing was asked.
pub(crate) fn record(reader: &Reader<'_>, at: &Ref, fields: &Fields, view: View) -> Value {
    let shape = shape_of(at.kind);
    let reader = &Reader { view: fields.is_empty().then_some(view), ..*reader };
    let mut out = Map::new();
    out.insert("gid".to_owned(), Value::String(at.gid.clone()));
    if fields.is_empty() {
        let names = match view {
            View::Compact => shape.compact,
            View::Full => shape.full,
            View::Written => shape.written,
        };
        for name in names {
            if let Some(node) = read(reader, &shape, at, name) {
                out.insert((*name).to_owned(), whole(reader, &node));
            }
        }
    } else {
        for (name, below) in &fields.children {
            if name == "gid" {
                continue;
            }
            if let Some(node) = read(reader, &shape, at, name) {
                out.insert(name.clone(), cut(reader, &node, below));
            }
        }
    }
    Value::Object(out)
}

fn read(reader: &Reader<'_>, shape: &Shape, at: &Ref, name: &str) -> Option<Node> {
    match name {
        "resource_type" => Some(Node::from(shape.name)),
        _ if reader.scopes.is_some_and(|scopes| !crate::scopes::shows(scopes, at.kind, name)) => None,
        _ if !reader.world.exists(at.kind, &at.gid) => None,
        _ => (shape.field)(reader, at, name),
    }
}

/// A node inside a record that was asked for as a whole: everything in it, objects compact.
fn whole(reader: &Reader<'_>, node: &Node) -> Value {
    match node {
        Node::Plain(value) => value.clone(),
        Node::Resource(at) => record(reader, at, &Fields::default(), nested_view(at)),
        Node::Shell(parts) => {
            Value::Object(parts.iter().map(|(name, part)| (name.to_string(), whole(reader, part))).collect())
        }
        Node::List(nodes) => nodes.iter().map(|node| whole(reader, node)).collect(),
        Node::Bare(gids) => gids.iter().map(|gid| json!({ "gid": gid, "resource_type": "task" })).collect(),
    }
}

/// A node that is no object of its own, cut to what was asked for.
pub(crate) fn shell(reader: &Reader<'_>, node: &Node, fields: &Fields) -> Value {
    if fields.is_empty() { whole(reader, node) } else { cut(reader, node, fields) }
}

/// A field with its value shows more of itself in a record read as a whole than when it is named alone.
fn nested_view(at: &Ref) -> View {
    if at.holder.is_some() { View::Full } else { View::Compact }
}

/// Ready-made JSON cut to what was asked for; all of it when nothing was.
pub(crate) fn pick(value: &Value, fields: &Fields) -> Value {
    match value {
        _ if fields.is_empty() => value.clone(),
        Value::Object(map) => Value::Object(
            fields
                .children
                .iter()
                .filter_map(|(name, below)| Some((name.clone(), pick(map.get(name)?, below))))
                .collect(),
        ),
        Value::Array(items) => items.iter().map(|item| pick(item, fields)).collect(),
        other => other.clone(),
    }
}

/// A node that was named: cut to the paths below it.
fn cut(reader: &Reader<'_>, node: &Node, below: &Fields) -> Value {
    let gid = ("gid".to_owned(), Fields::default());
    match node {
        Node::Plain(Value::Object(map)) if !below.is_empty() => Value::Object(
            below
                .children
                .iter()
                .filter_map(|(name, below)| Some((name.clone(), pick(map.get(name)?, below))))
                .collect(),
        ),
        Node::Plain(value) => value.clone(),
        Node::Resource(at) => record(reader, at, below, View::Compact),
        Node::Shell(parts) => Value::Object(
            below
                .children
                .iter()
                // One that has a gid, such as a like, always shows it.
                .chain(parts.iter().any(|(known, _)| known == "gid").then_some(&gid))
                .filter_map(|(name, below)| {
                    let (_, part) = parts.iter().find(|(known, _)| known == name)?;
                    Some((name.clone(), cut(reader, part, below)))
                })
                .collect(),
        ),
        Node::List(nodes) => nodes.iter().map(|node| cut(reader, node, below)).collect(),
        Node::Bare(_) if below.is_empty() => whole(reader, node),
        Node::Bare(gids) => {
            gids.iter().map(|gid| record(reader, &Ref::new(Kind::Task, gid), below, View::Compact)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Fields;

    #[test]
    fn groups_and_this_mean_the_same_as_spelled_out_paths() {
        assert_eq!(
            Fields::parse("this.name,memberships.(project|section).gid"),
            Fields::parse("name,memberships.project.gid,memberships.section.gid"),
        );
        assert_eq!(
            Fields::parse("(assignee|created_by).email"),
            Fields::parse("assignee.email,created_by.email"),
        );
        assert_eq!(Fields::parse("a.(b|(c|d)).e"), Fields::parse("a.b.e,a.c.e,a.d.e"));
    }

    #[test]
    fn stray_separators_ask_for_nothing() {
        assert!(Fields::parse(" , ,").is_empty());
        assert_eq!(Fields::parse("name,"), Fields::parse("name"));
    }
}
