//! The policy on the dashboard: explained, tried by those who may, never put in force there, and what was in force kept.

use crate::app::{Setting, TestApp};
use crate::dashboard::{World, hostile, to};
use crate::database::Kind;
use crate::decided::People;
use crate::served::Served;
use serde_json::json;

/// The text between two others.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before}: {text}"));
    rest.split_once(after).unwrap_or_else(|| panic!("no {after}: {rest}")).0
}

/// What a page escaped, as it was.
fn plain(text: &str) -> String {
    let text = text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">");
    text.replace("&#38;", "&")
}

#[test]
fn a_policy_is_tried_by_those_who_may_and_put_in_force_by_nobody() {
    let people = People::new();
    let (page, app) = (people.page("policy"), &people.world.app);
    let status = |cookie: &str, path: &str| people.world.get(path, cookie).status().as_u16();
    let writes = app.asana.writes();
    let before = app.upnext(&["config"]).ok().out;

    // Who reads sees every setting with its explanation, and not what sets off a rule.
    let read = people.read(&people.viewer, &page);
    assert!(read.contains("The most writes to tasks in one run") && read.contains("20000"), "{read}");
    assert!(!read.contains("name=\"max_writes\"") && !read.contains("rule_trigger"), "{read}");
    let draft = format!("{page}?max_writes=3");
    assert_eq!(status(&people.viewer, &draft), 403);
    assert_eq!(status(&people.viewer, &format!("{page}?page=2")), 200, "no setting of that name");
    assert_eq!((status(&people.stranger, &page), status(&people.stranger, &draft)), (404, 404));
    assert_eq!(
        (status("", &page), status(&people.approver, "/projects/4242/policy?max_writes=3")),
        (303, 404)
    );

    // A form sends everything; its address keeps what differs.
    let form = people.read(&people.approver, &page);
    assert!(form.contains("name=\"max_writes\"") && form.contains("name=\"notices.rule_trigger\""), "{form}");
    let sent = format!("{page}?max_writes=3&min_change=3.0&scope.sections=&ai.cap=0.25");
    let answer = people.world.get(&sent, &people.approver);
    assert_eq!((answer.status().as_u16(), to(&answer)), (303, draft.as_str()));
    assert_eq!(to(&people.world.get(&format!("{page}?unheard=of"), &people.approver)), page);

    // The plan of the last ranking under both.
    let tried = people.read(&people.approver, &draft);
    let table = between(&tried, "aria-label=\"Both plans\"", "</table>");
    let given = |row: &str| -> usize {
        let row = between(table, &format!("<th scope=\"row\">{row}</th>"), "</tr>");
        between(row, "<td class=\"num\">", "</td>").parse().unwrap()
    };
    let all = app.asana.tasks(&app.project).iter().filter(|task| task["completed"] == false).count();
    assert!(given("In force") > 3 && given("In force") <= all + 3, "{table}");
    assert_eq!(given("Draft"), 3 + 3, "three tasks, the host, its summary and review: {table}");
    assert!(tried.contains("id=\"goes\"") && !tried.contains("id=\"comes\""), "{tried}");
    let narrowed = people.read(&people.approver, &format!("{page}?scope.sections=Ready"));
    assert!(narrowed.contains("Left alone by the draft") && narrowed.contains("Sections"), "{narrowed}");

    // Nothing of it happened.
    assert_eq!(app.upnext(&["config"]).ok().out, before);
    assert_eq!(app.asana.writes(), writes);
    assert_eq!(people.audited("policy").len(), 1, "the one that is in force");
}

#[test]
fn what_cannot_be_is_told_beside_its_setting_and_stays_text() {
    let people = People::new();
    let page = people.page("policy");
    let wrong = "max_writes=many&sprint.days=400&conditional=all&ai.cap=0.1";
    let told = people.read(&people.admin, &format!("{page}?{wrong}"));
    let beside = |path: &str| between(&told, &format!("id=\"e-{path}\">"), "</p>").to_owned();
    assert_eq!(beside("max_writes"), "max_writes must be a whole number of 0 or more.");
    assert_eq!(beside("sprint.days"), "days must be from 1 to 180.");
    assert!(beside("conditional").starts_with("conditional each line must be an entry"), "{told}");
    assert!(told.contains("value=\"many\"") && !told.contains("id=\"e-ai.cap\""), "{told}");
    assert!(
        !told.contains("What it would do here") && !told.contains("For the configuration file"),
        "{told}"
    );

    let hostile_names = hostile(&people.world).len();
    assert!(hostile_names > 2);
    let script = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%27%7B%7B7*7%7D%7D";
    let text = people
        .read(&people.admin, &format!("{page}?scope.sections={script}&max_writes=1&host_task={script}"));
    assert!(!text.contains("<script>alert") && text.contains("&#60;script&#62;alert(1)"), "{text}");
    let long = "x".repeat(17 * 1024);
    let answer = people.world.get(&format!("{page}?scope.sections={long}"), &people.admin);
    assert_eq!(answer.status(), 413);
    // It is an address that reads: a form sent to it changes nothing.
    assert_eq!(people.world.post(&page, &people.admin, &[("max_writes", "1")]).send().unwrap().status(), 405);
}

#[test]
fn the_lines_of_a_draft_put_it_in_force_in_the_file_and_versions_tell_of_it() {
    let config =
        "[policy]\nhome_projects = ['777001']\nphase_for = [{ project = '777002', phase = 'auto' }]\n";
    let app = TestApp::with(Setting { config, ..Setting::default() });
    let mut people = People::of(World::serving_over(app));
    let page = people.page("policy");
    let draft = format!(
        "{page}?max_writes=7&sections.next=Next+%22up%22&conditional=%7B+what+%3D+%22priority%22%2C+bands+%3D+%5B%22P0%22%5D%2C+min_confidence+%3D+60+%7D"
    );
    let told = people.read(&people.approver, &draft);
    assert!(!told.contains("777001") && !told.contains("777002"), "{told}");
    let lines = plain(between(&told, "aria-labelledby=\"lines\">", "</pre>"));
    assert!(lines.starts_with("[policy]\nconditional = [{ bands = [\"P0\"]"), "{lines}");
    let (root, rest) = lines.split_once("\n\n").unwrap();
    people.world.served.stop();
    people.world.app.configure(&format!("{config}{}\n{rest}", root.replace("[policy]\n", "")));
    people.world.served = Served::run(&people.world.app, &["serve", "--json", "--listen", "127.0.0.1:0"]);
    // What was drafted is in force, so there is no draft any more.
    let answer = people.world.get(&draft, &people.approver);
    assert_eq!((answer.status().as_u16(), to(&answer)), (303, page.as_str()));
    let history = people.read(&people.viewer, &page);
    let history = between(&history, "id=\"history\"", "</section>");
    assert!(history.contains("first run by Upnext (service)"), "{history}");
    let newest = between(history, "<details", "</details>");
    for words in [
        "policy.max_writes",
        "<del><code>20000</code></del>",
        "<ins><code>7</code></ins>",
        "policy.sections.next",
    ] {
        assert!(newest.contains(words), "{words}: {newest}");
    }
    assert!(!history.contains("777001") && !history.contains("777002"), "{history}");
    // The store's dashboard alone tells the same and tries drafts too, as it only reads.
    let alone = Served::run(&people.world.app, &["dashboard", "--json", "--listen", "127.0.0.1:0"]);
    let at = format!("{}{page}?max_writes=9", alone.url);
    let text = people.world.http.get(at).header("cookie", &people.approver).send().unwrap().text().unwrap();
    assert!(text.contains("What it would do here") && text.contains("max_writes = 9"), "{text}");
    people.world.app.upnext(&["audit", "verify"]).ok();
}

fn versions_are_kept(database: Kind) {
    let app = TestApp::on(database);
    app.setup();
    let noted = || {
        let entries = app.audit().into_iter().filter(|entry| entry["kind"] == "policy");
        let body = |text: &serde_json::Value| serde_json::from_str(text.as_str().unwrap()).unwrap();
        let caps = entries.map(|entry| {
            let body: serde_json::Value = body(&entry["body"]);
            (body["policy"]["max_writes"].clone(), entry["actor"].as_str().unwrap().to_owned())
        });
        caps.collect::<Vec<_>>()
    };
    let first = noted();
    assert_eq!(first.len(), 1);
    assert!(first[0].1.starts_with("Upnext (setup run_"), "{first:?}");
    app.groom();
    app.groom();
    assert_eq!(noted().len(), 1, "the same is not noted twice");
    app.configure("[policy]\nmax_writes = 5");
    app.groom();
    app.configure("");
    app.groom();
    let caps: Vec<_> = noted().into_iter().map(|(cap, _)| cap).collect();
    assert_eq!(caps, [json!(20000), json!(5), json!(20000)]);
    app.upnext(&["audit", "verify"]).ok();
}

#[test]
fn versions_are_kept_on_sqlite() {
    versions_are_kept(Kind::Sqlite);
}

#[test]
fn versions_are_kept_on_postgresql() {
    versions_are_kept(Kind::Postgres);
}
