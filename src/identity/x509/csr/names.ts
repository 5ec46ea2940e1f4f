import { quote } from '../../../base/fault.ts';
import type { SpiffeId } from '../../spiffe/index.ts';
import { kindOfName } from '../extensions/index.ts';
import { type Csr, refuseCsr } from './read.ts';

/** What a workload is registered with. */
export interface RegisteredNames {
  readonly id: SpiffeId;
  readonly dnsNames: readonly string[];
}

/** A request may name its workload, or nothing; never more than is registered, and what is registered
 *  is issued whatever it names.
 *  @throws {Fault} `identity/csr-invalid/several-uris`, `…/other-id`, `…/dns-name`, `…/other-name`,
 *  `…/common-name` */
export function judgeCsrNames(
  { names, commonNames }: Csr,
  { id, dnsNames }: RegisteredNames,
): void {
  if (names.uris.length > 1) {
    throw refuseCsr('several-uris', `names ${names.uris.length} URIs, and may name one`);
  }
  const [uri = id.uri] = names.uris;
  if (uri !== id.uri) {
    const why = `names ${quote(uri, 200)}, and comes from ${quote(id.uri, 200)}`;
    throw refuseCsr('other-id', why, 'a workload gets its own identity alone');
  }
  const isRegistered = (name: string) =>
    dnsNames.some((known) => known.toLowerCase() === name.toLowerCase());
  const unknown = names.dnsNames.find((name) => !isRegistered(name));
  if (unknown !== undefined) {
    const hint = 'add it to the entry of the workload, or leave it out';
    throw refuseCsr('dns-name', `names the host ${quote(unknown)}, which is not registered`, hint);
  }
  const [other] = names.others;
  if (other !== undefined) {
    throw refuseCsr(
      'other-name',
      `names ${kindOfName(other)}, which no workload gets`,
      'leave it out',
    );
  }
  const subject = commonNames.find((name) => name !== id.uri && !isRegistered(name));
  if (subject !== undefined) {
    const hint = 'leave the subject empty';
    throw refuseCsr(
      'common-name',
      `has the common name ${quote(subject)}, which is not registered`,
      hint,
    );
  }
}
