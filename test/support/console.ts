import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { buildWeb } from '../../scripts/web.ts';
import { launchBrowser } from './browser.ts';
import type { TestServer } from './server.ts';

/** The console in a real browser, before a real server. */
export interface ConsoleUnderTest {
  readonly server: TestServer;
  /** A fresh one for each test. */
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained of: scripts that broke, requests that the policy stopped, and dialogs
   *  that a script opened. None may be left at the end of a test. */
  complaints: string[];
  logIn(): Promise<void>;
  /** Logs in, and opens a page. */
  open(path: string): Promise<void>;
}

/** Starts server and browser for all tests of a file, and opens a page for each. */
export function underTest(start: () => Promise<TestServer>): ConsoleUnderTest {
  let browser: Browser | undefined;
  let server: TestServer | undefined;
  let context: BrowserContext | undefined;
  let page: Page | undefined;
  beforeAll(async () => {
    await buildWeb();
    [browser, server] = await Promise.all([launchBrowser(), start()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  beforeEach(async () => {
    tested.complaints = [];
    context = await there(browser).newContext({ viewport: { width: 1280, height: 900 } });
    context.setDefaultTimeout(15_000);
    page = await context.newPage();
    page.on('pageerror', (error) => tested.complaints.push(error.message));
    page.on('dialog', (dialog) => {
      tested.complaints.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (message) => {
      // an answer that refuses something is a line of the console, too
      const isAnswer = /status of 4\d\d/.test(message.text());
      if (message.type() === 'error' && !isAnswer) tested.complaints.push(message.text());
    });
  });
  afterEach(async () => {
    await context?.close();
    expect(tested.complaints).toEqual([]);
  });
  const tested: ConsoleUnderTest = {
    get server() {
      return there(server);
    },
    get page() {
      return there(page);
    },
    get context() {
      return there(context);
    },
    complaints: [],
    logIn: async () => {
      await tested.page.goto(tested.server.createLoginLink().url);
      await tested.page
        .getByRole('heading', { name: 'Is every internal call authenticated?' })
        .waitFor();
    },
    open: async (path) => {
      await tested.logIn();
      await tested.page.goto(`${tested.server.origin}${path}`);
    },
  };
  return tested;
}

function there<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error('it is there in tests only');
  return thing;
}
