import { Fault, quote } from '../../../base/fault.ts';
import type { Entry } from '../../registration/index.ts';
import { parseSpiffeId } from '../../spiffe/index.ts';
import { judgeCsrNames, readCsr } from '../../x509/index.ts';
import type { AgentsConfig } from '../config.ts';
import { invalid, readMessage, writeMessage } from '../protocol/index.ts';
import type { ConnectedAgent } from './gate.ts';
import type { AgentServerPorts } from './ports.ts';
import { refusalEntry } from './refusals.ts';
import { whyNot } from './scope.ts';

const MAX_AUDIENCES = 16;
const MAX_AUDIENCE_LENGTH = 1_024;

/** Issues SVIDs of workloads to the agents of their hosts. */
export class Signing {
  readonly #ports: AgentServerPorts;
  readonly #config: AgentsConfig;

  constructor(ports: AgentServerPorts, config: AgentsConfig) {
    this.#ports = ports;
    this.#config = config;
  }

  /** @throws {Fault} why it is refused */
  async x509(message: Buffer, agent: ConnectedAgent): Promise<Buffer> {
    const { entry_id: id, csr } = readMessage('SignX509Request', message);
    const { entry, publicKey } = await this.#refusing('x509', id, agent, (known) => {
      const read = readCsr(csr);
      judgeCsrNames(read, { id: parseSpiffeId(known.spiffeId), dnsNames: known.dnsNames });
      return { entry: known, publicKey: read.publicKey.spki };
    });
    const asked = { entry, by: askingOf(agent, entry) };
    const { chain, expiresAt } = await this.#ports.issueX509(asked, publicKey);
    return writeMessage('SignX509Response', { chain, expires_at: expiresAt });
  }

  /** @throws {Fault} why it is refused */
  async jwt(message: Buffer, agent: ConnectedAgent): Promise<Buffer> {
    const { entry_id: id, audience } = readMessage('SignJwtRequest', message);
    const entry = await this.#refusing('jwt', id, agent, (known) => {
      judgeAudience(audience);
      return known;
    });
    const asked = { entry, by: askingOf(agent, entry) };
    const { token, issuedAt, expiresAt } = await this.#ports.issueJwt(asked, audience);
    return writeMessage('SignJwtResponse', { token, issued_at: issuedAt, expires_at: expiresAt });
  }

  /** Finds the entry, if the agent may hand it out; a refusal is kept before it is told. */
  async #refusing<Result>(
    kind: 'x509' | 'jwt',
    id: string,
    agent: ConnectedAgent,
    work: (entry: Entry) => Result,
  ): Promise<Result> {
    const { entries, audit, clock } = this.#ports;
    const entry = entries.get(id);
    try {
      return work(this.#allowed(entry, id, agent));
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      const subject = entry?.spiffeId ?? agent.id.uri;
      const [service = ''] = entry?.services ?? [];
      const request = { kind, subject, service, actor: agent.id.uri, now: clock() };
      await audit([refusalEntry(thrown, request)]);
      throw thrown;
    }
  }

  #allowed(entry: Entry | undefined, id: string, { id: agent }: ConnectedAgent): Entry {
    const why = entry
      ? whyNot(entry, agent, this.#config.limits, this.#ports.clock())
      : 'there is no such entry';
    if (entry && why === undefined) return entry;
    throw new Fault(
      'identity/entry-forbidden/agent',
      `The entry ${quote(id)} is not for the agent ${quote(agent.uri, 200)}: ${why}`,
      { hint: 'compare its parent, and `identity.agents.limits`' },
    );
  }
}

const askingOf = ({ id }: ConnectedAgent, entry: Entry) => ({
  actor: id.uri,
  reason: `entry ${entry.id}`,
});

function judgeAudience(audience: readonly string[]): void {
  const isFine =
    audience.length >= 1 &&
    audience.length <= MAX_AUDIENCES &&
    audience.every((one) => one !== '' && one.length <= MAX_AUDIENCE_LENGTH);
  if (isFine) return;
  throw invalid(
    `must have 1 to ${MAX_AUDIENCES} audiences of 1 to ${MAX_AUDIENCE_LENGTH} characters`,
  );
}
