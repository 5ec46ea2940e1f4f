import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AwsKmsKekConfig, KekConfig } from '../config.ts';
import { codeOf, faultOf } from '../testing/faults.ts';
import { Holder, LocalServer } from '../testing/holder.ts';
import { itIsAKek } from '../testing/kek-contract.ts';
import { AwsKmsKek } from './aws-kms.ts';

const CONTEXT = { 'reeve-vault': 'f00d' };
const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/reeve';

/** Encrypt and Decrypt of KMS in its JSON protocol, over real encryption.
 *  @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html */
function kms(holder: Holder) {
  return (request: IncomingMessage, body: string, response: ServerResponse): void => {
    const { KeyId, Plaintext, CiphertextBlob, EncryptionContext } = JSON.parse(body);
    const boundTo = JSON.stringify(Object.entries(EncryptionContext ?? {}).sort());
    const say = (status: number, answer: object) =>
      response
        .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify(answer));
    const isSigned = request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=');
    if (!isSigned) return void say(400, { __type: 'MissingAuthenticationTokenException' });
    if (KeyId !== KEY) return void say(400, { __type: 'NotFoundException', message: KeyId });
    if (request.headers['x-amz-target'] === 'TrentService.Encrypt') {
      const blob = holder.encrypt(Buffer.from(Plaintext, 'base64'), boundTo);
      return void say(200, { KeyId, CiphertextBlob: blob.toString('base64') });
    }
    const plain = holder.decrypt(Buffer.from(CiphertextBlob, 'base64'), boundTo);
    if (plain === undefined) return void say(400, { __type: 'InvalidCiphertextException' });
    say(200, { KeyId, Plaintext: plain.toString('base64') });
  };
}

const open = (endpoint: string, more: object = {}) =>
  new AwsKmsKek(
    KekConfig.parse({
      kind: 'aws-kms',
      keyId: KEY,
      region: 'eu-central-1',
      endpoint,
      ...more,
    }) as AwsKmsKekConfig,
  );

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', randomBytes(10).toString('hex'));
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', randomBytes(20).toString('hex'));
});

describe('a key of AWS KMS', () => {
  let server: LocalServer;
  beforeAll(async () => {
    server = await LocalServer.start(kms(new Holder()));
  });
  afterAll(() => server.stop());

  itIsAKek(() => open(server.url));

  it('is named as the configuration writes it', () => {
    expect(open(server.url).id).toBe(`aws-kms:${KEY}`);
  });

  it('that is not there is told', async () => {
    const fault = await faultOf(() =>
      open(server.url, { keyId: 'alias/none' }).wrap(randomBytes(32), CONTEXT),
    );
    expect(fault?.code).toBe('vault/kek-not-found');
    expect(fault?.message).toBe(
      'aws-kms:alias/none: there is no such key in this account and region (NotFoundException)',
    );
  });

  it('wraps again after it was closed', async () => {
    const kek = open(server.url);
    await kek.wrap(randomBytes(32), CONTEXT);
    kek.close();
    expect(await kek.wrap(randomBytes(32), CONTEXT)).toBeTruthy();
  });
});

describe('a KMS in trouble', () => {
  it.each([
    ['AccessDeniedException', 'vault/kek-denied'],
    ['DisabledException', 'vault/kek-denied'],
    ['KMSInvalidStateException', 'vault/kek-denied'],
    ['ExpiredTokenException', 'vault/kek-denied'],
    ['IncorrectKeyException', 'vault/kek-refused'],
    ['KMSInternalException', 'vault/kek-unavailable'],
  ])('which says %s is told, without its message', async (type, code) => {
    const message = `about ${randomBytes(8).toString('hex')}`;
    const server = await LocalServer.start((_, __, response) => {
      response
        .writeHead(400, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify({ __type: type, message }));
    });
    const fault = await faultOf(() => open(server.url).unwrap('AAAA', CONTEXT));
    expect(fault?.code).toBe(code);
    expect(`${fault?.message}${fault?.hint}${fault?.cause}`).not.toContain(message);
    await server.stop();
  });

  it('which does not answer, or is not there, is told', async () => {
    const server = await LocalServer.start(() => {});
    const kek = open(server.url, { timeoutSeconds: 1 });
    const fault = await faultOf(() => kek.wrap(randomBytes(32), CONTEXT));
    expect(fault?.code).toBe('vault/kek-unavailable');
    expect(fault?.message).toMatch(/no answer in time/);
    await server.stop();
    expect(await codeOf(() => kek.wrap(randomBytes(32), CONTEXT))).toBe('vault/kek-unavailable');
  });
});
