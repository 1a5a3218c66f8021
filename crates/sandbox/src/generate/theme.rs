//! What a task is about, and how people put it: title and description from a grammar.
//!
//! A theme said again in other words has the same area, thing and trouble, so that duplicates can be found by meaning.

use super::dice::Dice;
use super::words::{AREAS, BENEFITS, CHORES, CONDITIONS, CUSTOMERS, LAUNCHES, ROLES, SYMPTOMS, WISHES};

/// Kinds of work: the options of the field "Type".
pub(super) const TYPES: [&str; 4] = ["Bug", "Feature", "Chore", "Launch"];
pub(super) const BUG: usize = 0;
const FEATURE: usize = 1;
const CHORE: usize = 2;
const LAUNCH: usize = 3;

/// The meaning of a task.
#[derive(Debug, Clone, Copy)]
pub(super) struct Theme {
    pub(super) area: usize,
    pub(super) kind: usize,
    pub(super) object: usize,
    /// Symptom, wish, chore or launch step.
    what: usize,
    condition: usize,
    pub(super) customer: usize,
    /// Which of the two ways of saying it.
    way: usize,
}

impl Theme {
    /// A theme of an area; `kinds` weighs the types.
    pub(super) fn draw(area: usize, kinds: &[f64; 4], dice: &mut Dice) -> Self {
        let kind = dice.weighted(kinds);
        let choices = [SYMPTOMS.len(), WISHES.len(), CHORES.len(), LAUNCHES.len()];
        Self {
            area,
            kind,
            object: dice.index(AREAS[area].objects.len()),
            what: dice.index(choices[kind]),
            condition: dice.index(CONDITIONS.len()),
            customer: dice.index(CUSTOMERS.len()),
            way: dice.index(2),
        }
    }

    /// The same meaning in other words.
    pub(super) fn again(self) -> Self {
        Self { way: 1 - self.way, ..self }
    }

    pub(super) fn thing(self) -> &'static str {
        AREAS[self.area].objects[self.object]
    }

    /// What is wanted, in the present way of saying it.
    fn words(self) -> &'static str {
        match self.kind {
            BUG => SYMPTOMS[self.what][self.way],
            FEATURE => WISHES[self.what][self.way],
            CHORE => CHORES[self.what][self.way],
            _ => LAUNCHES[self.what][self.way],
        }
    }

    pub(super) fn title(self) -> String {
        let thing = self.thing();
        let condition = CONDITIONS[self.condition];
        match (self.kind, self.way) {
            (BUG, 0) => sentence(&format!("{thing} {} {condition}", self.words())),
            (BUG, _) => format!("{}: {thing} {} {condition}", AREAS[self.area].name, self.words()),
            _ => self.words().replace("{}", thing),
        }
    }

    /// Description; its parts differ from task to task.
    pub(super) fn notes(self, dice: &mut Dice) -> String {
        let (thing, area) = (self.thing(), AREAS[self.area].name);
        let customer = CUSTOMERS[self.customer];
        let role = ROLES[(self.what + self.condition) % ROLES.len()];
        let benefit = BENEFITS[dice.index(BENEFITS.len())];
        let mut parts = match self.kind {
            BUG => vec![
                format!("In {area}, the {thing} {} {}.", self.words(), CONDITIONS[self.condition]),
                format!(
                    "Steps:\n1. Sign in as {role}.\n2. Open {area} and go to the {thing}.\n3. Watch what happens {}.",
                    CONDITIONS[self.condition]
                ),
                format!("Expected: the {thing} works as it does otherwise."),
            ],
            FEATURE => vec![
                format!("As {role} I want this in {area} so that {benefit}."),
                format!("Wanted: {}.", lower(&self.title())),
                format!(
                    "Done when:\n- it works {}\n- the help page tells of it\n- {} is measured",
                    CONDITIONS[self.condition], thing
                ),
            ],
            CHORE => vec![
                format!("The {thing} of {area} needs care: it is touched in most releases."),
                format!("We do this so that {benefit}."),
            ],
            _ => vec![
                format!("Part of the {area} launch. Audience: {role}, and people like them."),
                format!("The message: {benefit}."),
            ],
        };
        if dice.chance(0.25) {
            parts.push(format!(
                "{customer} asked for it; about {} people there are affected.",
                dice.between(1, 60) * 5
            ));
        }
        if dice.chance(0.2) {
            parts.push("There is a workaround: reload and try again.".to_owned());
        }
        if self.kind == LAUNCH && dice.chance(0.4) {
            parts.push("Legal has to see it before it goes out.".to_owned());
        }
        parts.join("\n\n")
    }
}

/// With a capital letter in front.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// With a small letter in front.
fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
