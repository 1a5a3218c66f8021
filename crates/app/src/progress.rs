//! Progress on standard error: bars when it is a terminal, nothing otherwise.
//!
//! Waits for Asana's limits are said, so that nobody thinks it hangs. Deliberately not here: results.

use asana::WaitObserver;
use engine::{Event, Progress};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::{Arc, LazyLock};

/// The one bar of the process: commands run one after another.
static BAR: LazyLock<ProgressBar> = LazyLock::new(|| {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    bar.enable_steady_tick(std::time::Duration::from_millis(120));
    bar
});

const KNOWN: &str = "{spinner} {msg:<28} {bar:32} {pos}/{len}";
const UNKNOWN: &str = "{spinner} {msg:<28} {pos}";

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Shows the engine's progress.
pub fn observer() -> Progress {
    Arc::new(|event| match event {
        Event::Stage { name, total } => {
            BAR.set_style(style(if total > 0 { KNOWN } else { UNKNOWN }));
            BAR.set_length(total);
            BAR.set_position(0);
            BAR.set_message(name);
        }
        Event::Step(steps) => BAR.inc(steps),
    })
}

/// Shows how many rows of which table have been dealt with.
pub fn rows(table: &str, rows: u64) {
    if rows == 1 {
        BAR.set_style(style(UNKNOWN));
        BAR.set_message(table.to_owned());
    }
    BAR.set_position(rows);
}

/// Says when and why a call waits.
pub fn wait_observer() -> WaitObserver {
    WaitObserver::new(|wait| {
        if wait.duration.as_secs() >= 1 {
            BAR.set_message(format!("waiting {} s for {}", wait.duration.as_secs(), wait.reason));
        }
    })
}

/// Takes the bar away before something is printed.
pub fn clear() {
    BAR.finish_and_clear();
}
