//! Four goals with different statuses, two of them supported by the project, all of them by some of its tasks.

use super::dates::shifted;
use super::some_of;
use crate::import::Row;
use crate::world::{Gid, GoalMetric, NewGoal, World};
use fastrand::Rng;
use jiff::civil::Date;

/// A goal to be.
struct Aim {
    name: &'static str,
    status: &'static str,
    /// Days from now to its end.
    days: i32,
    /// Share of the metric reached, set by hand.
    reached: f64,
    /// Components whose tasks may support it.
    components: &'static [&'static str],
    /// How many tasks support it.
    tasks: usize,
    /// Whether the whole project supports it; goals that only some tasks serve tell the tasks apart.
    by_project: bool,
}

const AIMS: [Aim; 4] = [
    Aim {
        name: "A routing core people can rely on",
        status: "green",
        days: 60,
        reached: 0.6,
        components: &["camel-core"],
        tasks: 14,
        by_project: true,
    },
    Aim {
        name: "Web services without surprises",
        status: "yellow",
        days: 35,
        reached: 0.35,
        components: &["camel-cxf", "camel-http", "camel-jetty", "camel-netty", "camel-restlet"],
        tasks: 12,
        by_project: false,
    },
    Aim {
        name: "Messages and files always arrive",
        status: "red",
        days: 20,
        reached: 0.2,
        components: &["camel-jms", "camel-sjms", "camel-ftp", "camel-mail", "camel-aws"],
        tasks: 12,
        by_project: false,
    },
    Aim {
        name: "Easy first steps",
        status: "achieved",
        days: -20,
        reached: 1.0,
        components: &["camel-blueprint", "camel-spring", "tooling"],
        tasks: 4,
        by_project: true,
    },
];

/// Makes the goals with their support.
pub(super) fn aim(
    world: &mut World,
    (project, person): (&Gid, &Gid),
    (rows, tasks): (&[Row], &[Gid]),
    today: Date,
    random: &mut Rng,
) -> Vec<Gid> {
    AIMS.iter()
        .map(|aim| {
            let goal = goal(world, aim, person, today);
            if aim.by_project {
                world.support_goal(&goal, project, 1.0);
            }
            let fits = (0..rows.len()).filter(|nth| supports(&rows[*nth], aim));
            for nth in some_of(fits, aim.tasks, random) {
                // A few weights are enough to tell strong support from weak.
                let weight = [0.25, 0.5, 1.0][random.usize(0..3)];
                world.support_goal(&goal, &tasks[nth], weight);
            }
            goal
        })
        .collect()
}

fn supports(row: &Row, aim: &Aim) -> bool {
    row.components.iter().any(|component| aim.components.contains(&component.as_str()))
}

/// A goal with a metric set by hand: Asana allows a status only with one.
fn goal(world: &mut World, aim: &Aim, person: &Gid, today: Date) -> Gid {
    let gid = world.add_goal(NewGoal {
        name: aim.name.to_owned(),
        status: Some(aim.status.to_owned()),
        due_on: Some(shifted(today, aim.days).to_string()),
        owner: Some(person.clone()),
        is_workspace_level: true,
    });
    world.set_goal_metric(
        &gid,
        GoalMetric {
            unit: "percentage".to_owned(),
            precision: 0,
            currency_code: None,
            initial: 0.0,
            target: 1.0,
            current: aim.reached,
            progress_source: "manual".to_owned(),
            is_custom_weight: false,
            created_by: person.clone(),
        },
    );
    gid
}
