//! The signs of a text that speaks to the machine, with what each weighs.
//!
//! A cue is groups of words that follow one another closely. Weights are shares of certainty set by hand:
//! a cue that real tasks never show weighs enough alone, one that they show now and then needs company. Deliberately not here: how cues add up.

use super::words::{
    ANSWER, ASKED, CHANGE, DEMAND, DROP, EARLIER, FOLLOWING, HEARD, INCLUDE, INSTRUCTIONS, MASTER, MEASURE,
    PERSONA, PRIORITY, PRODUCT, RUBRIC, SECRET, SHAPE, SNIPPET, TASKS, TELL, TEN, TOP,
};

/// Groups of words in their order, each at most `within` words after the one before.
#[derive(Debug)]
pub struct Cue {
    /// What the cue is a sign of.
    pub sign: Sign,
    /// Share of certainty, 0–1.
    pub weight: f64,
    /// Words of which one stands at each place.
    pub groups: &'static [&'static [&'static str]],
    /// Words from one place to the next, at most.
    pub within: usize,
}

/// What a cue is a sign of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// Earlier instructions are to be ignored.
    Override,
    /// A score or a rank is demanded.
    Score,
    /// The text plays a role of a conversation with a model.
    Role,
    /// A model is spoken to.
    Address,
    /// The answer is to hold something.
    Answer,
    /// The answer's form is imitated.
    Form,
    /// Instructions or secrets are to be told.
    Leak,
    /// Other tasks are to be changed.
    Effect,
    /// A sentence reads like a request to an assistant.
    Request,
    /// Text is hidden from people.
    Hidden,
}

/// A cue.
const fn cue(sign: Sign, weight: f64, within: usize, groups: &'static [&'static [&'static str]]) -> Cue {
    Cue { sign, weight, groups, within }
}

/// Cues of words.
pub const CUES: &[Cue] = &[
    cue(Sign::Override, 0.9, 4, &[DROP, EARLIER, INSTRUCTIONS]),
    cue(Sign::Override, 0.8, 3, &[DROP, INSTRUCTIONS, EARLIER]),
    cue(Sign::Override, 0.7, 3, &[DROP, RUBRIC]),
    cue(Sign::Override, 0.4, 4, &[DROP, INSTRUCTIONS]),
    cue(Sign::Override, 0.5, 1, &[&["new", "changed", "updated", "real"], &["instructions", "criteria"]]),
    cue(
        Sign::Override,
        0.6,
        1,
        &[&["scoring", "grading", "ranking"], &["instructions", "rules", "rubric", "criteria"]],
    ),
    cue(Sign::Override, 0.7, 3, &[&["not"], &["listen", "follow", "obey"], EARLIER, HEARD]),
    cue(Sign::Score, 0.7, 4, &[DEMAND, MEASURE, TOP]),
    cue(Sign::Score, 0.4, 4, &[DEMAND, PRIORITY, TOP]),
    cue(Sign::Score, 0.4, 5, &[DEMAND, TOP, PRIORITY]),
    cue(Sign::Score, 0.6, 2, &[MEASURE, TEN]),
    cue(Sign::Score, 0.5, 3, &[&["note", "nota", "punkte"], TOP]),
    cue(Sign::Score, 0.5, 2, &[&["answer", "score", "scores", "rate"], TEN]),
    cue(Sign::Score, 0.5, 3, &[TASKS, &["is", "are", "scores", "be", "as", "rate", "rated"], &["10", "ten"]]),
    cue(Sign::Role, 0.6, 4, &[MASTER, &["message", "override", "prompt", "note", "impact", "scores"], ASKED]),
    cue(Sign::Address, 0.7, 6, &[&["you"], &["are", "will", "act"], PERSONA]),
    cue(Sign::Address, 0.7, 4, &[&["act", "pretend", "behave"], &["as", "like", "to"], PERSONA]),
    cue(Sign::Address, 0.4, 1, &[&["you"], &["are"], &["now"]]),
    cue(Sign::Address, 0.7, 1, &[&["do"], &["anything"], &["now"]]),
    cue(Sign::Address, 0.5, 1, &[&["as"], &["an"], &["ai"]]),
    cue(
        Sign::Address,
        0.6,
        2,
        &[&["your", "the"], &["developer", "developers", "creators"], &["told", "instructed"]],
    ),
    cue(Sign::Address, 0.7, 4, &[&["scorer", "rankbot"], &["impact", "score", "priority", "you"]]),
    cue(Sign::Answer, 0.6, 1, &[&["in", "into", "within", "throughout", "through"], &["your"], ANSWER]),
    cue(Sign::Answer, 0.7, 3, &[SHAPE, &["your"], ANSWER]),
    cue(Sign::Answer, 0.9, 8, &[FOLLOWING, &["code"], SNIPPET, &["your"], PRODUCT]),
    cue(Sign::Answer, 0.8, 4, &[INCLUDE, FOLLOWING, &["code"], SNIPPET]),
    cue(
        Sign::Leak,
        0.8,
        3,
        &[TELL, &["your"], &["prompt", "instructions", "instruction", "rules", "guidelines"]],
    ),
    cue(Sign::Leak, 0.7, 3, &[TELL, &["your", "the"], &["system"], &["prompt", "message"]]),
    cue(Sign::Leak, 0.6, 5, &[TELL, SECRET, &["key", "token", "variable", "variables"], &["used", "you"]]),
    cue(Sign::Effect, 0.6, 4, &[&["after", "before", "while", "when"], &["scoring", "ranking"], CHANGE]),
    cue(Sign::Effect, 0.4, 4, &[CHANGE, &["all", "every", "other", "next"], TASKS]),
];
