//! Similar work by a sentence model: other words for the same are found, and each text is read once.
//!
//! Only with the feature `embeddings`; the model is made here.

use crate::app::TestApp;
use crate::asana::TOKEN;
use crate::database::Kind;
use crate::similar::{search, world};
use crate::tiny::{self, SIZE, Word};
use serde_json::{Value, json};

/// A vehicle is an automobile; nothing else means anything.
const WORDS: [Word; 5] = [
    ("[UNK]", [0.0; SIZE]),
    ("[CLS]", [0.0; SIZE]),
    ("[SEP]", [0.0; SIZE]),
    ("vehicle", [3.0, -1.0, -1.0, -1.0]),
    ("automobile", [3.0, -1.0, -1.0, -1.0]),
];

/// A world whose configuration names a model, and the tasks that speak of automobiles.
fn with_model() -> (TestApp, [String; 2]) {
    let app = world(Kind::Sqlite, "[similar]\nembeddings_dir = \"model\"\n");
    let dir = app.home.path().join("model");
    std::fs::create_dir(&dir).unwrap();
    tiny::write(&dir, &WORDS, &tiny::config(&WORDS), &tiny::tensors(&WORDS));
    let make = |name: &str| {
        let made = app.asana.post(TOKEN, "/tasks", json!({ "name": name, "projects": [app.project] }));
        made["gid"].as_str().unwrap().to_owned()
    };
    let tasks = [make("Automobile squeaks"), make("Paint an automobile")];
    (app, tasks)
}

fn found(app: &TestApp) -> Vec<String> {
    let found = search(app, "vehicle");
    let gid = |hit: &Value| hit["task"].as_str().unwrap().to_owned();
    let mut found: Vec<String> = found["found"].as_array().unwrap().iter().map(gid).collect();
    found.sort();
    found
}

#[test]
fn other_words_for_the_same_are_found_and_only_new_texts_are_read() {
    let (app, tasks) = with_model();
    assert_eq!(found(&app), tasks);
    assert_eq!(search(&app, "vehicle")["found"][0]["shared"], json!([]));

    // What is kept is what is compared: with it gone to nothing only a text that is new is read.
    app.database.sql("UPDATE vectors SET vector = zeroblob(16)");
    assert_eq!(found(&app), [""; 0]);
    app.asana.put(TOKEN, &format!("/tasks/{}", tasks[1]), json!({ "notes": "In red." }));
    assert_eq!(found(&app), tasks[1..]);

    // Another model compares nothing of the first.
    let dir = app.home.path().join("model");
    let [.., vehicle, automobile] = WORDS;
    let bicycle: Vec<Word> =
        WORDS[..3].iter().copied().chain([vehicle, automobile, ("bicycle", [0.0; SIZE])]).collect();
    tiny::write(&dir, &bicycle, &tiny::config(&bicycle), &tiny::tensors(&bicycle));
    assert_eq!(found(&app), tasks);

    // Forgotten with the project's texts, and read anew.
    app.database.sql("UPDATE vectors SET vector = zeroblob(16)");
    app.upnext(&["forget", "--project", &app.project]).ok();
    assert_eq!(found(&app), tasks);
    app.configure("");
    assert_eq!(found(&app), [""; 0], "by words alone");
}

#[test]
fn a_model_is_measured_on_duplicates_of_ones_own() {
    let (app, _) = with_model();
    let rows =
        "id,seq,title,description,dup_group\n1,1,Paint an automobile,,a\n2,2,Fence,,\n3,3,vehicle,,a\n";
    std::fs::write(app.home.path().join("duplicates.csv"), rows).unwrap();
    let eval = |more: &[&str]| {
        app.upnext(&[&["eval", "similar", "--data", "duplicates.csv", "--out", "out.csv"], more].concat())
            .ok();
        std::fs::read_to_string(app.home.path().join("out.csv")).unwrap()
    };
    assert_eq!(eval(&["--embeddings", "model"]), "set,query_id,ranking\nduplicates,3,1\n");
    assert_eq!(eval(&[]), "set,query_id,ranking\nduplicates,3,\n");
}
