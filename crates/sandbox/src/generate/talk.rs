//! What people say in comments: calm, asking, under pressure, done; fitting the task and its moment.

use super::dice::Dice;
use super::theme::Theme;
use super::words::CUSTOMERS;

/// Where a task is when somebody says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// Nobody works on it.
    Waiting,
    /// Somebody does.
    Working,
    /// It is complete.
    Done,
}

const CALM: [&str; 10] = [
    "Not urgent from my side, but it would be nice to have.",
    "Could we talk about the {thing} in the next planning?",
    "I added what I know to the description.",
    "Can somebody say how large this is?",
    "Seen again today, same {thing}.",
    "I could not reproduce it. Which browser was it?",
    "Is there anything I can help with?",
    "This can wait until after the release.",
    "I think this depends on what we decide about the {thing}.",
    "+1, we had two questions about it this week.",
];

const WORKING: [&str; 10] = [
    "First version of the {thing} is ready for review.",
    "I found the cause; the {thing} reads an outdated setting.",
    "Half done. The rest needs an answer about the {thing}.",
    "Blocked: I need access to the test system.",
    "Pushed a change. Please have a look when you can.",
    "This is larger than we thought. I would rather split it.",
    "Tested with sample data, looks good so far.",
    "I will finish this tomorrow.",
    "The review came back with three remarks, I am on it.",
    "Paired on this today, we know how to do it now.",
];

const URGENT: [&str; 8] = [
    "This is holding up our release!",
    "We need this today. Who can take it?",
    "Production is affected. Please drop other work and look at the {thing}.",
    "Third time this week. This must not slip again.",
    "The deadline is fixed, we cannot move it.",
    "Escalated to management. I need an estimate by noon.",
    "Why is this still open? It was promised for the last sprint.",
    "If this does not ship on Friday we have to roll back.",
];

const PRESSURE: [&str; 8] = [
    "{customer} called again, they are losing patience.",
    "{customer} will not sign the renewal without this.",
    "Our contact at {customer} asks for a date. What can I tell them?",
    "{customer} sees it with every user now.",
    "{customer} is threatening to leave over the {thing}.",
    "Two more customers beside {customer} reported the same.",
    "{customer} offered to test a first version.",
    "Sales promised it to {customer} for this quarter.",
];

const DONE: [&str; 6] = [
    "Thanks, works for me.",
    "Verified on production.",
    "Great, {customer} is happy.",
    "Released with the last deployment.",
    "Nice work! I will tell the others.",
    "Could we note down what we learned?",
];

/// One comment. `heat`, 0 to 1, is how important the task is.
pub(super) fn say(theme: Theme, moment: Moment, heat: f64, dice: &mut Dice) -> String {
    let pattern = match moment {
        Moment::Done => dice.pick(&DONE),
        _ if dice.chance(heat * 0.3) => dice.pick(&URGENT),
        _ if dice.chance(0.1 + heat * 0.25) => dice.pick(&PRESSURE),
        Moment::Working => dice.pick(&WORKING),
        Moment::Waiting => dice.pick(&CALM),
    };
    pattern.replace("{thing}", theme.thing()).replace("{customer}", CUSTOMERS[theme.customer])
}
