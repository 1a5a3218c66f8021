// What a page may weigh and how it must behave while it loads, for every page: what Lighthouse looks at, counted from within. On a
// desk's width and on a phone's. `budgets-desk.json` and `budgets-phone.json` beside the pictures have the figures.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { complaints, pages, world } from "./steps.js";

/** Lighthouse's own lines where it draws one: 0.1 for shifts, 3 s for a first paint that is poor. */
const budget = { kilobytes: 100, requests: 8, elements: 3_500, shift: 0.1, paint: 3_000 };

/** Begins to count shifts before anything of the page runs. */
const watch = () => {
  window.shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
};

const measure = () => {
  const [page] = performance.getEntriesByType("navigation");
  const all = [page, ...performance.getEntriesByType("resource")];
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return {
    kilobytes: all.reduce((sum, entry) => sum + entry.transferSize, 0) / 1000,
    requests: all.length,
    elements: document.querySelectorAll("*").length,
    shift: window.shifts,
    // From the moment the page has arrived: how long the server took is measured elsewhere.
    paint: paint ? paint.startTime - page.responseStart : null,
    title: document.title,
    lang: document.documentElement.lang,
    description: document.querySelector("meta[name=description]")?.content ?? "",
    viewport: document.querySelector("meta[name=viewport]")?.content ?? "",
  };
};

for (const [device, options] of [
  ["desk", { viewport: { width: 1360, height: 900 } }],
  ["phone", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
]) {
  test(`every page keeps to its budget on a ${device}`, async ({ browser }) => {
    test.setTimeout(900_000);
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await page.addInitScript(watch);
    const heard = complaints(page);
    const abroad = [];
    page.on("request", (request) => {
      if (new URL(request.url()).origin !== world().url) abroad.push(request.url());
    });
    const figures = {};
    for (const [name, path] of Object.entries(await pages(page))) {
      await page.goto(`${world().url}${path}`);
      await expect.poll(() => page.evaluate(() => performance.getEntriesByName("first-contentful-paint").length)).toBe(1);
      const found = await page.evaluate(measure);
      figures[name] = found;
      for (const [what, most] of Object.entries(budget)) {
        expect.soft(found[what], `${name}: ${what}`).not.toBeNull();
        expect.soft(found[what], `${name}: ${what}`).toBeLessThanOrEqual(most);
      }
      expect.soft(found.title, name).toMatch(/ · Upnext$/);
      expect.soft(found.description.length, `${name}: description`).toBeGreaterThan(20);
      expect.soft([found.lang, found.viewport], name).toEqual(["en", "width=device-width, initial-scale=1"]);
      const axe = new AxeBuilder({ page }).withRules(["target-size", "color-contrast", "meta-viewport", "heading-order"]);
      const faults = (await axe.analyze()).violations.map(
        (violation) => `${violation.id}: ${violation.nodes.map((node) => node.target).join(" | ")}`,
      );
      expect.soft(faults, name).toEqual([]);
    }
    expect.soft(abroad, "asked of others").toEqual([]);
    expect.soft(heard.filter((text) => !text.includes("404"))).toEqual([]);
    writeFileSync(join(process.env.UPNEXT_OUT ?? ".", `budgets-${device}.json`), JSON.stringify(figures, null, 1));
    await context.close();
  });
}
