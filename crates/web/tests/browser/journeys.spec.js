// What people come for, from the first start on.
import { expect, test } from "@playwright/test";
import { complaints, open, shown, upnext, world } from "./steps.js";

let heard;
test.beforeEach(({ page }) => {
  heard = complaints(page);
});
test.afterEach(() => {
  expect(heard).toEqual([]);
});

test("the first start: a stranger is asked for the token and goes on to the page they wanted", async ({ page }) => {
  await page.goto(`${world().url}/plans`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel("Admin token").fill(world().token);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).toHaveURL(/\/plans$/);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await page.goto(`${world().url}/`);
  await expect(page).toHaveURL(/\/sign-in$/);
});

test("a ranking is narrowed down, sorted, searched and kept", async ({ page }) => {
  await open(page, "/");
  await page.getByRole("link", { name: world().name }).first().click();
  const rows = page.locator("#rows tbody tr");
  const all = await rows.count();
  expect(all).toBeGreaterThan(50);
  await page.getByRole("checkbox", { name: /P1/ }).check();
  await expect(page).toHaveURL(/band=P1/);
  for (const band of await page.locator("#rows tbody td .band").allTextContents()) expect(band).toBe("P1");
  await page.getByRole("columnheader", { name: "Confidence" }).getByRole("link").click();
  await expect(page.getByRole("columnheader", { name: "Confidence" })).toHaveAttribute("aria-sort", "descending");
  await page.getByText("Keep this view").click();
  await page.getByLabel("Name", { exact: true }).fill("Next, surest first");
  await page.getByRole("button", { name: "Keep", exact: true }).click();
  await expect(page.getByRole("link", { name: "Next, surest first" })).toHaveAttribute("aria-current", "true");
  await page.getByRole("link", { name: "Everything" }).click();
  await page.getByLabel("Search").fill("camel");
  await page.getByLabel("Search").press("Enter");
  await expect(page).toHaveURL(/q=camel/);
  for (const name of await page.locator("#rows a.main").allTextContents()) {
    expect(name.toLowerCase()).toContain("camel");
  }
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "CSV" }).click();
  expect((await download).suggestedFilename()).toBe(`ranking-${world().project}.csv`);
});

test("the keyboard goes through the rows and opens one", async ({ page }) => {
  await open(page, `/projects/${world().project}`);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  const first = page.locator("#rows a.main").first();
  await expect(first).toBeFocused();
  await page.keyboard.press("/");
  await expect(page.getByLabel("Search")).toBeFocused();
  await page.keyboard.type("j?");
  await expect(page.getByLabel("Search")).toHaveValue("j?");
  await first.focus();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard" })).toBeVisible();
  await page.getByLabel("Single keys are on").uncheck();
  await page.getByRole("button", { name: "Close" }).click();
  await page.locator("main").focus();
  await page.keyboard.press("j");
  await expect(first).not.toBeFocused();
  await page.getByRole("button", { name: "Keys" }).click();
  await page.getByLabel("Single keys are on").check();
  await page.getByRole("button", { name: "Close" }).click();
  await first.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/tasks\//);
});

test("a score is understood: its parts sum to it, and what would change it is told", async ({ page }) => {
  await open(page, `/projects/${world().project}`);
  await page.locator("#rows a.main").first().click();
  const points = await page.locator(".why-table tbody .score").allTextContents();
  const sum = points.reduce((sum, text) => sum + Math.round(10 * Number(text)), 0);
  const score = await page.locator(".why-table tfoot .score").textContent();
  expect(sum).toBe(Math.round(10 * Number(score)));
  await expect(page.getByRole("heading", { name: "What would change it" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Open in Asana" })).toHaveAttribute("href", /^https:\/\/app\.asana\.com\/0\//);
});

test("who overruled a score is told, and that the task is left alone", async ({ page }) => {
  await open(page, `/projects/${world().project}/tasks/${world().overruled}`);
  await expect(page.getByText("Upnext leaves this task alone")).toBeVisible();
  await expect(page.locator(".history")).toContainText("set AI Priority Score to 5");
});

test("a plan is looked at before it is carried out", async ({ page }) => {
  await open(page, "/plans");
  await page.locator("#rows a.main").first().click();
  await expect(page.getByText("upnext plan apply")).toBeVisible();
  await page.getByRole("link", { name: /May be done/ }).click();
  await expect(page).toHaveURL(/state=given/);
  const title = page.locator("tr.title").filter({ has: page.locator(`a[href$="/tasks/${world().dated}"]`) });
  await expect(title).toBeVisible();
});

test("other weights show another order and write nothing", async ({ page }) => {
  await open(page, `/projects/${world().project}`);
  await page.getByRole("link", { name: "What if" }).click();
  await expect(page.getByText("The order as it is")).toBeVisible();
  await page.getByLabel("Urgency").fill("90");
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL(/w_urgency=90/);
  await expect(page.getByText("Other rank")).toBeVisible();
  await page.getByLabel("Urgency").fill("");
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page.getByRole("alert")).toContainText("must be a number");
  await page.getByRole("link", { name: "As it is" }).click();
  await expect(page.getByText("The order as it is")).toBeVisible();
});

test("the first start: an empty store says how a project is looked at and connected", async ({ page }) => {
  const { url, token } = world().fresh;
  await page.goto(`${url}/`);
  await page.getByLabel("Admin token").fill(token);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { name: "No project yet" })).toBeVisible();
  await expect(page.getByText("upnext connect --project GID")).toBeVisible();
  await page.getByRole("link", { name: "Jobs" }).click();
  await expect(page.getByText("Connect a project")).toBeVisible();
});

test("a phase is promoted after a second question, and taken back", async ({ page }) => {
  await open(page, `/projects/${world().project}`);
  await page.getByRole("link", { name: "Phases", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Lacking for conditional or auto" })).toBeVisible();
  await page.getByLabel("Phase", { exact: true }).selectOption("conditional");
  await page.getByLabel("Reason", { exact: true }).fill("A pilot of two weeks");
  await page.getByRole("button", { name: "Decide…" }).click();
  await expect(page.locator("main h1")).toHaveText("Phase conditional for the whole project?");
  await page.getByRole("button", { name: "Put conditional in force" }).click();
  await expect(page.getByRole("alert")).toContainText("Tick that it is decided");
  await page.getByLabel("Decide it all the same, without this evidence").check();
  await page.getByRole("button", { name: "Put conditional in force" }).click();
  await expect(page).toHaveURL(/\/phases$/);
  const row = page.getByRole("region", { name: "Decisions that count" }).locator("tbody tr").first();
  await expect(row).toContainText("A pilot of two weeks");
  await expect(row).toContainText("without the evidence");
  await page.getByRole("button", { name: "Take the newest decision back" }).click();
  await expect(page.getByText("Nobody has decided yet")).toBeVisible();
});

test("the week is looked back on, and leads to its tasks", async ({ page }) => {
  await open(page, `/projects/${world().project}/review`);
  const overrides = page.locator("section", { has: page.getByRole("heading", { name: /^Overrides/ }) });
  await expect(overrides).toContainText("set AI Priority Score from");
  await overrides.getByRole("link").first().click();
  await expect(page).toHaveURL(new RegExp(`/tasks/${world().overruled}$`));
  await page.goBack();
  await page.getByRole("navigation", { name: "Weeks" }).getByRole("link").nth(7).click();
  await expect(page.getByText("Nobody set another value in place of Upnext’s.")).toBeVisible();
});

test("tasks are put in order with the keyboard, and the answers come to something", async ({ page }) => {
  await open(page, `/projects/${world().project}/calibrate`);
  await page.getByRole("button", { name: /^(Begin|Go on)$/ }).click();
  await expect(page.getByRole("heading", { name: "Which would you do first?" })).toBeVisible();
  for (const [at, key] of ["a", "b", "s", "=", "a", "b", "a", "b", "a"].entries()) {
    await expect(page.getByRole("status").filter({ hasText: "Question" })).toContainText(/Question \d+ of 20/);
    const first = await page.locator("input[name=task_a]").inputValue();
    const second = await page.locator("input[name=task_b]").inputValue();
    await page.locator("main").focus();
    await page.keyboard.press(key);
    await page.waitForFunction(
      ([a, b]) => document.querySelector("input[name=task_a]")?.value !== a || document.querySelector("input[name=task_b]")?.value !== b,
      [first, second],
    );
    expect(at).toBeLessThan(20);
  }
  await page.getByRole("button", { name: "Stop here and see what the answers come to" }).click();
  await expect(page.locator("main h1")).toHaveText(/is proposed|No proposal/);
  await expect(page.getByRole("columnheader", { name: "Four in five lie in" })).toBeVisible();
});

test("another rubric is tried, proposed and turned down", async ({ page }) => {
  await open(page, `/projects/${world().project}/what-if?w_urgency=90`);
  await page.getByLabel("Reason", { exact: true }).fill("Dates first");
  await page.getByRole("button", { name: "Propose this rubric" }).click();
  await expect(page).toHaveURL(/\/rubric$/);
  const waiting = page.locator("section", { hasText: "waits for a decision" }).first();
  await expect(waiting).toContainText("Asked for because: Dates first");
  await waiting.getByRole("button", { name: "Turn it down" }).click();
  await expect(page.getByText("waits for a decision")).toHaveCount(0);
});

test("an absence shows in hours and the sprint, and writes nothing", async ({ page }) => {
  await open(page, `/projects/${world().project}/workload`);
  test.setTimeout(300_000);
  await shown(page, page.getByRole("heading", { name: /^The sprint/ }));
  await expect(page.getByRole("heading", { name: "What holds the sprint back" })).toBeVisible();
  await page.getByLabel("Whose hours").selectOption({ index: 1 });
  await page.getByLabel("Hours a week").fill("10");
  await page.getByRole("button", { name: "Show" }).click();
  await shown(page, page.getByRole("heading", { name: /^What it would do/ }));
  await expect(page.getByRole("region", { name: "People" }).locator("tbody")).toContainText("was");
  await page.getByText("The sprint’s certainty and hours").click();
  await page.getByLabel("Urgency").fill("95");
  await page.getByRole("button", { name: "Show" }).click();
  await shown(page, page.getByRole("region", { name: "The sprint, as it is and then" }));
});

test("the portfolio is read: what is first, why, and what would change it", async ({ page }) => {
  test.setTimeout(180_000);
  await open(page, "/");
  await page.getByRole("navigation", { name: "Pages", exact: true }).getByRole("link", { name: "Portfolio" }).click();
  const table = page.getByRole("region", { name: "Projects", exact: true });
  await shown(page, table);
  const score = async (row) => Number(await row.locator(".score").textContent());
  const rows = await table.locator("tbody tr").all();
  expect(rows.length).toBe(2);
  expect(await score(rows[0])).toBeGreaterThanOrEqual(await score(rows[1]));
  // A priority is the sum of its parts, to the tenth.
  await table.getByRole("link", { name: world().second }).click();
  const why = page.locator("section", { has: page.getByRole("heading", { name: new RegExp(world().second) }) }).last();
  const parts = await why.locator("ul.plain > li b").allTextContents();
  const sum = parts.reduce((sum, text) => sum + Math.round(10 * Number(text)), 0);
  expect(sum).toBe(Math.round(10 * Number(await why.locator("h3 .score").textContent())));
  await why.getByText(/^Worth/).click();
  await expect(why.getByRole("link", { name: /shelves|box|lorries|suppliers/ }).first()).toHaveAttribute("href", /^https:\/\/app\.asana\.com\//);
  await expect(why.getByRole("columnheader", { name: "Without" })).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "CSV" }).click();
  expect((await download).suggestedFilename()).toBe("portfolio-tasks.csv");
});

test("a sprint is looked back at, and every figure opens to its tasks", async ({ page }) => {
  test.setTimeout(180_000);
  await open(page, `/projects/${world().project}/retro`);
  const link = page.getByRole("region", { name: "Sprints", exact: true }).getByRole("link", { name: world().sprint });
  await shown(page, link);
  await link.click();
  const done = page.getByRole("heading", { name: "Planned and done" });
  await shown(page, done);
  await page.getByText(/^Planned and done: 1/).or(page.getByText(/^Added and done: 1/)).first().click();
  await expect(page.locator(`a[href$="/${world().done}"]:visible`).first()).toBeVisible();
  await page.getByLabel("From").fill("2026-03-02");
  await page.getByLabel("To").fill("2026-03-01");
  await page.getByRole("button", { name: "Look back" }).click();
  await expect(page.getByRole("alert")).toContainText("before it begins");
});

test("the trail is looked through and checked", async ({ page }) => {
  await open(page, "/audit");
  await page.getByLabel("Task’s number").fill(world().overruled);
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page.locator("#rows .badge.person").first()).toBeVisible();
  await page.getByRole("link", { name: "Check the chain" }).click();
  await expect(page.getByText("unbroken")).toBeVisible();
});

test("moments are the reader's own, and the theme is theirs", async ({ page }) => {
  await open(page, "/runs");
  const time = page.locator("main time").first();
  await expect(time).toHaveAttribute("title", /UTC$/);
  await page.getByRole("button", { name: /Theme/ }).click();
  await page.getByRole("button", { name: /Theme/ }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("what waits is approved in bulk, and a no is kept with its reason", async ({ page }) => {
  await open(page, "/approvals");
  const rows = page.locator("#rows tbody tr");
  const before = await rows.count();
  expect(before).toBeGreaterThan(3);
  await page.getByLabel("Change", { exact: true }).selectOption("3");
  await expect(page).toHaveURL(/change=3/);
  const far = await rows.count();
  expect(far).toBeLessThan(before);
  await open(page, "/approvals");
  const first = await rows.nth(0).locator("a.main").textContent();
  const third = await rows.nth(2).locator("a.main").textContent();
  await rows.nth(0).getByRole("checkbox").check();
  await rows.nth(1).getByRole("checkbox").check();
  await page.getByRole("button", { name: "Approve what is ticked" }).click();
  await expect(page.locator("main h1")).toHaveText("2 answers written");
  await expect(page.getByRole("link", { name: first }).first()).toBeVisible();
  await page.getByRole("link", { name: "Back to what waits" }).click();
  await rows.filter({ hasText: third }).first().getByRole("checkbox").check();
  await page.getByLabel("Reason", { exact: true }).fill("Not this quarter");
  await page.getByRole("button", { name: "Reject what is ticked" }).click();
  await page.getByRole("link", { name: "Back to what waits" }).click();
  await expect(page.getByLabel("All that are shown")).toBeVisible();
  await page.getByLabel("State", { exact: true }).selectOption("rejected");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText("Not this quarter");
});

test("a run is taken back, and what it leaves is told", async ({ page }) => {
  await open(page, `/runs?project=${world().project}`);
  const groom = page.locator("#rows tr", { hasText: "Groom" }).filter({ hasText: "Undo" }).last();
  await groom.getByText("Undo").click();
  await groom.getByRole("button", { name: "Take it back" }).click();
  await expect(page.locator("main h1")).toContainText("restored");
  await expect(page.locator("main")).toContainText("AI Priority Score was changed to 5");
});

test("a project is connected in shadow, its ranking appears by itself, and it is taken away", async ({ page }) => {
  test.setTimeout(120_000);
  await open(page, "/");
  await page.getByRole("link", { name: "Connect a project" }).click();
  await page.getByLabel("Project", { exact: true }).fill("relaunch");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(page.locator("main")).toContainText("In shadow it writes nothing to Asana");
  await page.getByRole("button", { name: "Connect Website <relaunch> in shadow" }).click();
  await expect(page).toHaveURL(new RegExp(`/projects/${world().another}$`));
  // Nobody loads the page again: the first ranking is there when it is made.
  await expect(page.locator("#rows a.main")).toHaveCount(4, { timeout: 90_000 });
  await page.getByRole("link", { name: "Phases", exact: true }).click();
  await expect(page.getByRole("region", { name: "Phases in force" })).toContainText("shadow");
  await open(page, "/connect?q=relaunch");
  await page.getByRole("button", { name: "Disconnect Website <relaunch>" }).click();
  await open(page, "/connect?q=relaunch");
  await expect(page.getByRole("button", { name: "Connect Website <relaunch> in shadow" })).toBeVisible();
});

test("another policy is tried, told as lines for the file, and put in force by nobody", async ({ page }) => {
  await open(page, `/projects/${world().project}/policy`);
  await page.getByLabel("max_writes").fill("many");
  await page.getByRole("button", { name: "Show what it would do" }).click();
  await expect(page.getByLabel("max_writes")).toHaveAccessibleDescription(/must be a whole number/);
  await page.getByLabel("max_writes").fill("5");
  await page.getByRole("button", { name: "Show what it would do" }).click();
  await expect(page).toHaveURL(/policy\?max_writes=5$/);
  await expect(page.getByRole("heading", { name: "What it would do here" })).toBeVisible();
  await expect(page.locator("pre")).toHaveText("[policy]\nmax_writes = 5\n");
  await page.getByRole("link", { name: "Drop the draft" }).click();
  await expect(page.getByRole("heading", { name: "The draft" })).toHaveCount(0);
});

/** Changes a field of a task in the local Asana as a person would there. */
async function change(page, task, field, value) {
  await page.goto(`${world().asana}/task/${task}`);
  const form = page.locator("form.edit", { has: page.getByText(field, { exact: true }) });
  const entry = form.locator("[name=value]");
  if (await entry.evaluate((element) => element.tagName === "SELECT")) await entry.selectOption({ label: value });
  else await entry.fill(value);
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(/saved=/);
}

test("a person overrules a score in Asana: it is told, left alone, and given back", async ({ page }) => {
  test.setTimeout(240_000);
  const { project, untouched } = world();
  const groom = () => upnext("groom", "--apply", "--project", project);
  const score = async () => {
    await page.goto(`${world().asana}/task/${untouched}`);
    const form = page.locator("form.edit", { has: page.getByText("AI Priority Score", { exact: true }) });
    return form.locator("input[name=value]").inputValue();
  };
  groom();
  const ours = await score();
  expect(Number(ours)).toBeGreaterThan(0);
  await change(page, untouched, "AI Priority Score", "7");
  groom();
  expect(Number(await score()), "what a person set stays").toBe(7);

  // The dashboard tells who set what in place of what.
  await open(page, `/projects/${project}/overrides`);
  const row = page.locator("#rows tbody tr", { has: page.locator(`a[href$="/tasks/${untouched}"]`) });
  await expect(row.locator(".before")).toHaveText(String(Number(ours)));
  await expect(row.locator(".after")).toHaveText("7");
  await expect(row).toContainText("stands");
  await expect(row).not.toContainText("not known");
  await row.getByRole("link").first().click();
  await expect(page.locator(".history")).toContainText("set AI Priority Score to 7");

  // Given back, Upnext suggests again.
  await open(page, `/projects/${project}/overrides`);
  await row.getByText(/^Give back/).click();
  await row.getByRole("button", { name: "Give it back" }).click();
  await expect(page.locator("main h1")).toHaveText("Given back");
  groom();
  expect(Number(await score())).not.toBe(7);
  await open(page, `/projects/${project}/overrides`);
  await expect(row).not.toContainText("stands");
});

test("Manual Override keeps Upnext away from a task until it is cleared", async ({ page }) => {
  test.setTimeout(240_000);
  const { project, untouched } = world();
  const groom = () => upnext("groom", "--apply", "--project", project);
  await change(page, untouched, "Manual Override", "Override");
  groom();
  await open(page, `/projects/${project}/tasks/${untouched}`);
  await shown(page, page.getByText("Upnext leaves this task alone: manual override (Override)"));

  // Cleared, it is judged and written like any other.
  await change(page, untouched, "Manual Override", "–");
  groom();
  await open(page, `/projects/${project}/tasks/${untouched}`);
  const judged = page.getByRole("main").filter({ hasText: "What would change it" });
  await shown(page, judged.filter({ hasNotText: "Upnext leaves this task alone" }));
});
