//! Finding what a team already knows: tasks, and the passages that speak for them.

use judge::learn::retrieval::{Library, Question, Source, Work, passages};
use proptest::prelude::*;

fn work<'a>(id: &'a str, title: &'a str, body: &'a str) -> Work<'a> {
    Work { id, title, body, comments: &[], files: &[], vector: None }
}

fn asked(body: &str) -> Question<'_> {
    Question { body, ..Question::default() }
}

/// Twenty tasks about other things.
fn others() -> Vec<(String, String)> {
    let about = ["invoice export", "login page", "nightly backup", "search index", "colour theme"];
    let body = |n: usize| format!("The {} of tenant {n} behaves oddly since release {n}.", about[n % 5]);
    (0..20).map(|n| (format!("o{n}"), body(n))).collect()
}

#[test]
fn a_line_deep_in_a_file_is_found_and_quoted() {
    let others = others();
    let mut works: Vec<Work<'_>> = others.iter().map(|(id, body)| work(id, body, body)).collect();
    let filler =
        "Section on general conditions, delivery, payment and warranty of supplied goods. ".repeat(90);
    let manual = format!("{filler}\nThe lindworm valve must be greased every second Tuesday.\n{filler}");
    let pieces = passages(&manual);
    let files: Vec<(&str, &str)> = pieces.iter().map(|piece| ("manual.pdf", piece.as_str())).collect();
    works.push(Work { files: &files, ..work("filed", "Contract with the supplier", "See the attachment.") });
    let comments = [(Some("Grace"), "Customer asks why the turbine hums at night.")];
    works.push(Work { comments: &comments, ..work("said", "Call back", "") });
    let library = Library::of(&works);

    let found = library.find(&asked("when is the lindworm valve greased?"), 5);
    assert_eq!(found[0].id, "filed", "{found:?}");
    let quote = &found[0].quotes[0];
    assert_eq!(quote.source, Source::Attachment { name: "manual.pdf".into() });
    assert!(quote.text.contains("every second Tuesday"));

    let found = library.find(&asked("turbine hums"), 5);
    assert_eq!(
        (found[0].id.as_str(), &found[0].quotes[0].source),
        ("said", &Source::Comment { by: Some("Grace".into()) })
    );
    assert!(found[0].shared.iter().any(|word| word == "turbine"), "{:?}", found[0].shared);
}

#[test]
fn the_same_thing_said_again_comes_first_and_strangers_do_not_come() {
    let others = others();
    let mut works: Vec<Work<'_>> = others.iter().map(|(id, body)| work(id, body, "")).collect();
    works.push(work("same", "Crash on save", "NullPointerException when a drawing is saved twice."));
    let library = Library::of(&works);
    let question = Question {
        title: "Crash when saving",
        body: "A null pointer exception after saving a drawing.",
        vector: None,
    };
    let found = library.find(&question, 3);
    assert_eq!(found[0].id, "same");
    assert!(found[0].repeats.is_some_and(|chance| chance > 0.3), "{found:?}");
    assert!(library.find(&asked("ξένος"), 3).is_empty());
    assert!(library.find(&asked(""), 3).is_empty());
    assert!(Library::of(&[]).find(&question, 3).is_empty());
}

#[test]
fn vectors_join_in_where_there_are_some() {
    let (near, far) = ([1.0, 0.0], [0.0, 1.0]);
    let works = [
        Work { vector: Some(&near), ..work("sense", "Fluid drips below", "") },
        Work { vector: Some(&near), ..work("near", "Oil on the floor", "") },
        Work { vector: Some(&far), ..work("far", "Oil on the market", "") },
        work("without", "Lights are too bright", ""),
    ];
    let library = Library::of(&works);
    let question = Question { title: "Oil leak", ..Question::default() };
    let ids = |question: &Question<'_>| -> Vec<String> {
        library.find(question, 4).into_iter().map(|hit| hit.id).collect()
    };
    assert_eq!(ids(&question), ["far", "near"]);
    let found = ids(&Question { vector: Some(&near), ..question });
    assert_eq!(found[0], "near");
    assert!(found.contains(&"sense".to_owned()) && !found.contains(&"without".to_owned()), "{found:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn quotes_are_verbatim_and_answers_repeat(texts in prop::collection::vec("[a-f ]{0,40}( valve| oil|\\.|\n)[ -~]{0,600}", 1..8), most in 1usize..6) {
        let ids: Vec<String> = (0..texts.len()).map(|n| n.to_string()).collect();
        let works: Vec<Work<'_>> = ids.iter().zip(&texts).map(|(id, text)| work(id, "Task", text)).collect();
        let (one, two) = (Library::of(&works), Library::of(&works));
        let found = one.find(&asked("valve oil abc def"), most);
        prop_assert_eq!(&found, &two.find(&asked("valve oil abc def"), most));
        prop_assert!(found.len() <= most);
        prop_assert!(found.windows(2).all(|pair| pair[0].score >= pair[1].score));
        for hit in &found {
            let text = &texts[hit.id.parse::<usize>().unwrap()];
            for quote in &hit.quotes {
                prop_assert!(text.contains(&quote.text), "{:?} is not in {:?}", quote.text, text);
            }
        }
    }
}
