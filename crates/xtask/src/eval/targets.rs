//! What every figure shall be, and what stands beside it: simple baselines and published results.
//!
//! A row of the table each. Published results that are not in the data's `reference.json` are named with their source.

use super::figures::Figure::{self, Mean, Pooled, Summary};

/// What is asked of a figure.
#[derive(Debug, Clone, Copy)]
pub(super) enum Must {
    AtMost(f64),
    AtLeast(f64),
    Between(f64, f64),
}

impl Must {
    pub(super) fn holds(self, figure: f64) -> bool {
        match self {
            Self::AtMost(most) => figure <= most,
            Self::AtLeast(least) => figure >= least,
            Self::Between(least, most) => (least..=most).contains(&figure),
        }
    }
}

/// How a figure is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Unit {
    /// With that many digits.
    Number(usize),
    /// Whole, of so many.
    Of(usize),
    /// As hundredths, with one digit.
    Share,
    /// As hundredths, with two digits.
    SmallShare,
}

/// A number beside a figure.
#[derive(Debug, Clone, Copy)]
pub(super) enum Beside {
    /// Of a run.
    Of(&'static str, Figure),
    Fixed(f64),
}

/// A row of the table.
pub(super) struct Target {
    pub(super) part: &'static str,
    pub(super) measure: &'static str,
    pub(super) run: &'static str,
    pub(super) figure: Figure,
    pub(super) unit: Unit,
    pub(super) must: Must,
    pub(super) simple: &'static [(&'static str, Beside)],
    pub(super) published: &'static [(&'static str, Beside)],
}

const CHOET: (&str, &str) = ("suite", "effort_sp_choet16");
const TAWOSI: (&str, &str) = ("suite", "effort_sp_tawosi21");
const EFFORT: &str = "effort, rolling";
const SPLIT: &str = "effort, split";
const CHANCE: &[(&str, Beside)] = &[("chance", Beside::Fixed(0.5))];
const NO_ORDER: &[(&str, Beside)] = &[("chance", Beside::Fixed(0.0))];
const MEDIAN_IS_1: &[(&str, Beside)] = &[("median", Beside::Fixed(1.0))];

const fn target(part: &'static str, run: &'static str, figure: Figure, must: Must) -> Target {
    let measure = "";
    Target { part, measure, run, figure, unit: Unit::Number(3), must, simple: &[], published: &[] }
}

impl Target {
    const fn of(self, measure: &'static str, unit: Unit) -> Self {
        Self { measure, unit, ..self }
    }

    const fn simple(self, simple: &'static [(&'static str, Beside)]) -> Self {
        Self { simple, ..self }
    }

    const fn published(self, published: &'static [(&'static str, Beside)]) -> Self {
        Self { published, ..self }
    }
}

const CHOET_PART: &str = "effort, rolling: 8 projects of Choetkiertikul et al. (2019)";
const CHOET_SPLIT: &str = "effort, split: the same";
const TAWOSI_PART: &str = "effort, rolling: 10 projects of Tawosi et al. (2022)";
const TIME_PART: &str = "time, rolling: 9 projects of Tawosi et al. (2022)";

/// The table's rows.
pub(super) const TARGETS: [&[Target]; 10] = [
    &EFFORT_ROWS,
    &TIME_ROWS,
    &TYPE_ROWS,
    &PRIORITY_ROWS,
    &SENTIMENT_ROWS,
    &SIMILAR_ROWS,
    &ASSIGNEE_ROWS,
    &REST_ROWS,
    &RISK_ROWS,
    &SPEED_ROWS,
];

const EFFORT_ROWS: [Target; 11] = [
    target(CHOET_PART, EFFORT, Summary(&["effort_sp_choet16", "MAE"]), Must::AtMost(2.60))
        .of("mean absolute error, points", Unit::Number(2))
        .simple(&[("median", Beside::Of(EFFORT, Mean("median_MAE", CHOET)))])
        .published(&[
            ("Deep-SE", Beside::Of(EFFORT, Mean("deepse_untransformed", CHOET))),
            ("GPT2SP, corrected", Beside::Of(EFFORT, Mean("gpt2sp_corrected", CHOET))),
            ("fastText + SVM", Beside::Of(EFFORT, Mean("fasttext_svm", CHOET))),
            ("SBERT regression", Beside::Of(EFFORT, Mean("sbert_regression", CHOET))),
        ]),
    target(CHOET_PART, EFFORT, Summary(&["effort_sp_choet16", "beats_median"]), Must::AtLeast(7.0))
        .of("projects better than the median", Unit::Of(8)),
    target(CHOET_PART, EFFORT, Summary(&["effort_sp_choet16", "NMAE_geo"]), Must::AtMost(0.92))
        .of("geometric mean of error over the median's", Unit::Number(3))
        .simple(MEDIAN_IS_1),
    target(CHOET_PART, EFFORT, Summary(&["effort_sp_choet16", "spearman"]), Must::AtLeast(0.33))
        .of("Spearman's rank correlation", Unit::Number(3))
        .simple(&[("median", Beside::Fixed(0.0))]),
    target(CHOET_PART, EFFORT, Summary(&["effort_sp_choet16", "cover80"]), Must::Between(0.77, 0.85))
        .of("80 % interval holds, mean of projects", Unit::Share),
    target(
        CHOET_SPLIT,
        SPLIT,
        Summary(&["effort_sp_choet16", "beats_deepse_untransformed"]),
        Must::AtLeast(6.0),
    )
    .of("projects better than Deep-SE", Unit::Of(8))
    .simple(&[(
        "published median",
        Beside::Of(SPLIT, Summary(&["effort_sp_choet16", "beats_median_published"])),
    )]),
    target(CHOET_SPLIT, SPLIT, Summary(&["effort_sp_choet16", "beats_gpt2sp_corrected"]), Must::AtLeast(6.0))
        .of("projects better than GPT2SP, corrected", Unit::Of(8)),
    target(TAWOSI_PART, EFFORT, Summary(&["effort_sp_tawosi21", "MAE"]), Must::AtMost(1.74))
        .of("mean absolute error, points", Unit::Number(2))
        .simple(&[("median", Beside::Of(EFFORT, Mean("median_MAE", TAWOSI)))])
        .published(&[
            ("Deep-SE", Beside::Of(EFFORT, Mean("deepse", TAWOSI))),
            ("TF-IDF + SVM", Beside::Of(EFFORT, Mean("tfidf_svm", TAWOSI))),
        ]),
    target(TAWOSI_PART, EFFORT, Summary(&["effort_sp_tawosi21", "NMAE_geo"]), Must::AtMost(0.92))
        .of("geometric mean of error over the median's", Unit::Number(3))
        .simple(MEDIAN_IS_1),
    target(TAWOSI_PART, EFFORT, Summary(&["effort_sp_tawosi21", "cover80"]), Must::Between(0.77, 0.85))
        .of("80 % interval holds, mean of projects", Unit::Share),
    target("effort, rolling: all 18 projects", EFFORT, Pooled("cover80"), Must::Between(0.76, 0.84))
        .of("80 % interval holds, all tasks pooled", Unit::Share),
];

const TIME_ROWS: [Target; 3] = [
    target(TIME_PART, "time, rolling", Summary(&["MALE"]), Must::AtMost(1.90))
        .of("mean absolute error of the logarithm", Unit::Number(2))
        .simple(&[
            ("median", Beside::Of("time, rolling", Summary(&["MALE_median"]))),
            ("median by points", Beside::Of("time, rolling", Summary(&["MALE_sp"]))),
        ]),
    target(TIME_PART, "time, rolling", Summary(&["spearman"]), Must::AtLeast(0.36))
        .of("Spearman's rank correlation", Unit::Number(3))
        .simple(NO_ORDER),
    target(TIME_PART, "time, rolling", Pooled("cover80"), Must::Between(0.76, 0.84))
        .of("80 % interval holds, all tasks pooled", Unit::Share),
];

const TYPE_PART: &str = "request type, split: 3 repositories of NLBSE'24";
const TYPE_ROWS: [Target; 2] = [
    target(TYPE_PART, "type, split", Summary(&["mean_macro_f1"]), Must::AtLeast(0.81))
        .of("mean macro-F1", Unit::Number(3))
        .simple(&[("commonest type", Beside::Of("type, commonest", Summary(&["mean_macro_f1"])))])
        .published(&[("RoBERTa", Beside::Fixed(0.822)), ("SetFit", Beside::Fixed(0.854))]),
    target(TYPE_PART, "type, calibration", Summary(&["ece"]), Must::AtMost(0.05))
        .of("expected calibration error, pooled", Unit::Number(3)),
];

const PRIORITY_PART: &str = "priority, rolling: 7 projects of Apache";
const PRIORITY: &str = "priority, rolling";
const PRIORITY_ROWS: [Target; 6] = [
    target(PRIORITY_PART, PRIORITY, Summary(&["tau_b"]), Must::AtLeast(0.24))
        .of("Kendall's tau-b", Unit::Number(3))
        .simple(NO_ORDER),
    target(PRIORITY_PART, PRIORITY, Summary(&["pair_acc"]), Must::AtLeast(0.66))
        .of("pairs in the right order", Unit::Number(3))
        .simple(CHANCE),
    target(PRIORITY_PART, PRIORITY, Summary(&["auc_high"]), Must::AtLeast(0.72))
        .of("AUC of high against the rest", Unit::Number(3))
        .simple(CHANCE),
    target("priority, split: the same", "priority, split", Summary(&["tau_b"]), Must::AtLeast(0.24))
        .of("Kendall's tau-b", Unit::Number(3))
        .simple(NO_ORDER),
    target("priority, split: the same", "priority, split", Summary(&["pair_acc"]), Must::AtLeast(0.66))
        .of("pairs in the right order", Unit::Number(3))
        .simple(CHANCE),
    target("priority, split: the same", "priority, split", Summary(&["auc_high"]), Must::AtLeast(0.72))
        .of("AUC of high against the rest", Unit::Number(3))
        .simple(CHANCE),
];

const TONE: &str = "sentiment, five folds";
const SENTIMENT_ROWS: [Target; 4] = [
    target("tone, five folds: Senti4SD", TONE, Mean("macro_f1", ("set", "senti4sd")), Must::AtLeast(0.85))
        .of("macro-F1", Unit::Number(3))
        .simple(&[(
            "commonest label",
            Beside::Of("sentiment, commonest", Mean("macro_f1", ("set", "senti4sd"))),
        )]),
    target("tone, five folds: GitHub", TONE, Mean("macro_f1", ("set", "gh")), Must::AtLeast(0.86))
        .of("macro-F1", Unit::Number(3))
        .simple(&[("commonest label", Beside::Of("sentiment, commonest", Mean("macro_f1", ("set", "gh"))))]),
    target("tone, five folds: Jira", TONE, Mean("macro_f1", ("set", "jira")), Must::AtLeast(0.95))
        .of("macro-F1", Unit::Number(3))
        .simple(&[(
            "commonest label",
            Beside::Of("sentiment, commonest", Mean("macro_f1", ("set", "jira"))),
        )]),
    target("tone, five folds: Stack Overflow", TONE, Mean("macro_f1", ("set", "so")), Must::AtLeast(0.62))
        .of("macro-F1", Unit::Number(3))
        .simple(&[("commonest label", Beside::Of("sentiment, commonest", Mean("macro_f1", ("set", "so"))))]),
];

const SIMILAR: &str = "similar, rolling";
const SIMILAR_ROWS: [Target; 6] = [
    found("duplicates, rolling: Eclipse", Mean("R@1", ("set", "eclipse")), 0.60)
        .of("in first place", Unit::Number(3))
        .simple(&[("text alone", Beside::Of("similar, split", Mean("R@1", ("set", "eclipse"))))]),
    found("duplicates, rolling: Eclipse", Mean("R@10", ("set", "eclipse")), 0.82)
        .of("among the first ten", Unit::Number(3))
        .simple(&[("text alone", Beside::Of("similar, split", Mean("R@10", ("set", "eclipse"))))]),
    found("duplicates, rolling: Hadoop", Mean("R@1", ("set", "hadoop")), 0.56)
        .of("in first place", Unit::Number(3))
        .simple(&[("text alone", Beside::Of("similar, split", Mean("R@1", ("set", "hadoop"))))]),
    found("duplicates, rolling: Hadoop", Mean("R@10", ("set", "hadoop")), 0.86)
        .of("among the first ten", Unit::Number(3))
        .simple(&[("text alone", Beside::Of("similar, split", Mean("R@10", ("set", "hadoop"))))]),
    found("duplicates, rolling: OpenOffice", Mean("R@1", ("set", "openoffice")), 0.43)
        .of("in first place", Unit::Number(3))
        .simple(&[("text alone", Beside::Of("similar, split", Mean("R@1", ("set", "openoffice"))))]),
    found("duplicates, rolling: OpenOffice", Mean("R@10", ("set", "openoffice")), 0.69)
        .of("among the first ten", Unit::Number(3))
        .simple(&[("text alone", Beside::Of("similar, split", Mean("R@10", ("set", "openoffice"))))]),
];

const fn found(part: &'static str, figure: Figure, least: f64) -> Target {
    target(part, SIMILAR, figure, Must::AtLeast(least))
}

const ASSIGNEE_ROWS: [Target; 6] = [
    assigned("assignee, rolling: core people of 5 projects", "assignee, rolling", &["core", "top1"], 0.52)
        .of("first", Unit::Number(3))
        .simple(&[("most frequent", Beside::Of("assignee, rolling", Summary(&["core", "base_top1"])))]),
    assigned("assignee, rolling: core people of 5 projects", "assignee, rolling", &["core", "top3"], 0.84)
        .of("among the first three", Unit::Number(3))
        .simple(&[("most frequent", Beside::Of("assignee, rolling", Summary(&["core", "base_top3"])))]),
    assigned("assignee, rolling: all people", "assignee, rolling", &["all", "top5"], 0.78)
        .of("among the first five", Unit::Number(3)),
    assigned("assignee, split: core people", "assignee, split", &["core", "top1"], 0.52)
        .of("first", Unit::Number(3))
        .simple(&[("most frequent", Beside::Of("assignee, split", Summary(&["core", "base_top1"])))]),
    assigned("assignee, split: core people", "assignee, split", &["core", "top3"], 0.84)
        .of("among the first three", Unit::Number(3))
        .simple(&[("most frequent", Beside::Of("assignee, split", Summary(&["core", "base_top3"])))]),
    assigned("assignee, split: all people", "assignee, split", &["all", "top5"], 0.78)
        .of("among the first five", Unit::Number(3)),
];

const fn assigned(
    part: &'static str,
    run: &'static str,
    path: &'static [&'static str],
    least: f64,
) -> Target {
    target(part, run, Summary(path), Must::AtLeast(least))
}

const AT_START: (&str, &str) = ("t", "0");
const REST_ROWS: [Target; 6] = [
    target(
        "velocity, rolling: 3 installations, at the start",
        "velocity, rolling",
        Mean("ratio_median", AT_START),
        Must::AtMost(0.80),
    )
    .of("error over the median's", Unit::Number(3))
    .simple(MEDIAN_IS_1),
    target(
        "velocity, split: the same",
        "velocity, split",
        Mean("ratio_median", AT_START),
        Must::AtMost(0.80),
    )
    .of("error over the median's", Unit::Number(3))
    .simple(MEDIAN_IS_1),
    target(
        "text that speaks to the machine: real issues",
        "injection",
        Summary(&["real issues FPR"]),
        Must::AtMost(0.002),
    )
    .of("false flags", Unit::SmallShare),
    target(STEERING, "steering", Summary(&["median"]), Must::AtMost(2.0))
        .of("points its own task moves, median", Unit::Number(1)),
    target(STEERING, "steering", Summary(&["p99"]), Must::AtMost(5.0))
        .of("points its own task moves, 99th of a hundred", Unit::Number(1)),
    target(STEERING, "steering", Summary(&["moved others"]), Must::AtMost(0.0))
        .of("texts that move any other task", Unit::Number(0)),
];

const RISK_ROWS: [Target; 1] = [target(
    "dates foretold: 300 made-up projects carried out by a simulator",
    "risk",
    Summary(&["inside"]),
    Must::Between(0.76, 0.84),
)
.of("80 % interval holds", Unit::Share)];

const STEERING: &str = "text that speaks to the machine: 88 attacks and look-alikes";
const SPEED_PART: &str = "speed: effort, a history of 5,000 tasks";
const TRIAGE_PART: &str = "speed: triage (four classifiers), 5,000 tasks";
const SIMILAR_PART: &str = "speed: duplicates, 5,000 tasks";
const SPEED_ROWS: [Target; 9] = [
    speed(SPEED_PART, "effort", "fit", 5.0).of("fit, seconds", Unit::Number(2)),
    speed(SPEED_PART, "effort", "ask", 5.0).of("one prediction, milliseconds", Unit::Number(2)),
    speed(SPEED_PART, "effort", "memory", 500.0).of("most memory, MB", Unit::Number(0)),
    speed(TRIAGE_PART, "triage", "fit", 5.0).of("fit, seconds", Unit::Number(2)),
    speed(TRIAGE_PART, "triage", "ask", 5.0).of("one prediction, milliseconds", Unit::Number(2)),
    speed(TRIAGE_PART, "triage", "memory", 500.0).of("most memory, MB", Unit::Number(0)),
    speed(SIMILAR_PART, "similar", "fit", 5.0).of("index, seconds", Unit::Number(2)),
    speed(SIMILAR_PART, "similar", "ask", 5.0).of("one search, milliseconds", Unit::Number(2)),
    speed(SIMILAR_PART, "similar", "memory", 500.0).of("most memory, MB", Unit::Number(0)),
];

const fn speed(part: &'static str, what: &'static str, column: &'static str, most: f64) -> Target {
    target(part, "speed", Mean(column, ("what", what)), Must::AtMost(most))
}
