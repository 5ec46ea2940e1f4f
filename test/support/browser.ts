import { spawnSync } from 'node:child_process';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

/** Starts the Chromium that npm brought (or the one that REEVE_CHROMIUM names). It runs without its
 *  sandbox, which containers do not allow, and only ever sees the test's own server.
 *  @throws {Error} where libraries are missing that cannot be installed from here */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = await chromiumPath();
  installLibraries(executablePath);
  return playwright.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--no-zygote', '--disable-dev-shm-usage'],
  });
}

/** The Chromium that npm brought, or the one that REEVE_CHROMIUM names. */
export const chromiumPath = async (): Promise<string> =>
  process.env.REEVE_CHROMIUM ?? chromium.executablePath();

const PACKAGES = ['libnss3', 'libnspr4', 'libexpat1'];

/** Chromium needs libraries that a bare Debian lacks: root installs them, others are told to.
 *  @throws {Error} where libraries are missing that cannot be installed from here */
export function installLibraries(executable: string): void {
  if (missingLibraries(executable).length === 0) return;
  if (process.getuid?.() === 0) {
    for (const args of [['update'], ['install', '--yes', '--no-install-recommends', ...PACKAGES]]) {
      const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      spawnSync('apt-get', args, { stdio: 'ignore', env: environment, timeout: 300_000 });
    }
  }
  const missing = missingLibraries(executable);
  if (missing.length === 0) return;
  throw new Error(
    `Chromium lacks ${missing.join(', ')}: run \`apt-get install ${PACKAGES.join(' ')}\`, or name another Chromium in REEVE_CHROMIUM`,
  );
}

function missingLibraries(executable: string): string[] {
  const { stdout } = spawnSync('ldd', [executable], { encoding: 'utf8' });
  return [...(stdout ?? '').matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1] ?? '');
}
