// What a form is answered with, when all is well and when it is not: accessible in light and dark, no wider than a phone, and nothing
// that the browser refuses. The intake form and a wrong sign-in too. Leaves pictures of each. It decides things: its name puts it last.
import { expect, test } from "@playwright/test";
import { complaints, desk, faults, open, out, phone, upnext, world } from "./steps.js";

let heard;
test.use({ viewport: desk });
test.beforeEach(({ page }) => {
  heard = complaints(page);
});
test.afterEach(() => {
  // That a page is a refusal is complained about too, and meant.
  expect(heard.filter((text) => !/status of 4\d\d/.test(text))).toEqual([]);
});

/** Looks at the page that is open as everybody may see it, without asking for it again. */
async function looked(page, name) {
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    expect.soft(await faults(page), `${name} in ${scheme}`).toEqual([]);
    await page.screenshot({ path: `${out}/${name}-${scheme}.png` });
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(phone);
  await page.screenshot({ path: `${out}/${name}-phone.png` });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect.soft(width, `${name} is wider than the phone`).toBeLessThanOrEqual(phone.width);
  await page.setViewportSize(desk);
}

test("a wrong token is refused", async ({ page }) => {
  await page.goto(`${world().url}/sign-in`);
  await page.getByLabel("Admin token").fill("upnext_wrong");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("not the admin token");
  await looked(page, "sign-in-wrong");
});

test("a request is asked for, too fast and with too many links, and then taken", async ({ page }) => {
  test.setTimeout(120_000);
  const read = () => page.waitForFunction(() => performance.now() > 3_500);
  await page.goto(`${world().url}${world().intake}`);
  await page.getByLabel("Title").fill("The export of large projects fails");
  await page.getByLabel("What do you need, and why?").fill("It stops after the second page. ".repeat(3));
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByRole("alert")).toContainText("faster than people read");
  await expect(page.getByLabel("Title")).toHaveValue("The export of large projects fails");
  await looked(page, "intake-too-fast");
  await read();
  await page.getByLabel("What do you need, and why?").fill("See http://a.example ".repeat(6));
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByRole("alert")).toContainText("five links");
  await looked(page, "intake-links");
  await page.getByLabel("What do you need, and why?").fill("It stops after the second page. ".repeat(3));
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByText("Not sent yet")).toBeVisible();
  await looked(page, "intake-looked");
  await page.getByRole("button", { name: "Send the request" }).click();
  await expect(page.getByText(/Its number is/)).toBeVisible();
  await looked(page, "intake-sent");
});

test("a form of another session, or of none, is refused", async ({ page, context }) => {
  await open(page, "/approvals");
  await page.locator("form[action='/approvals'] input[name=key]").evaluate((input) => (input.value = "another.key"));
  await page.getByRole("button", { name: "Reject what is ticked" }).click();
  await expect(page.locator("main")).toContainText("did not come from a page of this session");
  await looked(page, "refused-forged");
  await open(page, "/approvals");
  await context.clearCookies();
  await page.getByRole("button", { name: "Reject what is ticked" }).click();
  await expect(page.locator("main h1")).toBeVisible();
  await looked(page, "refused-signed-out");
});

test("approvals are answered, and nothing that was ticked is no answer", async ({ page }) => {
  await open(page, "/approvals");
  await page.getByRole("button", { name: "Reject what is ticked" }).click();
  await expect(page.locator("main h1")).toHaveText("Not understood");
  await looked(page, "answered-nothing");
  await open(page, "/approvals");
  await page.locator("#rows tbody tr").first().getByRole("checkbox").check();
  await page.getByLabel("Reason", { exact: true }).fill("Not before the fair");
  await page.getByRole("button", { name: "Reject what is ticked" }).click();
  await expect(page.getByRole("link", { name: "Back to what waits" })).toBeVisible();
  await looked(page, "answered");
});

test("a way up is asked about once more, of a project and of a portfolio", async ({ page }) => {
  const up = async () => {
    await page.getByLabel("Phase", { exact: true }).selectOption("conditional");
    await page.getByRole("button", { name: "Decide…" }).click();
  };
  await open(page, `/projects/${world().project}/phases`);
  await up();
  await expect(page.locator("main h1")).toHaveText("Phase conditional for the whole project?");
  await looked(page, "phase-asked");
  await page.getByRole("button", { name: "Put conditional in force" }).click();
  await expect(page.getByRole("alert")).toContainText("Tick that it is decided");
  await looked(page, "phase-asked-wrong");

  await open(page, `/portfolio/${world().portfolio}/phases`);
  const force = page.getByRole("region", { name: "Phases in force" }).locator("tbody tr");
  await expect(force).toHaveCount(2);
  await up();
  await expect(page.locator("main h1")).toHaveText("Phase conditional for 2 projects?");
  await expect(page.getByRole("heading", { name: "Evidence is lacking" })).toBeVisible();
  await looked(page, "portfolio-phase-asked");
  await page.getByLabel("Decide it all the same, without this evidence").check();
  await page.getByRole("button", { name: "Put conditional in force in all of them" }).click();
  await expect(page.getByRole("alert")).toContainText("Say why");
  await looked(page, "portfolio-phase-asked-wrong");
  await page.getByLabel("Decide it all the same, without this evidence").check();
  await page.getByLabel("Reason (needed)").fill("A pilot of both");
  await page.getByRole("button", { name: "Put conditional in force in all of them" }).click();
  await expect(page).toHaveURL(/\/phases$/);
  await expect(force.filter({ hasText: "conditional" })).toHaveCount(2);
  await looked(page, "portfolio-phases-decided");
  await page.getByRole("button", { name: "Take back what was decided last" }).click();
  await expect(force.filter({ hasText: "conditional" })).toHaveCount(0);
});

test("an override is noted and given back", async ({ page }) => {
  await open(page, `/projects/${world().project}/overrides`);
  const row = page.locator("#rows tbody tr", { has: page.locator(`a[href$="/tasks/${world().overruled}"]`) }).first();
  await row.getByText(/^Note/).click();
  await row.getByLabel(/^Why, for/).fill("Agreed with sales");
  await row.getByRole("button", { name: "Keep" }).click();
  await expect(row).toContainText("Agreed with sales");
  await looked(page, "overrides-noted");
  await row.getByText(/^Give back/).click();
  await row.getByRole("button", { name: "Give it back" }).click();
  await expect(page.locator("main h1")).toHaveText("Given back");
  await looked(page, "released");
});

test("a question is asked, and what the answers come to is told", async ({ page }) => {
  await open(page, `/projects/${world().project}/calibrate`);
  // A journey whose answers came to no proposal leaves its sitting open, with a question in it.
  const [begin, asked] = [
    page.getByRole("button", { name: /^(Begin|Go on)$/ }),
    page.getByRole("heading", { name: "Which would you do first?" }),
  ];
  await expect(begin.or(asked)).toBeVisible();
  if (await begin.isVisible()) await begin.click();
  await expect(asked).toBeVisible();
  await looked(page, "calibrate-question");
  await page.getByRole("button", { name: "Stop here and see what the answers come to" }).click();
  await expect(page.locator("main h1")).toHaveText(/is proposed|No proposal/);
  await looked(page, "calibrated");
});

test("a rubric that falls out with the golden set is not accepted", async ({ page }) => {
  upnext("golden", "freeze", "--project", world().project);
  const others = ["strategic_alignment", "return_on_effort", "dependency_criticality", "stakeholder_pressure"];
  const weights = others.map((name) => `w_${name}=0`).join("&");
  await open(page, `/projects/${world().project}/what-if?w_urgency=100&${weights}`);
  await page.getByRole("button", { name: "Propose this rubric" }).click();
  await expect(page).toHaveURL(/\/rubric$/);
  await looked(page, "rubric-proposed");
  const waiting = page.locator("section", { hasText: "waits for a decision" }).first();
  await waiting.getByRole("button", { name: /^Put .* in force$/ }).click();
  await expect(page.locator("main h1")).toContainText("was not accepted");
  await looked(page, "rubric-blocked");
  await page.getByRole("link", { name: "Leave it" }).click();
  await waiting.getByRole("button", { name: "Turn it down" }).click();
});

test("a run is taken back", async ({ page }) => {
  await open(page, `/runs?project=${world().project}`);
  const run = page.locator("#rows tr", { hasText: "Groom" }).filter({ hasText: "Undo" }).last();
  await run.getByText("Undo").click();
  await run.getByRole("button", { name: "Take it back" }).click();
  await expect(page).toHaveURL(/\/undo$/);
  await looked(page, "undone");
});
