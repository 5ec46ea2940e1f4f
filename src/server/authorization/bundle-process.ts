import type { Policy } from '../../authorization/model/index.ts';
import { messageOf } from '../../base/fault.ts';
import { collectGarbage } from '../../base/memory.ts';
import type { BundleHanded, BundleReturned } from './bundles-apart.ts';
import { BundleMaker } from './make-bundle.ts';

/** The process that makes bundles of large policies, and remembers what callees came to. It is handed as much of a
 *  policy as has changed, in parts, and then told to make a bundle. */
const maker = new BundleMaker();
let policy = empty();

type Lists = { readonly [List in keyof Policy]: Policy[List][number][] };

function empty(): Lists {
  return { services: [], endpoints: [], grants: [], guardrails: [] };
}

async function answer({
  terms,
  changed,
}: BundleHanded & { type: 'make' }): Promise<BundleReturned> {
  const given = policy;
  policy = empty();
  try {
    const bundle = await maker.make(given, terms, changed && new Set(changed));
    return { type: 'made', bundle };
  } catch (thrown) {
    return { type: 'failed', message: messageOf(thrown) };
  }
}

process.on('message', (message: BundleHanded) => {
  if (message.type === 'make') {
    void answer(message).then((returned) => {
      process.send?.(returned);
      // what all callees come to was here several times over, and may not be soon again
      setImmediate(collectGarbage);
    });
    return;
  }
  const list: unknown[] = policy[message.list];
  for (const item of message.items) list.push(item);
});
// Without the server there is nobody to work for.
process.on('disconnect', () => process.exit());
