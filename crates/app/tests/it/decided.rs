//! What is decided on the dashboard: by those who may, once, signed, and the same as by command.

use crate::app::{Setting, TestApp};
use crate::asana::TOKEN;
use crate::dashboard::{World, hostile, key, session_of, to};
use crate::served::Served;
use crate::witness::{Witness, honest};
use serde_json::{Value, json};

/// A world beside the service, with somebody of each role in its project and an admin of another.
pub struct People {
    pub world: World,
    pub viewer: String,
    pub approver: String,
    pub admin: String,
    pub stranger: String,
}

impl People {
    pub fn new() -> People {
        People::of(World::serving())
    }

    pub fn of(world: World) -> People {
        let own = format!("[\"{}\"]", world.app.project);
        let somebody = |letter: &str, role: &str, projects: &str| {
            session_of(&world.app, &letter.repeat(64), (role, Some(projects)))
        };
        People {
            viewer: somebody("a", "viewer", &own),
            approver: somebody("b", "approver", &own),
            admin: somebody("d", "admin", &own),
            stranger: somebody("c", "admin", "[\"4242\"]"),
            world,
        }
    }

    pub fn page(&self, name: &str) -> String {
        format!("/projects/{}/{name}", self.world.app.project)
    }

    pub fn read(&self, cookie: &str, path: &str) -> String {
        self.world.get(path, cookie).text().unwrap()
    }

    /// Sends a form of the visitor's own; the status and what is answered, or where it leads.
    pub fn send(&self, cookie: &str, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let key = key(&self.read(cookie, "/"));
        let all = [&[("key", key.as_str())], fields].concat();
        let answer = self.world.post(path, cookie, &all).send().unwrap();
        let status = answer.status().as_u16();
        let said = if status == 303 { to(&answer).to_owned() } else { answer.text().unwrap() };
        (status, said)
    }

    /// Nobody below a role changes anything, nor whoever has no key, nor somebody of another project.
    pub fn only(&self, least: &str, path: &str, fields: &[(&str, &str)]) {
        assert_eq!(self.send(&self.stranger, path, fields).0, 404, "{path}: a stranger");
        assert_eq!(self.send(&self.viewer, path, fields).0, 403, "{path}: a viewer");
        if least == "admin" {
            assert_eq!(self.send(&self.approver, path, fields).0, 403, "{path}: an approver");
        }
        let without_key = self.world.post(path, &self.admin, fields).send().unwrap();
        assert_eq!(without_key.status(), 403, "{path}: without a key");
        let own = key(&self.read(&self.admin, "/"));
        let abroad = [fields, &[("key", own.as_str())]].concat();
        let abroad = self.world.post(path, &self.admin, &abroad).header("origin", "https://example.com");
        assert_eq!(abroad.send().unwrap().status(), 403, "{path}: from another site");
        assert_eq!(self.world.post(path, "", fields).send().unwrap().status(), 400, "{path}: nobody");
    }

    fn phase(&self) -> Value {
        self.world.app.upnext(&["phase", "show", "--json", &self.world.app.project]).ok().json()
    }

    /// The audit entries of a kind.
    pub fn audited(&self, kind: &str) -> Vec<Value> {
        self.world.app.audit().into_iter().filter(|entry| entry["kind"] == kind).collect()
    }
}

#[test]
fn a_phase_is_promoted_after_a_second_question_and_taken_back_in_one_step() {
    let people = People::new();
    let path = people.page("phases");
    let page = people.read(&people.admin, &path);
    for words in ["In force", "Lacking for conditional or auto", "not calibrated", "Decide…"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!people.read(&people.approver, &path).contains("Decide…"));
    let up = [("phase", "conditional"), ("reason", "a <b>pilot</b>")];
    people.only("admin", &path, &up);
    // Asked once more, and nothing has changed; with a tick alone, or a reason alone, neither.
    let (status, asked) = people.send(&people.admin, &path, &up);
    assert!(
        status == 200 && asked.contains("Put conditional in force") && asked.contains("Evidence is lacking"),
        "{asked}"
    );
    assert!(asked.contains("a &#60;b&#62;pilot&#60;/b&#62;"), "{asked}");
    let bare =
        people.send(&people.admin, &path, &[("phase", "conditional"), ("confirmed", "yes"), ("reason", "x")]);
    assert!(bare.1.contains("Tick that it is decided"), "{}", bare.1);
    let silent = [("phase", "conditional"), ("confirmed", "yes"), ("anyway", "yes"), ("reason", " ")];
    assert!(people.send(&people.admin, &path, &silent).1.contains("Say why"));
    assert_eq!(people.send(&people.admin, &path, &[("phase", "everything")]).0, 400);
    assert_eq!(people.send(&people.admin, &path, &[("phase", "shadow"), ("field", "Type")]).0, 400);
    assert_eq!(people.phase()["whole"]["phase"], "suggest");
    assert!(people.audited("phase").is_empty());

    let sure = [&up[..], &[("confirmed", "yes"), ("anyway", "yes")]].concat();
    assert_eq!(people.send(&people.admin, &path, &sure).0, 303);
    let shown = people.phase();
    assert_eq!(shown["whole"]["phase"], "conditional");
    assert_eq!(shown["whole"]["from"], "a guest (dashboard)");
    let at: jiff::Timestamp = shown["whole"]["at"].as_str().unwrap().parse().unwrap();
    let when = format!("a guest (dashboard) at <time datetime=\"{}\">", at.strftime("%FT%TZ"));
    assert!(people.read(&people.viewer, &path).contains(&when), "{when}");
    let decided: Value = serde_json::from_str(people.audited("phase")[0]["body"].as_str().unwrap()).unwrap();
    assert!(decided["decision"]["evidence"]["written"].as_u64().unwrap() > 0, "{decided:#}");
    assert!(!decided["decision"]["lacking"].as_array().unwrap().is_empty());
    let page = people.read(&people.admin, &path);
    assert!(page.contains("without the evidence") && page.contains("0 of 0 answers yes"), "{page}");
    assert!(page.contains("a &#60;b&#62;pilot&#60;/b&#62;") && !page.contains("<b>pilot"), "{page}");

    // Back is one step; an old page takes nothing back.
    let back = people.page("phases/back");
    let (_, rest) = page.split_once("name=\"decided\" value=\"").unwrap();
    let at = rest.split_once('"').unwrap().0;
    people.only("admin", &back, &[("decided", at)]);
    assert_eq!(people.send(&people.admin, &back, &[("decided", "2026-01-01T00:00:00Z")]).0, 400);
    assert_eq!(people.phase()["whole"]["phase"], "conditional");
    assert_eq!(people.send(&people.admin, &back, &[("decided", at)]).0, 303);
    assert_eq!(people.phase()["whole"]["phase"], "suggest");
    let taken: Value = serde_json::from_str(people.audited("phase")[1]["body"].as_str().unwrap()).unwrap();
    assert!(taken["evidence"]["written"].as_u64().unwrap() > 0, "{taken:#}");
    // Down needs no second question.
    assert_eq!(people.send(&people.admin, &path, &[("phase", "shadow")]).0, 303);
    assert_eq!(people.phase()["whole"]["phase"], "shadow");
    people.world.app.upnext(&["audit", "verify"]).ok();
}

/// Somebody overrules one score, and the next run finds it; the task.
fn overruled(people: &People) -> String {
    let app = &people.world.app;
    let task = hostile(&people.world).swap_remove(0);
    app.edit_as_person(&task, "AI Priority Score", json!(99));
    app.groom_and_apply();
    task
}

#[test]
fn the_week_is_reviewed_with_links_to_its_tasks() {
    let people = People::new();
    let task = overruled(&people);
    let page = people.read(&people.viewer, &people.page("review"));
    assert!(
        page.contains(&format!("/tasks/{task}")) && page.contains("set AI Priority Score from"),
        "{page}"
    );
    assert!(page.contains("Yes to suggestions") && page.contains("Golden set"));
    let json = people.world.app.upnext(&["review", "--json", &people.world.app.project]).ok().json();
    assert!(page.contains(&format!(
        "Overrides <span class=\"count\">{}</span>",
        json["overrides"].as_array().unwrap().len()
    )));
    let long_ago = people.read(&people.viewer, &people.page("review?from=2020-01-01&to=2020-01-07"));
    assert!(long_ago.contains("Nobody set another value"), "{long_ago}");
    for (query, status) in
        [("from=x", 400), ("from=2020-01-01&to=2026-01-01", 400), ("from=2026-02-01&to=2026-01-01", 400)]
    {
        let answer = people.world.get(&people.page(&format!("review?{query}")), &people.viewer);
        assert_eq!(answer.status(), status, "{query}");
    }
}

#[test]
fn an_override_is_noted_and_given_back_by_those_who_may() {
    let people = People::new();
    let task = overruled(&people);
    let path = people.page("overrides");
    let listed =
        || people.world.app.upnext(&["overrides", "list", "--json", &people.world.app.project]).ok().json();
    let id = listed()[0]["id"].as_str().unwrap().to_owned();
    let page = people.read(&people.approver, &path);
    assert!(
        page.contains(&id) && page.contains("Give it back") && page.contains(&format!("/tasks/{task}")),
        "{page}"
    );
    assert!(!people.read(&people.viewer, &path).contains("Give it back"));
    let (note, release) = (people.page("overrides/note"), people.page("overrides/release"));
    people.only("approver", &note, &[("id", &id), ("reason", "agreed")]);
    people.only("approver", &release, &[("id", &id)]);
    assert_eq!(people.send(&people.approver, &note, &[("id", "ovr_000000000000"), ("reason", "x")]).0, 404);
    assert_eq!(people.send(&people.approver, &note, &[("id", &id), ("reason", "  ")]).0, 400);
    assert_eq!(listed()[0]["note"], Value::Null);
    assert_eq!(
        people.send(&people.approver, &note, &[("id", &id), ("reason", "agreed <i>with</i> sales")]).0,
        303
    );
    assert_eq!(listed()[0]["note"]["by"], "a guest (dashboard)");
    assert!(people.read(&people.viewer, &path).contains("agreed &#60;i&#62;with"));
    let (status, given) = people.send(&people.approver, &release, &[("id", &id)]);
    assert!(status == 200 && given.contains("is Upnext’s again"), "{given}");
    assert_eq!(listed()[0]["now"], "given_back");
    people.world.app.groom_and_apply();
    assert_ne!(people.world.app.asana.value(&task, "AI Priority Score"), "99.0");
}

#[test]
fn the_audit_is_looked_into_checked_and_taken_away_by_an_admin_of_everything() {
    let people = People::new();
    let task = overruled(&people);
    let all = people.world.session();
    let run = people.world.app.groom_and_apply()["run"].as_str().unwrap().to_owned();
    for path in ["/audit", "/audit.csv", "/audit.jsonl", "/audit?check=yes"] {
        for somebody in [&people.viewer, &people.approver, &people.admin, &people.stranger] {
            assert_eq!(people.world.get(path, somebody).status(), 403, "{path}");
        }
        assert_eq!(people.world.get(path, &all).status(), 200, "{path}");
    }
    assert!(
        !people.read(&people.admin, "/").contains("href=\"/audit\"")
            && people.read(&all, "/").contains("href=\"/audit\"")
    );
    let entries = |path: &str| people.read(&all, path).matches("<details class=\"text\">").count();
    let page = people.read(&all, &format!("/audit?task={task}"));
    assert!(page.contains(">person</span>") && page.contains(">rules</span>"), "{page}");
    assert!(
        page.contains(&format!("task {task}"))
            && entries("/audit?task=1") == 0
            && entries("/audit?task=%25") == 0
    );
    assert!(entries(&format!("/audit?id={run}")) > 0 && entries("/audit?id=run_nothing") == 0);
    // A question says what it is about: the value there and the one that would be.
    let questions = people.read(&all, "/audit?kind=approval");
    assert!(questions.contains("pending: Priority, P") && !questions.contains("→ <"), "{questions}");
    assert!(entries("/audit?actor=UPNEXT%20AS") > 0 && entries("/audit?kind=override") == 1);
    assert_eq!(entries("/audit?kind=override&before=1"), 0);
    assert!(people.read(&all, "/audit?check=yes").contains("unbroken"));
    // Pages follow one another without a gap.
    let first = people.read(&all, "/audit");
    let (_, rest) = first.split_once("rel=\"next\" href=\"").unwrap();
    let older = rest.split_once('"').unwrap().0.replace("&#38;", "&").replace("&amp;", "&");
    let before: u64 = older.split_once("before=").unwrap().1.parse().unwrap();
    assert!(people.read(&all, &format!("/audit{older}")).contains(&format!(">{}</th>", before - 1)));
    // What is downloaded verifies elsewhere.
    let file = people.world.app.home.path().join("audit.jsonl");
    std::fs::write(&file, people.read(&all, "/audit.jsonl")).unwrap();
    people.world.app.upnext(&["audit", "verify", "--file", file.to_str().unwrap()]).ok();
    let csv = people.read(&all, "/audit.csv");
    let rows = csv::Reader::from_reader(csv.as_bytes()).records().map(Result::unwrap).count();
    assert_eq!(rows, people.world.app.audit().len());
    // A trail that somebody has changed is shown as broken.
    people.world.app.database.sql("UPDATE audit SET actor = 'nobody' WHERE seq = 3");
    assert!(people.read(&all, "/audit?check=yes").contains("Broken at entry 3"));
}

#[test]
fn a_rubric_is_tried_proposed_accepted_and_gone_back_from() {
    let people = People::new();
    let (what_if, propose, path) =
        (people.page("what-if"), people.page("rubric/propose"), people.page("rubric"));
    let tried = people.read(&people.approver, &format!("{what_if}?w_urgency=80&p0=90"));
    assert!(
        tried.contains("Propose this rubric") && tried.contains("now 70.0") | tried.contains("begins at"),
        "{tried}"
    );
    assert!(!people.read(&people.viewer, &format!("{what_if}?w_urgency=80")).contains("Propose this rubric"));
    assert!(people.read(&people.viewer, &format!("{what_if}?p0=1")).contains("Not possible"));
    let wish = [("w_urgency", "80"), ("p0", "90"), ("reason", "the <u>fair</u>")];
    people.only("approver", &propose, &wish);
    assert_eq!(people.send(&people.approver, &propose, &[("w_nothing", "1")]).0, 400);
    assert_eq!(people.send(&people.approver, &propose, &[("p0", "NaN")]).0, 400);
    assert_eq!(people.send(&people.approver, &propose, &[("reason", "no change")]).0, 400);
    assert_eq!(people.send(&people.approver, &propose, &wish).0, 303);
    let list = || {
        people
            .world
            .app
            .upnext(&["rubric", "list", "--json", "--project", &people.world.app.project])
            .ok()
            .json()
    };
    let proposed = list()["versions"][0].clone();
    assert_eq!((&proposed["state"], &proposed["origin"]), (&json!("proposed"), &json!("hand")));
    let id = proposed["id"].as_str().unwrap();
    let page = people.read(&people.admin, &path);
    assert!(page.contains(id) && page.contains("Put ") && page.contains("the &#60;u&#62;fair"), "{page}");
    assert!(!people.read(&people.approver, &path).contains("Turn it down"));
    people.only("admin", &path, &[("rubric", id), ("answer", "accept")]);
    assert_eq!(
        people.send(&people.admin, &path, &[("rubric", "rub_000000000000"), ("answer", "accept")]).0,
        404
    );
    assert_eq!(people.send(&people.admin, &path, &[("rubric", id), ("answer", "maybe")]).0, 400);
    assert_eq!(list()["versions"][0]["state"], "proposed");
    assert_eq!(people.send(&people.admin, &path, &[("rubric", id), ("answer", "accept")]).0, 303);
    assert_eq!(list()["in_force"], proposed["version"]);
    let shown =
        people.world.app.upnext(&["rubric", "show", "--project", &people.world.app.project, id]).ok().out;
    assert!(
        shown.contains("P0 / P1 / P2 begin at") && shown.contains("Asked for because: the <u>fair</u>"),
        "{shown}"
    );
    let groom = people.world.app.groom();
    assert_eq!(groom["rubric"], proposed["version"]);
    assert_eq!(people.send(&people.admin, &path, &[("answer", "revert"), ("reason", "enough")]).0, 303);
    assert_eq!(list()["in_force"], list()["configured"]);
    let told = people.audited("rubric");
    assert_eq!(
        told.iter().map(|e| e["actor"].as_str().unwrap()).collect::<Vec<_>>(),
        ["a guest (dashboard)"; 3]
    );
}

#[test]
fn two_tasks_are_put_in_order_question_by_question() {
    let people = People::new();
    let (path, answer) = (people.page("calibrate"), people.page("calibrate/answer"));
    people.only("approver", &path, &[]);
    people.only("approver", &answer, &[("answer", "a")]);
    people.only("approver", &people.page("calibrate/propose"), &[]);
    assert!(people.read(&people.viewer, &path).contains("role of approver"));
    assert_eq!(people.send(&people.approver, &path, &[]).0, 303);
    let hidden = |page: &str, name: &str| {
        let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let first = people.read(&people.approver, &path);
    assert!(first.contains("Question 1 of 20") && !first.contains("\"used\""), "{first}");
    let (a, b) = (hidden(&first, "task_a"), hidden(&first, "task_b"));
    // An answer about two other tasks is no answer to this question, and no word at all is refused.
    people.send(&people.approver, &answer, &[("task_a", &b), ("task_b", &a), ("answer", "a")]);
    assert_eq!(people.send(&people.approver, &answer, &[("task_a", &a), ("task_b", &b)]).0, 400);
    assert!(people.read(&people.approver, &path).contains("Question 1 of 20"));
    // Somebody else has no sitting here.
    assert!(!people.read(&people.world.session(), &path).contains("Which would you do first?"));
    for n in 0..12 {
        let page = people.read(&people.approver, &path);
        let (a, b) = (hidden(&page, "task_a"), hidden(&page, "task_b"));
        let said = if n == 3 { "skip" } else { "b" };
        let sent =
            people.send(&people.approver, &answer, &[("task_a", &a), ("task_b", &b), ("answer", said)]);
        assert_eq!(sent.0, 303, "{}", sent.1);
        // The same page sent twice answers once.
        people.send(&people.approver, &answer, &[("task_a", &a), ("task_b", &b), ("answer", "a")]);
    }
    assert!(people.read(&people.approver, &path).contains("Question 12 of 20"));
    // Every answer is in the trail with who gave it, once, and what was refused is not.
    let audited = people.audited("calibration_answer");
    assert_eq!(audited.len(), 12, "{audited:#?}");
    assert!(audited.iter().all(|entry| entry["actor"] == "a guest (dashboard)"), "{audited:#?}");
    let said = |entry: &Value| {
        let body: Value = serde_json::from_str(entry["body"].as_str().unwrap()).unwrap();
        body["answer"]["said"].as_str().unwrap().to_owned()
    };
    assert_eq!((said(&audited[2]), said(&audited[3])), ("first".to_owned(), "skipped".to_owned()));
    let told = people.read(&people.world.session(), "/audit?kind=calibration_answer");
    assert!(told.contains("put task ") && told.contains("did not say which"), "{told}");
    let (status, told) = people.send(&people.approver, &people.page("calibrate/propose"), &[]);
    assert!(status == 200 && told.contains("Four in five lie in"), "{told}");
    assert!(told.contains("11 answers") || told.contains("No proposal"), "{told}");
}

#[test]
fn another_capacity_an_absence_and_a_due_date_are_supposed_and_nothing_is_written() {
    let people = People::new();
    let path = people.page("workload");
    let app = &people.world.app;
    let page = people.read(&people.viewer, &path);
    assert!(page.contains("Rests on") && page.contains("The sprint"), "{page}");
    let option = |name: &str, at: usize| {
        let (_, rest) = page.split_once(&format!("name=\"{name}\"")).unwrap();
        rest.split("value=\"").nth(at).unwrap().split('"').next().unwrap().to_owned()
    };
    let undated = |task: &&Value| {
        task["due_on"].is_null() && task["completed"] == false && task["name"] != "Prioritize Backlog"
    };
    let tasks = app.asana.tasks(&app.project);
    let (person, task) = (option("who", 2), tasks.iter().find(undated).unwrap()["gid"].as_str().unwrap());
    let (before, audit) = (app.end_state(), app.audit().len());
    let less = people.read(&people.viewer, &format!("{path}?who={person}&hours=1"));
    assert!(
        less.contains("What it would do") && less.contains("2\u{a0}h <span class=\"was\">was "),
        "{less}"
    );
    let away = people.read(&people.viewer, &format!("{path}?away={person}&from=2020-01-01&to=2999-01-01"));
    assert!(away.contains("class=\"was\""), "{away}");
    let due = people.read(&people.viewer, &format!("{path}?task={task}&due=2020-01-01"));
    assert!(due.contains("What it would do") && due.contains(&format!("/tasks/{task}")), "{due}");
    let sure = people.read(&people.viewer, &format!("{path}?finishing=99"));
    assert!(sure.contains("The sprint beside it") && sure.contains("No plan exceeds"), "{sure}");
    let weighed = people.read(&people.viewer, &format!("{path}?w_urgency=95&velocity=1"));
    assert!(weighed.contains("What it would do") && weighed.contains("<b>"), "{weighed}");
    // As it is, the sprint is the command's.
    let planned = app.upnext(&["sprint", "--json", &app.project]).ok().json();
    let value = planned["plan"]["value"].as_f64().unwrap();
    let page = people.read(&people.viewer, &path);
    assert!(page.contains(&format!("The plan has {value:.1} of value")), "{value}: {page}");
    for wrong in [
        "finishing=20",
        "velocity=x",
        "w_no_such=1",
        "who=1&hours=3",
        "hours=3",
        "who=1&hours=x",
        "away=1&to=2026-01-01",
        "task=1&due=2026-01-01",
        "due=soon&task=1",
    ] {
        let said = people.read(&people.viewer, &format!("{path}?{wrong}"));
        assert!(said.contains("Not possible:") && said.contains("Rests on"), "{wrong}: {said}");
    }
    let turned = people.read(&people.viewer, &format!("{path}?away={person}&from=2026-02-01&to=2026-01-01"));
    assert!(turned.contains("end before it begins"), "{turned}");
    assert_eq!((app.end_state(), app.audit().len()), (before, audit), "nothing is written");
    assert_eq!(people.world.get(&path, &people.stranger).status(), 404);
}

#[test]
fn dates_in_danger_and_proposed_people_are_shown_with_their_tasks_and_nothing_is_written() {
    let people = People::new();
    let app = &people.world.app;
    // A date that nobody can keep, of a task that waits for one nobody has.
    let open = |task: &&Value| task["completed"] == false && task["name"] != "Prioritize Backlog";
    let tasks: Vec<String> = app
        .asana
        .tasks(&app.project)
        .iter()
        .filter(open)
        .map(|task| task["gid"].as_str().unwrap().to_owned())
        .collect();
    let (late, waited_for) = (&tasks[0], &tasks[1]);
    app.asana.put(TOKEN, &format!("/tasks/{late}"), json!({ "due_on": "2020-01-06" }));
    app.asana.put(TOKEN, &format!("/tasks/{waited_for}"), json!({ "assignee": null }));
    let waits = json!({ "dependencies": [waited_for] });
    app.asana.post(TOKEN, &format!("/tasks/{late}/addDependencies"), waits);
    app.upnext(&["groom", "--project", &app.project]).ok();
    let before = (app.end_state(), app.audit().len(), app.asana.writes());
    let (risk, assign) = (people.page("risk"), people.page("assign"));
    let page = people.read(&people.viewer, &risk);
    let (_, danger) = page.split_once("id=\"danger\"").unwrap_or_else(|| panic!("{page}"));
    let (danger, rest) = danger.split_once("id=\"wrong\"").unwrap();
    assert!(danger.contains("100\u{a0}%") && danger.contains(&format!("/tasks/{late}")), "{danger}");
    assert!(rest.contains("which nobody has") && rest.contains("id=\"path\""), "{rest}");
    let page = people.read(&people.viewer, &assign);
    assert!(page.contains("Points of 100") && page.contains("Why not the others"), "{page}");
    assert!(page.contains(&format!("/tasks/{waited_for}")), "{page}");
    for path in [&risk, &assign] {
        assert_eq!(people.world.get(path, &people.stranger).status(), 404);
    }
    let after = (app.end_state(), app.audit().len(), app.asana.writes());
    assert_eq!(after, before, "nothing is written");
}

#[test]
fn where_people_cannot_be_read_the_pages_say_so() {
    let world = World::new();
    let session = world.session();
    for page in ["risk", "assign"] {
        let path = format!("/projects/{}/{page}", world.app.project);
        let alone = world.get(&path, &session).text().unwrap();
        assert!(
            alone.contains("People are not read here") && alone.contains(&format!("upnext {page}")),
            "{alone}"
        );
    }
    let people = People::new();
    let app = &people.world.app;
    // Without finished tasks risks are foretold all the same; who did such work before cannot be known.
    let refusal = json!({ "rate": 1.0, "statuses": [403], "path_prefix": "/tasks?project=" });
    app.asana.faults(json!({ "refusal": refusal }));
    let risk = people.read(&people.viewer, &people.page("risk"));
    assert!(risk.contains("Likely late") && risk.contains("finished tasks could not be read"), "{risk}");
    let assign = people.read(&people.viewer, &people.page("assign"));
    assert!(assign.contains("Not possible:") && assign.contains("again in a minute"), "{assign}");
}

#[test]
fn what_a_model_was_asked_is_seen_by_an_admin_while_the_window_is_open() {
    let witness = Witness::start(honest);
    let app = TestApp::with(Setting::default());
    let window = |until: &str| {
        app.configure(&witness.config(&format!("[policy.ai]\nsampled_percent = 0\ndebug_until = '{until}'")))
    };
    window("2999-01-01T00:00:00Z");
    app.setup();
    let task = app.asana.tasks(&app.project)[0]["gid"].as_str().unwrap().to_owned();
    app.asana.put(
        TOKEN,
        &format!("/tasks/{task}"),
        json!({ "notes": "<script>alert(1)</script> of Zanzibar" }),
    );
    app.groom();
    let path = format!("/projects/{}/tasks/{task}/model", app.project);
    let own = format!("[\"{}\"]", app.project);
    let admin = session_of(&app, &"d".repeat(64), ("admin", Some(&own)));
    let approver = session_of(&app, &"b".repeat(64), ("approver", Some(&own)));
    let http = reqwest::blocking::Client::new();
    let look = |served: &Served, cookie: &str| {
        let answer = http.get(format!("{}{path}", served.url)).header("cookie", cookie).send().unwrap();
        (answer.status().as_u16(), answer.text().unwrap())
    };
    let serve = || Served::run(&app, &["dashboard", "--json", "--listen", "127.0.0.1:0"]);
    let mut served = serve();
    let (status, page) = look(&served, &admin);
    assert!(status == 200 && page.contains("window is open") && page.contains("Zanzibar"), "{page}");
    assert!(!page.contains("<script>alert"), "{page}");
    assert_eq!(look(&served, &approver).0, 403);
    // Shut, nothing is shown, also before a run has deleted it.
    served.stop();
    window("2020-01-01T00:00:00Z");
    served = serve();
    let (_, page) = look(&served, &admin);
    assert!(page.contains("window is shut") && !page.contains("Zanzibar"), "{page}");
}

#[test]
fn one_project_that_cannot_be_told_hides_no_other() {
    let world = World::new();
    let session = world.session();
    world.app.database.sql("UPDATE plans SET rules = 'nothing that is JSON'");
    let page = world.get("/monitoring", &session);
    assert_eq!(page.status(), 200);
    let text = page.text().unwrap();
    assert!(text.contains("Its figures cannot be told") && text.contains("Requests to Asana"), "{text}");
    assert_eq!(world.get("/plans", &session).status(), 200);
}

#[test]
fn a_plan_is_shown_as_people_know_its_fields() {
    let world = World::new();
    let session = world.session();
    let plans = world.app.upnext(&["plan", "list", "--json"]).ok().json();
    let groom = plans.as_array().unwrap().iter().find(|plan| plan["kind"] == "groom").unwrap();
    let page = world.get(&format!("/plans/{}", groom["id"].as_str().unwrap()), &session).text().unwrap();
    let (_, rest) = page.split_once("AI Confidence").unwrap();
    let after = rest.split_once("class=\"after\">").unwrap().1.split_once('<').unwrap().0;
    assert!(after.ends_with("\u{a0}%") && after.len() > 3, "{after}");
}
