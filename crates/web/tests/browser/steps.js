// What a person does on the pages, by the names they see.
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";
import { execFileSync } from "node:child_process";

export const world = () => JSON.parse(process.env.UPNEXT_WORLD);

/** Where pictures are left. */
export const out = process.env.UPNEXT_OUT ?? "pictures";
export const phone = { width: 390, height: 844 };
export const desk = { width: 1360, height: 900 };

/** A command, over the world's store and its Asana. */
export function upnext(...args) {
  execFileSync(process.env.UPNEXT ?? "upnext", args, { env: world().env, stdio: "ignore", timeout: 120_000 });
}

/** The serious and critical faults of accessibility that a page has. */
export async function faults(page) {
  const found = await new AxeBuilder({ page }).analyze();
  return found.violations
    .filter((violation) => ["serious", "critical"].includes(violation.impact))
    .map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target).join(" | ")}`);
}

/** Opens a page, signing in on the way when that is asked for. */
export async function open(page, path) {
  await page.goto(`${world().url}${path}`);
  if (page.url().includes("/sign-in")) {
    await page.getByLabel("Admin token").fill(world().token);
    await page.getByRole("button", { name: "Sign in" }).click();
  }
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
}

/** Everything a browser complains about while a page is open: refused scripts and styles, errors. */
export function complaints(page) {
  const all = [];
  page.on("console", (message) => {
    if (message.type() === "error") all.push(message.text());
  });
  page.on("pageerror", (error) => all.push(String(error)));
  return all;
}

/** Waits until a page that reads from Asana has what it reads: on a busy machine that outlasts a page's patience. */
export async function shown(page, found) {
  await expect(async () => {
    if (!(await found.isVisible())) await page.reload();
    await expect(found).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 110_000 });
}

/** Every page there is, by name. */
export async function pages(page) {
  const { project, overruled, dated, portfolio, sprint } = world();
  await open(page, "/plans");
  const plan = await page.locator("#rows a.main").first().getAttribute("href");
  return {
    projects: "/",
    ranking: `/projects/${project}`,
    "ranking-narrowed": `/projects/${project}?band=P1&q=a&sort=change&order=down`,
    "ranking-empty": `/projects/${project}?q=nothing-is-called-so`,
    task: `/projects/${project}/tasks/${overruled}`,
    "what-if": `/projects/${project}/what-if`,
    "what-if-asked": `/projects/${project}/what-if?w_urgency=80`,
    plans: "/plans",
    plan,
    runs: "/runs",
    jobs: "/jobs",
    approvals: "/approvals",
    "approvals-ended": "/approvals?state=superseded",
    monitoring: "/monitoring",
    phases: `/projects/${project}/phases`,
    review: `/projects/${project}/review`,
    overrides: `/projects/${project}/overrides`,
    rubric: `/projects/${project}/rubric`,
    calibrate: `/projects/${project}/calibrate`,
    policy: `/projects/${project}/policy`,
    "policy-drafted": `/projects/${project}/policy?max_writes=5&min_change=2.0`,
    "policy-wrong": `/projects/${project}/policy?max_writes=many&sprint.days=400`,
    connect: "/connect",
    workload: `/projects/${project}/workload`,
    "workload-asked": `/projects/${project}/workload?task=${dated}&due=2027-01-15`,
    risk: `/projects/${project}/risk`,
    assign: `/projects/${project}/assign`,
    portfolio: "/portfolio",
    "portfolio-one": `/portfolio?of=${portfolio}`,
    "portfolio-phases": `/portfolio/${portfolio}/phases`,
    retro: `/projects/${project}/retro`,
    "retro-sprint": `/projects/${project}/retro?sprint=${encodeURIComponent(sprint)}`,
    "retro-wrong": `/projects/${project}/retro?sprint=nothing-is-called-so`,
    model: `/projects/${project}/tasks/${overruled}/model`,
    audit: "/audit",
    "audit-checked": "/audit?check=yes&kind=plan",
    "audit-empty": "/audit?task=1",
    intake: world().intake,
    missing: "/projects/999",
  };
}
