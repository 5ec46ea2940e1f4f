import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readGuardrails } from '../authorization/guardrails/index.ts';
import { DEFAULT_FOLDER_LIMITS } from '../base/folder.ts';
import { scanFolder } from './scan.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scan-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const GUARDRAIL = '@id("none") forbid(principal, action, resource);';
const scanned = (options: Partial<Parameters<typeof scanFolder>[1]> = {}) =>
  scanFolder(folder, { environment: 'test', fingerprintKey: Buffer.alloc(32), ...options }).policy;
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

it('a guardrail is there as it is written', () => {
  write('a.cedar', GUARDRAIL);
  expect(scanned().guardrails).toEqual([{ path: 'a.cedar', text: GUARDRAIL }]);
});

it.each<[string, () => Partial<Parameters<typeof scanFolder>[1]>]>([
  [
    'is larger than files may be',
    () => {
      write('a.cedar', `${GUARDRAIL}${' '.repeat(1_000)}`);
      return { limits: { ...DEFAULT_FOLDER_LIMITS, maxFileBytes: 500 } };
    },
  ],
  [
    'took too long to read',
    () => {
      write('a.cedar', GUARDRAIL);
      return { stalled: ['a.cedar'] };
    },
  ],
  [
    'leads out of the folder',
    () => {
      symlinkSync('/nowhere/a.cedar', join(folder, 'a.cedar'));
      return {};
    },
  ],
])('a file of guardrails that %s denies every call', (_, prepare) => {
  const { guardrails } = scanned(prepare());
  expect(guardrails).toEqual([{ path: 'a.cedar', text: '', unread: expect.any(String) }]);
  expect(readGuardrails(guardrails)).toMatchObject({
    guardrails: [{ id: 'a.cedar#1', json: undefined }],
    diagnostics: [{ severity: 'error', code: 'guardrail/unread', file: 'a.cedar', line: 1 }],
  });
});

it.each([
  ['too many files', { maxFiles: 1 }, '.'],
  ['folders too deep in each other', { maxDepth: 0 }, 'deep'],
])('a folder with %s may have guardrails, so it denies every call', (_, limits, path) => {
  write('a.txt', '');
  mkdirSync(join(folder, 'deep'));
  write('deep/b.cedar', GUARDRAIL);
  const { guardrails } = scanned({ limits: { ...DEFAULT_FOLDER_LIMITS, ...limits } });
  expect(guardrails).toEqual([{ path, text: '', unread: expect.any(String), isFolder: true }]);
  const { diagnostics, ...read } = readGuardrails(guardrails);
  expect(read.guardrails).toMatchObject([{ json: undefined }]);
  expect(diagnostics[0]?.message).toMatch(/^This folder was not read whole.*every call is denied$/);
  const [kept] = guardrails.map(({ unread: keptFor, ...one }) => ({ ...one, keptFor }));
  expect(readGuardrails(kept ? [kept] : [])).toMatchObject({
    guardrails: [],
    diagnostics: [{ severity: 'error', code: 'guardrail/kept', file: path }],
  });
});

it('other files that cannot be read are nothing to guardrails', () => {
  symlinkSync('/nowhere/a.yaml', join(folder, 'a.yaml'));
  expect(scanned().guardrails).toEqual([]);
});
