import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { noteSigner } from '../../audit/checkpoint/index.ts';
import { AuditConfig } from './config.ts';

const { text: verifierKey } = noteSigner(
  'witness',
  'witness',
  generateKeyPairSync('ed25519').privateKey,
);

describe('the address of a witness', () => {
  it.each([
    ['https://witness.example', undefined],
    ['http://127.0.0.2:7443', undefined],
    ['http://[::1]:7443', undefined],
    ['http://witness.example', 'use https: it is beyond this machine'],
    ['witness', 'Invalid URL'],
  ])('%s: %s', (url, message) => {
    const { error } = AuditConfig.safeParse({ witnesses: [{ url, key: verifierKey }] });
    expect(error?.issues[0]?.message).toBe(message);
  });
});
