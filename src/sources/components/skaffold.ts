import { posix } from 'node:path';
import type { DataDocument } from '../../base/data.ts';
import { listAt, textAt } from '../../base/pick.ts';
import type { ComponentObservation } from '../../estate/index.ts';
import { toImageName } from '../images.ts';

export function isSkaffoldFile(path: string): boolean {
  return /^skaffold(?:[._-][\w-]+)?\.ya?ml$/i.test(posix.basename(path));
}

/** Which folder each image is built from, as Skaffold is told.
 *  @see https://skaffold.dev/docs/references/yaml/ `build.artifacts` */
export function artifactsIn(document: DataDocument, file: string): readonly ComponentObservation[] {
  const builds = [
    { path: ['build', 'artifacts'], artifacts: listAt(document.value, 'build', 'artifacts') },
    ...listAt(document.value, 'profiles').map((profile, index) => ({
      path: ['profiles', index, 'build', 'artifacts'],
      artifacts: listAt(profile, 'build', 'artifacts'),
    })),
  ];
  return builds.flatMap(({ path, artifacts }) =>
    artifacts.flatMap((artifact, index) => {
      const image = toImageName(textAt(artifact, 'image') ?? '');
      const folder = folderOf(file, artifact);
      if (image === '' || folder === undefined) return [];
      const name = image.split('/').at(-1) ?? image;
      return [
        {
          kind: 'component',
          folder,
          names: [...new Set([name, posix.basename(folder)])].filter((one) => one !== ''),
          images: [image],
          runnable: true,
          source: {
            reader: 'components',
            how: 'configured',
            file,
            ...document.at([...path, index]),
          },
        } as const,
      ];
    }),
  );
}

/** The build context, or the folder of the Dockerfile where that lies deeper; for Jib and buildpacks
 *  with a module, the module's. Undefined where it leaves the folder that is read. */
function folderOf(file: string, artifact: unknown): string | undefined {
  const context = posix.join(posix.dirname(file), textAt(artifact, 'context') ?? '.');
  const dockerfile = textAt(artifact, 'docker', 'dockerfile');
  const project = textAt(artifact, 'jib', 'project');
  const deeper = dockerfile ? posix.dirname(dockerfile) : (project ?? '.');
  const folder = posix.normalize(posix.join(context, deeper)).replace(/\/$/, '');
  if (folder === '..' || folder.startsWith('../') || posix.isAbsolute(folder)) return undefined;
  return folder === '.' ? '' : folder;
}
