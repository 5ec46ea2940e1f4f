import { Fault, quote, statusOf } from '../../../base/fault.ts';
import type { GrpcCall } from '../../../base/grpc/index.ts';
import type { Attestation } from '../../attestation/index.ts';
import { parseSpiffeId, type SpiffeId, writeBundle } from '../../spiffe/index.ts';
import { type Csr, judgeCsrNames, readCsr } from '../../x509/index.ts';
import type { AgentsConfig } from '../config.ts';
import { agentsPathOf, nodeAgentId } from '../names.ts';
import { invalid, type Message, readMessage, writeMessage } from '../protocol/index.ts';
import { Attempts } from './attempts.ts';
import { addressOf, type ConnectedAgent } from './gate.ts';
import type { AgentServerPorts } from './ports.ts';
import { refusalEntry } from './refusals.ts';

const MAX_HOST_LENGTH = 100;

/** Lets hosts join, by a proof of what they are, and agents renew their identities. */
export class Joining {
  readonly #ports: AgentServerPorts;
  readonly #config: AgentsConfig;
  readonly #attempts: Attempts;

  constructor(ports: AgentServerPorts, config: AgentsConfig) {
    this.#ports = ports;
    this.#config = config;
    this.#attempts = new Attempts(config.failuresPerMinute, ports.clock);
  }

  /** An agent's first identity. What can be judged before the proof is used up is judged before.
   *  @throws {Fault} why it is refused */
  async attest(message: Buffer, { socket }: GrpcCall): Promise<Buffer> {
    const address = addressOf(socket);
    this.#attempts.begin(address);
    try {
      const answer = await this.#attest(readMessage('AttestRequest', message), address);
      this.#attempts.forgive(address);
      return answer;
    } catch (thrown) {
      const isOurs = !(thrown instanceof Fault) || statusOf(thrown.code).http >= 500;
      if (isOurs) this.#attempts.forgive(address);
      throw thrown;
    }
  }

  /** An agent's next identity, with another key.
   *  @throws {Fault} why it is refused */
  async renew(message: Buffer, agent: ConnectedAgent): Promise<Buffer> {
    const csr = await this.#refusing(agent.id.uri, agent.id.uri, () => {
      const read = readCsr(readMessage('RenewRequest', message).csr);
      judgeCsrNames(read, { id: agent.id, dnsNames: [] });
      return read;
    });
    const answer = await this.#issue(agent.id, csr, 'renewed');
    this.#ports.onEvent?.({ event: 'renewed', agent: agent.id.uri, from: agent.from });
    return answer;
  }

  async #attest(request: Message<'AttestRequest'>, address: string): Promise<Buffer> {
    const from = nameOf(request.host, address);
    const agents = agentsPathOf(this.#ports.trustDomain);
    const { csr, id } = await this.#refusing(agents, from, async () => {
      const read = readCsr(request.csr);
      judgeNoNames(read);
      return { csr: read, id: await this.#prove(request, from) };
    });
    const how = request.join_token === '' ? 'service account token' : 'join token';
    const answer = await this.#issue(id, csr, `joined from ${from} by a ${how}`);
    this.#ports.onEvent?.({ event: 'joined', agent: id.uri, from });
    return answer;
  }

  /** Which agent it is by its proof. */
  async #prove(
    { join_token: token, kubernetes_token: account }: Message<'AttestRequest'>,
    from: string,
  ): Promise<SpiffeId> {
    const { attestors, trustDomain } = this.#ports;
    if ((token === '') === (account === '')) {
      throw invalid('must bring one proof: a join token, or a service account token');
    }
    if (token !== '') {
      const { facts } = proven(await attestors['join-token'].attest({ token, from }));
      return parseSpiffeId(facts.agent);
    }
    const { facts, selectors } = proven(await attestors.kubernetes.attest({ token: account }));
    const named = selectors.find((selector) => selector.startsWith(CLUSTER))?.slice(CLUSTER.length);
    const cluster = named ?? 'default';
    const isAgent = this.#config.kubernetes.some(
      (one) =>
        one.cluster === cluster &&
        one.namespace === facts.namespace &&
        one.serviceAccount === facts.account,
    );
    if (!isAgent) throw notAnAgent(facts.namespace, facts.account, cluster);
    if (facts.node === undefined) throw nodeIsMissing();
    return nodeAgentId(trustDomain, cluster, facts.node);
  }

  async #issue(id: SpiffeId, { publicKey }: Csr, reason: string): Promise<Buffer> {
    const { chain, expiresAt } = await this.#ports.issueAgent({
      id,
      publicKey: publicKey.spki,
      ttlSeconds: this.#config.svidTtlSeconds,
      by: { actor: id.uri, reason },
    });
    return writeMessage('AgentSvid', {
      spiffe_id: id.uri,
      chain,
      expires_at: expiresAt,
      bundle: Buffer.from(writeBundle(this.#ports.bundle())),
    });
  }

  /** Does what may refuse; a refusal is kept before it is told. */
  async #refusing<Result>(
    subject: string,
    actor: string,
    work: () => Result | Promise<Result>,
  ): Promise<Result> {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      const { audit, clock, onEvent } = this.#ports;
      onEvent?.({ event: 'refused', from: actor, because: thrown.message });
      await audit([refusalEntry(thrown, { kind: 'agent', subject, actor, now: clock() })]);
      throw thrown;
    }
  }
}

const CLUSTER = 'k8s:cluster:';

function proven<Facts>(attestation: Attestation<Facts>) {
  if (attestation.kind === 'attested') return attestation;
  throw new Fault(attestation.code, attestation.because);
}

/** What an agent is called is said by its proof. */
function judgeNoNames({ names, commonNames }: Csr): void {
  const said = [...names.uris, ...names.dnsNames, ...commonNames];
  if (said.length === 0 && names.others.length === 0) return;
  const what = said[0] === undefined ? 'somebody' : quote(said[0]);
  throw new Fault('identity/csr-invalid/agent-names', `the request names ${what}`, {
    hint: 'leave names out: what proves an agent says what it is called',
  });
}

/** The address, and what the host calls itself, which nobody has verified. */
function nameOf(host: string, address: string): string {
  const said = host.replace(/[^\w.-]/g, '').slice(0, MAX_HOST_LENGTH);
  return said === '' ? address : `${address} (${said})`;
}

const notAnAgent = (namespace: string, account: string, cluster: string) =>
  new Fault(
    'identity/attestation-forbidden/no-agent',
    `${namespace}/${account} of the cluster ${cluster} is no agent`,
    { hint: 'name it under `identity.agents.kubernetes` if it is to be one' },
  );

const nodeIsMissing = () =>
  new Fault(
    'identity/attestation-forbidden/no-node',
    'the token does not say which node it is of',
    {
      hint: 'clusters before Kubernetes 1.30 do not say it: let this agent join by a join token',
    },
  );
