//! Dates in danger and proposed people, for a page or a program: read at most every ten minutes, and shared by all who look.
//!
//! Deliberately not here: who may see a project (the page and the API ask that first), and the reckoning (`engine::Workload`).

use super::{Dashboard, FRESH, Look, Refusal};
use domain::ProjectGid;
use engine::{AssignView, RiskView};
use std::sync::Arc;

impl Dashboard {
    /// What endangers a project's dates; none where it takes longer than is waited for, in which case it goes on.
    pub(crate) async fn risks(
        &self,
        who: &str,
        project: &ProjectGid,
    ) -> Result<Option<Arc<RiskView>>, Refusal> {
        let (crews, gid, clock) = (self.crews.clone(), project.clone(), self.clock());
        let known = crews.of(&gid, clock())?;
        if let Some(told) = known.as_ref().and_then(|crew| crew.known_risks()) {
            return Ok(Some(told));
        }
        // What was read lately takes a core, and nothing from Asana.
        let look = if known.is_some() { Look::Store } else { Look::People };
        let read = self.reckon_for((who, look), move |engine, now| async move {
            let crew = engine::workload(&engine, &gid, now);
            let crew = crews.or_read(gid.clone(), &clock, crew, |_| FRESH).await?;
            Ok(crew.risks())
        });
        read.await
    }

    /// Who should have the tasks that nobody has; none as for risks.
    pub(crate) async fn assignments(
        &self,
        who: &str,
        project: &ProjectGid,
    ) -> Result<Option<Arc<AssignView>>, Refusal> {
        let (crews, kept, gid, clock) =
            (self.crews.clone(), self.assignments.clone(), project.clone(), self.clock());
        if let Some(told) = kept.of(&gid, clock())? {
            return Ok(Some(told));
        }
        let read = self.reckon_for((who, Look::People), move |engine, now| async move {
            let crew = engine::workload(&engine, &gid, now);
            let crew = crews.or_read(gid.clone(), &clock, crew, |_| FRESH).await?;
            kept.or_read(gid.clone(), &clock, crew.assignments(now), |_| FRESH).await
        });
        read.await
    }
}
