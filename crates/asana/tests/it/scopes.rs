//! The scope profiles against the sandbox, whose rules are those of Asana's OpenAPI file: what is asked for is enough and not
//! too much, and what is said to be lacking is refused.

use asana::oauth::Profile;
use asana::{Client, Error, Method};
use sandbox::world::{FULL_APP, GRANULAR_APP, NewProject, NewTask, Plan};
use serde_json::{Value, json};

use crate::oauth::Site;

/// A read Upnext makes: path, query.
type Read = (String, Vec<(&'static str, String)>);

/// A workspace with one of everything Upnext reads.
struct Filled {
    site: Site,
    reads: Vec<Read>,
}

impl Filled {
    async fn start() -> Self {
        let site = Site::start(Plan::Enterprise).await;
        let (project, task, portfolio) = site.running.with_world(|world| {
            let project = world.add_project(NewProject::default());
            let sections = world.sections_of(&project);
            let task = world.add_task(NewTask { name: "Ship it".to_owned(), sections, ..NewTask::default() });
            let bot = world.bot().clone();
            let portfolio = world.add_portfolio("All", &bot, std::slice::from_ref(&project));
            (project, task, portfolio)
        });
        let (client, workspace) = (site.client(sandbox::DEFAULT_TOKEN), site.workspace());
        let link = json!({ "parent": task, "resource_subtype": "external", "name": "a", "url": "https://a.example" });
        let attachment: Value = client.post("/attachments").data(link).send().await.unwrap();
        let story = client.stories().create_comment(&task, "hello").await.unwrap().gid;
        let periods = client.get("/time_periods").query("workspace", &workspace);
        let periods: Vec<Value> = periods.send().await.unwrap();
        let goal = json!({ "name": "Grow", "workspace": workspace, "time_period": periods[0]["gid"] });
        client.post("/goals").data(goal).send::<Value>().await.unwrap();
        let fields = "name,memberships.section.name,memberships.project.gid,custom_fields.display_value";
        let periods = "name,time_period.end_on";
        let read = |path: String, query: &[(&'static str, &str)]| {
            (path, query.iter().map(|&(name, value)| (name, value.to_owned())).collect())
        };
        let reads = vec![
            read("/users/me".to_owned(), &[("opt_fields", "name,workspaces.name")]),
            read(
                format!("/projects/{project}"),
                &[("opt_fields", "name,workspace.name,custom_field_settings")],
            ),
            read("/tasks".to_owned(), &[("project", &project), ("opt_fields", fields)]),
            read(format!("/tasks/{task}"), &[("opt_fields", fields)]),
            read(format!("/tasks/{task}/subtasks"), &[]),
            read(format!("/tasks/{task}/stories"), &[]),
            read(format!("/stories/{story}"), &[]),
            read("/attachments".to_owned(), &[("parent", &task)]),
            read(format!("/attachments/{}", attachment["gid"].as_str().unwrap()), &[]),
            read("/goals".to_owned(), &[("workspace", &workspace), ("opt_fields", periods)]),
            read(format!("/workspaces/{workspace}/custom_fields"), &[]),
            read(format!("/portfolios/{portfolio}/items"), &[]),
            read("/webhooks".to_owned(), &[("workspace", &workspace)]),
        ];
        Self { site, reads }
    }

    async fn client(&self, scopes: &[&str]) -> Client {
        self.site.client(self.site.sign_in(GRANULAR_APP, scopes).await.access)
    }

    /// What Upnext's reads give with a token; `None` stands for a refusal.
    async fn read(&self, client: &Client) -> Vec<Option<Value>> {
        let mut answers = Vec::new();
        for (path, query) in &self.reads {
            let request =
                query.iter().fold(client.get(path), |request, (name, value)| request.query(name, value));
            answers.push(match request.send::<Value>().await {
                Ok(answer) => Some(answer),
                Err(Error::Forbidden { .. }) => None,
                Err(error) => panic!("{path}: {error}"),
            });
        }
        answers
    }
}

/// The writes Upnext makes.
const WRITES: [(Method, &str); 18] = [
    (Method::Post, "/tasks"),
    (Method::Post, "/tasks/1/subtasks"),
    (Method::Put, "/tasks/1"),
    (Method::Delete, "/tasks/1"),
    (Method::Post, "/sections/1/addTask"),
    (Method::Post, "/tasks/1/stories"),
    (Method::Put, "/stories/1"),
    (Method::Delete, "/stories/1"),
    (Method::Post, "/custom_fields"),
    (Method::Post, "/custom_fields/1/enum_options"),
    (Method::Post, "/projects/1/addCustomFieldSetting"),
    (Method::Post, "/teams/1/projects"),
    (Method::Post, "/workspaces/1/projects"),
    (Method::Post, "/tasks/1/addProject"),
    (Method::Post, "/tasks/1/removeProject"),
    (Method::Post, "/webhooks"),
    (Method::Put, "/webhooks/1"),
    (Method::Delete, "/webhooks/1"),
];

/// How a call that cannot succeed is refused: its scope is looked at before what it asks for.
async fn refusal(client: &Client, method: Method, path: &str) -> Error {
    let path = path.replace("{gid}", "1");
    let request = match method {
        Method::Get => client.get(&path),
        Method::Post => client.post(&path).data(json!({})),
        Method::Put => client.put(&path).data(json!({})),
        Method::Delete => client.delete(&path),
    };
    request.send::<Value>().await.expect_err(&path)
}

async fn refused_writes(client: &Client) -> Vec<&'static str> {
    let mut refused = Vec::new();
    for (method, path) in WRITES {
        if matches!(refusal(client, method, path).await, Error::Forbidden { .. }) {
            refused.push(path);
        }
    }
    refused
}

#[tokio::test]
async fn the_least_profile_is_enough_for_upnexts_calls_and_each_scope_is_needed() {
    let filled = Filled::start().await;
    let least = Profile::Least.scopes();
    let client = filled.client(least).await;
    let answers = filled.read(&client).await;
    let everything = filled.read(&filled.site.client(sandbox::DEFAULT_TOKEN)).await;
    assert_eq!(answers, everything, "as much as a full token sees");
    assert_eq!(refused_writes(&client).await, [] as [&str; 0]);
    for left_out in least {
        let rest: Vec<&str> = least.iter().copied().filter(|scope| scope != left_out).collect();
        let client = filled.client(&rest).await;
        let missed = filled.read(&client).await != answers || !refused_writes(&client).await.is_empty();
        assert!(missed, "nothing needs {left_out}");
    }
}

#[tokio::test]
async fn what_a_profile_is_said_to_lack_is_refused() {
    let filled = Filled::start().await;
    let client = filled.client(Profile::Least.scopes()).await;
    for &(method, path) in Profile::Least.lacks().iter().flat_map(|lack| lack.calls) {
        let error = refusal(&client, method, path).await;
        assert!(matches!(error, Error::Forbidden { .. }), "{error}");
    }
    let tokens = filled.site.sign_in(FULL_APP, Profile::Full.scopes()).await;
    let (client, workspace) = (filled.site.client(tokens.access), filled.site.workspace());
    for path in ["audit_log_events", "events"] {
        let path = format!("/workspaces/{workspace}/{path}");
        let error = client.get(&path).send::<Value>().await.unwrap_err();
        assert!(matches!(error, Error::Forbidden { .. }), "{error}");
    }
    let export = json!({ "organization": workspace });
    let error = client.post("/organization_exports").data(export).send::<Value>().await.unwrap_err();
    assert!(matches!(error, Error::Forbidden { .. }), "{error}");
    let all = client.get("/portfolios").query("workspace", &workspace).send::<Value>().await.unwrap_err();
    assert!(matches!(all, Error::BadRequest { .. }), "{all}");
    assert_eq!(
        Profile::Full.lacks().iter().flat_map(|lack| lack.calls).count(),
        4,
        "all of them are tried here"
    );
}
