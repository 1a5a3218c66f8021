//! User formulas over a task's fields.
//!
//! Arithmetic comes from `exmex`; this module only binds names. A name is a role's key (`business_value`), a fact
//! (`age_days`), or any field in braces (`{Time Criticality}`). Deliberately not here: scaling the result.
//! Known limit: a formula whose input is missing has no value; there are no defaults to hide that.

use crate::facts::Facts;
use domain::Role;
use exmex::{Express, FlatEx};

/// What a name in a formula stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Name {
    /// The number of a role's field.
    Role(Role),
    /// Days since the task was created.
    AgeDays,
    /// Days until it is due; negative when overdue.
    DaysUntilDue,
    /// Comments by people.
    CommentCount,
    /// Likes.
    Likes,
    /// A field by its name.
    Field(String),
}

/// A parsed formula.
#[derive(Clone, Debug)]
pub struct Formula {
    text: String,
    expression: FlatEx<f64>,
    names: Vec<(String, Name)>,
}

impl Formula {
    /// Parses and binds a formula.
    ///
    /// # Errors
    /// A syntax error or a name that stands for nothing, in words.
    pub(crate) fn parse(text: &str) -> Result<Formula, String> {
        let expression: FlatEx<f64> =
            exmex::parse(text).map_err(|e| format!("the formula `{text}` cannot be read: {e}"))?;
        let names = expression
            .var_names()
            .iter()
            .map(|written| Ok((written.clone(), bind(written, text)?)))
            .collect::<Result<Vec<_>, String>>()?;
        Ok(Formula { text: text.to_owned(), expression, names })
    }

    /// The formula as written.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Names in it that the task has no value for.
    pub(crate) fn missing(&self, facts: &Facts) -> Vec<&str> {
        let absent = self.names.iter().filter(|(_, name)| facts.variable(name).is_none());
        absent.map(|(written, _)| written.as_str()).collect()
    }

    /// The value on a task; `None` when an input is missing or the result is not a number.
    pub(crate) fn value(&self, facts: &Facts) -> Option<f64> {
        let inputs: Option<Vec<f64>> = self.names.iter().map(|(_, name)| facts.variable(name)).collect();
        self.expression.eval(&inputs?).ok().filter(|value| value.is_finite())
    }
}

fn bind(written: &str, formula: &str) -> Result<Name, String> {
    let fact = match written {
        "age_days" => Some(Name::AgeDays),
        "days_until_due" => Some(Name::DaysUntilDue),
        "comment_count" => Some(Name::CommentCount),
        "likes" => Some(Name::Likes),
        key => Role::ALL.iter().find(|role| role.key() == key).map(|role| Name::Role(*role)),
    };
    if let Some(name) = fact {
        return Ok(name);
    }
    // `exmex` hands over braced names without their braces, so the formula's text tells which were braced.
    if formula.contains(&format!("{{{written}}}")) {
        return Ok(Name::Field(written.to_owned()));
    }
    Err(format!("`{written}` is neither a role nor a fact; put the name of a field in braces: {{{written}}}"))
}
