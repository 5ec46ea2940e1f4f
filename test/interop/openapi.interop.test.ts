import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.ts';
import { isMissing, npmPackage } from './support/tools.ts';

const validator = npmPackage('@seriousme/openapi-schema-validator', '2.11.0');

interface Validated {
  readonly valid: boolean;
  readonly errors?: unknown;
}
interface ValidatorModule {
  readonly Validator: new () => { validate(document: object): Promise<Validated>; version: string };
}

describe.skipIf(isMissing('the validator of OpenAPI', validator))('the API', () => {
  let server: TestServer;
  let Validator: ValidatorModule['Validator'];
  beforeAll(async () => {
    server = await startTestServer();
    const entry = pathToFileURL(join(validator.path ?? '', 'index.js')).href;
    ({ Validator } = (await import(entry)) as ValidatorModule);
  });
  afterAll(() => server?.close());

  it('describes itself as OpenAPI 3.1 demands', async () => {
    const document = await server.get<object>('/openapi.json');
    const checker = new Validator();
    const { valid, errors } = await checker.validate(document);
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    expect(checker.version).toBe('3.1');
  });

  it('would not pass with a mistake in it', async () => {
    const document = await server.get<{ paths: object }>('/openapi.json');
    const broken = { ...document, paths: { '/a': { get: { parameters: [{ in: 'nowhere' }] } } } };
    expect((await new Validator().validate(broken)).valid).toBe(false);
  });
});
