import { compareText } from '../base/diagnostic.ts';
import type { EndpointTraffic, ServiceRecord, Tag } from '../estate/index.ts';
import { classify } from './classification.ts';
import type { Standing } from './decisions.ts';
import type { Spellings } from './spellings.ts';

/** The kinds of data that an endpoint handles, each with the first reason for it: what a person says
 *  and nothing else; else what is declared, what its path, fields and parameters are called, what
 *  payload samples held, and what is said of its service. What only the platform calls handles none. */
export function sensitivityOf(
  group: Spellings,
  { sensitivity: said }: Standing,
  traffic: EndpointTraffic | undefined,
  service: ServiceRecord | undefined,
): Tag[] {
  if (said !== undefined) return [...said];
  if (group.some((record) => record.operational)) return [];
  const tags = [
    ...group.flatMap((record) => record.sensitivity),
    ...classify(group.map((record) => record.template).join(' '), [
      ...group.flatMap((record) => record.fields),
      ...(traffic?.parameters ?? []),
    ]),
    ...(traffic?.sensitivity ?? []).map((tag) => ({ tag, because: 'a sample of its payload' })),
    ...(service?.sensitivity ?? []),
  ];
  const byTag = new Map<string, Tag>();
  for (const tag of tags) if (!byTag.has(tag.tag)) byTag.set(tag.tag, tag);
  return [...byTag.values()].sort((a, b) => compareText(a.tag, b.tag));
}
