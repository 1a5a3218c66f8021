//! `cargo xtask eval`: how good the learned judgement is on data whose answers are known, so that anyone can measure it
//! again.
//!
//! Builds the binary in release, has `upnext eval` answer every suite, has the data's own scripts score the answers, keeps
//! the figures in `docs/quality/figures.json` and writes the table and the plots of `docs/quality.md` from them. A suite
//! whose data is missing is named and left out; its figures stay.
//! Deliberately not here: predicting (`upnext eval`) and the measures (the data's scripts). The data stays where it is.

mod calibration;
mod detector;
mod figures;
mod page;
mod plot;
mod predict;
mod risk;
mod score;
mod sentiment;
mod speed;
mod steering;
mod suites;
mod tables;
mod targets;

pub use figures::{Figures, Scored};
pub use page::{block, with_block};
pub use score::parsed;
pub use suites::Suite;

use crate::{Verdict, apt, workspace};
use anyhow::{Context as _, bail, ensure};
use std::path::{Path, PathBuf};
use suites::RUNS;

/// Where the documents of this command are, from the root.
const PAGE: &str = "docs/quality.md";
const FOLDER: &str = "docs/quality";
const FIGURES: &str = "docs/quality/figures.json";

/// What every suite needs.
pub(crate) struct Place {
    root: PathBuf,
    /// The folder that holds `public` and `score`.
    data: PathBuf,
    /// The binary.
    upnext: PathBuf,
    /// For predictions and what is staged for the scripts; below `target`.
    scratch: PathBuf,
}

impl Place {
    /// A suite's folder of tables.
    fn tables(&self, folder: &str) -> PathBuf {
        self.data.join("public").join(folder)
    }
}

/// Measures the suites, all when none is named, and writes what was found.
pub fn run(root: &Path, data: Option<&Path>, only: &[Suite]) -> anyhow::Result<Verdict> {
    let data = data_folder(root, data)?;
    ensure!(
        apt::answers("python3"),
        "python3 is missing, and the data's scripts need it: install it (Debian: `apt-get install python3`)"
    );
    let mut wanted = Vec::new();
    for suite in Suite::ALL.into_iter().filter(|suite| only.is_empty() || only.contains(suite)) {
        let missing = suite.missing(&data);
        match (missing.is_empty(), only.is_empty()) {
            (true, _) => wanted.push(suite),
            (false, true) => {
                println!("left out: {suite}, because there is no {}; its figures stay", missing.join(", "));
            }
            (false, false) => bail!("{suite} cannot be measured: there is no {}", missing.join(", ")),
        }
    }
    let place = place(root, data)?;
    let mut figures = Figures::read(&root.join(FIGURES))?;
    for suite in wanted {
        measure(&place, suite, &mut figures)?;
        // After each, so that what took minutes is not lost with what fails later.
        figures.write(&root.join(FIGURES))?;
        write(root, &figures)?;
    }
    println!("\n== {PAGE}\n{}", page::summary(&figures));
    Ok(Verdict::Good)
}

fn measure(place: &Place, suite: Suite, figures: &mut Figures) -> anyhow::Result<()> {
    match suite {
        Suite::Sentiment => sentiment::measure(place, figures),
        Suite::Detector => detector::measure(place, figures),
        Suite::Steering => steering::measure(place, figures),
        Suite::Speed => speed::measure(place, figures),
        Suite::Risk => risk::measure(place, figures),
        _ => {
            for run in RUNS.iter().filter(|run| run.suite == suite) {
                println!("\n== {}", run.name);
                let predictions = predict::predict(place, run)?;
                let scripts = score::scripts(place, suite)?;
                let mut scored = score::score(&scripts, run.script, &predictions)?;
                if suite == Suite::Effort {
                    score::add_published(place, &mut scored)?;
                }
                figures.set(run.name, scored);
                if suite == Suite::Type {
                    calibration::measure(place, &predictions, figures)?;
                }
            }
            Ok(())
        }
    }
}

fn data_folder(root: &Path, given: Option<&Path>) -> anyhow::Result<PathBuf> {
    let beside = root.join("../shared/data");
    let data = given.map_or(beside, Path::to_path_buf);
    let form = "a folder that holds public/SUITE with the tables and score with the scripts";
    ensure!(
        data.join("score").is_dir() && data.join("public").is_dir(),
        "{} is not {form}: name one with --data",
        data.display()
    );
    data.canonicalize().with_context(|| format!("opening {}", data.display()))
}

fn place(root: &Path, data: PathBuf) -> anyhow::Result<Place> {
    println!("== building upnext in release");
    ensure!(
        workspace::succeeds(workspace::cargo(root).args(["build", "--quiet", "--release", "-p", "app"]))?,
        "`cargo build --release -p app` failed"
    );
    let target = workspace::target(root);
    let scratch = target.join("eval");
    std::fs::create_dir_all(&scratch).with_context(|| format!("making {}", scratch.display()))?;
    Ok(Place { root: root.to_path_buf(), data, upnext: target.join("release/upnext"), scratch })
}

/// Writes the page and its plots.
fn write(root: &Path, figures: &Figures) -> anyhow::Result<()> {
    for plot in plot::all(figures) {
        let file = root.join(FOLDER).join(plot.file);
        std::fs::write(&file, plot.svg).with_context(|| format!("writing {}", file.display()))?;
    }
    let file = root.join(PAGE);
    let page = std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    let page = with_block(&page, &block(figures))?;
    std::fs::write(&file, page).with_context(|| format!("writing {}", file.display()))
}
