import type { PolicyFile, PolicySources } from '../../estate/index.ts';

/** What a folder says, with what was read last of the folders in it that could not be read now. One that never was read
 *  whole is left as it is: nobody knows what it forbids.
 *  @param last what was kept of it; undefined where nothing was */
export function withLast(now: PolicySources, last: PolicySources | undefined): PolicySources {
  if (!last) return now;
  const unknown = last.guardrails.filter(isUnread);
  const areas = now.guardrails
    .filter(isUnread)
    .filter(({ path }) => !unknown.some((one) => isIn(one.path, path) || isIn(path, one.path)));
  if (areas.length === 0) return now;
  const isLost = (file: string): boolean => areas.some(({ path }) => isIn(file, path));
  const read = new Set([
    ...now.guardrails.map(({ path }) => path),
    ...now.groups.map(({ source }) => source.file),
  ]);
  const isKept = (file = ''): boolean => isLost(file) && !read.has(file);
  const groupsUnread = [
    ...(now.groupsUnread ?? []),
    ...(last.groupsUnread ?? []).filter(({ file }) => isKept(file)),
  ];
  return {
    guardrails: [
      ...now.guardrails.map((one) => (areas.includes(one) ? toKept(one) : one)),
      ...last.guardrails.filter(({ path, isFolder }) => !isFolder && isKept(path)),
    ],
    groups: [...now.groups, ...last.groups.filter(({ source }) => isKept(source.file))],
    ...(groupsUnread.length > 0 && { groupsUnread }),
  };
}

function isUnread({ isFolder, unread }: PolicyFile): boolean {
  return isFolder === true && unread !== undefined;
}

function toKept({ path, text, unread }: PolicyFile): PolicyFile {
  return { path, text, isFolder: true, keptFor: unread };
}

/** Whether a path is a folder, or in it. */
function isIn(path: string, folder: string): boolean {
  return folder === '.' || path === folder || path.startsWith(`${folder}/`);
}
