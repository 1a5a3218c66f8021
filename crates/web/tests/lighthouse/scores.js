// Lighthouse over the main pages, as a phone and as a desk, signed in: its scores as a table, and a failure where one falls below 90.
//
// The world is that of the browser tests, on this machine: Lighthouse slows network and processor down as it does by default.
import lighthouse, { desktopConfig } from "lighthouse";
import { launch } from "chrome-launcher";
import setup from "./world.js";

const least = 90;
const kinds = { performance: "performance", accessibility: "accessibility", "best-practices": "best practices" };

/** The cookie of a session: the form's own cookie and key, then the token. */
async function signedIn(url, token) {
  const form = await fetch(`${url}/sign-in`);
  const cookie = form.headers.getSetCookie()[0].split(";")[0];
  const key = (await form.text()).match(/name="key" value="([^"]+)"/)[1];
  const body = new URLSearchParams({ key, token });
  const answer = await fetch(`${url}/sign-in`, { method: "POST", body, headers: { cookie }, redirect: "manual" });
  return answer.headers.getSetCookie().at(-1).split(";")[0];
}

/** What Lighthouse says of a page. It gives no score where the browser gave it no trace to read: then it looks again, twice at most. */
async function looked(name, address, flags, config) {
  for (let attempt = 1; ; attempt += 1) {
    const { lhr } = await lighthouse(address, flags, config);
    const without = Object.keys(kinds).filter((kind) => lhr.categories[kind].score === null);
    if (without.length === 0) return lhr;
    const failed = Object.values(lhr.audits).find((audit) => audit.scoreDisplayMode === "error");
    console.error(`${name}: no score for ${without.join(", ")}: ${failed?.errorMessage}`);
    if (attempt === 3) throw new Error(`${name} could not be measured`);
  }
}

const end = await setup();
let below = 0;
const browser = await launch({ chromePath: process.env.UPNEXT_CHROMIUM, chromeFlags: ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage"] });
try {
  const { url, token, project, overruled, portfolio, sprint } = JSON.parse(process.env.UPNEXT_WORLD);
  const cookie = await signedIn(url, token);
  const pages = {
    projects: "/",
    ranking: `/projects/${project}`,
    task: `/projects/${project}/tasks/${overruled}`,
    portfolio: "/portfolio",
    "portfolio's phases": `/portfolio/${portfolio}/phases`,
    workload: `/projects/${project}/workload`,
    risk: `/projects/${project}/risk`,
    assign: `/projects/${project}/assign`,
    retro: `/projects/${project}/retro?sprint=${encodeURIComponent(sprint)}`,
    phases: `/projects/${project}/phases`,
    review: `/projects/${project}/review`,
    approvals: "/approvals",
    monitoring: "/monitoring",
  };
  // What is read from Asana is read once before, as a page shows it to whoever comes second.
  for (const path of Object.values(pages)) await fetch(`${url}${path}`, { headers: { cookie } });
  console.log(`| page | ${Object.values(kinds).map((kind) => `${kind}, phone`).join(" | ")} | ${Object.values(kinds).map((kind) => `${kind}, desk`).join(" | ")} |`);
  console.log(`|---${"|---".repeat(6)}|`);
  for (const [name, path] of Object.entries(pages)) {
    const row = [name];
    for (const config of [undefined, desktopConfig]) {
      const flags = { port: browser.port, logLevel: "error", onlyCategories: Object.keys(kinds), extraHeaders: { Cookie: cookie } };
      const lhr = await looked(name, `${url}${path}`, flags, config);
      for (const kind of Object.keys(kinds)) {
        const score = Math.round(100 * lhr.categories[kind].score);
        if (score < least) below += 1;
        row.push(score);
        for (const { id } of lhr.categories[kind].auditRefs) {
          const audit = lhr.audits[id];
          if (kind !== "performance" && audit.score !== null && audit.score < 1) console.error(`${name}: ${audit.id}: ${audit.title}`);
        }
      }
    }
    console.log(`| ${row.join(" | ")} |`);
  }
} finally {
  await browser.kill();
  await end();
}
process.exitCode = below > 0 ? 1 : 0;
