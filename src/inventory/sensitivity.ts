import { compareText } from '../base/diagnostic.ts';
import type { EndpointTraffic, PayloadSamples, ServiceRecord, Tag } from '../estate/index.ts';
import { classify } from './classification.ts';
import type { Standing } from './decisions.ts';
import type { Spellings } from './spellings.ts';
import { tagsOfSamples } from './values/index.ts';

/** The kinds of data that an endpoint handles, each with the first reason for it: what a person says
 *  and nothing else; else what is declared, what payload samples held, what its path, fields and
 *  parameters are called, and what is said of its service. What only the platform calls handles none. */
export function sensitivityOf(
  group: Spellings,
  { sensitivity: said }: Standing,
  traffic: EndpointTraffic | undefined,
  service: ServiceRecord | undefined,
): Tag[] {
  if (said !== undefined) return [...said];
  if (group.some((record) => record.operational)) return [];
  const template = group.map((record) => record.template).join(' ');
  const fields = [...group.flatMap((record) => record.fields), ...(traffic?.parameters ?? [])];
  return firstOfEach([
    ...group.flatMap((record) => record.sensitivity),
    ...seenSensitivity(template, fields, traffic?.samples),
    ...(service?.sensitivity ?? []),
  ]);
}

/** What an operation shows by itself: the values that samples of its payloads held, else what its path
 *  and fields are called. */
export function seenSensitivity(
  template: string,
  fields: readonly string[],
  samples: PayloadSamples | undefined,
): Tag[] {
  return firstOfEach([...tagsOfSamples(samples), ...classify(template, fields)]);
}

function firstOfEach(tags: readonly Tag[]): Tag[] {
  const byTag = new Map<string, Tag>();
  for (const tag of tags) if (!byTag.has(tag.tag)) byTag.set(tag.tag, tag);
  return [...byTag.values()].sort((a, b) => compareText(a.tag, b.tag));
}
