import { describe, expect, it } from 'vitest';
import { KekConfig } from './config.ts';

const OPENBAO = {
  kind: 'openbao',
  url: 'https://bao.example.org:8200',
  key: 'reeve',
  token: { file: '/run/token' },
};
const PKCS11 = {
  kind: 'pkcs11',
  module: '/usr/lib/softhsm/libsofthsm2.so',
  token: 'reeve',
  key: 'vault',
  pin: { variable: 'PIN' },
};
const KMS = { kind: 'aws-kms', keyId: 'alias/reeve' };

describe('the configuration of a key-encryption key', () => {
  it.each([
    [{ kind: 'file' }],
    [{ kind: 'variable' }],
    [OPENBAO],
    [{ ...OPENBAO, url: 'http://127.0.0.1:8200' }],
    [PKCS11],
    [KMS],
    [{ kind: 'shamir' }],
    [{ kind: 'shamir', shares: 2, threshold: 2 }],
  ])('takes %j', (config) => {
    expect(KekConfig.safeParse(config).error?.issues ?? []).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['no kind', {}, 'kind'],
    ['another kind', { kind: 'paper' }, 'kind'],
    ['a member that it does not know', { kind: 'file', key: 'a' }, ''],
    ['what is no address', { ...OPENBAO, url: 'bao' }, 'url'],
    ['plain HTTP beyond this machine', { ...OPENBAO, url: 'http://bao.example.org' }, 'url'],
    ['a mount that leads elsewhere', { ...OPENBAO, mount: '../sys' }, 'mount'],
    ['a key that leads elsewhere', { ...OPENBAO, key: 'a/b' }, 'key'],
    ['a token in two places', { ...OPENBAO, token: { file: 'a', variable: 'B' } }, 'token'],
    ['a token nowhere', { ...OPENBAO, token: {} }, 'token'],
    ['a library that the system has to find', { ...PKCS11, module: 'libsofthsm2.so' }, 'module'],
    ['a label that no token has', { ...PKCS11, token: 'a'.repeat(33) }, 'token'],
    ['a plain endpoint', { ...KMS, endpoint: 'http://kms.example.org' }, 'endpoint'],
    ['more shares needed than made', { kind: 'shamir', shares: 2, threshold: 3 }, 'threshold'],
    ['one share that is enough', { kind: 'shamir', shares: 2, threshold: 1 }, 'threshold'],
    ['no time at all', { ...KMS, timeoutSeconds: 0 }, 'timeoutSeconds'],
  ])('does not take %s', (_, config, path) => {
    const issues = KekConfig.safeParse(config).error?.issues ?? [];
    expect(issues.map((issue) => issue.path.join('.'))).toContain(path);
  });
});
