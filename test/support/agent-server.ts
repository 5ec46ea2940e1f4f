import { randomBytes, randomFillSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openStore } from '../../src/estate/store/index.ts';
import {
  AgentsConfig,
  agentServerPorts,
  bundleFingerprints,
  serveAgents,
} from '../../src/identity/agent/index.ts';
import {
  AttestationConfig,
  createAttestors,
  DocumentJoinTokenStore,
  machinePorts,
  makeJoinToken,
} from '../../src/identity/attestation/index.ts';
import {
  AuthorityConfig,
  AuthorityKeeper,
  certifierOf,
  DocumentAuthorityStore,
  openKeyRing,
  post,
} from '../../src/identity/authority/index.ts';
import { AuthoritySupply, OwnSvid } from '../../src/identity/host/index.ts';
import { EntryIndex } from '../../src/identity/registration/index.ts';
import { entryWith } from '../../src/identity/registration/testing/entries.ts';
import { writeBundle } from '../../src/identity/spiffe/index.ts';

/** A server of agents in a process of its own, over a real store, so that it can be killed and come back. Commands
 *  come as JSON on standard input, one a line; each is answered with a line. */
const [folder = '', port = '0'] = process.argv.slice(2);
const trustDomain = 'example.org';
const store = await openStore({ kind: 'sqlite', folder });
const authorityConfig = AuthorityConfig.parse({ refreshHintSeconds: 1, skewSeconds: 0 });
const keeper = await AuthorityKeeper.open({
  trustDomain,
  config: authorityConfig,
  store: new DocumentAuthorityStore(store),
  ring: openKeyRing(undefined, folder, {}),
  certify: certifierOf({ kind: 'none' }, post, randomFillSync),
  clock: Date.now,
  steadyClock: () => performance.now(),
  fillRandom: randomFillSync,
  warn: () => {},
});
keeper.start();
const index = new EntryIndex();
const listeners = new Set<() => void>();
const entries = {
  index,
  onChange: (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
const supply = new AuthoritySupply({ keeper, entries, clock: Date.now });
const tokens = new DocumentJoinTokenStore(store);
const attestation = AttestationConfig.parse({});
const server = await serveAgents(
  agentServerPorts({
    keeper,
    supply,
    entries,
    federated: () => [],
    attestors: createAttestors(
      {
        clock: Date.now,
        workload: machinePorts(attestation),
        clusters: () => [],
        joinTokens: tokens,
      },
      attestation,
    ),
    ownSvid: new OwnSvid(supply, Date.now, () => {}),
    audit: async (found) => {
      await store.amend([], found);
    },
    clock: Date.now,
  }),
  { config: AgentsConfig.parse({ port: Number(port) }) },
);

type Command = Readonly<Record<string, unknown>>;

const COMMANDS: Readonly<Record<string, (command: Command) => Promise<unknown>>> = {
  token: async ({ name }) => {
    const maker = { trustDomain, by: 'ada', now: Date.now(), maxTtlSeconds: 600, randomBytes };
    const agent = `spiffe://${trustDomain}/reeve/agent/${name}`;
    const made = makeJoinToken({ agent, ttlSeconds: 600 }, maker);
    await tokens.add(made.record);
    return made.token;
  },
  register: async ({ said }) => {
    index.set(entryWith(said as object, { now: Date.now() }));
    for (const listener of listeners) listener();
    return index.size;
  },
  deny: async ({ spiffeId }) => {
    const why = 'keyCompromise' as const;
    const by = { actor: 'ada', reason: 'the machine was stolen' };
    await keeper.revoke([{ spiffeId: String(spiffeId), mayReturn: false, why }], by);
    return null;
  },
  agents: async () => server.agents().map(({ agent }) => agent),
};

writeFileSync(join(folder, 'bundle.json'), writeBundle(keeper.bundle));
const told = { port: server.port, fingerprints: bundleFingerprints(keeper.bundle) };
process.stdout.write(`${JSON.stringify(told)}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as Command;
  const answer = await COMMANDS[String(command.do)]?.(command);
  process.stdout.write(`${JSON.stringify(answer ?? null)}\n`);
}
process.exit(0);
