//! When asking ends: what the ceilings leave, and what has gone wrong too often.
//!
//! Deliberately not here: the ceiling of a run while it asks, which `llm::Budget` holds before each request.

use super::{Asking, Model};
use crate::context::Engine;
use crate::error::EngineError;
use llm::{Ceiling, Ending, Money};
use std::sync::{Mutex, PoisonError};

/// So many questions in a row without an answer, whatever the reason, and no more are asked: each may take minutes.
const IN_A_ROW: usize = 5;

/// Why asking stopped; shared by the questions that have not begun.
#[derive(Default)]
pub(super) struct Stop {
    why: Mutex<(Option<String>, usize)>,
}

impl Stop {
    pub fn why(&self) -> Option<String> {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    pub fn stop(&self, why: String) {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).0.get_or_insert(why);
    }

    /// Takes note of how a question ended.
    pub fn note(&self, ending: Option<&Ending>) {
        let mut state = self.why.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(ending) = ending else {
            state.1 = 0;
            return;
        };
        state.1 += 1;
        if ending.ends_the_run() {
            state.0.get_or_insert(ending.to_string());
        } else if state.1 >= IN_A_ROW {
            state.0.get_or_insert(format!(
                "{IN_A_ROW} questions in a row got no answer, the last because {ending}"
            ));
        }
    }
}

/// What the ceilings of run, day and month leave, whichever is least; batches under way count for day and month.
pub(super) async fn left(engine: &Engine, model: &Model, asking: Asking<'_>) -> Result<Ceiling, EngineError> {
    let budget = &model.settings.budget;
    let (day, month) = engine.store.model_use_until(asking.now.today).await?;
    let (tokens_held, money_held) = engine.store.held_by_batches().await?;
    let tokens = [
        budget.run_tokens,
        budget.day_tokens.map(|most| most.saturating_sub(day.tokens()).saturating_sub(tokens_held)),
        budget.month_tokens.map(|most| most.saturating_sub(month.tokens()).saturating_sub(tokens_held)),
    ];
    let less =
        |dollars: f64, used: u64| Money::from_dollars(dollars).less(Money::from_units(used + money_held));
    let money = [
        budget.run_dollars.map(Money::from_dollars),
        budget.day_dollars.map(|most| less(most, day.money())),
        budget.month_dollars.map(|most| less(most, month.money())),
    ];
    Ok(Ceiling { tokens: tokens.into_iter().flatten().min(), money: money.into_iter().flatten().min() })
}
