import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestAuthority } from '../support/certificates.ts';
import { answerHttp2 } from './support/http2-server.ts';
import { goProgram, isMissing } from './support/tools.ts';

/** The conformance tests of HTTP/2 and HPACK. None is left out: the server of these tests answers whatever it is asked,
 *  so that each applies. */
const h2spec = goProgram(
  'h2spec',
  'github.com/summerwind/h2spec/cmd/h2spec',
  'v2.2.1+incompatible',
);

const TIMEOUT_SECONDS = '2';

async function conform(group: string, port: number, words: readonly string[]): Promise<string> {
  const program = join(h2spec.path ?? '', 'h2spec');
  const fixed = ['-h', '127.0.0.1', '-p', String(port), '-o', TIMEOUT_SECONDS];
  const running = spawn(program, [group, ...fixed, ...words]);
  let told = '';
  running.stdout.on('data', (chunk) => {
    told += chunk;
  });
  await once(running, 'close');
  return told;
}

/** What it says at its end: what has failed, and how many tests there were. */
function outcomeOf(told: string): string {
  const failures = told.slice(told.lastIndexOf('\nFailures:'));
  const summary = /\d+ tests, .*/.exec(told)?.[0] ?? 'no summary';
  return told.includes('\nFailures:') ? failures : summary;
}

describe.skipIf(isMissing('h2spec', h2spec))('the HTTP/2 server conforms', () => {
  let authority: TestAuthority;
  beforeAll(() => {
    authority = new TestAuthority();
  });
  afterAll(() => authority.remove());

  it.each([
    ['in plain text', 'generic', 44],
    ['in plain text', 'http2', 94],
    ['in plain text', 'hpack', 7],
    ['over TLS', 'generic', 44],
    ['over TLS', 'http2', 94],
    ['over TLS', 'hpack', 7],
  ])('%s to all tests of the group %s', async (how, group, tests) => {
    const isTls = how === 'over TLS';
    const tls = isTls ? authority.issue('server', ['IP:127.0.0.1']) : undefined;
    const server = await answerHttp2(tls);
    const told = await conform(group, server.port, isTls ? ['-t', '-k'] : []);
    await server.close();
    expect(outcomeOf(told)).toBe(`${tests} tests, ${tests} passed, 0 skipped, 0 failed`);
  });
});
