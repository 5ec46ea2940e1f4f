import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readCertificates } from './network.ts';

describe('a file of certificates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-certificates-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const long = join(folder, 'long.pem');
  writeFileSync(long, '');
  truncateSync(long, 1_048_577);

  it.each([
    ['is not there', join(folder, 'none.pem'), 'cannot be read'],
    ['is a folder', folder, 'is no plain file'],
    ['is a device', '/dev/null', 'is no plain file'],
    ['is too long', long, 'at most 1048576 bytes'],
  ])('that %s is told', (_, file, message) => {
    expect(() => readCertificates(file)).toThrow(
      expect.objectContaining({ trouble: 'invalid', message: expect.stringContaining(message) }),
    );
  });

  it('is read', () => {
    writeFileSync(join(folder, 'ca.pem'), 'PEM');
    expect(readCertificates(join(folder, 'ca.pem'))).toBe('PEM');
  });
});
