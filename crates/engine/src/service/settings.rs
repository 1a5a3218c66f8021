//! How the service behaves: everything a team may want otherwise, with the defaults of `config.default.toml`.
//!
//! Deliberately not here: where secrets come from, and any clock.

use super::beat::NOTICED;
use domain::{PortfolioGid, ProjectGid};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Days of the audit trail that reviews and digests, a week each, may still look back at when they come late.
const LEAST_AUDIT_DAYS: u16 = 30;

/// A workflow that starts by the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Workflow {
    /// Score the whole backlog and write what the plan says.
    Groom,
    /// Learn from the project's finished work.
    Learn,
    /// Post the review of the last seven days.
    Review,
    /// Post the digest of what was decided in the last period that is over.
    Mirror,
    /// Post the retrospective of a sprint that has ended.
    Retro,
    /// Rank a portfolio's projects and write what the plan says.
    Portfolio,
    /// Tell of dates in danger.
    Risk,
    /// Post the plan of the sprint that would begin today.
    Sprint,
    /// Suggest people for the tasks that nobody has.
    Assign,
}

impl Workflow {
    /// One word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Workflow::Groom => "groom",
            Workflow::Learn => "learn",
            Workflow::Review => "review",
            Workflow::Mirror => "mirror",
            Workflow::Retro => "retro",
            Workflow::Portfolio => "portfolio",
            Workflow::Risk => "risk",
            Workflow::Sprint => "sprint",
            Workflow::Assign => "assign",
        }
    }
}

/// One line of the timetable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleRule {
    /// What starts.
    pub workflow: Workflow,
    /// When: minute, hour, day of month, month, day of week.
    pub cron: String,
    /// On whose clock; the configured time zone when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// For which project; for every connected one when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectGid>,
    /// For which portfolio; with the workflow `portfolio` alone, which needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portfolio: Option<PortfolioGid>,
}

/// A project that takes requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntakeRule {
    /// The project.
    pub project: ProjectGid,
    /// What the form is called.
    pub title: String,
    /// The last part of the form's public address; empty for none, so that only programs and the dashboard ask.
    #[serde(default)]
    pub link: String,
    /// Whether whoever has the link is shown names of open tasks that a request may repeat.
    #[serde(default)]
    pub show_similar: bool,
}

impl IntakeRule {
    /// The least letters of a link: it is a secret, and 24 of them are not found by trying.
    const SHORTEST: usize = 24;

    fn problem(&self) -> Option<&'static str> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !self.link.is_empty() && (self.link.len() < Self::SHORTEST || !self.link.bytes().all(plain)) {
            return Some("link: at least 24 of a-z, 0-9 and -; `upnext key` prints a good one");
        }
        let letters = self.title.chars().count();
        let is_title = (1..=100).contains(&letters) && !self.title.chars().any(char::is_control);
        (!is_title).then_some("title: from 1 to 100 letters on one line")
    }
}

/// How failed jobs are tried again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retry {
    /// Seconds after the first failure; twice as long after each further one.
    pub first_seconds: u64,
    /// Seconds at most.
    pub most_seconds: u64,
    /// Attempts before a job is given up.
    pub tries: u64,
}

impl Default for Retry {
    fn default() -> Self {
        Retry { first_seconds: 2, most_seconds: 600, tries: 12 }
    }
}

/// The service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceSettings {
    /// The https address under which Asana reaches this service; empty when it does not.
    pub public_url: String,
    /// Whether members of the projects in Asana may sign in to the dashboard.
    pub asana_sign_in: bool,
    /// Where it listens.
    pub listen: String,
    /// Where a further worker answers health checks and metrics; empty for nowhere.
    pub work_listen: String,
    /// File with the key that secrets in the store are sealed with; empty for none.
    pub key_file: String,
    /// Milliseconds without a further change before changed tasks are looked at.
    pub settle_ms: u64,
    /// Milliseconds after the first change at most.
    pub settle_at_most_ms: u64,
    /// Milliseconds that a burst of changes rests before what it changed is looked at.
    pub burst_ms: u64,
    /// Milliseconds after the first change at most while a burst lasts; not more than `settle_at_most_ms`: bursts are nothing special.
    pub burst_at_most_ms: u64,
    /// Seconds between two looks at what may have changed unheard.
    pub sweep_seconds: u64,
    /// Seconds between two questions to an event stream, for projects without a webhook.
    pub poll_seconds: u64,
    /// Jobs a process works on at a time.
    pub jobs_at_once: usize,
    /// Seconds within which a job of a process that is not heard of is taken up by another.
    pub lease_seconds: u64,
    /// Seconds that running jobs are given when the process is told to stop.
    pub grace_seconds: u64,
    /// From when on nothing is written because something changed, `22:00`; empty for never.
    pub quiet_from: String,
    /// Until when.
    pub quiet_to: String,
    /// Requests a minute that each API key may make.
    pub api_requests_per_minute: u32,
    /// Days that the audit trail is kept for; 0 for ever.
    pub audit_days: u16,
    /// How failed jobs are tried again.
    pub retry: Retry,
    /// What starts by the clock.
    pub schedules: Vec<ScheduleRule>,
    /// Projects that take requests.
    pub intake: Vec<IntakeRule>,
}

impl Default for ServiceSettings {
    fn default() -> Self {
        ServiceSettings {
            public_url: String::new(),
            asana_sign_in: false,
            listen: "127.0.0.1:8080".into(),
            work_listen: String::new(),
            key_file: String::new(),
            settle_ms: 400,
            settle_at_most_ms: 5000,
            burst_ms: 2000,
            burst_at_most_ms: 90_000,
            sweep_seconds: 1200,
            poll_seconds: 60,
            jobs_at_once: 8,
            lease_seconds: 60,
            grace_seconds: 25,
            quiet_from: String::new(),
            quiet_to: String::new(),
            api_requests_per_minute: 600,
            audit_days: 0,
            retry: Retry::default(),
            schedules: vec![],
            intake: vec![],
        }
    }
}

impl ServiceSettings {
    /// The portfolios that the timetable names, each once.
    #[must_use]
    pub fn portfolios(&self) -> Vec<PortfolioGid> {
        let mut named: Vec<PortfolioGid> =
            self.schedules.iter().filter_map(|rule| rule.portfolio.clone()).collect();
        named.sort();
        named.dedup();
        named
    }

    /// What cannot work, by its path.
    ///
    /// # Errors
    /// The first thing found.
    pub fn check(&self, zone: &str) -> Result<(), String> {
        let url = self.public_url.as_str();
        if !url.is_empty() && !url.starts_with("https://") && !url.starts_with("http://127.0.0.1:") {
            return Err("service.public_url: must begin with https://, as Asana calls nothing else".into());
        }
        if self.asana_sign_in && url.is_empty() {
            return Err(
                "service.asana_sign_in: needs service.public_url, where people come back to from Asana"
                    .into(),
            );
        }
        self.listens_somewhere()?;
        let least = [
            ("sweep_seconds", self.sweep_seconds),
            ("poll_seconds", self.poll_seconds),
            ("api_requests_per_minute", self.api_requests_per_minute.into()),
            ("jobs_at_once", self.jobs_at_once as u64),
            ("lease_seconds", self.lease_seconds / 5),
            ("retry.first_seconds", self.retry.first_seconds),
            ("retry.tries", self.retry.tries),
        ];
        if let Some((name, _)) = least.iter().find(|(_, value)| *value == 0) {
            let least = if *name == "lease_seconds" { 5 } else { 1 };
            return Err(format!("service.{name}: must be at least {least}"));
        }
        self.keeps_enough_of_the_trail()?;
        if self.quiet_from.is_empty() != self.quiet_to.is_empty() {
            return Err("service.quiet_from and quiet_to: give both, such as 22:00 and 07:00, or none".into());
        }
        self.quiet().map_err(|why| format!("service.quiet_from and quiet_to: {why}"))?;
        for (at, rule) in self.intake.iter().enumerate() {
            if let Some(why) = rule.problem() {
                return Err(format!("service.intake[{at}]: {why}"));
            }
            let same = |other: &IntakeRule| {
                other.project == rule.project || (!rule.link.is_empty() && other.link == rule.link)
            };
            if self.intake[..at].iter().any(same) {
                return Err(format!(
                    "service.intake[{at}]: one entry a project, and a link of its own for each"
                ));
            }
        }
        for (at, rule) in self.schedules.iter().enumerate() {
            let zone = rule.zone.as_deref().unwrap_or(zone);
            super::clock::next(&rule.cron, zone, Timestamp::UNIX_EPOCH)
                .map_err(|why| format!("service.schedules[{at}]: {why}"))?;
            let is_of_portfolio = rule.workflow == Workflow::Portfolio;
            if is_of_portfolio != rule.portfolio.is_some() || (is_of_portfolio && rule.project.is_some()) {
                let why = "the workflow `portfolio`, and no other, takes a portfolio and no project";
                return Err(format!("service.schedules[{at}]: {why}"));
            }
        }
        self.fires_by_one_line_each()
    }

    /// Refuses a trail that is shorter than what looks back at it.
    fn listens_somewhere(&self) -> Result<(), String> {
        let is_address = |text: &str| text.parse::<std::net::SocketAddr>().is_ok();
        if !is_address(&self.listen) {
            return Err("service.listen: must be an address and a port, such as 127.0.0.1:8080".into());
        }
        if !self.work_listen.is_empty() && !is_address(&self.work_listen) {
            let wanted = "must be an address and a port, such as 127.0.0.1:8081, or empty";
            return Err(format!("service.work_listen: {wanted}"));
        }
        Ok(())
    }

    fn keeps_enough_of_the_trail(&self) -> Result<(), String> {
        if (1..LEAST_AUDIT_DAYS).contains(&self.audit_days) {
            return Err(format!(
                "service.audit_days: must be at least {LEAST_AUDIT_DAYS}, so that digests of a week are made of a whole trail, or 0 to \
                 keep it for ever"
            ));
        }
        Ok(())
    }

    /// Refuses two lines of the timetable that are about the same: a workflow of a project fires by one.
    fn fires_by_one_line_each(&self) -> Result<(), String> {
        for (at, rule) in self.schedules.iter().enumerate() {
            let same = |other: &ScheduleRule| {
                (other.workflow, &other.project, &other.portfolio)
                    == (rule.workflow, &rule.project, &rule.portfolio)
            };
            if let Some(first) = self.schedules[..at].iter().position(same) {
                let word = rule.workflow.word();
                let whose = match (&rule.project, &rule.portfolio) {
                    (Some(project), _) => format!("project {project}"),
                    (None, Some(portfolio)) => format!("portfolio {portfolio}"),
                    (None, None) => "every project".into(),
                };
                return Err(format!(
                    "service.schedules[{at}]: `{word}` for {whose} stands in service.schedules[{first}] already ({}), and only \
                     one of them would fire: write both moments as one `cron`",
                    self.schedules[first].cron
                ));
            }
        }
        Ok(())
    }

    /// The lines of the timetable that a connected project's workflows start by: its own, and in place of one it does not have, the one
    /// for every project.
    pub(crate) fn lines_of(&self, project: &ProjectGid) -> impl Iterator<Item = &ScheduleRule> {
        let own = |rule: &&ScheduleRule| rule.project.as_ref() == Some(project);
        let has_own = move |workflow| self.schedules.iter().filter(own).any(|rule| rule.workflow == workflow);
        self.schedules.iter().filter(move |rule| {
            let for_all = rule.project.is_none() && rule.portfolio.is_none();
            own(rule) || (for_all && !has_own(rule.workflow))
        })
    }

    fn quiet(&self) -> Result<Option<(Time, Time)>, String> {
        let time = |text: &str| text.parse::<Time>().map_err(|_| format!("“{text}” is no time of day"));
        if self.quiet_from.is_empty() {
            return Ok(None);
        }
        Ok(Some((time(&self.quiet_from)?, time(&self.quiet_to)?)))
    }

    /// The end of the quiet hours that `now` is in, if it is in any.
    #[must_use]
    pub fn quiet_until(&self, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        let (from, to) = self.quiet().ok()??;
        let wall = zone.to_datetime(now);
        let (time, today) = (wall.time(), wall.date());
        let ends = |day: Date| zone.to_timestamp(day.to_datetime(to)).ok();
        if from <= to {
            return (from <= time && time < to).then(|| ends(today)).flatten();
        }
        if time >= from {
            return today.tomorrow().ok().and_then(ends);
        }
        (time < to).then(|| ends(today)).flatten()
    }

    pub(crate) fn settle(&self) -> SignedDuration {
        millis(self.settle_ms)
    }

    pub(crate) fn settle_at_most(&self) -> SignedDuration {
        millis(self.settle_at_most_ms)
    }

    pub(crate) fn burst(&self) -> SignedDuration {
        millis(self.burst_ms)
    }

    pub(crate) fn burst_at_most(&self) -> SignedDuration {
        millis(self.burst_at_most_ms).max(self.settle_at_most())
    }

    pub(crate) fn sweep(&self) -> SignedDuration {
        seconds(self.sweep_seconds)
    }

    pub(crate) fn poll(&self) -> SignedDuration {
        seconds(self.poll_seconds)
    }

    /// For how long a job is held without a word.
    pub(crate) fn lease(&self) -> SignedDuration {
        seconds(self.lease_seconds) - seconds(self.lease_seconds) / NOTICED
    }

    /// The pause after so many attempts.
    pub(crate) fn pause(&self, tries: u64) -> SignedDuration {
        let doublings = u32::try_from(tries.saturating_sub(1)).unwrap_or(u32::MAX).min(30);
        let pause = self.retry.first_seconds.saturating_mul(1 << doublings);
        seconds(pause.min(self.retry.most_seconds))
    }
}

fn millis(ms: u64) -> SignedDuration {
    SignedDuration::from_millis(i64::try_from(ms.min(365 * 86_400_000)).unwrap_or_default())
}

/// A year at most: longer ones are mistakes, and sums with moments must not overflow.
fn seconds(s: u64) -> SignedDuration {
    SignedDuration::from_secs(i64::try_from(s.min(365 * 86_400)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet(from: &str, to: &str, now: &str) -> Option<String> {
        let settings =
            ServiceSettings { quiet_from: from.into(), quiet_to: to.into(), ..ServiceSettings::default() };
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        settings.quiet_until(&zone, now.parse().expect("a moment")).map(|at| at.to_string())
    }

    #[test]
    fn quiet_hours_end_in_the_morning_also_past_midnight() {
        let morning = Some("2026-11-27T06:00:00Z".to_owned());
        assert_eq!(quiet("22:00", "07:00", "2026-11-26T21:30:00Z"), morning);
        assert_eq!(quiet("22:00", "07:00", "2026-11-27T05:59:59Z"), morning);
        assert_eq!(quiet("22:00", "07:00", "2026-11-27T06:00:00Z"), None);
        assert_eq!(quiet("12:00", "13:00", "2026-11-27T11:30:00Z"), Some("2026-11-27T12:00:00Z".into()));
        assert_eq!(quiet("", "", "2026-11-27T11:30:00Z"), None);
    }

    #[test]
    fn pauses_double_up_to_the_most() {
        let settings = ServiceSettings::default();
        let pauses: Vec<i64> = [1, 2, 3, 4, 9, 12, 400].map(|tries| settings.pause(tries).as_secs()).to_vec();
        assert_eq!(pauses, [2, 4, 8, 16, 512, 600, 600]);
    }

    #[test]
    fn what_cannot_work_is_named_by_its_path() {
        let wrong = |change: fn(&mut ServiceSettings)| {
            let mut settings = ServiceSettings::default();
            change(&mut settings);
            settings.check("UTC").expect_err("refused")
        };
        assert!(ServiceSettings::default().check("UTC").is_ok());
        assert!(wrong(|s| s.public_url = "http://example.com".into()).contains("public_url"));
        assert!(wrong(|s| s.listen = "here".into()).contains("service.listen"));
        assert!(wrong(|s| s.work_listen = "8081".into()).contains("service.work_listen"));
        assert!(wrong(|s| s.lease_seconds = 4).contains("lease_seconds: must be at least 5"));
        assert!(wrong(|s| s.quiet_from = "22:00".into()).contains("give both"));
        assert!(wrong(|s| (s.quiet_from, s.quiet_to) = ("late".into(), "07:00".into())).contains("late"));
        let rule = |cron: &str| ScheduleRule {
            workflow: Workflow::Groom,
            cron: cron.into(),
            zone: None,
            project: None,
            portfolio: None,
        };
        let mut settings =
            ServiceSettings { schedules: vec![rule("0 7 * * *")], ..ServiceSettings::default() };
        assert!(settings.check("UTC").is_ok());
        settings.schedules.push(ScheduleRule { workflow: Workflow::Learn, ..rule("at seven") });
        assert!(settings.check("UTC").expect_err("refused").contains("service.schedules[1]"));
    }

    #[test]
    fn two_lines_about_the_same_are_refused_and_a_projects_own_goes_over_that_for_all() {
        let line = |cron: &str, project: Option<&str>| ScheduleRule {
            workflow: Workflow::Groom,
            cron: cron.into(),
            zone: None,
            project: project.map(ProjectGid::new),
            portfolio: None,
        };
        let with = |schedules: Vec<ScheduleRule>| ServiceSettings { schedules, ..ServiceSettings::default() };
        let twice = |first: ScheduleRule, second: ScheduleRule| {
            let other = ScheduleRule { workflow: Workflow::Learn, ..line("0 3 * * 0", None) };
            with(vec![first, other, second]).check("UTC").expect_err("refused")
        };
        let why = twice(line("0 7 * * *", Some("12")), line("0 19 * * *", Some("12")));
        let named = ["service.schedules[2]", "service.schedules[0]", "`groom` for project 12", "0 7 * * *"];
        assert!(named.iter().all(|what| why.contains(what)), "{why}");
        let why = twice(line("0 7 * * *", None), line("0 19 * * *", None));
        assert!(why.contains("`groom` for every project"), "{why}");
        let of_portfolio = |cron: &str| ScheduleRule {
            workflow: Workflow::Portfolio,
            portfolio: Some(PortfolioGid::new("3")),
            ..line(cron, None)
        };
        assert!(twice(of_portfolio("0 7 * * 1"), of_portfolio("0 7 * * 2")).contains("portfolio 3"));
        // In whichever order they stand.
        let (all, own) = (line("0 7 * * *", None), line("0 19 * * *", Some("12")));
        for schedules in [vec![all.clone(), own.clone()], vec![own, all]] {
            let settings = with(schedules);
            assert_eq!(settings.check("UTC"), Ok(()));
            let crons = |project: &str| -> Vec<String> {
                settings.lines_of(&ProjectGid::new(project)).map(|rule| rule.cron.clone()).collect()
            };
            assert_eq!((crons("12"), crons("13")), (vec!["0 19 * * *".into()], vec!["0 7 * * *".into()]));
        }
    }
}
