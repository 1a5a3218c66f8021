//! The shapes a record is made of before it is cut to what the caller asked for.
//!
//! A resource file answers `field(name) -> Node`; `project.rs` decides what of it is shown. Nothing here knows a resource.

use crate::clock::stamp;
use crate::world::{Gid, Kind, World};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;

/// A pointer to an object, followed only when something in it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ref {
    pub(crate) kind: Kind,
    pub(crate) gid: Gid,
    /// On a custom field: the task (or other holder) whose value is meant; absent for the definition.
    pub(crate) holder: Option<Gid>,
}

impl Ref {
    pub(crate) fn new(kind: Kind, gid: &str) -> Self {
        Self { kind, gid: gid.to_owned(), holder: None }
    }

    /// A field together with its value on a holder.
    pub(crate) fn value(field: &str, holder: &str) -> Self {
        Self { holder: Some(holder.to_owned()), ..Self::new(Kind::CustomField, field) }
    }
}

/// A part of a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Node {
    /// A finished JSON value; sub-paths pick keys of an object.
    Plain(Value),
    /// Another object.
    Resource(Ref),
    /// A container that is no object of its own, such as a membership: an empty shell when named alone.
    Shell(Vec<(Cow<'static, str>, Node)>),
    /// Several of them.
    List(Vec<Node>),
    /// Tasks that show nothing but their gid and kind unless more is asked for.
    Bare(Vec<Gid>),
}

impl Node {
    pub(crate) fn null() -> Self {
        Self::Plain(Value::Null)
    }

    /// An object, or null.
    pub(crate) fn to(kind: Kind, gid: Option<&Gid>) -> Self {
        gid.map_or_else(Self::null, |gid| Self::Resource(Ref::new(kind, gid)))
    }

    /// A list of objects of one kind.
    pub(crate) fn all(kind: Kind, gids: &[Gid]) -> Self {
        Self::List(gids.iter().map(|gid| Self::Resource(Ref::new(kind, gid))).collect())
    }

    /// A moment, or null.
    pub(crate) fn at(moment: Option<Timestamp>) -> Self {
        Self::Plain(moment.map_or(Value::Null, |at| Value::String(stamp(at))))
    }

    pub(crate) fn empty_list() -> Self {
        Self::List(Vec::new())
    }
}

impl<T: Into<Value>> From<T> for Node {
    fn from(value: T) -> Self {
        Self::Plain(value.into())
    }
}

/// Who is reading; some properties (likes, My Tasks sections) depend on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) world: &'a World,
    pub(crate) user: &'a str,
    /// Granular scopes of the caller, where it has no full permissions.
    pub(crate) scopes: Option<&'a [String]>,
    /// The view a record is read in; `None` when its properties were asked for by name.
    pub(crate) view: Option<View>,
}

/// Which of a shape's field lists is used when nothing was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    Compact,
    Full,
    Written,
}

/// How a kind of object looks: which fields it shows when, and how each is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// Asana's word for the kind, also its `resource_type`.
    pub(crate) name: &'static str,
    /// Shown when it stands inside another record or in a list.
    pub(crate) compact: &'static [&'static str],
    /// Shown by `GET` of one object.
    pub(crate) full: &'static [&'static str],
    /// Shown by the answer to a `POST` or `PUT`; real Asana shows other keys there than on `GET`.
    pub(crate) written: &'static [&'static str],
    /// Reads one property; `None` for a name the kind (or this object) does not have.
    pub(crate) field: fn(&Reader<'_>, &Ref, &str) -> Option<Node>,
}
