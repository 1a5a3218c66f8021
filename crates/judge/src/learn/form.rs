//! Reading what a form of Asana left in a task's description.
//!
//! A submission is written as `Question:`, the answer on the next lines, an empty line, the next question; then a rule and
//! "This task was submitted through …" with the form's address. Answers may hold empty lines and colons.
//! Deliberately not here: what an answer means (`triage`). Nothing is lost: [`Submission::text`] gives back every line.
//! Known limit: a line of an answer that follows an empty line and ends with a colon is taken for a question.

/// Begins the line that names the form.
const SUBMITTED: &str = "This task was submitted through ";
/// Letters of the longest question; longer lines that end with a colon are prose.
const LONGEST_QUESTION: usize = 200;

/// A question with its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Answer {
    /// The question without its colon; empty for text before the first.
    pub question: String,
    /// What was answered, line ends kept, outer empty lines removed.
    pub answer: String,
}

/// What a form left.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Submission {
    /// The form's name; `None` when the text does not come from a form.
    pub form: Option<String>,
    /// Its address, as written.
    pub address: Option<String>,
    /// Questions and answers in their order.
    pub answers: Vec<Answer>,
}

impl Submission {
    /// The answer to the first question that has one of the words; case counts nothing.
    #[must_use]
    pub fn answer(&self, words: &[&str]) -> Option<&str> {
        let asks = |question: &str| {
            let lower = question.to_lowercase();
            words.iter().any(|word| lower.contains(word))
        };
        let found = self.answers.iter().find(|one| asks(&one.question) && !one.answer.is_empty());
        found.map(|one| one.answer.as_str())
    }

    /// Every question and answer as one text again, without the form's own last lines.
    #[must_use]
    pub fn text(&self) -> String {
        let written = |one: &Answer| match one.question.as_str() {
            "" => one.answer.clone(),
            question => format!("{question}:\n{}", one.answer),
        };
        self.answers.iter().map(written).collect::<Vec<_>>().join("\n\n")
    }
}

/// Reads a description. One that no form wrote is a single answer without a question.
#[must_use]
pub fn read(notes: &str) -> Submission {
    let Some((said, form, address)) = ending(notes) else {
        let answer = Answer { question: String::new(), answer: notes.trim_matches('\n').to_owned() };
        let answers = if answer.answer.is_empty() { Vec::new() } else { vec![answer] };
        return Submission { answers, ..Submission::default() };
    };
    Submission { form: Some(form), address, answers: answers(&said) }
}

/// What was said before the form's last lines (and after them, when somebody wrote on), its name and its address.
fn ending(notes: &str) -> Option<(String, String, Option<String>)> {
    let lines: Vec<&str> = notes.lines().collect();
    let at = lines.iter().rposition(|line| line.trim_start().starts_with(SUBMITTED))?;
    let form = lines[at].trim_start().strip_prefix(SUBMITTED)?.trim().to_owned();
    let link = |line: &&str| line.trim_start().starts_with("http");
    let address = lines.get(at + 1).filter(|line| link(line)).map(|line| line.trim().to_owned());
    let after = at + 1 + usize::from(address.is_some());
    let mut before = lines[..at].to_vec();
    if before.last().is_some_and(|line| rule(line)) {
        before.pop();
    }
    before.extend(&lines[after..]);
    Some((before.join("\n"), form, address))
}

fn rule(line: &str) -> bool {
    let line = line.trim();
    line.chars().count() >= 3 && line.chars().all(|letter| "—–-_―─".contains(letter))
}

fn answers(said: &str) -> Vec<Answer> {
    let mut out: Vec<Answer> = vec![Answer::default()];
    let mut after_empty = true;
    for line in said.lines() {
        match question(line).filter(|_| after_empty) {
            Some(question) => out.push(Answer { question: question.to_owned(), answer: String::new() }),
            None => {
                if let Some(last) = out.last_mut() {
                    last.answer.push_str(line);
                    last.answer.push('\n');
                }
            }
        }
        after_empty = line.trim().is_empty();
    }
    for one in &mut out {
        one.answer = one.answer.trim_matches('\n').to_owned();
    }
    out.retain(|one| !one.question.is_empty() || !one.answer.trim().is_empty());
    out
}

fn question(line: &str) -> Option<&str> {
    let question = line.trim().strip_suffix(':')?.trim_end();
    let fits =
        !question.is_empty() && question.chars().count() <= LONGEST_QUESTION && !question.contains("http");
    fits.then_some(question)
}

#[cfg(test)]
mod tests {
    use super::read;

    const NOTES: &str = "What happened:\nIt stopped at 12:30.\n\nNote: nothing in the log.\n\nYour version:\n\n\
                         How bad:\nvery\n\n———————————————\nThis task was submitted through Support requests\n\
                         https://form.asana.com/?k=abc&d=1";

    #[test]
    fn answers_keep_empty_lines_and_colons() {
        let read = read(NOTES);
        assert_eq!(read.form.as_deref(), Some("Support requests"));
        assert_eq!(read.address.as_deref(), Some("https://form.asana.com/?k=abc&d=1"));
        assert_eq!(read.answer(&["happened"]), Some("It stopped at 12:30.\n\nNote: nothing in the log."));
        assert_eq!(read.answer(&["version"]), None, "an empty answer is none");
        assert_eq!(read.answers.len(), 3);
    }

    #[test]
    fn other_text_is_one_answer() {
        let read = read("Steps:\n1. open");
        assert_eq!((read.form.clone(), read.text().as_str()), (None, "Steps:\n1. open"));
    }
}
