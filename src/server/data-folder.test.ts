import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataFolder } from './data-folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'data-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the data folder', () => {
  it('makes its keys once, for its owner only', () => {
    const path = join(root, 'a', 'b');
    const first = openDataFolder(path);
    const second = openDataFolder(path);
    expect(second).toEqual(first);
    expect(first.fingerprintKey).toHaveLength(32);
    expect(first.adminToken).toMatch(/^[\w-]{43}$/);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    for (const name of ['admin.token', 'fingerprint.key']) {
      expect(statSync(join(path, name)).mode & 0o777).toBe(0o600);
    }
  });

  it('closes what others could read', () => {
    openDataFolder(root);
    chmodSync(join(root, 'admin.token'), 0o644);
    openDataFolder(root);
    expect(statSync(join(root, 'admin.token')).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['fingerprint.key', 'data/key-malformed'],
    ['admin.token', 'data/token-malformed'],
  ])('refuses a broken %s without showing it', (name, code) => {
    writeFileSync(join(root, name), 'not it');
    expect(() => openDataFolder(root)).toThrow(expect.objectContaining({ code }));
    expect(() => openDataFolder(root)).not.toThrow(/not it/);
  });

  it('says so where it cannot be made', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => openDataFolder(join(root, 'file', 'x'))).toThrow(
      expect.objectContaining({ code: 'data/unavailable' }),
    );
  });
});
