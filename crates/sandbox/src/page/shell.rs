//! What every page shows around its content.

use super::words::second;
use crate::server::Server;
use crate::world::Plan;

/// Around the content: navigation, clock, what is unusual.
pub(super) struct Shell {
    pub(super) title: String,
    /// The entry of the navigation that is open.
    pub(super) here: &'static str,
    pub(super) workspace: String,
    pub(super) now: String,
    /// Worth saying when it does not run as a clock does.
    pub(super) speed: Option<String>,
    pub(super) faults: bool,
    /// Custom fields are hidden then.
    pub(super) is_free: bool,
}

impl Shell {
    pub(super) fn of(server: &Server, title: &str, here: &'static str) -> Self {
        let world = &server.world;
        Self {
            title: title.to_owned(),
            here,
            workspace: world.workspaces.get(&world.home).map(|home| home.name.clone()).unwrap_or_default(),
            now: second(world.now()),
            speed: speed(world.clock.speed()),
            faults: super::switches::is_on(&server.faults.faults),
            is_free: world.plan == Plan::Free,
        }
    }
}

fn speed(speed: f64) -> Option<String> {
    if speed == 0.0 {
        Some("stopped".to_owned())
    } else if (speed - 1.0).abs() < f64::EPSILON {
        None
    } else {
        Some(format!("{speed} times as fast"))
    }
}
