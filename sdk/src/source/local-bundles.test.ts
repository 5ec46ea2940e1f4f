import { describe, expect, it } from 'vitest';
import { ReeveError } from '../error.ts';
import type { WorkloadApiClient } from '../workload-api/index.ts';
import { LocalBundles } from './local-bundles.ts';

/** Bundles of an agent that sends one message and then refuses to go on. */
function refused(signal: AbortSignal) {
  const warnings: ReeveError[] = [];
  const refusal = new ReeveError('workload-api/unimplemented', 'the agent answers unimplemented');
  const watchJwtBundles: WorkloadApiClient['watchJwtBundles'] = async ({ onMessage }) => {
    onMessage(new Map([['example.org', '{"keys":[]}']]));
    throw refusal;
  };
  const client = { watchJwtBundles } as WorkloadApiClient;
  const bundles = new LocalBundles(client, signal, (error) => warnings.push(error));
  return { bundles, warnings, refusal };
}

describe('the JWT bundles of a workload', () => {
  it('stay when no more will come, and somebody is told', async () => {
    const { bundles, warnings, refusal } = refused(new AbortController().signal);
    expect([...(await bundles.ready()).keys()]).toEqual(['example.org']);
    expect(warnings).toEqual([refusal]);
  });

  it('end without a word when they are closed', async () => {
    const { bundles, warnings } = refused(AbortSignal.abort());
    await bundles.ready();
    expect(warnings).toEqual([]);
  });
});
