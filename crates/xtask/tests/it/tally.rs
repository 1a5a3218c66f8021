//! The count of test results, on output as cargo prints it.

use xtask::tally::Tally;

fn tally(output: &str) -> Tally {
    let mut tally = Tally::default();
    output.lines().for_each(|line| tally.read(line));
    tally
}

#[test]
fn results_are_summed_over_all_binaries() {
    let sum = tally(
        "running 2 tests\ntest a::b ... ok\ntest a::c ... ok\n\n\
         test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n\
         test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 1.20s\n",
    );
    assert_eq!(sum.to_string(), "14 passed, 0 failed");
}

#[test]
fn failures_and_ignored_tests_are_named_before_the_sum() {
    let sum = tally(
        "test undo::restores ... FAILED\ntest lock::held ... ignored, run by another\ntest crates/judge/src/lib.rs - score (line 3) ... FAILED\n\
         test result: FAILED. 5 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s\n",
    );
    assert_eq!(sum.failed(), 2);
    assert_eq!(
        sum.to_string(),
        "ignored (not run):\n  lock::held, run by another\nfailed:\n  undo::restores\n  crates/judge/src/lib.rs - score (line 3)\n5 passed, 2 failed"
    );
}

#[test]
fn what_was_left_out_is_told_by_test_and_once() {
    let sum = tally(
        "successes:\n\n---- recordings::answers stdout ----\nleft out: two recorded answers\n\
         left out: two recorded answers\n\n---- openapi::all stdout ----\nleft out: no OpenAPI file\n\n\
         test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n",
    );
    let told = sum.to_string();
    let lines: Vec<&str> = told.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "  openapi::all: no OpenAPI file",
            "  recordings::answers: two recorded answers",
            "2 passed, 0 failed"
        ]
    );
}

#[test]
fn nothing_run_is_nothing_passed() {
    assert_eq!(tally("error: could not compile `judge`\n").to_string(), "0 passed, 0 failed");
}
