//! The form: one page that needs no scripts, shown again with what was found until it is sent.
//!
//! Against programs that fill in whatever they meet: a field that people do not see, a sealed moment before which nobody has read the
//! form, a bound for links, and a bound for each client. Deliberately not here: captchas, which keep people out. Known limit: behind
//! a proxy all clients have the proxy's address, and share what one may send.

use super::ask::{self, Asking, LONGEST, Said};
use crate::dashboard::{Dashboard, Fields, FormKey, Refusal, address, html, see_other};
use crate::pages::{Shell, words};
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::RequestId;
use engine::Filed;
use engine::service::IntakeRule;
use engine::views::{LabelView, RequestView};

/// Links in one request: more are advertising.
const LINKS: usize = 5;

/// Bytes of a form: its longest texts in a script of three bytes a letter, each written as nine.
const LARGEST: usize = 60 * 1024;

/// The kind of entry and who made it, for the audit trail.
const WHO: &str = "somebody (intake form)";

/// What somebody is told who sends a form a second time with other words.
const SENT: &str = "This form was sent already, and what you had written then is kept as it was. This is a new form with what you have written now: \
                    sent, it is another request.";

#[derive(Template)]
#[template(path = "intake.html")]
struct Page {
    shell: Shell,
    link: String,
    key: String,
    stamp: String,
    asking: Asking,
    /// What was found, once somebody has asked.
    found: Option<RequestView>,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "intake_sent.html")]
struct Sent {
    shell: Shell,
    link: String,
    filed: Filed,
}

/// The empty form.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    Path(link): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let rule = dashboard.intake().at(&link)?;
    let (key, cookie) = dashboard.stranger(&headers)?;
    let stamp = dashboard.intake().stamp(&link, dashboard.now())?;
    let page = page(rule, &key, (stamp, Asking::default()), (None, None));
    Ok(with_cookie(html(&page), cookie))
}

fn page(
    rule: &IntakeRule,
    key: &FormKey,
    (stamp, asking): (String, Asking),
    (found, problem): (Option<RequestView>, Option<String>),
) -> Page {
    let (shell, key) = (Shell::bare(rule.title.clone()), key.token());
    Page { shell, link: rule.link.clone(), key, stamp, asking, found, problem }
}

/// Looks at what was filled in, or takes it.
pub(super) async fn take(
    State(dashboard): State<Dashboard>,
    Path(link): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let rule = dashboard.intake().at(&link)?;
    dashboard.intake().take(address(&request), dashboard.now())?;
    let headers = request.headers().clone();
    let fields = dashboard.strangers_form(request, LARGEST).await?;
    let (key, _) = dashboard.stranger(&headers)?;
    let asking = read(&fields);
    let (stamp, sends) = (fields.get("stamp").unwrap_or_default(), fields.get("step") == Some("send"));
    let id = match dashboard.intake().stamped(&link, stamp, dashboard.now()) {
        Ok(id) => id,
        Err(why) => {
            let stamp = dashboard.intake().stamp(&link, dashboard.now())?;
            return Ok(refused(&page(rule, &key, (stamp, asking), (None, Some(why.into())))));
        }
    };
    let spam = || spam(&fields, &asking).map(str::to_owned);
    if let Some(problem) = asking.problem().or_else(spam) {
        return Ok(refused(&page(rule, &key, (stamp.to_owned(), asking), (None, Some(problem)))));
    }
    if sends {
        return match ask::send(&dashboard, rule, (id, &asking), WHO).await {
            Ok(filed) => Ok(see_other(&format!("/intake/{link}/{}", filed.request))),
            // Gone back to and changed: what was written is not lost, and is another request if they want it to be.
            Err(Refusal::SentAlready) => {
                let stamp = dashboard.intake().stamp(&link, dashboard.now())?;
                let mut again = html(&page(rule, &key, (stamp, asking), (None, Some(SENT.into()))));
                *again.status_mut() = StatusCode::CONFLICT;
                Ok(again)
            }
            Err(other) => Err(other),
        };
    }
    // Whoever is not known counts as a stranger here: the form is for everybody.
    let visitor = match dashboard.visitor(&headers).await {
        Err(Refusal::NotSaid) => None,
        visitor => visitor?,
    };
    let is_own = visitor.is_some_and(|visitor| visitor.access.sees(&rule.project));
    let found = ask::look(&dashboard, &rule.project, &asking, rule.show_similar || is_own).await?;
    let asking = with_questions(asking, &found);
    Ok(html(&page(rule, &key, (stamp.to_owned(), asking), (Some(found), None))))
}

/// What becomes of a request.
pub(super) async fn stands(
    State(dashboard): State<Dashboard>,
    Path((link, request)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let rule = dashboard.intake().at(&link)?;
    let filed = engine::filed(dashboard.store(), &rule.project, &RequestId::new(request)).await?;
    let filed = filed.ok_or(Refusal::Missing("There is no such request."))?;
    Ok(html(&Sent { shell: Shell::bare(rule.title.clone()), link, filed }))
}

fn read(fields: &Fields) -> Asking {
    let text = |name: &str| fields.get(name).unwrap_or_default().replace("\r\n", "\n");
    let said = |question: &str, answer: &str| Said { question: question.into(), answer: answer.into() };
    let answers = fields.all("question").zip(fields.all("answer"));
    Asking {
        title: text("title"),
        description: text("description"),
        requester: text("requester"),
        answers: answers.map(|(question, answer)| said(question, answer)).collect(),
    }
}

/// What was answered, and the questions that are new.
fn with_questions(mut asking: Asking, found: &RequestView) -> Asking {
    for question in &found.missing {
        let is_known = asking.answers.iter().any(|said| said.question == *question);
        if !is_known && asking.answers.len() < LONGEST.answers {
            asking.answers.push(Said { question: question.clone(), answer: String::new() });
        }
    }
    asking
}

/// What makes a form look as if no person had filled it in.
fn spam(fields: &Fields, asking: &Asking) -> Option<&'static str> {
    if fields.get("website").is_some_and(|text| !text.is_empty()) {
        return Some("The field that is to stay empty was filled in: empty it, and send again.");
    }
    let links = |text: &str| text.matches("://").count().max(text.matches("www.").count());
    let all: usize = asking.texts().map(links).sum();
    (all > LINKS).then_some("That is more than five links: leave some out, and send again.")
}

/// Whether a label is likely enough to be told: what is less likely than not would only confuse.
fn is_told(label: &LabelView) -> bool {
    label.sure || label.probability >= 50.0
}

fn refused(page: &Page) -> Response {
    let mut response = html(page);
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response
}

fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_links_than_a_person_gives_are_spam() {
        let text = |links: usize| "see https://www.example.com/a ".repeat(links);
        let asking = |links| Asking { description: text(links), ..Asking::default() };
        let nothing = Fields::default();
        assert!(spam(&nothing, &asking(5)).is_none() && spam(&nothing, &asking(6)).is_some());
        let trapped = Fields::read(b"website=x");
        assert!(spam(&trapped, &asking(0)).is_some());
    }
}
