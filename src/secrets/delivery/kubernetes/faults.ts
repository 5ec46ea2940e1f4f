import { Fault } from '../../../base/fault.ts';
import { TargetFault, type TargetTrouble } from '../../rotation/rotator.ts';

const RIGHTS = 'bind the Role of deploy/kubernetes/secret-delivery.yaml in its namespace';

/** By what is wrong. What an API server says may quote what it was sent, so it is not passed on. */
const TROUBLES: Readonly<Record<string, readonly [TargetTrouble, string, string?]>> = {
  unauthenticated: ['denied', 'it does not know Reeve', 'see the credentials of the cluster'],
  forbidden: ['denied', 'it does not let Reeve do this', RIGHTS],
  'not-found': ['invalid', 'there is no such namespace or object', 'see cluster and namespace'],
  conflict: ['unreachable', 'somebody else changed it at the same time'],
  invalid: ['invalid', 'it does not take the object', 'see whether it is immutable'],
  'too-many': ['unreachable', 'it has too much to do'],
};

/** Asks an API server, and tells what is wrong in words of ours.
 *  @throws {TargetFault} */
export async function asking<T>(doing: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    const [, what = ''] = thrown.code.split('/');
    const trouble = Object.hasOwn(TROUBLES, what) ? TROUBLES[what] : undefined;
    const [kind, why, hint] = trouble ?? ['unreachable', 'the API server cannot be asked'];
    throw new TargetFault(kind, `${doing}: ${why}`, hint);
  }
}

/** The same, where what is not there is an answer. */
export function asked<T>(doing: string, ask: () => Promise<T>): Promise<T | undefined> {
  return asking(doing, async () => {
    try {
      return await ask();
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.code === 'cluster/not-found') return undefined;
      throw thrown;
    }
  });
}
