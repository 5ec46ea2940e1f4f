import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findExample, writeExampleFile } from './example-file.ts';

let folder: string;
let server: Server;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-test-example-'));
  server = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const exampleOf = () => ({
  webUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  origin: 'http://127.0.0.1:7070',
  tokenFile: join(folder, 'admin.token'),
});
const NOT_RUNNING = expect.objectContaining({ code: 'example/not-running' });

describe('a running example', () => {
  it('is found by its data folder, and told to its own user alone', async () => {
    writeExampleFile(folder, exampleOf());
    expect(statSync(join(folder, 'example.json')).mode & 0o777).toBe(0o600);
    expect(await findExample(folder)).toEqual(exampleOf());
  });

  it('is none that does not answer', async () => {
    writeExampleFile(folder, exampleOf());
    server.close();
    server.closeAllConnections();
    await expect(findExample(folder)).rejects.toEqual(NOT_RUNNING);
  });

  it.each([
    ['that is elsewhere', JSON.stringify({ origin: 'http://evil.example' })],
    ['that nobody can read', '{'],
    ['that is too large', ' '.repeat(20_000)],
  ])('is none %s', async (_, text) => {
    const said = text.startsWith('{"') ? { ...exampleOf(), ...JSON.parse(text) } : undefined;
    writeFileSync(join(folder, 'example.json'), said ? JSON.stringify(said) : text);
    chmodSync(join(folder, 'example.json'), 0o600);
    await expect(findExample(folder)).rejects.toEqual(NOT_RUNNING);
  });
});
