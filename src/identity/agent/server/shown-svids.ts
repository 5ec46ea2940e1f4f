import { createPrivateKey } from 'node:crypto';
import { Fault } from '../../../base/fault.ts';
import type { GrpcTls } from '../../../base/grpc/index.ts';
import { authorityId } from '../../authority/index.ts';
import { toPem, validateSvid } from '../../x509/index.ts';
import { authorityOfName } from '../names.ts';
import type { AgentServerPorts, ShownSvid } from './ports.ts';

const MAX_SHOWN = 8;

/** The server's own SVIDs by the authorities that signed them: an agent that was away while another authority began
 *  to sign may know only the one before, and is shown what that has signed as long as it holds. */
export class ShownSvids {
  readonly #ports: Pick<AgentServerPorts, 'bundle' | 'trustDomain' | 'clock'>;
  /** By the ids of authorities, the newest last. */
  readonly #byAuthority = new Map<string, ShownSvid>();

  constructor(ports: Pick<AgentServerPorts, 'bundle' | 'trustDomain' | 'clock'>) {
    this.#ports = ports;
  }

  add(svid: ShownSvid): void {
    const authority = this.#authorityOf(svid);
    if (authority === undefined) return;
    this.#byAuthority.delete(authority);
    this.#byAuthority.set(authority, svid);
    for (const [id, { chain, privateKey }] of this.#byAuthority) {
      const isOver = this.#authorityOf({ chain, privateKey }) === undefined;
      if (isOver || this.#byAuthority.size > MAX_SHOWN) this.#byAuthority.delete(id);
    }
  }

  /** What is shown to those who ask by this name; undefined: what is shown to all. One whose authority is trusted no
   *  more is shown to nobody. */
  shownTo(serverName: string): Pick<GrpcTls, 'cert' | 'key'> | undefined {
    const svid = this.#byAuthority.get(authorityOfName(serverName) ?? '');
    return svid && this.#authorityOf(svid) !== undefined ? tlsOf(svid) : undefined;
  }

  /** The id of the authority that it leads to; undefined where it leads to none, or its time is over. */
  #authorityOf({ chain }: ShownSvid): string | undefined {
    const { bundle, trustDomain, clock } = this.#ports;
    try {
      const { path } = validateSvid(chain, {
        bundleOf: (name) => (name === trustDomain ? bundle() : undefined),
        now: clock(),
        clockSkewSeconds: 0,
      });
      const anchor = path.at(-1);
      return anchor && authorityId(anchor.publicKey.spki);
    } catch (thrown) {
      if (thrown instanceof Fault) return undefined;
      throw thrown;
    }
  }
}

/** An SVID as TLS wants it. */
export function tlsOf({ chain, privateKey }: ShownSvid): Pick<GrpcTls, 'cert' | 'key'> {
  const key = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' });
  return {
    cert: toPem('CERTIFICATE', ...chain),
    key: key.export({ format: 'pem', type: 'pkcs8' }),
  };
}
