/** Where the certificates of authorities come from: from themselves, or from an upstream. */
import type { FillRandom } from '../../x509/index.ts';
import type { UpstreamConfig } from '../config.ts';
import type { Certify } from './certify.ts';
import { signedOnDisk } from './disk.ts';
import type { Post } from './http.ts';
import { signedByOpenBao } from './openbao.ts';
import { selfSigned } from './self-signed.ts';

export {
  type CertificateWanted,
  type Certified,
  type Certify,
  endOf,
  judgeCertified,
} from './certify.ts';
export { type HttpAnswer, type HttpRequest, type Post, post } from './http.ts';

/** What certifies new authorities, as the configuration says. */
export function certifierOf(config: UpstreamConfig, post: Post, fillRandom: FillRandom): Certify {
  switch (config.kind) {
    case 'none':
      return selfSigned(fillRandom);
    case 'disk':
      return signedOnDisk(config, fillRandom);
    case 'openbao':
      return signedByOpenBao(config, post, fillRandom);
  }
}
