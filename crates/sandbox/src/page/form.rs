//! The small forms of a task's page: one for each thing that can be changed.

/// What a form lets one enter.
#[derive(Debug)]
pub(super) enum Control {
    Text(String),
    Area(String),
    Number(String),
    Date(String),
    One(Vec<Choice>),
    Many(Vec<Choice>),
    /// Nothing to enter: a button that sends a value.
    Press {
        shown: String,
        button: &'static str,
        value: &'static str,
    },
    /// Nothing to change.
    Fixed(String),
}

/// An entry of a list to choose from.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) text: String,
    pub(super) chosen: bool,
}

impl Choice {
    pub(super) fn new(value: &str, text: &str, chosen: bool) -> Self {
        Self { value: value.to_owned(), text: text.to_owned(), chosen }
    }
}

/// A form of its own for one thing.
#[derive(Debug)]
pub(super) struct Edit {
    /// Unique on the page; the end of `action` with `-` for `/`.
    pub(super) id: String,
    /// Where it is posted to.
    pub(super) action: String,
    pub(super) label: String,
    pub(super) control: Control,
    /// What the label does not say.
    pub(super) hint: String,
    /// It was sent just now, and taken.
    pub(super) saved: bool,
}

impl Edit {
    /// A form that changes `what` of a task.
    pub(super) fn new(task: &str, what: &str, label: &str, control: Control) -> Self {
        Self {
            id: what.replace('/', "-"),
            action: format!("/task/{task}/{what}"),
            label: label.to_owned(),
            control,
            hint: String::new(),
            saved: false,
        }
    }

    /// Whether what was entered is sent by a button beside it.
    pub(super) fn sends(&self) -> bool {
        !matches!(self.control, Control::Press { .. } | Control::Fixed(_))
    }

    /// The form as it was sent, where something was written into it.
    pub(super) fn with_entered(self, text: &str) -> Self {
        let text = text.to_owned();
        let control = match self.control {
            Control::Text(_) => Control::Text(text),
            Control::Area(_) => Control::Area(text),
            Control::Number(_) => Control::Number(text),
            Control::Date(_) => Control::Date(text),
            other => other,
        };
        Self { control, ..self }
    }

    pub(super) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }
}
