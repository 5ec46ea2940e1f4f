import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let state: string;
beforeAll(() => {
  state = mkdtempSync(join(tmpdir(), 'reeve-validate-'));
});
afterAll(() => rmSync(state, { recursive: true, force: true }));

/** The shop, with some text of one of its files changed. */
function shopWith(file: string, from: string, to: string): string {
  const folder = mkdtempSync(join(state, 'shop-'));
  cpSync('examples/shop', folder, { recursive: true });
  const path = join(folder, file);
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
  return folder;
}

function validate(...args: string[]) {
  const { status, stdout } = spawnSync('bin/reeve', ['policy', 'validate', ...args], {
    encoding: 'utf8',
    env: { ...process.env, XDG_STATE_HOME: state, NO_COLOR: '1' },
  });
  return { status, stdout };
}

describe('reeve policy validate', () => {
  it('finds nothing wrong with the shop', () => {
    expect(validate('examples/shop')).toEqual({
      status: 0,
      stdout: 'Nothing is wrong with the policy.\n',
    });
  });

  it.each([
    [
      'an operation that nobody has',
      '"POST /orders", ',
      '"POST /ordrs", ',
      'did you mean `POST /orders`?',
    ],
    ['a service that nobody is', 'service: orders', 'service: oders', 'did you mean `orders`?'],
    [
      'what adds nothing',
      '"POST /orders", ',
      '"GET /orders/**", ',
      'adds nothing to `GET /orders/**`',
    ],
  ])('warns of %s', (_, from, to, words) => {
    const folder = shopWith('web/reeve.yaml', from, to);
    const { status, stdout } = validate(folder);
    expect([status, stdout.replace(/\n {2}/g, ' ')]).toEqual([0, expect.stringContaining(words)]);
    expect(validate(folder, '--strict').status).toBe(1);
    expect(stdout.split('\n').every((line) => line.length <= 80)).toBe(true);
  });

  it('fails for a guardrail that cannot be used, with its line', () => {
    const folder = shopWith('guardrails.cedar', 'principal.exposure', 'principal.exposur');
    const { status, stdout } = validate(folder);
    expect([status, stdout]).toEqual([
      1,
      expect.stringMatching(/error +guardrails\.cedar:\d+:\d+/),
    ]);
    const { problems } = JSON.parse(validate(folder, '--format', 'json').stdout);
    expect(problems[0]).toMatchObject({ severity: 'error', file: 'guardrails.cedar' });
  });
});
