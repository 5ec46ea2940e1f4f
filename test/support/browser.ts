import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

/** Starts the Chromium that npm brought (or the one that REEVE_CHROMIUM names). It runs without its
 *  sandbox, which containers do not allow, and only ever sees the test's own server.
 *  @throws {Error} where libraries are missing: `apt-get install libnss3` brings them on Debian */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.REEVE_CHROMIUM ?? (await chromium.executablePath());
  return playwright.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--no-zygote', '--disable-dev-shm-usage'],
  });
}
