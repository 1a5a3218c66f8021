//! What people who signed in with Asana may do: by the projects they are members of there, asked again every few minutes.
//!
//! Nothing of it is taken from a session. Each answer counts from the moment it arrives, and is asked for anew after `FRESH` by
//! whoever looks; a look waits `BRIEFLY` for that while there is an older answer, and the asking goes on without it. While Asana does
//! not answer, what it said last counts for `STALE`; after that nobody of its people is let in. That Asana does not say is not
//! that somebody is a member of nothing. Deliberately not here: which access level stands for what (`engine::members`).

use domain::{Access, Clearance, ProjectGid};
use engine::{Engine, EngineError};
use futures_util::StreamExt as _;
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long an answer of Asana's counts.
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// How long it counts while Asana does not answer.
const STALE: SignedDuration = SignedDuration::from_hours(1);

/// How long a project is left alone that Asana did not answer about.
const AGAIN: SignedDuration = SignedDuration::from_mins(1);

/// How long one project's answer is waited for.
const PATIENCE: Duration = Duration::from_secs(8);

/// How long all of them together are asked: whoever looks again goes on with those that are left.
const ALTOGETHER: Duration = Duration::from_secs(15);

/// How long a look waits for newer answers than there are.
const BRIEFLY: Duration = Duration::from_secs(2);

/// Younger answers are not asked for again at a sign-in.
const YOUNG: SignedDuration = SignedDuration::from_secs(30);

/// Projects asked about at a time.
const AT_ONCE: usize = 4;

/// The people of a project, as Asana said.
#[derive(Clone)]
struct Said {
    at: Timestamp,
    people: BTreeMap<String, Clearance>,
}

/// What a person is to the projects here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// A member of some of them.
    Member(Access),
    /// A member of none, as Asana just said of every one.
    NoMember,
    /// A member of none that is known, and not all are known.
    Unknown,
}

/// What Asana said of each project last.
#[derive(Default)]
pub(super) struct Roles {
    said: Mutex<HashMap<ProjectGid, Said>>,
    /// When Asana was last asked about a project in vain.
    failed: Mutex<HashMap<ProjectGid, Timestamp>>,
    /// Held while Asana is asked: of many pages one asks.
    asking: tokio::sync::Mutex<()>,
}

impl Roles {
    /// What a person is in the projects that are known.
    pub(super) async fn standing_of(
        self: &Arc<Self>,
        engine: &Engine,
        (person, now): (&str, Timestamp),
    ) -> Result<Standing, EngineError> {
        self.standing(engine, (person, now), BRIEFLY).await
    }

    /// The same for somebody who signs in: what Asana said before counts only when it is young.
    pub(super) async fn asked_anew(
        self: &Arc<Self>,
        engine: &Engine,
        (person, now): (&str, Timestamp),
    ) -> Result<Standing, EngineError> {
        self.ask_again(now);
        self.standing(engine, (person, now), ALTOGETHER).await
    }

    /// `patience` is for newer answers where there are older ones; where there is none it is waited for.
    async fn standing(
        self: &Arc<Self>,
        engine: &Engine,
        (person, now): (&str, Timestamp),
        patience: Duration,
    ) -> Result<Standing, EngineError> {
        let connected = engine.store.connections().await?.into_iter().map(|one| one.project);
        let known = engine.store.known_projects().await?.into_iter();
        // A portfolio has runs, and no members that would count here.
        let known = known.filter(|known| !known.is_portfolio).map(|known| known.project);
        let projects: BTreeSet<ProjectGid> = connected.chain(known).collect();
        let missing = self.missing(&projects, now);
        if !missing.is_empty() {
            let patience = if self.has_all(&missing, now) { patience } else { ALTOGETHER };
            let asking = tokio::spawn(self.clone().refresh(engine.clone(), projects.clone(), now));
            // It goes on when nobody waits for it any more.
            if let Ok(Err(error)) = tokio::time::timeout(patience, asking).await {
                tracing::error!(%error, "asking who belongs to the projects broke off");
            }
        }
        Ok(self.said_of(person, projects, now))
    }

    /// What is known of a person by now.
    fn said_of(&self, person: &str, projects: BTreeSet<ProjectGid>, now: Timestamp) -> Standing {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let age = |project: &ProjectGid| said.get(project).map(|said| now.duration_since(said.at));
        let is_said = projects.iter().all(|project| age(project).is_some_and(|age| age < FRESH));
        let theirs: BTreeMap<ProjectGid, Clearance> = projects
            .into_iter()
            .filter_map(|project| {
                let said = said.get(&project).filter(|said| now.duration_since(said.at) < STALE)?;
                said.people.get(person).map(|clearance| (project, *clearance))
            })
            .collect();
        match (theirs.is_empty(), is_said) {
            (false, _) => Standing::Member(Access::each(theirs)),
            (true, true) => Standing::NoMember,
            (true, false) => Standing::Unknown,
        }
    }

    /// Those whose people are to be asked for.
    fn missing(&self, projects: &BTreeSet<ProjectGid>, now: Timestamp) -> Vec<ProjectGid> {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = |said: &Said| now.duration_since(said.at) < FRESH;
        let has_just_failed = |at: &Timestamp| now.duration_since(*at) < AGAIN;
        let waits = |project: &&ProjectGid| {
            !said.get(*project).is_some_and(is_fresh) && !failed.get(*project).is_some_and(has_just_failed)
        };
        projects.iter().filter(waits).cloned().collect()
    }

    /// Whether Asana said something of all of these that still counts.
    fn has_all(&self, projects: &[ProjectGid], now: Timestamp) -> bool {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = |said: &Said| now.duration_since(said.at) < STALE;
        projects.iter().all(|project| said.get(project).is_some_and(counts))
    }

    /// Asks about those that are missing; of many looks one asks.
    async fn refresh(self: Arc<Self>, engine: Engine, projects: BTreeSet<ProjectGid>, now: Timestamp) {
        let _one_at_a_time = self.asking.lock().await;
        let asking = stream::iter(self.missing(&projects, now)).for_each_concurrent(AT_ONCE, |project| {
            let (roles, engine) = (&self, &engine);
            async move {
                let people = tokio::time::timeout(PATIENCE, engine::members(engine, &project)).await;
                let late = |_| EngineError::Stopped("no answer within the time that pages wait".into());
                roles.note(project, people.map_err(late).and_then(std::convert::identity), now);
            }
        });
        if tokio::time::timeout(ALTOGETHER, asking).await.is_err() {
            tracing::warn!(
                "Asana takes long to say who belongs to the projects: the rest is asked for at the next look"
            );
        }
    }

    /// Keeps an answer.
    fn note(
        &self,
        project: ProjectGid,
        people: Result<BTreeMap<String, Clearance>, EngineError>,
        now: Timestamp,
    ) {
        match people {
            Ok(people) => {
                self.failed.lock().unwrap_or_else(PoisonError::into_inner).remove(&project);
                let said = Said { at: now, people };
                self.said.lock().unwrap_or_else(PoisonError::into_inner).insert(project, said);
            }
            Err(error) => {
                tracing::warn!(%error, %project, "Asana does not say who belongs to a project");
                self.failed.lock().unwrap_or_else(PoisonError::into_inner).insert(project, now);
            }
        }
    }

    /// Makes the next look ask Asana, because somebody signs in; what it said or did not say just now stays.
    fn ask_again(&self, now: Timestamp) {
        let is_young = |at: &Timestamp| now.duration_since(*at) < YOUNG;
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, at| is_young(at));
        for said in self.said.lock().unwrap_or_else(PoisonError::into_inner).values_mut() {
            if !is_young(&said.at) {
                said.at = said.at.min(now - FRESH);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).expect("a moment")
    }

    fn project(gid: &str) -> ProjectGid {
        ProjectGid::new(gid)
    }

    fn people(who: &[&str]) -> Result<BTreeMap<String, Clearance>, EngineError> {
        Ok(who.iter().map(|gid| ((*gid).to_owned(), Clearance::Viewer)).collect())
    }

    fn no_answer() -> Result<BTreeMap<String, Clearance>, EngineError> {
        Err(EngineError::Stopped("no answer".into()))
    }

    #[test]
    fn nobody_is_a_member_of_nothing_before_every_project_has_said_so() {
        let roles = Roles::default();
        let all = BTreeSet::from([project("1"), project("2")]);
        let of = |person: &str, second: i64| roles.said_of(person, all.clone(), at(second));
        assert_eq!(of("ana", 0), Standing::Unknown, "nothing was said yet");
        roles.note(project("1"), people(&["ana"]), at(0));
        roles.note(project("2"), no_answer(), at(0));
        assert!(matches!(of("ana", 0), Standing::Member(access) if access.sees(&project("1"))));
        assert_eq!(of("ben", 0), Standing::Unknown, "one project did not say");
        roles.note(project("2"), people(&[]), at(1));
        assert_eq!(of("ben", 1), Standing::NoMember);
        // What was said before counts for those it speaks for, and ends nobody's session.
        assert!(matches!(of("ana", 3000), Standing::Member(_)));
        assert_eq!(of("ben", 3000), Standing::Unknown);
        assert_eq!(of("ana", 3600), Standing::Unknown, "an hour is too old");
    }

    #[test]
    fn a_project_is_asked_about_when_its_answer_is_old_and_left_alone_after_a_failure() {
        let roles = Roles::default();
        let all = BTreeSet::from([project("1"), project("2")]);
        roles.note(project("1"), people(&[]), at(0));
        roles.note(project("2"), no_answer(), at(0));
        assert!(roles.missing(&all, at(59)).is_empty());
        assert_eq!(roles.missing(&all, at(60)), [project("2")]);
        assert_eq!(roles.missing(&all, at(300)), [project("1"), project("2")]);
        assert!(roles.has_all(&[project("1")], at(3599)) && !roles.has_all(&[project("2")], at(0)));
        // A sign-in asks again, but not for what was asked for just now.
        roles.ask_again(at(29));
        assert!(roles.missing(&all, at(29)).is_empty());
        roles.ask_again(at(30));
        assert_eq!(roles.missing(&all, at(30)), [project("1"), project("2")]);
    }
}
