import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { toTimestamp } from '../../../base/clock.ts';
import { Fault, quote } from '../../../base/fault.ts';
import { authorityId, keyFingerprint, type Shown } from '../../authority/index.ts';
import type { SpiffeId, TrustBundle } from '../../spiffe/index.ts';
import { BACKDATE_SECONDS, validateSvid, type X509Svid } from '../../x509/index.ts';
import { isAgentId } from '../names.ts';
import { chainOf } from '../tls.ts';
import type { AgentServerPorts } from './ports.ts';

/** An agent that has proved who it is, on one connection. */
export interface ConnectedAgent {
  readonly id: SpiffeId;
  /** The address that it calls from. */
  readonly from: string;
  /** Until then the connection may be used, in milliseconds since 1970. */
  readonly expiresAt: number;
}

interface Judged {
  readonly svid: X509Svid;
  readonly shown: Shown;
  /** What it was judged by: with another bundle it is judged again. */
  readonly bundle: TrustBundle;
}

type GatePorts = Pick<AgentServerPorts, 'trustDomain' | 'bundle' | 'denialOf' | 'clock'>;

/** Lets agents in whose SVIDs verify and are not denied: at each call, by what is trusted at that moment. The
 *  certificates are judged once a connection and bundle. */
export class AgentGate {
  readonly #ports: GatePorts;
  readonly #judged = new WeakMap<Socket, Judged>();

  constructor(ports: GatePorts) {
    this.#ports = ports;
  }

  /** The agent whose certificate was shown and verified, be it let in or not; undefined for any other. */
  nameOf(socket: Socket): string | undefined {
    return this.#judged.get(socket)?.svid.id.uri;
  }

  /** @throws {Fault} `identity/agent-unauthenticated/…`, `identity/agent-forbidden/denied` */
  admit(socket: Socket): ConnectedAgent {
    const { svid, shown } = this.#judge(socket as TLSSocket);
    const { clock, denialOf } = this.#ports;
    const { id, expiresAt } = svid;
    if (clock() >= expiresAt) {
      throw refuse('expired', `${quote(id.uri)} expired at ${toTimestamp(expiresAt)}`);
    }
    const denial = denialOf(shown);
    if (denial) {
      const since = toTimestamp(denial.at);
      throw new Fault(
        'identity/agent-forbidden/denied',
        `The agent ${quote(id.uri, 200)} is denied since ${since}: ${denial.why}`,
        { hint: 'lift the denial, and let it join anew, if it is to come back' },
      );
    }
    return { id, expiresAt, from: addressOf(socket) };
  }

  #judge(socket: TLSSocket): Judged {
    const bundle = this.#ports.bundle();
    const known = this.#judged.get(socket);
    if (known?.bundle === bundle) return known;
    const svid = this.#validate(socket, bundle);
    const judged = { svid, shown: shownOf(svid), bundle };
    this.#judged.set(socket, judged);
    return judged;
  }

  #validate(socket: TLSSocket, bundle: TrustBundle): X509Svid {
    const { trustDomain, clock } = this.#ports;
    const shown = chainOf(socket);
    if (shown.length === 0) {
      throw refuse('no-certificate', 'no certificate was shown', 'join first');
    }
    // a session that is taken up again shows that somebody has its secret, and no key
    if (socket.isSessionReused()) throw refuse('session-reused', 'an old session was taken up');
    try {
      const svid = validateSvid(shown, {
        bundleOf: (name) => (name === trustDomain ? bundle : undefined),
        now: clock(),
      });
      if (isAgentId(svid.id)) return svid;
      throw refuse('no-agent', `${quote(svid.id.uri, 200)} is no agent`);
    } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.code.startsWith('identity/agent-')) throw thrown;
      throw refuse(thrown.code.split('/').at(-1) ?? '', thrown.message, thrown.hint);
    }
  }
}

/** What an SVID shows of itself to deny lists. */
export function shownOf({ id, leaf, path }: X509Svid): Shown {
  const issuer = path[1];
  return {
    spiffeId: id.uri,
    issuedAt: leaf.notBefore + BACKDATE_SECONDS * 1_000,
    ...(issuer && {
      serial: { authority: authorityId(issuer.publicKey.spki), value: leaf.serialNumber },
    }),
    keys: path.map(({ publicKey }) => keyFingerprint(publicKey.spki)),
  };
}

/** The address at the other end. */
export const addressOf = ({ remoteAddress = 'nowhere' }: Socket): string =>
  remoteAddress.replace(/^::ffff:/, '');

const refuse = (reason: string, why: string, hint = 'let the agent join anew') =>
  new Fault(`identity/agent-unauthenticated/${reason}`, `The agent is not let in: ${why}`, {
    hint,
  });
