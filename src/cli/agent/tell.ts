import { toTimestamp } from '../../base/clock.ts';
import type {
  AgentConfig,
  AgentIdentity,
  LinkEvent,
  RunningAgent,
} from '../../identity/agent/index.ts';

type Format = 'text' | 'json';
type Settings = Pick<AgentConfig, 'server' | 'trustDomain'>;

/** What a person, or a program, needs to know of an agent that runs: where its socket is, who it is, and until when.
 *  As JSON, one object a line. */
export class Teller {
  readonly #format: Format;
  readonly #settings: Settings;
  readonly #write: (line: string) => void;
  #agent: RunningAgent | undefined;
  /** What is told before it is known where the socket is. */
  #early: LinkEvent[] = [];

  constructor(format: Format, settings: Settings, write: (line: string) => void) {
    this.#format = format;
    this.#settings = settings;
    this.#write = write;
  }

  /** The socket is there. */
  started(agent: RunningAgent): void {
    this.#agent = agent;
    this.#say(agent);
    for (const event of this.#early) this.#tell(event);
    this.#early = [];
  }

  hear(event: LinkEvent): void {
    if (this.#agent) this.#tell(event);
    else this.#early.push(event);
  }

  #say({ address, dataFolder }: RunningAgent): void {
    const { server = '', trustDomain = '' } = this.#settings;
    if (this.#format === 'json') {
      this.#json({ event: 'started', socket: address, server, trustDomain, data: dataFolder });
      return;
    }
    this.#write(`Socket    ${address.replace('unix://', '')}`);
    this.#write(`          SPIFFE_ENDPOINT_SOCKET=${address}`);
    this.#write(`Server    ${server}, trust domain ${trustDomain}`);
    this.#write(`Data      ${dataFolder}`);
    this.#write('\nCtrl-C ends it.\n');
  }

  #tell(event: LinkEvent): void {
    const { event: name } = event;
    if (name === 'joined' || name === 'renewed' || name === 'resumed') {
      this.#identity(name, event.identity);
    } else if (name === 'connected' && this.#format === 'json') this.#json({ event: name });
    else if (name === 'lost' && this.#format === 'json') {
      this.#json({ event: name, because: event.because });
    } else if (name === 'ended' && this.#format === 'json') {
      const { kind, fault } = event.end;
      this.#json({ event: name, kind, because: fault.message });
    }
  }

  #identity(name: 'joined' | 'renewed' | 'resumed', identity: AgentIdentity): void {
    const { id, issuedAt, expiresAt } = identity;
    const [since, until] = [toTimestamp(issuedAt), toTimestamp(expiresAt)];
    if (this.#format === 'json') {
      this.#json({ event: name, spiffeId: id.uri, issuedAt: since, expiresAt: until });
      return;
    }
    if (name !== 'renewed') this.#write(`Agent     ${id.uri}`);
    this.#write(`${(name === 'renewed' ? 'Renewed' : '').padEnd(10)}${since}, until ${until}`);
  }

  #json(value: object): void {
    this.#write(JSON.stringify(value));
  }
}
