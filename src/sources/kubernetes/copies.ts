import { basename, dirname } from 'node:path/posix';
import { listAt, textAt } from '../../base/pick.ts';
import { toImageName } from '../images.ts';
import type { Resource } from './resource.ts';
import { containersOf, type Workload, workloadsOf } from './workload.ts';

/** How many of a chart's workloads must be copies for the chart to be one. */
const COPY_SHARE = 0.8;

/** Whether a chart deploys what manifests beside it deploy too: the same image under the same name,
 *  with the name of the release before or behind it. Both would be two estates of one. Workloads of
 *  exactly the same name are folded anyway, and say nothing. */
export function isCopyOf(chart: readonly Resource[], manifests: readonly Resource[]): boolean {
  const known = new Map<string, Set<string>>();
  for (const workload of allWorkloads(manifests)) {
    for (const image of imagesOf(workload)) {
      known.set(image, (known.get(image) ?? new Set()).add(workload.serviceName));
    }
  }
  const own = allWorkloads(chart);
  const copies = own.filter((workload) =>
    imagesOf(workload).some((image) =>
      [...(known.get(image) ?? [])].some((name) => hasAround(workload.serviceName, name)),
    ),
  );
  return own.length > 0 && copies.length >= own.length * COPY_SHARE;
}

/** Whether any of the objects runs pods. */
export function haveWorkloads(resources: readonly Resource[]): boolean {
  return allWorkloads(resources).length > 0;
}

/** The Knative Services of a folder that run what Deployments elsewhere run too: a container of the same
 *  name with the same command, under the same name with something around it. They are another way to
 *  install the same, so the Deployments count. */
export function knativeCopies(resources: readonly Resource[]): ReadonlySet<Resource> {
  const workloads = allWorkloads(resources);
  const isKnative = ({ resource }: Workload) => resource.group === 'serving.knative.dev';
  const known = new Map<string, Set<string>>();
  for (const workload of workloads.filter((one) => !isKnative(one))) {
    for (const trait of containerTraits(workload)) {
      known.set(trait, (known.get(trait) ?? new Set()).add(workload.serviceName));
    }
  }
  const copies = new Set<Resource>();
  for (const folder of Map.groupBy(workloads.filter(isKnative), folderOf).values()) {
    const own = folder.filter((workload) =>
      containerTraits(workload).some((trait) =>
        [...(known.get(trait) ?? [])].some((name) => hasAround(workload.serviceName, name)),
      ),
    );
    if (own.length < folder.length * COPY_SHARE) continue;
    for (const { resource } of own) copies.add(resource);
  }
  return copies;
}

function folderOf({ resource }: Workload): string {
  return dirname(resource.sourceAt('kubernetes', []).file ?? '');
}

/** Name and program of each container: `geo` runs `./geo`. */
function containerTraits(workload: Workload): readonly string[] {
  return containersOf(workload).flatMap(({ name, value }) => {
    const [program = ''] = listAt(value, 'command');
    return name === '' ? [] : [`${name}\n${basename(String(program))}`];
  });
}

/** Without folding: of several manifests of one workload any may be the one that the chart copies. */
function allWorkloads(resources: readonly Resource[]): readonly Workload[] {
  return workloadsOf({ resources, of: () => [] });
}

/** The last part of an image's name: registries differ between ways to deploy. */
function imagesOf(workload: Workload): readonly string[] {
  return containersOf(workload).flatMap(({ value }) => {
    const image = textAt(value, 'image');
    return image === undefined ? [] : [toImageName(image).split('/').at(-1) ?? image];
  });
}

function hasAround(name: string, known: string): boolean {
  return name !== known && (name.startsWith(`${known}-`) || name.endsWith(`-${known}`));
}
