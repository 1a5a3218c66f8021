//! What the scoring scripts print, the figures that are kept, and the block of the page written from them.

use std::path::Path;
use xtask::eval::{Figures, block, parsed, with_block};

const PRINTED: &str = "suite\tproject\tn\tMAE\tmedian_MAE\tNMAE\tcover80\n\
    effort_sp_choet16\tone\t300\t2.0000\t2.5000\t0.8000\t0.7000\n\
    effort_sp_choet16\ttwo\t100\t1.0000\t0.8000\t1.2500\t0.9000\n\
    {\n \"effort_sp_choet16\": {\n  \"MAE\": 1.5,\n  \"NMAE_geo\": NaN,\n  \"beats_median\": 1\n }\n}\n";

fn figures() -> Figures {
    let mut figures = Figures::default();
    figures.set("effort, rolling", parsed(PRINTED).unwrap());
    figures
}

#[test]
fn a_script_s_table_becomes_rows_of_the_page_with_targets_and_baselines() {
    let block = block(&figures());
    let row = |measure: &str| block.lines().find(|line| line.contains(measure)).unwrap().to_owned();
    assert!(row("mean absolute error").contains("| **1.50** | ≤ 2.60 | yes | median 1.65 |"), "{block}");
    assert!(row("better than the median").contains("| **1 of 8** | ≥ 7 | **no** |"), "{block}");
    // Three hundred tasks at 70 % and a hundred at 90 %.
    assert!(row("all tasks pooled").contains("| **75.0 %** | 76.0 % to 84.0 % | **no** |"), "{block}");
    assert!(!block.contains("geometric"), "a measure without a value is left out: {block}");
    assert!(!block.contains("assignee"), "what was not measured is left out: {block}");
    assert!(block.contains("](quality/effort.svg)"), "{block}");
}

#[test]
fn what_people_wrote_around_the_block_stays() {
    let page = "before\n<!-- written by `cargo xtask eval`: what is typed here is lost -->\nold\n\
                <!-- end of what `cargo xtask eval` writes -->\nafter\n";
    let written = with_block(page, "new\n").unwrap();
    assert_eq!(written, page.replace("old", "new"));
    assert_eq!(with_block(&written, "new\n").unwrap(), written);
    let error = with_block("no block\n", "new\n").unwrap_err().to_string();
    assert!(error.starts_with("the page lacks the line <!-- written by"), "{error}");
}

#[test]
fn a_script_that_prints_no_summary_is_an_error() {
    assert_eq!(parsed("a\tb\n1\t2\n").unwrap_err().to_string(), "it printed no summary");
}

#[test]
fn the_page_in_the_repository_says_what_its_figures_say() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let figures = Figures::read(&docs.join("quality/figures.json")).unwrap();
    let page = std::fs::read_to_string(docs.join("quality.md")).unwrap();
    assert_eq!(with_block(&page, &block(&figures)).unwrap(), page, "run `cargo xtask eval`");
}
