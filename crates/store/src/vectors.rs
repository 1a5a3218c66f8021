//! Vectors that a sentence model made of tasks' texts, so that only texts that changed are computed again.
//!
//! Named by a digest of model and text; nothing says which task a vector is of. Deliberately not here: making or comparing
//! them.

use crate::conn::{Arg, args};
use crate::{Store, StoreError};
use domain::{Digest, ProjectGid};
use std::collections::HashMap;

impl Store {
    /// All that is remembered of a project.
    pub async fn vectors(&self, project: &ProjectGid) -> Result<HashMap<Digest, Vec<f32>>, StoreError> {
        let rows =
            self.rows("SELECT text, vector FROM vectors WHERE project = $1", args![project.as_str()]).await?;
        let number = |four: &[u8]| f32::from_le_bytes([four[0], four[1], four[2], four[3]]);
        rows.iter()
            .map(|row| {
                let vector = row.blob(1)?.chunks_exact(4).map(number).collect();
                Ok((Digest::from_hex(row.text(0)?), vector))
            })
            .collect()
    }

    /// Remembers vectors, and forgets those named in `gone`, all or none.
    pub async fn remember_vectors(
        &self,
        project: &ProjectGid,
        new: &[(Digest, Vec<f32>)],
        gone: &[Digest],
    ) -> Result<(), StoreError> {
        let bytes =
            |vector: &[f32]| vector.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
        let rows =
            new.iter().map(|(text, vector)| args![project.as_str(), text.as_str(), bytes(vector)]).collect();
        let gone = gone.iter().map(|text| Arg::from(text.as_str())).collect();
        let mut tx = self.write().await?;
        let delete = "DELETE FROM vectors WHERE project = $1 AND text IN";
        tx.rows_in(delete, args![project.as_str()], gone).await?;
        let insert = "INSERT INTO vectors (project, text, vector)";
        tx.insert_rows(insert, rows, "ON CONFLICT (project, text) DO NOTHING").await?;
        tx.commit().await
    }
}
