import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ask, askPem } from './client.ts';

/** Something else than Reeve, which answers whatever it is asked. */
const other = createServer((request, response) => {
  response.statusCode = request.url === '/refused' ? 404 : 200;
  response.end('<html>hello</html>');
});
let server: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  server = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
});
afterAll(() => void other.close());
beforeEach(() => vi.stubEnv('REEVE_TOKEN', 'x'.repeat(32)));

describe('a mistaken address', () => {
  it.each([
    ['data', ask],
    ['certificates', askPem],
  ])('is told where something else answers when %s are asked for', async (_, asked) => {
    await expect(asked({ server, data: '' }, '/')).rejects.toMatchObject({
      code: 'client/answer-malformed',
      message: `What answers at ${server} is not Reeve's API`,
      hint: expect.stringContaining('--server'),
    });
  });

  it('is told where something else refuses', async () => {
    await expect(ask({ server, data: '' }, '/refused')).rejects.toMatchObject({
      message: 'The server answers 404: Not Found',
      hint: expect.stringContaining('--server'),
    });
  });
});
