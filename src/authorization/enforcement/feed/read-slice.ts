import { gunzipSync } from 'node:zlib';
import { Fault, messageOf } from '../../../base/fault.ts';
import type { Guardrail } from '../../model/index.ts';
import { MAX_SLICE_BYTES, readSent, type SentGuardrail, type SentSlice } from './format.ts';
import { ShapeError } from './shape.ts';
import type { PolicySlice } from './slice.ts';

/** Reads a slice as it was sent.
 *  @throws {Fault} `authorization/slice-malformed`, `authorization/slice-too-large` */
export function readSlice(bytes: Uint8Array): PolicySlice {
  const { callees, endpoints, grants, ...sent } = toSent(parse(unpack(bytes)));
  const names = new Map(sent.names.map(([id = '', ...spiffeIds]) => [id, spiffeIds]));
  return {
    callees,
    names,
    services: sent.services.map((one) => ({ ...one, identities: names.get(one.id) ?? [] })),
    endpoints,
    grants,
    guardrails: sent.guardrails.map(toGuardrail),
  };
}

function toGuardrail({ problem, ...sent }: SentGuardrail): Guardrail {
  return { ...sent, text: '', ...(problem !== undefined && { problem }) };
}

function unpack(bytes: Uint8Array): string {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_SLICE_BYTES }).toString('utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw malformed(`it cannot be unpacked: ${messageOf(thrown)}`);
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw malformed('it is no JSON');
  }
}

function toSent(value: unknown): SentSlice {
  try {
    return readSent(value);
  } catch (thrown) {
    if (thrown instanceof ShapeError) throw malformed(thrown.message);
    throw thrown;
  }
}

/** A slice that has more than may be sent. */
export const tooLarge = (): Fault =>
  new Fault(
    'authorization/slice-too-large',
    `The policy of this workload has more than ${MAX_SLICE_BYTES} bytes, which are not taken`,
    { hint: 'see how many grants and guardrails there are' },
  );

const malformed = (why: string): Fault =>
  new Fault('authorization/slice-malformed', `The policy that was sent cannot be read: ${why}`, {
    hint: 'see whether Reeve, its agent and this program are of versions that fit',
  });
