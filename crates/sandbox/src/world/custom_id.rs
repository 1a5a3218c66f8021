//! Generated ids (`EX-1`): tasks of a project with such a field are numbered as they come, and keep their number.

use super::{FieldValue, Gid, World};

impl World {
    /// The fields of a project that number its tasks.
    fn numbering_fields(&self, project: &str) -> Vec<Gid> {
        let is_numbering = |gid: &Gid| self.custom_fields[gid].representation == "custom_id";
        self.fields_set_on(project).into_iter().filter(is_numbering).collect()
    }

    /// Numbers the tasks of a project that have no number yet.
    pub(crate) fn number_tasks(&mut self, project: &str) {
        for field in self.numbering_fields(project) {
            let mut last =
                self.values.values().filter_map(|values| number(values.get(&field)?)).max().unwrap_or(0);
            let prefix = self.custom_fields[&field].id_prefix.clone().unwrap_or_else(|| "ID".to_owned());
            for task in self.project_tasks(project) {
                if self.value(&task, &field).is_none() {
                    last += 1;
                    self.set_value(&task, &field, Some(FieldValue::Text(format!("{prefix}-{last}"))));
                }
            }
        }
    }

    /// The task with a generated id.
    pub(crate) fn task_with_id(&self, id: &str) -> Option<Gid> {
        let fields: Vec<&Gid> = self
            .custom_fields
            .iter()
            .filter(|(_, field)| field.representation == "custom_id")
            .map(|(gid, _)| gid)
            .collect();
        let has = |holder: &str| {
            fields.iter().any(|field| {
                matches!(self.value(holder, field), Some(FieldValue::Text(is)) if is.eq_ignore_ascii_case(id))
            })
        };
        self.values.keys().find(|holder| self.task(holder).is_some() && has(holder)).cloned()
    }
}

/// The number at the end of an id.
fn number(value: &FieldValue) -> Option<u64> {
    match value {
        FieldValue::Text(text) => text.rsplit_once('-')?.1.parse().ok(),
        _ => None,
    }
}
