import { Fault } from '../../base/fault.ts';
import {
  AttestationConfig,
  createWorkloadAttestor,
  machinePorts,
} from '../../identity/attestation/index.ts';
import { parseStatus } from '../../identity/attestation/proc/index.ts';

/** What this machine's kernel says of a process, as it would if the process asked for its identities.
 *  @throws {Fault} `identity/attestation-forbidden/…` where there is no such process, or it may not be looked at */
export async function selectorsOfProcess(
  pid: number,
): Promise<{ readonly selectors: readonly string[]; readonly notes: readonly string[] }> {
  const config = AttestationConfig.parse({});
  const ports = machinePorts(config);
  const { uid, gid } = parseStatus(await ports.proc.bytes(pid, 'status'));
  const peer = { pid, uid, gid, hasEnded: () => false, release: () => {} };
  const attestation = await createWorkloadAttestor(ports, config).attest(peer);
  if (attestation.kind === 'attested') return attestation;
  throw new Fault(attestation.code, attestation.because);
}
