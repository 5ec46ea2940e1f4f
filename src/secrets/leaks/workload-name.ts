import { type Fields, textAt } from '../../base/pick.ts';

const KIND_SUFFIX = /-(?:deployment|deploy|depl|statefulset|sts|daemonset)$/;
const VERSION_SUFFIX = /-v\d[a-z0-9.]*$/;

/** The service that a workload is part of, by the rule that readers of manifests follow: its name
 *  without the version that its labels name, and without its kind. */
export function workloadName(name: string, labels: Fields): string {
  const unversioned = withoutVersion(name, labels);
  return unversioned.replace(KIND_SUFFIX, '') || unversioned;
}

function withoutVersion(name: string, labels: Fields): string {
  for (const label of ['version', 'app.kubernetes.io/version']) {
    const suffix = `-${textAt(labels, label) ?? ''}`;
    if (suffix !== '-' && name.endsWith(suffix) && name.length > suffix.length) {
      return name.slice(0, -suffix.length);
    }
  }
  const stem = name.replace(VERSION_SUFFIX, '');
  const isNamed = ['app', 'app.kubernetes.io/name', 'k8s-app', 'name', 'service'].some(
    (label) => textAt(labels, label) === stem,
  );
  return stem !== name && isNamed ? stem : name;
}
