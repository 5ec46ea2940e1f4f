import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isMissing, npmPackage } from './support/tools.ts';

/** It ships the schema that OASIS publishes. */
const schemas = npmPackage('@microsoft/jest-sarif', '1.0.0-beta.0');
/** It brings a validator of JSON Schema draft 4, in which that schema is written. */
const checker = npmPackage('@seriousme/openapi-schema-validator', '2.11.0');

interface Ajv {
  compile(schema: object): ((value: unknown) => boolean) & { errors?: readonly unknown[] | null };
}

const state = mkdtempSync(join(tmpdir(), 'reeve-sarif-'));
afterAll(() => rmSync(state, { recursive: true, force: true }));

function sarifOf(folder: string): unknown {
  const { stdout } = spawnSync('bin/reeve', ['scan', folder, '--format', 'sarif'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, XDG_STATE_HOME: state },
  });
  return JSON.parse(stdout);
}

const isSkipped = [
  isMissing('the schema of SARIF', schemas),
  isMissing('the validator of JSON Schema', checker),
].includes(true);

describe.skipIf(isSkipped)('a report in SARIF', () => {
  const validate = () => {
    const require = createRequire(join(checker.path ?? '', 'package.json'));
    const { default: Ajv } = require('ajv-draft-04') as { default: new (options: object) => Ajv };
    const file = join(schemas.path ?? '', 'lib/schemas/sarif-2.1.0-rtm.5.json');
    // One pattern of the schema is no regular expression in the mode that Ajv takes by default.
    const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false });
    return ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);
  };

  it.each(['test/testdata/small-shop', 'examples/shop', 'src/sources/kubernetes/testdata'])(
    'of %s is what the schema of SARIF 2.1.0 demands',
    (folder) => {
      const check = validate();
      const log = sarifOf(folder) as { runs: { results: unknown[] }[] };
      check(log);
      expect(check.errors ?? []).toEqual([]);
      expect(log.runs[0]?.results.length).toBeGreaterThan(0);
    },
  );

  it('would not pass with a mistake in it', () => {
    const check = validate();
    const log = sarifOf('test/testdata/small-shop') as { runs: object[] };
    expect(check({ ...log, runs: [{ ...log.runs[0], results: [{ level: 'loud' }] }] })).toBe(false);
  });
});
