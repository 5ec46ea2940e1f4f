import { textAt } from '../../base/pick.ts';
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
