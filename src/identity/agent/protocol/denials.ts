import type { Denial } from '../../authority/index.ts';
import { REVOCATION_REASONS, type RevocationReason } from '../../x509/index.ts';
import { invalid, readMessage, writeMessage } from './codec.ts';

/** A denial as agents get it. By how much a steady clock keeps it is the server's own. */
export function writeDenial(denial: Denial): Buffer {
  return writeMessage('Denial', {
    id: denial.id,
    deny: denial.deny,
    value: denial.value,
    ...(denial.deny === 'identity' && { issued_before: denial.issuedBefore ?? 0 }),
    ...(denial.deny === 'serial' && { authority: denial.authority }),
    why: denial.why,
    until: denial.until ?? 0,
    at: denial.at,
  });
}

/** @throws {Fault} `identity/agent-message-invalid`, `protobuf/malformed` */
export function readDenial(bytes: Buffer): Denial {
  const read = readMessage('Denial', bytes);
  const { id, deny, value, why, at } = read;
  if (id === '' || value === '') throw invalid('has a denial of nothing');
  if (!isReason(why)) throw invalid('has a denial without a reason that there is');
  const until = read.until === 0 ? null : read.until;
  const common = { id, value, why, until, at, keepUntil: null };
  switch (deny) {
    case 'identity':
      return {
        ...common,
        deny,
        issuedBefore: read.issued_before === 0 ? null : read.issued_before,
      };
    case 'serial':
      return { ...common, deny, authority: read.authority };
    case 'key':
      return { ...common, deny };
    default:
      throw invalid('has a denial of a kind that there is not');
  }
}

const isReason = (text: string): text is RevocationReason =>
  Object.hasOwn(REVOCATION_REASONS, text);
