// Asana's Node SDK against the sandbox: the main operations of each resource, written and read back.
"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const http = require("node:http");
const crypto = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const Asana = require("asana");

const BASE = process.env.SANDBOX_BASE_URL;
const ROOT = BASE.replace("/api/1.0", "");
const client = Asana.ApiClient.instance;
client.basePath = BASE;
client.authentications.token.accessToken = process.env.SANDBOX_TOKEN;

const api = (name) => new Asana[`${name}Api`]();
const gids = (rows) => rows.map((row) => row.gid);
const unique = () => crypto.randomUUID().slice(0, 8);

/** A call outside the API. */
async function control(verb, body) {
  const answer = await fetch(`${ROOT}/_sandbox/${verb}`, { method: "POST", body: JSON.stringify(body ?? {}) });
  return answer.json();
}

async function make(what, parts) {
  return (await control("make", { what, ...parts })).gid;
}

/** The call must fail with the status; answers the message. */
async function refused(status, call) {
  const error = await call.then(() => assert.fail(`no ${status}`), (error) => error);
  assert.equal(error.status, status, error.message);
  return error.response.body.errors[0].message;
}

async function finished(job) {
  await control("clock", { jump_seconds: 2 });
  const { data } = await api("Jobs").getJob(job.gid, {});
  assert.equal(data.status, "succeeded");
  return data;
}

let workspace, team, me;

test.before(async () => {
  workspace = (await api("Workspaces").getWorkspaces({})).data[0].gid;
  team = (await api("Teams").getTeamsForWorkspace(workspace, {})).data[0].gid;
  me = (await api("Users").getUser("me", {})).data.gid;
});

async function project(name = "Node project") {
  return (await api("Projects").createProject({ data: { name, team, workspace } }, {})).data.gid;
}

async function task(projects, more = {}) {
  const data = { name: "Node task", ...(projects ? { projects: [projects] } : { workspace }), ...more };
  return (await api("Tasks").createTask({ data }, {})).data.gid;
}

test("tasks are written, read back, listed and deleted", async () => {
  const tasks = api("Tasks"), home = await project();
  const gid = await task(home, { notes: "n", due_on: "2027-01-05" });
  await tasks.updateTask({ data: { name: "new", assignee: "me", completed: true } }, gid, {});
  const { data } = await tasks.getTask(gid, { opt_fields: "name,completed,assignee.name,due_on" });
  assert.deepEqual(data, { gid, name: "new", completed: true, assignee: { gid: me, name: "Upnext Bot" }, due_on: "2027-01-05" });
  for (let n = 0; n < 4; n += 1) await task(home);
  const first = await tasks.getTasksForProject(home, { limit: 3 });
  assert.equal(first.data.length, 3);
  const second = await first.nextPage();
  assert.equal(second.data.length, 2);
  assert.equal((await second.nextPage()).data, null);
  await tasks.deleteTask(gid);
  assert.equal(await refused(404, tasks.getTask(gid, {})), `task: Unknown object: ${gid}`);
});

test("subtasks, dependencies, followers, tags and places", async () => {
  const tasks = api("Tasks"), home = await project(), other = await project();
  const [a, b] = [await task(home), await task(home)];
  const child = (await tasks.createSubtaskForTask({ data: { name: "c" } }, a, {})).data.gid;
  assert.deepEqual(gids((await tasks.getSubtasksForTask(a, {})).data), [child]);
  await tasks.addDependenciesForTask({ data: { dependencies: [b] } }, a);
  assert.deepEqual(gids((await tasks.getDependenciesForTask(a, {})).data), [b]);
  await tasks.addProjectForTask({ data: { project: other } }, a);
  assert.deepEqual(gids((await api("Projects").getProjectsForTask(a, {})).data), [home, other]);
  const tag = (await api("Tags").createTagForWorkspace({ data: { name: "t" } }, workspace, {})).data.gid;
  await tasks.addTagForTask({ data: { tag } }, a);
  assert.deepEqual(gids((await tasks.getTasksForTag(tag, {})).data), [a]);
});

test("sections and search", async () => {
  const home = await project(), sections = api("Sections");
  const made = (await sections.createSectionForProject(home, { body: { data: { name: "S" } } })).data.gid;
  const gid = await task(home, { name: `needle ${unique()}` });
  await sections.addTaskForSection(made, { body: { data: { task: gid } } });
  assert.deepEqual(gids((await api("Tasks").getTasksForSection(made, {})).data), [gid]);
  const found = await api("Tasks").searchTasksForWorkspace(workspace, { "projects.any": home, text: "needle" });
  assert.deepEqual(gids(found.data), [gid]);
});

test("comments and typed history", async () => {
  const gid = await task(await project()), stories = api("Stories");
  const said = (await stories.createStoryForTask({ data: { text: "hi" } }, gid, {})).data;
  await stories.updateStory({ data: { text: "ho" } }, said.gid, {});
  await api("Tasks").updateTask({ data: { name: "x" } }, gid, {});
  const kinds = (await stories.getStoriesForTask(gid, {})).data.map((story) => story.resource_subtype);
  assert.deepEqual(kinds, ["added_to_project", "comment_added", "name_changed"]);
  assert.equal((await stories.getStory(said.gid, {})).data.text, "ho");
});

test("files are uploaded and downloaded", async () => {
  const gid = await task(), attachments = api("Attachments");
  const file = path.join(os.tmpdir(), `upload-${unique()}.txt`);
  fs.writeFileSync(file, "grüße");
  const made = await attachments.createAttachmentForObject({ parent: gid, file: fs.createReadStream(file), name: "a.txt" });
  fs.rmSync(file);
  const read = (await attachments.getAttachment(made.data.gid, {})).data;
  assert.equal(await (await fetch(read.download_url)).text(), "grüße");
  await control("clock", { jump_seconds: 121 });
  assert.equal((await fetch(read.download_url)).status, 403);
});

test("custom fields of projects hold values", async () => {
  const home = await project(), fields = api("CustomFields");
  const data = { workspace, resource_subtype: "enum", name: `E ${unique()}`, enum_options: [{ name: "High" }, { name: "Low" }] };
  const field = (await fields.createCustomField({ data }, {})).data;
  await api("Projects").addCustomFieldSettingForProject({ data: { custom_field: field.gid } }, home, {});
  const gid = await task(home, { custom_fields: { [field.gid]: field.enum_options[0].gid } });
  const { data: read } = await api("Tasks").getTask(gid, { opt_fields: "custom_fields.enum_value.name" });
  assert.equal(read.custom_fields[0].enum_value.name, "High");
  const settings = await api("CustomFieldSettings").getCustomFieldSettingsForProject(home, {});
  assert.equal(settings.data.length, 1);
  const off = { data: { custom_fields: { [field.gid]: "High" } } };
  await refused(400, api("Tasks").updateTask(off, gid, {}));
});

test("goals, portfolios and status updates", async () => {
  const home = await project();
  const goal = (await api("Goals").createGoal({ data: { name: "g", workspace, is_workspace_level: true } }, {})).data.gid;
  await api("GoalRelationships").addSupportingRelationship({ data: { supporting_resource: home } }, goal, {});
  assert.equal((await api("GoalRelationships").getGoalRelationships(goal, {})).data.length, 1);
  const portfolio = (await api("Portfolios").createPortfolio({ data: { name: "p", workspace } }, {})).data.gid;
  await api("Portfolios").addItemForPortfolio({ data: { item: home } }, portfolio);
  assert.deepEqual(gids((await api("Portfolios").getItemsForPortfolio(portfolio, {})).data), [home]);
  const body = { data: { parent: home, text: "fine", status_type: "on_track" } };
  const update = (await api("StatusUpdates").createStatusForObject(body, {})).data.gid;
  assert.deepEqual(gids((await api("StatusUpdates").getStatusesForObject(home, {})).data), [update]);
});

test("duplication is a job", async () => {
  const home = await project("Original");
  await task(home, { name: "t" });
  const body = { data: { name: "Copy", include: "task_notes" } };
  const job = await finished((await api("Projects").duplicateProject(home, { body })).data);
  const copies = await api("Tasks").getTasksForProject(job.new_project.gid, {});
  assert.deepEqual(copies.data.map((copy) => copy.name), ["t"]);
});

test("people, memberships and time", async () => {
  const home = await project();
  const user = await make("user", { name: "Nora Node", email: `nora-${unique()}@sandbox.example` });
  const body = { data: { parent: home, member: user, access_level: "editor" } };
  const made = (await api("Memberships").createMembership({ body })).data;
  assert.deepEqual(gids((await api("Memberships").getMemberships({ parent: home, member: user })).data), [made.gid]);
  const gid = await task(home);
  const entry = (await api("TimeTrackingEntries").createTimeTrackingEntry({ data: { duration_minutes: 12 } }, gid, {})).data;
  assert.equal(entry.duration_minutes, 12);
  const away = { data: { user, workspace, start_date: "2027-03-01", end_date: "2027-03-02" } };
  const out = (await api("OooEntries").createOooEntry(away, {})).data.gid;
  assert.deepEqual(gids((await api("OooEntries").getOooEntries(user, workspace, {})).data), [out]);
});

test("webhooks shake hands, sign and tell", async () => {
  const posts = [];
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      posts.push({ headers: request.headers, body: Buffer.concat(chunks) });
      const secret = request.headers["x-hook-secret"];
      response.writeHead(200, secret ? { "x-hook-secret": secret } : {}).end();
    });
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const home = await project();
  const target = `http://127.0.0.1:${server.address().port}/`;
  const made = (await api("Webhooks").createWebhook({ data: { resource: home, target } }, {})).data;
  const secret = posts[0].headers["x-hook-secret"];
  const gid = await task(home);
  const told = () => posts.slice(1).flatMap((post) => JSON.parse(post.body).events);
  const deadline = Date.now() + 10000;
  while (told().length === 0 && Date.now() < deadline) await new Promise((later) => setTimeout(later, 10));
  assert.equal(told()[0].resource.gid, gid);
  for (const post of posts.slice(1)) {
    const signature = crypto.createHmac("sha256", secret).update(post.body).digest("hex");
    assert.equal(post.headers["x-hook-signature"], signature);
  }
  await api("Webhooks").deleteWebhook(made.gid);
  server.closeAllConnections();
  server.close();
});

test("events begin with a token", async () => {
  const home = await project();
  const error = await api("Events").getEvents(home, {}).then((answer) => answer, (error) => error);
  const token = (error.response ? error.response.body : error._response ?? error).sync;
  assert.ok(token, "no sync token");
  const gid = await task(home);
  const { data } = await api("Events").getEvents(home, { sync: token });
  assert.ok(data.some((event) => event.resource.gid === gid && event.action === "added"));
});

test("a batch runs what it is told", async () => {
  const home = await project();
  const actions = [
    { method: "post", relative_path: "/tasks", data: { name: "b", projects: [home] } },
    { method: "get", relative_path: "/users/me", options: { fields: ["name"] } },
  ];
  const { data } = await api("BatchAPI").createBatchRequest({ data: { actions } }, {});
  assert.deepEqual(data.map((answer) => answer.status_code), [201, 200]);
});

test("errors come as the API words them", async () => {
  assert.equal(await refused(400, api("Tasks").createTask({ data: { name: "x" } }, {})), "You should specify one of workspace, parent, projects");
  assert.equal(await refused(404, api("Projects").getProject("12", {})), "project: Unknown object: 12");
});
