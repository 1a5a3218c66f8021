// One browser, one world: the real binary over the demo's workspace. `cargo xtask browser` says where both are.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  outputDir: process.env.UPNEXT_OUT ? `${process.env.UPNEXT_OUT}/results` : "results",
  globalSetup: "./world.js",
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    launchOptions: {
      executablePath: process.env.UPNEXT_CHROMIUM,
      // Containers have neither a sandbox for it nor much shared memory; it only ever opens our own pages.
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
    },
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    trace: "retain-on-failure",
  },
});
