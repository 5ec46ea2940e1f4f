import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { oncePer } from '../../../base/once.ts';
import type { Grant, Guardrail, PolicyEndpoint, PolicyService } from '../../model/index.ts';
import { MAX_SLICE_BYTES, type SentSlice, SLICE_SCHEMA } from './format.ts';
import { tooLarge } from './read-slice.ts';
import type { Names, PolicySlice } from './slice.ts';

/** A slice as it is sent. */
export interface WrittenSlice {
  /** Of what it says: the same for the same, wherever it is written. */
  readonly revision: string;
  /** In gzip. */
  readonly bytes: Buffer;
}

/** What is written often is packed fast, and what is written once well. */
const FAST = { level: 1 };

/** Writes a slice, in one way whatever the order of its lists.
 *  @throws {Fault} `authorization/slice-too-large` */
export function writeSlice(slice: PolicySlice): WrittenSlice {
  const names = writeNames(slice.names);
  const rest = writeRest(slice);
  if (names.length + rest.length > MAX_SLICE_BYTES) throw tooLarge();
  return {
    revision: digest(names.digest, rest),
    // what is packed in several parts is unpacked as one (RFC 1952 §2.2)
    bytes: Buffer.concat([names.packed, gzipSync(rest, FAST)]),
  };
}

/** What all slices of a policy say alike is written once. */
const writeNames = oncePer((names: Names) => {
  const all = [...names].map(([id, spiffeIds]) => JSON.stringify([id, ...spiffeIds.toSorted()]));
  const text = Buffer.from(`{"schema":"${SLICE_SCHEMA}","names":${listed(all)},`);
  return { length: text.length, packed: gzipSync(text), digest: digest(text) };
});

/** JSON without its beginning. */
function writeRest(slice: PolicySlice): Buffer {
  const lists: Readonly<Record<Rest, readonly string[]>> = {
    callees: slice.callees.map((id) => JSON.stringify(id)),
    services: slice.services.map(writeService),
    endpoints: slice.endpoints.map(writeEndpoint),
    grants: slice.grants.map(writeGrant),
    guardrails: slice.guardrails.map(writeGuardrail),
  };
  const fields = Object.entries(lists).map(([name, items]) => `"${name}":${listed(items)}`);
  return Buffer.from(`${fields.join(',')}}`);
}

type Rest = Exclude<keyof SentSlice, 'schema' | 'names'>;

// Members are written in one order. What stands in many slices, and in those of the next policy, is written once.

const writeService = oncePer((service: PolicyService) => {
  const { id, environment, namespace, name, kind, owner, criticality, exposure, mode } = service;
  const [sensitivity, groups] = [service.sensitivity.toSorted(), service.groups.toSorted()];
  return JSON.stringify({
    ...{ id, environment, namespace, name, kind, owner, criticality },
    ...{ sensitivity, exposure, groups, mode },
  });
});

const writeEndpoint = oncePer((endpoint: PolicyEndpoint) => {
  const { service, protocol, method, template, owner, criticality, deprecated, blocked } = endpoint;
  const sensitivity = endpoint.sensitivity.toSorted();
  return JSON.stringify({
    ...{ service, protocol, method, template, owner, criticality },
    ...{ sensitivity, deprecated, blocked },
  });
});

const writeGrant = oncePer(({ from, to, operation, source }: Grant) => {
  const { reader, how, file, line, column } = source;
  return JSON.stringify({ from, to, operation, source: { reader, how, file, line, column } });
});

const writeGuardrail = oncePer(({ id, reason, file, line, json, problem }: Guardrail) =>
  JSON.stringify({ id, reason, file, line, json, problem }),
);

const listed = (items: readonly string[]): string => `[${[...new Set(items)].sort().join(',')}]`;

function digest(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
