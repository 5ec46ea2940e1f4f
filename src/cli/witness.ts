import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { noteVerifier } from '../audit/checkpoint/index.ts';
import { openKeyFile } from '../audit/index.ts';
import { openWitnessState, Witness, witnessServer } from '../audit/witness/index.ts';
import { systemClock } from '../base/clock.ts';
import { Fault, messageOf, quote } from '../base/fault.ts';
import { isLoopback } from '../base/loopback.ts';
import { endOfProcess } from '../server/greeting.ts';
import { listen, stopListening } from '../server/listen.ts';
import { bracketed } from '../server/loopback.ts';

export interface WitnessFlags {
  readonly log: readonly string[];
  readonly data: string;
  readonly name: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

const GRACE_MS = 2_000;

/** Runs a witness until a signal ends it.
 *  @throws {Fault} `audit/key-malformed`, `data/…`, `witness/tls-invalid`, `server/port-unavailable` */
export async function witness(flags: WitnessFlags): Promise<void> {
  const logs = flags.log.map((text) => logKey(text));
  const { host, port } = flags.listen;
  const tls = readTls(flags, host);
  const state = openWitnessState(flags.data);
  const { signer } = openKeyFile(join(flags.data, 'witness.key'), flags.name, 'witness');
  const origins = logs.map(({ name }) => name);
  const server = witnessServer(new Witness(signer, logs, state, systemClock), origins, tls);
  const ended = endOfProcess();
  const at = await listen(server, host, port, '--listen');
  console.log(`Witness of ${origins.join(', ')}`);
  console.log(`  url: ${tls ? 'https' : 'http'}://${bracketed(host)}:${at}`);
  console.log(`  key: ${signer.text}`);
  console.log('\nGive both to the server as `audit.witnesses`. Ctrl-C ends it.');
  await ended;
  await stopListening(server, GRACE_MS);
  state.close();
}

function logKey(text: string) {
  const key = noteVerifier(text);
  if (key.kind === 'log') return key;
  throw new Fault(
    'audit/key-malformed',
    `${quote(text, 200)} is the key of a witness, not of a log`,
    {
      hint: 'the key of a log is printed by `reeve audit log`',
    },
  );
}

function readTls({ tlsCert, tlsKey }: WitnessFlags, host: string) {
  if (tlsCert !== undefined && tlsKey !== undefined) {
    try {
      return { cert: readFileSync(tlsCert), key: readFileSync(tlsKey) };
    } catch (thrown) {
      throw new Fault(
        'witness/tls-invalid',
        `The certificate cannot be read: ${messageOf(thrown)}`,
      );
    }
  }
  if (isLoopback(host) && tlsCert === undefined && tlsKey === undefined) return undefined;
  const why = `${host} can be reached from other machines`;
  throw new Fault('witness/tls-invalid', isLoopback(host) ? 'Half of TLS is missing' : why, {
    hint: 'give both --tls-cert and --tls-key',
  });
}
