//! A policy as the configuration file has it: its settings one by one, and what differs between two of them, as TOML.
//!
//! Deliberately not here: which policy is in force, and what would follow from another.

use decide::Policy;
use serde::Serialize;
use std::collections::BTreeMap;

/// The table that all of it stands below.
const ROOT: &str = "policy";

/// A setting that two policies have otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PolicyChange {
    /// Its table, such as `policy.ai`.
    pub table: String,
    /// Its name there.
    pub key: String,
    /// Its value before, as TOML; none where it did not stand there.
    pub before: Option<String>,
    /// Its value then.
    pub after: Option<String>,
}

/// The settings of a policy: the value of each as TOML, by table and name. The table `policy` itself comes first.
pub(crate) fn settings(policy: &toml::Table) -> BTreeMap<(String, String), String> {
    let mut found = BTreeMap::new();
    walk(policy, ROOT, &mut found);
    found
}

fn walk(table: &toml::Table, name: &str, found: &mut BTreeMap<(String, String), String>) {
    for (key, value) in table {
        match value {
            toml::Value::Table(below) => walk(below, &format!("{name}.{key}"), found),
            value => drop(found.insert((name.to_owned(), key.clone()), value.to_string())),
        }
    }
}

/// A policy as tables.
pub(crate) fn tables(policy: &Policy) -> toml::Table {
    // A policy always is a table; without one nothing would be told.
    toml::Table::try_from(policy).unwrap_or_default()
}

/// What differs between two policies, table by table.
pub(crate) fn changes(before: &toml::Table, after: &toml::Table) -> Vec<PolicyChange> {
    let (before, after) = (settings(before), settings(after));
    let mut keys: Vec<&(String, String)> = before.keys().chain(after.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let change = |at: &&(String, String)| PolicyChange {
        table: at.0.clone(),
        key: at.1.clone(),
        before: before.get(*at).cloned(),
        after: after.get(*at).cloned(),
    };
    keys.iter().map(change).filter(|change| change.before != change.after).collect()
}

/// The lines that make the changes when they stand in the configuration file.
pub(crate) fn lines(changes: &[PolicyChange]) -> String {
    let mut text = String::new();
    let mut table = "";
    for change in changes {
        let Some(value) = &change.after else { continue };
        if change.table != table {
            let space = if text.is_empty() { "" } else { "\n" };
            text.push_str(&format!("{space}[{}]\n", change.table));
            table = &change.table;
        }
        text.push_str(&format!("{} = {value}\n", change.key));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_told_as_the_file_would_have_it() {
        let mut then = Policy { max_writes: 7, ..Policy::default() };
        then.scope.sections = vec!["A \"quoted\"\nname".into()];
        let changes = changes(&tables(&Policy::default()), &tables(&then));
        assert_eq!(changes.len(), 2, "{changes:?}");
        let text = lines(&changes);
        assert!(text.starts_with("[policy]\nmax_writes = 7\n\n[policy.scope]\nsections = ["), "{text}");
        let read: toml::Table = toml::from_str(&text).expect("TOML");
        let sections = read["policy"]["scope"]["sections"].clone();
        assert_eq!(sections.try_into::<Vec<String>>().expect("names"), then.scope.sections);
    }
}
