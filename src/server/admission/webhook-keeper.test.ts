import { expect, it } from 'vitest';
import { createLog } from '../../base/log.ts';
import { WebhookKeeper } from './webhook-keeper.ts';

const PATH =
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/reeve-admission';

function setUp(webhooks: object[], refusal?: Error) {
  const patches: unknown[] = [];
  const lines: string[] = [];
  let pem = 'FIRST';
  const keeper = new WebhookKeeper({
    name: 'reeve-admission',
    clusters: [
      {
        name: 'eu-1',
        api: {
          get: async (path) => {
            expect(path).toBe(PATH);
            if (refusal) throw refusal;
            return { webhooks };
          },
          patch: async (_, body) => patches.push(body),
        },
      },
    ],
    bundle: () => pem,
    log: createLog('info', { write: (line) => lines.push(line) }),
  });
  return { keeper, patches, lines, rotate: (next: string) => (pem = next) };
}
const base64 = (text: string) => Buffer.from(text).toString('base64');
const own = (caBundle?: string) => ({ name: 'validate.reeve.dev', clientConfig: { caBundle } });

it('writes authorities where they are missing or others, and nothing else', async () => {
  const { keeper, patches, rotate } = setUp([{ name: 'other.example' }, own(base64('FIRST'))]);
  await keeper.keep();
  expect(patches).toEqual([]);
  rotate('SECOND');
  await keeper.keep();
  expect(patches).toEqual([{ webhooks: [own(base64('SECOND'))] }]);
  keeper.close();
});

it("leaves a configuration alone that is somebody else's", async () => {
  const { keeper, patches } = setUp([{ name: 'other.example', clientConfig: {} }]);
  await keeper.keep();
  expect(patches).toEqual([]);
  keeper.close();
});

it('says once why it cannot', async () => {
  const { keeper, lines } = setUp([], new Error('forbidden'));
  await keeper.keep();
  await keeper.keep();
  expect(lines.filter((line) => line.includes('forbidden'))).toHaveLength(1);
  keeper.close();
});
