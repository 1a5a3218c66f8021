// Every page: no serious fault of accessibility in light and dark, nothing the browser refuses, nothing wider than a phone, and
// readable without scripts. Leaves a picture of each.
import { expect, test } from "@playwright/test";
import { complaints, desk, faults, open, out, pages, phone, world } from "./steps.js";

for (const scheme of ["light", "dark"]) {
  test(`every page is accessible in ${scheme}`, async ({ browser }) => {
    test.setTimeout(480_000);
    const context = await browser.newContext({ colorScheme: scheme, viewport: desk });
    const page = await context.newPage();
    const heard = complaints(page);
    await page.goto(`${world().url}/sign-in`);
    expect.soft(await faults(page), "sign-in").toEqual([]);
    await page.screenshot({ path: `${out}/sign-in-${scheme}.png` });
    for (const [name, path] of Object.entries(await pages(page))) {
      await page.goto(`${world().url}${path}`);
      expect.soft(await faults(page), name).toEqual([]);
      await page.screenshot({ path: `${out}/${name}-${scheme}.png` });
    }
    expect(heard.filter((text) => !text.includes("404"))).toEqual([]);
    await context.close();
  });
}

test("every page fits a phone", async ({ browser }) => {
  test.setTimeout(360_000);
  const context = await browser.newContext({ viewport: phone, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  // Before anybody is in: the way in.
  await page.goto(`${world().url}/sign-in`);
  await page.screenshot({ path: `${out}/sign-in-phone.png` });
  expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), "sign-in").toBeLessThanOrEqual(phone.width);
  expect.soft(await faults(page), "sign-in").toEqual([]);
  for (const [name, path] of Object.entries(await pages(page))) {
    await page.goto(`${world().url}${path}`);
    await page.screenshot({ path: `${out}/${name}-phone.png` });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect.soft(width, `${name} is wider than the phone`).toBeLessThanOrEqual(phone.width);
  }
  await context.close();
});

test("every page reads without scripts", async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  for (const [name, path] of Object.entries(await pages(page))) {
    await page.goto(`${world().url}${path}`);
    await expect(page.locator("main h1"), name).toBeVisible();
  }
  await open(page, `/projects/${world().project}`);
  await page.getByLabel("Search").fill("camel");
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL(/q=camel/);
  await context.close();
});
