// A local Asana with the demo's backlog, groomed twice with a person's edit between, and `upnext serve` over it.
import { spawn, execFileSync } from "node:child_process";
import { createInterface } from "node:readline";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = process.env.UPNEXT ?? "upnext";

/** Starts a command that says in its first line, JSON, where it is. */
async function start(args, env) {
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const first = await new Promise((resolve, reject) => {
    lines.once("line", resolve);
    child.once("exit", (code) => reject(new Error(`upnext ${args[0]} ended with ${code}`)));
  });
  return { child, told: JSON.parse(first) };
}

/** Ends a process and waits until it has. */
async function stop({ child }) {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}

/** One answer of the local Asana. */
async function asana(told, path, options = {}) {
  const headers = { authorization: `Bearer ${options.token ?? told.token}`, "content-type": "application/json" };
  const answer = await fetch(`${told.base_url}${path}`, { ...options, headers });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).data;
}

export default async function setup() {
  const begun = [];
  const end = async () => {
    for (const process of begun.reverse()) await stop(process);
  };
  try {
    return await made(begun, end);
  } catch (error) {
    await end();
    throw error;
  }
}

/** Makes the world; what it starts goes into `begun`. */
async function made(begun, end) {
  const home = mkdtempSync(join(tmpdir(), "upnext-browser-"));
  const bare = { PATH: process.env.PATH, HOME: home };
  // Our own request limits would take minutes; the backlog's priorities have names of their own.
  const config = `[asana]
requests_per_minute = 60000
[policy.priority_options]
P0 = "Critical"
P1 = "Major"
P2 = "Minor"
P3 = "Trivial"
`;
  mkdirSync(join(home, ".config/upnext"), { recursive: true });
  writeFileSync(join(home, ".config/upnext/config.toml"), config);
  const sandbox = await start(["sandbox", "--json", "--port", "0", "--demo", "--limits", "off"], bare);
  begun.push(sandbox);
  const env = { ...bare, ASANA_BASE_URL: sandbox.told.base_url, ASANA_ACCESS_TOKEN: sandbox.told.token };
  const upnext = (...args) =>
    execFileSync(program, [...args, "--json"], { env, encoding: "utf8", maxBuffer: 64 * 1024 * 1024, timeout: 120_000 });
  const projects = await asana(sandbox.told, `/projects?workspace=${sandbox.told.workspace}&opt_fields=name&limit=50`);
  const project = projects[0].gid;
  // Strangers may ask the project for something.
  const intake = "a-link-that-nobody-guesses-0123456789";
  appendFileSync(
    join(home, ".config/upnext/config.toml"),
    `[service]\nintake = [{ project = "${project}", title = "Ask the team", link = "${intake}" }]\n`,
  );
  upnext("setup", "--project", project);
  const groom = JSON.parse(upnext("groom", "--apply", "--project", project));
  // A person overrules one score and changes a date: the second groom has something to leave alone and something to change.
  const fields = await asana(
    sandbox.told,
    `/projects/${project}/custom_field_settings?opt_fields=custom_field.name`,
  );
  const field = fields.map((f) => f.custom_field).find((f) => f.name === "AI Priority Score").gid;
  const put = (task, data) =>
    asana(sandbox.told, `/tasks/${task}`, {
      method: "PUT",
      body: JSON.stringify({ data }),
      token: "sandbox-person-token",
    });
  await put(groom.tasks[1].gid, { custom_fields: { [field]: 5 } });
  await put(groom.tasks[40].gid, { due_on: new Date().toISOString().slice(0, 10) });
  // A second project with a date and a task that waits for the first, and a portfolio of both that belongs to Upnext's user.
  const post = (path, data) => asana(sandbox.told, path, { method: "POST", body: JSON.stringify({ data }) });
  const { workspace } = sandbox.told;
  const { team } = await asana(sandbox.told, `/projects/${project}?opt_fields=team`);
  const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const second = await post("/projects", { name: "Move to the new warehouse", workspace, team: team.gid, due_on: day(5) });
  const steps = ["Empty the old shelves", "Label every box", "Book the lorries", "Tell the suppliers the new address"];
  const made = [];
  for (const [at, name] of steps.entries()) {
    made.push(await post("/tasks", { name, projects: [second.gid], due_on: day(at - 3) }));
  }
  await post(`/tasks/${made[2].gid}/addDependencies`, { dependencies: [groom.tasks[40].gid] });
  const portfolio = await post("/portfolios", { name: "Autumn", workspace });
  for (const item of [project, second.gid]) await post(`/portfolios/${portfolio.gid}/addItem`, { item });
  // A sprint that can be looked back at: three tasks in its section, one of them done.
  const sprint = `Sprint 7 (${day(-2)} – ${day(4)})`;
  const section = await post(`/projects/${project}/sections`, { name: sprint });
  for (const task of groom.tasks.slice(3, 6)) await post(`/sections/${section.gid}/addTask`, { task: task.gid });
  await put(groom.tasks[4].gid, { completed: true });
  upnext("groom", "--project", project);
  // Another project, that nobody has connected or groomed yet.
  const web = await post("/teams", { name: "Web", organization: workspace });
  const another = await post("/projects", { name: "Website <relaunch>", workspace, team: web.gid });
  for (const name of ["Choose the colours", "Write the texts", "Move the pictures", "Tell the customers"]) {
    await post("/tasks", { name, projects: [another.gid], notes: `${name}, please.` });
  }
  const served = await start(["serve", "--json", "--listen", "127.0.0.1:0"], env);
  begun.push(served);
  // Another, over a store in which nothing is yet.
  const fresh = mkdtempSync(join(tmpdir(), "upnext-browser-fresh-"));
  const bareDashboard = await start(["dashboard", "--json", "--listen", "127.0.0.1:0"], { ...bare, HOME: fresh });
  begun.push(bareDashboard);
  process.env.UPNEXT_WORLD = JSON.stringify({
    fresh: { url: `http://${bareDashboard.told.listens}`, token: bareDashboard.told.admin_token },
    url: `http://${served.told.listens}`,
    token: served.told.admin_token,
    project,
    another: another.gid,
    name: projects[0].name,
    overruled: groom.tasks[1].gid,
    dated: groom.tasks[40].gid,
    portfolio: portfolio.gid,
    second: "Move to the new warehouse",
    sprint,
    done: groom.tasks[4].gid,
    intake: `/intake/${intake}`,
    // A task that nobody has touched yet, where people look at it in the local Asana, and what a command needs.
    untouched: groom.tasks[12].gid,
    asana: sandbox.told.base_url.replace(/\/api\/1\.0$/, ""),
    env,
  });
  return async () => {
    await end();
    for (const folder of [home, fresh]) rmSync(folder, { recursive: true, force: true });
  };
}
