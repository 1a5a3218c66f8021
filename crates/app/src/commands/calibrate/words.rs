//! A proposal for people: weights before and after, and what speaks for it.
//!
//! Deliberately not here: the judgement whether it is good enough (it comes as data).

use crate::show;
use engine::{AnswerEvidence, Evidence, Proposal};
use judge::backtest::{Measured, PastEvidence};
use judge::weights::LearnedWeight;

/// What a calibration came to.
pub fn proposal(proposal: &Proposal) {
    say!("{} · rubric {}", proposal.project.name, proposal.rubric);
    evidence(&proposal.evidence);
    let project = &proposal.project.gid;
    match (&proposal.proposed, &proposal.why_not) {
        (Some(proposed), _) => {
            say!("Proposed: {} ({}). Nothing has changed yet.", proposed.version, proposed.id);
            say!("  Put it in force: upnext rubric accept --project {project} {}", proposed.id);
            say!("  Turn it down:    upnext rubric reject --project {project} {}", proposed.id);
        }
        (None, Some(why)) => say!("No proposal: {why}."),
        (None, None) => {}
    }
}

/// Weights and what speaks for them.
pub fn evidence(evidence: &Evidence) {
    say!("{}", weights(&evidence.weights));
    if let Some(bands) = &evidence.bands {
        let floors = |bands: &domain::Bands| format!("{} / {} / {}", bands.p0, bands.p1, bands.p2);
        say!("P0 / P1 / P2 begin at {} points, and at {} then", floors(&bands.before), floors(&bands.after));
    }
    if let Some(why) = &evidence.reason {
        say!("Asked for because: {why}");
    }
    if let Some(found) = &evidence.answers {
        answers(found);
    }
    if let Some(found) = &evidence.past {
        past(found);
    }
    if let Some(change) = &evidence.backlog {
        say!(
            "On the present backlog of {} tasks: Kendall's tau {:.2} between the two orders, {:.0} % of the first ten stay, {} \
             tasks change band",
            change.order.tasks,
            change.order.tau,
            100.0 * change.order.top_ten,
            change.bands
        );
    }
    if let Some(golden) = &evidence.golden {
        say!(
            "On the golden set: Kendall's tau {:.2} before, {:.2} after",
            golden.before.tau,
            golden.after.tau
        );
    }
}

fn weights(weights: &[LearnedWeight]) -> String {
    let mut table = show::table(&["Criterion", "Weight", "Learned", "Four in five", ""]);
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    for weight in weights {
        table.add_row([
            weight.criterion.replace('_', " "),
            percent(weight.before),
            percent(weight.after),
            if weight.is_told && weight.low == weight.high {
                String::new()
            } else if weight.is_told {
                format!("{} – {}", percent(weight.low), percent(weight.high))
            } else {
                String::new()
            },
            if weight.is_told { String::new() } else { "nothing told of it: it stays".into() },
        ]);
    }
    for column in [1, 2, 3] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
    }
    table.to_string()
}

fn answers(found: &AnswerEvidence) {
    let held = &found.held_out;
    let all = found.learn + found.check + found.given;
    say!(
        "Answers: {all} ({} to learn, {} to check, {} given), {} of them “neither”",
        found.learn,
        found.check,
        found.given,
        found.same
    );
    if held.answers > 0 {
        say!(
            "Held out: of {} answers that nothing was fitted on, {:.0} % agree with the weights before and {:.0} % with the \
             learned ones; of {} contested pairs {} side with the learned ones",
            held.answers,
            100.0 * held.before,
            100.0 * held.after,
            held.contested,
            held.sided
        );
    }
}

fn past(found: &PastEvidence) {
    say!(
        "The past: fitted on {} weeks ({} pairs of taken up and left, {} of overruled, {} of accepted and turned down), \
         measured on {} later ones; {:.0} % of it could be put back",
        found.weeks_learned,
        found.pulled,
        found.overruled,
        found.accepted,
        found.weeks_measured,
        100.0 * found.coverage
    );
    if found.yes > 0 {
        say!(
            "  Answers to suggestions in the weeks fitted on: {} accepted, {} turned down. {} of the accepted count, each beside one \
             that the same person turned down that day; of the others nobody knows whether they were read",
            found.yes,
            found.no,
            found.accepted
        );
    }
    if found.weeks_measured == 0 {
        return;
    }
    let line = |name: &str, one: &Measured| {
        let precision = one.precision_of_next.map_or("–".into(), |p| format!("{p:.3}"));
        say!(
            "  {name}: NDCG@10 {:.3}, Kendall's tau {:.3}, precision of next {precision}",
            one.ndcg,
            one.tau
        );
    };
    line("before", &found.before);
    line("after ", &found.after);
    say!("  difference in NDCG@10, four in five: {:+.3} to {:+.3}", found.lead.0, found.lead.1);
    if found.free.is_empty() {
        return;
    }
    say!("  The orders a team has for nothing, in the same weeks:");
    for order in &found.free {
        say!("    {}: NDCG@10 {:.3}, Kendall's tau {:.3}", order.name, order.ndcg, order.tau);
    }
    if let Some(best) = found.beaten_by() {
        say!(
            "  The learned weights did not reach {}: look at `upnext backtest` before accepting.",
            best.name
        );
    }
}
