//! Sizes of files and functions.

use crate::repository::{NOTHING, Repository};

const FILE: &str = "crates/llm/src/ask.rs";

fn source(body: &str) -> Repository {
    Repository::tidy().with(FILE, &format!("//! Asks.\n\n{body}"))
}

fn function(name: &str, lines: usize) -> String {
    format!("fn {name}() {{\n{}}}\n", "    work();\n".repeat(lines - 2))
}

#[test]
fn sixty_lines_are_a_function_and_sixty_one_are_several() {
    assert_eq!(source(&function("ask", 60)).findings(), NOTHING);
    let found = source(&function("ask", 61)).finding();
    assert_eq!(found, "crates/llm/src/ask.rs:3: `ask` has 61 lines; at most 60: it wants to be several");
}

#[test]
fn documentation_above_a_function_does_not_count() {
    assert_eq!(source(&format!("/// Asks.\n#[inline]\n{}", function("ask", 60))).findings(), NOTHING);
}

#[test]
fn methods_and_functions_inside_modules_and_functions_count() {
    let long = function("deep", 61);
    for body in
        [format!("impl A {{\n{long}}}\n"), format!("trait A {{\n{long}}}\n"), format!("mod a {{\n{long}}}\n")]
    {
        let found = source(&body).finding();
        assert!(found.starts_with("crates/llm/src/ask.rs:4: `deep` has 61 lines"), "{found}");
    }
    assert_eq!(source(&format!("fn outer() {{\n{long}}}\n")).findings().len(), 2);
}

#[test]
fn five_parameters_beside_self_are_enough() {
    let five = "impl A { fn ask(&self, a: u8, b: u8, c: u8, d: u8, e: u8) {} }\n";
    assert_eq!(source(five).findings(), NOTHING);
    let found = source("fn ask(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8) {}\n").finding();
    assert!(found.contains("`ask` has 6 parameters; at most 5"), "{found}");
}

#[test]
fn a_file_may_have_four_hundred_lines_beside_its_tests() {
    let shipped = "const A: u8 = 1;\n".repeat(398);
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", function("long_story", 90));
    assert_eq!(source(&format!("{shipped}{tests}")).findings(), NOTHING);
    let found = source(&format!("{shipped}const B: u8 = 1;\n{tests}")).finding();
    assert!(found.starts_with("crates/llm/src/ask.rs: 401 lines without tests; at most 400"), "{found}");
}

#[test]
fn tests_in_files_of_their_own_may_be_long() {
    let long = format!("//! Tests.\n\n{}", function("long_story", 500));
    let repository = source("#[cfg(test)]\nmod tests;\n")
        .with("crates/llm/src/ask/tests.rs", &long)
        .with("crates/llm/tests/it/main.rs", &long)
        .with("crates/llm/benches/ask.rs", &long);
    assert_eq!(repository.findings(), NOTHING);
    let found = source("mod tests;\n").with("crates/llm/src/ask/tests.rs", &long).findings();
    assert_eq!(found.len(), 2, "{found:#?}");
}

#[test]
fn a_file_that_does_not_parse_is_found_with_its_line() {
    let found = source("fn ask( {\n").finding();
    assert!(found.starts_with("crates/llm/src/ask.rs:") && found.contains("does not parse"), "{found}");
}
