import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SecretValue } from '../../model/index.ts';
import { walkKills } from '../../rotation/testing/walk.ts';
import type { WorldTarget } from '../../rotation/testing/world.ts';
import { type WebhookRotation, webhookRotator } from './index.ts';

const ADMIN = { secret: `whsec_${randomBytes(32).toString('base64')}` };

/** A receiver whose target holds several values, and which makes them itself. */
let accepted: Set<string>;
/** Values that it made, by the id of the message. */
let made: Map<string, string>;
let server: Server;
let origin: string;

const STEPS: Readonly<Record<string, (text: string, id: string) => object>> = {
  make: (_, id) => {
    const value = made.get(id) ?? randomBytes(16).toString('hex');
    made.set(id, value);
    return { ok: true, value: { value } };
  },
  set: (text) => ({ ok: accepted.add(text).size > 0 }),
  test: (text) => (accepted.has(text) ? { ok: true } : { ok: false, trouble: 'refused' }),
  revoke: (text) => ({ ok: accepted.delete(text) || true }),
  'is-refused': (text) => ({ ok: true, refused: !accepted.has(text) }),
};

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request.setEncoding('utf8')) body += piece;
    const { step, value } = JSON.parse(body).data;
    const answer = STEPS[step]?.(value?.value ?? '', String(request.headers['webhook-id']));
    response.end(JSON.stringify(answer ?? { ok: false, trouble: 'invalid' }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function target(steps: WebhookRotation['steps']): WorldTarget {
  accepted = new Set();
  made = new Map();
  const rotator = webhookRotator([origin]);
  return {
    // the world has no secret by which targets are changed
    rotator: {
      ...rotator,
      needsAdmin: false,
      ...Object.fromEntries(
        (['obtain', 'set', 'test', 'undo', 'finish', 'revoke', 'isRefused'] as const).map(
          (name) => [
            name,
            (context: Parameters<typeof rotator.set>[0], value: SecretValue) =>
              rotator[name]?.({ ...context, admin: ADMIN }, value),
          ],
        ),
      ),
    } as WorldTarget['rotator'],
    plan: { config: { url: origin, steps } },
    accepts: ({ value = '' }) => accepted.has(value),
  };
}

it.each([
  ['Reeve draws', []],
  ['the receiver makes', ['make']],
] as const)(
  'a rotation of values that %s ends the same wherever it is killed',
  async (_, steps) => {
    await walkKills({ open: () => target([...steps]), minutes: 240 });
    expect(made.size).toBe(steps.length * 2);
  },
);
