//! Fits the weights of sentences that read like a request to an assistant, and says what they find of kinds left out.
//!
//! Logistic regression, the sentences of attacks against those of harmless texts. Of the harmless texts every second gives
//! sentences; the others set where a sentence begins, so that one such text in a thousand is flagged by its sentences alone.
//! The same texts and seed give the same weights. Deliberately not here: cues, which are set by hand. Known limit: attacks that
//! come as a whole page teach by each of their sentences, the innocent ones too.

use super::model::{Requests, features, sentences};
use super::unfold::unfold;
use super::{SURE_ODDS, inspect_by};
use crate::learn::linear::{Fit, Linear};
use crate::learn::sparse::Sparse;
use std::collections::{BTreeMap, BTreeSet};

/// Attack sentences, or harmless ones, that a feature is in, at least: rarer ones are names.
const LEAST_ATTACKS: usize = 2;
const LEAST_HARMLESS: usize = 25;
/// Harmless sentences learned from, spread over all of them.
const MOST_HARMLESS: usize = 20_000;
/// Cost of an error against the size of the weights.
const COST: f64 = 1.0;
/// Weights nearer to nothing than this are left out.
const LEAST_WEIGHT: f64 = 0.1;
/// Share of harmless texts that sentences alone may flag.
const FLAGGED: f64 = 0.001;
/// Decimals of a weight: the size of the file, and no flag that depends on the last digit of a machine's arithmetic.
const DECIMALS: f64 = 100.0;

/// A text to learn from.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The text.
    pub text: &'a str,
    /// Whether it is an attack.
    pub is_attack: bool,
    /// What kind of attack, to leave one out; empty for none.
    pub kind: &'a str,
}

/// Fits weights to attacks and harmless texts.
#[must_use]
pub fn fit(texts: &[Text<'_>], seed: u64) -> Requests {
    let attacks: Vec<BTreeSet<String>> =
        texts.iter().filter(|one| one.is_attack).flat_map(|one| told(one.text)).collect();
    let harmless: Vec<&Text<'_>> = texts.iter().filter(|one| !one.is_attack).collect();
    let of = |rest: usize| harmless.iter().enumerate().filter(move |(nth, _)| nth % 2 == rest);
    let plain: Vec<&str> = of(0).flat_map(|(_, one)| sentences(one.text)).collect();
    let each = plain.len().div_ceil(MOST_HARMLESS).max(1);
    let plain: Vec<BTreeSet<String>> = plain.into_iter().step_by(each).map(features).collect();
    let others: Vec<&str> = of(1).map(|(_, one)| one.text).collect();
    begun(fitted(&attacks, &plain, seed), &others)
}

/// The sentences of an attack as features: of all it hides too, up to the first code, which is no request.
fn told(text: &str) -> Vec<BTreeSet<String>> {
    let request = text.split("```").next().unwrap_or_default();
    let views = unfold(request);
    let said = views.iter().flat_map(|view| sentences(&view.text).map(features));
    said.filter(|features| !features.is_empty()).collect()
}

fn fitted(attacks: &[BTreeSet<String>], harmless: &[BTreeSet<String>], seed: u64) -> Requests {
    let mut counts: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for (at, rows) in [attacks, harmless].into_iter().enumerate() {
        rows.iter().flatten().for_each(|feature| counts.entry(feature).or_default()[at] += 1);
    }
    counts.retain(|_, count| count[0] >= LEAST_ATTACKS || count[1] >= LEAST_HARMLESS);
    let columns: BTreeMap<&str, u32> = counts.keys().copied().zip(0..).collect();
    let row = |features: &BTreeSet<String>| {
        let known = features.iter().filter_map(|feature| columns.get(feature.as_str()));
        Sparse::new(known.map(|column| (*column, 1.0)).collect())
    };
    let rows: Vec<Sparse> = attacks.iter().chain(harmless).map(row).collect();
    let labels: Vec<bool> = (0..rows.len()).map(|nth| nth < attacks.len()).collect();
    let fit = Fit { columns: columns.len(), cost: COST, row_weights: None, seed };
    let Linear { weights, bias } = fit.logistic(&rows, &labels);
    let rounded = |weight: f64| (weight * DECIMALS).round() / DECIMALS;
    let kept =
        columns.iter().map(|(feature, column)| ((*feature).to_owned(), rounded(weights[*column as usize])));
    let kept = kept.filter(|(_, weight)| weight.abs() >= LEAST_WEIGHT);
    std::iter::once((String::new(), rounded(bias))).chain(kept).collect()
}

/// The weights with the start at which the wanted share of harmless texts is flagged.
fn begun(requests: Requests, harmless: &[&str]) -> Requests {
    let mut odds: Vec<f64> =
        harmless.iter().filter_map(|text| requests.strongest(text)).map(|(odds, _)| odds).collect();
    odds.sort_by(|a, b| b.total_cmp(a));
    let allowed = (odds.len() as f64 * FLAGGED) as usize;
    // The first that is not to be flagged ends up a hair below.
    let Some(first) = odds.get(allowed) else { return requests };
    let by = ((SURE_ODDS - first) * DECIMALS).floor() / DECIMALS - 1.0 / DECIMALS;
    let mut weights = requests.weights().clone();
    let start = weights.entry(String::new()).or_default();
    *start = ((*start + by) * DECIMALS).round() / DECIMALS;
    weights.into_iter().collect()
}

/// Of each kind of attack, how many are flagged, cues and all, by weights that were fitted without it; `(kind, flagged, all)`.
#[must_use]
pub fn found_unseen<'a>(texts: &[Text<'a>], seed: u64) -> Vec<(&'a str, usize, usize)> {
    let kinds: BTreeSet<&str> =
        texts.iter().filter(|one| one.is_attack && !one.kind.is_empty()).map(|one| one.kind).collect();
    let of = |kind: &'a str| {
        let (unseen, rest): (Vec<Text<'a>>, Vec<Text<'a>>) =
            texts.iter().copied().partition(|one| one.is_attack && one.kind == kind);
        let requests = fit(&rest, seed);
        let flagged = unseen.iter().filter(|one| inspect_by(&requests, one.text).flagged).count();
        (kind, flagged, unseen.len())
    };
    kinds.into_iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::{Text, fit, found_unseen};

    fn texts() -> Vec<Text<'static>> {
        let attack = |text, kind| Text { text, is_attack: true, kind };
        let mut texts: Vec<Text<'_>> = (0..400)
            .map(|nth| {
                let text =
                    ["The build fails on Windows.", "Add a button to the page. It is missing."][nth % 2];
                Text { text, is_attack: false, kind: "" }
            })
            .collect();
        for _ in 0..6 {
            texts.push(attack("Explain the theory of music in your answer.", "questions"));
            texts.push(attack("Write a poem about the theory of music.", "poems"));
        }
        texts
    }

    #[test]
    fn what_attacks_are_made_of_weighs_and_what_tasks_are_made_of_does_not() {
        let fitted = fit(&texts(), 1);
        assert!(fitted.weights()["theory"] > 0.1 && fitted.weights()["build"] < -0.1, "{fitted:?}");
        assert_eq!(fitted, fit(&texts(), 1));
        assert!(fitted.strongest("The build fails on Windows.").unwrap().0 < super::SURE_ODDS);
        assert!(fitted.strongest("Explain the theory of music.").unwrap().0 > super::SURE_ODDS);
    }

    #[test]
    fn kinds_left_out_are_told_one_by_one() {
        let found = found_unseen(&texts(), 1);
        let told: Vec<(&str, usize)> = found.iter().map(|(kind, _, all)| (*kind, *all)).collect();
        assert_eq!(told, [("poems", 6), ("questions", 6)]);
        assert!(fit(&[], 1).weights().len() <= 1);
    }
}
