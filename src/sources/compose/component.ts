import { posix } from 'node:path';
import { textAt } from '../../base/pick.ts';
import type { ComponentObservation } from '../../estate/index.ts';
import { interpolate } from './interpolate.ts';
import { type Definition, folderOf, within } from './project.ts';

/** The folder that a service is built from: its build context, or the folder of its Dockerfile where
 *  that lies deeper, because then the context is shared. Undefined for contexts elsewhere (a Git
 *  address, a folder outside). */
export function componentOf(
  definition: Definition,
  image: string | undefined,
): ComponentObservation | undefined {
  const { service, value, variables } = definition;
  const context =
    textAt(value.build) ?? textAt(value, 'build', 'context') ?? (value.build ? '.' : undefined);
  if (context === undefined) return undefined;
  const folder = within(definition.folder, interpolate(context, variables));
  if (folder === undefined || folder.includes('$')) return undefined;
  const dockerfile = textAt(value, 'build', 'dockerfile');
  const file = dockerfile && within(folder, interpolate(dockerfile, variables));
  const builtIn = file && !file.includes('$') ? nearest(folder, folderOf(file)) : folder;
  return {
    kind: 'component',
    folder: builtIn,
    names: [...new Set([service, posix.basename(builtIn)])].filter((name) => name !== ''),
    ...(image !== undefined && { images: [image] }),
    service: { name: service },
    runnable: true,
    source: definition.sourceAt(['build']),
  };
}

function nearest(context: string, folder: string): string {
  const isInside = context === '' ? folder !== '' : folder.startsWith(`${context}/`);
  return isInside ? folder : context;
}
