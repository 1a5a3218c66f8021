//! "A or B first?", in the terminal.
//!
//! Questions go to standard error, so that the result can be piped. Deliberately not here: which question comes next.

use domain::fit;
use engine::{Calibration, Question, Side};
use std::io::BufRead as _;
use store::Said;

/// Widest line of a task.
const WIDTH: usize = 100;

/// What somebody typed.
enum Typed {
    A,
    B,
    Same,
    Skip,
    Quit,
}

/// Asks until the questions are answered, nothing is left to ask, or the person has had enough.
pub(super) async fn ask(calibration: &mut Calibration, questions: usize) -> anyhow::Result<()> {
    let before = calibration.answered();
    eprintln!("{} · rubric {}", calibration.project(), calibration.rubric());
    if before > 0 {
        eprintln!("{before} of {questions} questions are answered already; this goes on from there.");
    }
    eprintln!("Which would you do first? Every answer is kept as it comes; stop whenever you like.");
    while let Some(question) = calibration.question(questions) {
        eprintln!("\nQuestion {} of {questions}", calibration.answered() + 1);
        side("a", &question.a);
        side("b", &question.b);
        if !one(calibration, &question).await? {
            break;
        }
    }
    if calibration.answered() < questions {
        eprintln!("\n{} of {questions} answered. The same command goes on.", calibration.answered());
    }
    eprintln!();
    Ok(())
}

/// Takes one answer in; false when the person wants to stop.
async fn one(calibration: &mut Calibration, question: &Question) -> anyhow::Result<bool> {
    let (a, b) = (&question.a.gid, &question.b.gid);
    match typed()? {
        Typed::A => calibration.answer(question, a, Said::First).await?,
        Typed::B => calibration.answer(question, b, Said::First).await?,
        Typed::Same => calibration.answer(question, a, Said::Same).await?,
        Typed::Skip => calibration.answer(question, a, Said::Skipped).await?,
        Typed::Quit => return Ok(false),
    }
    Ok(true)
}

fn side(letter: &str, side: &Side) {
    eprintln!("  {letter})  {}", fit(&side.name, WIDTH));
    let due = side.due_on.map(|day| format!("due {day}"));
    let fields = side.fields.iter().map(|(name, value)| format!("{name} {value}"));
    let facts: Vec<String> = due.into_iter().chain(fields).collect();
    if !facts.is_empty() {
        eprintln!("      {}", fit(&facts.join(" · "), WIDTH));
    }
    for reason in &side.reasons {
        eprintln!("      – {}", fit(reason, WIDTH));
    }
}

/// Reads until something is understood; the end of input is the wish to stop.
fn typed() -> anyhow::Result<Typed> {
    loop {
        eprint!("  a / b / = neither / s skip / q stop and keep: ");
        let mut line = String::new();
        if std::io::stdin().lock().read_line(&mut line)? == 0 {
            return Ok(Typed::Quit);
        }
        match line.trim().to_lowercase().as_str() {
            "a" => return Ok(Typed::A),
            "b" => return Ok(Typed::B),
            "=" => return Ok(Typed::Same),
            "s" | "skip" => return Ok(Typed::Skip),
            "q" | "quit" => return Ok(Typed::Quit),
            _ => eprintln!("  Please type a, b, =, s or q."),
        }
    }
}
