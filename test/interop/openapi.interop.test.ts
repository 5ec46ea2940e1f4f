import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEndpoint, someTraffic } from '../../src/estate/store/testing/estate.ts';
import { toSpecification } from '../../src/inventory/workflow/index.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { isMissing, npmPackage } from './support/tools.ts';

const validator = npmPackage('@seriousme/openapi-schema-validator', '2.11.0');

interface Validated {
  readonly valid: boolean;
  readonly errors?: unknown;
}
interface ValidatorModule {
  readonly Validator: new () => {
    validate(document: object | string): Promise<Validated>;
    version: string;
  };
}

const isSkipped = isMissing('the validator of OpenAPI', validator);
let Validator: ValidatorModule['Validator'];
beforeAll(async () => {
  if (isSkipped) return;
  const entry = pathToFileURL(join(validator.path ?? '', 'index.js')).href;
  ({ Validator } = (await import(entry)) as ValidatorModule);
});

describe.skipIf(isSkipped)('the API', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
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

describe.skipIf(isSkipped)('a specification that is written from traffic', () => {
  const seen = (method: string, template: string, traffic = someTraffic()) =>
    anEndpoint('production/shop/orders', template, { method, traffic, declaredIn: [] });
  const endpoints = [
    seen('GET', '/orders'),
    seen('POST', '/orders', someTraffic({ statuses: { 0: 3 }, parameters: [] })),
    seen('GET', '/orders/{id}/items/{id}'),
    seen('PATCH', '/files/{name}.{extension}', someTraffic({ parameters: ['a b', 'x[]'] })),
    seen('DELETE', '/{base}...{head}'),
    seen('TRACE', '/odd: {x}'),
    { ...seen('PUT', '/old'), deprecated: true, traffic: null },
  ];

  it.each(['yaml', 'json'] as const)('is what OpenAPI 3.1 demands, in %s', async (format) => {
    const { text, included } = toSpecification('production/shop/orders', endpoints, format);
    expect(included).toHaveLength(endpoints.length);
    const checker = new Validator();
    const { valid, errors } = await checker.validate(text);
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    expect(checker.version).toBe('3.1');
  });

  it('is that too where there is nothing to say', async () => {
    const { text } = toSpecification('production/shop/orders', [], 'yaml');
    expect(await new Validator().validate(text)).toMatchObject({ valid: true });
  });
});
