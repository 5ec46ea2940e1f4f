/** What is said about a kind of workload at the end of its name, and nothing else. */
const KIND_SUFFIX = /-(?:deployment|deploy|depl|statefulset|sts|daemonset)$/;
const VERSION_SUFFIX = /-v\d[a-z0-9.]*$/;
const VERSION_LABELS = ['version', 'app.kubernetes.io/version'];
const NAME_LABELS = ['app', 'app.kubernetes.io/name', 'k8s-app', 'name', 'service'];

/** The service that a workload is part of: its name without the version that its labels name
 *  (`details-v1` with `version: v1`), or that follows the name in its labels (`app: details`), and
 *  without its kind (`orders-deployment`). Workloads of one namespace with one result are one
 *  service. */
export function serviceNameOf(name: string, labels: Readonly<Record<string, string>>): string {
  const unversioned = withoutVersion(name, labels);
  return unversioned.replace(KIND_SUFFIX, '') || unversioned;
}

function withoutVersion(name: string, labels: Readonly<Record<string, string>>): string {
  for (const label of VERSION_LABELS) {
    const suffix = labels[label] ? `-${labels[label]}` : undefined;
    if (suffix && name.endsWith(suffix) && name.length > suffix.length) {
      return name.slice(0, -suffix.length);
    }
  }
  const stem = name.replace(VERSION_SUFFIX, '');
  const isNamed = stem !== name && NAME_LABELS.some((label) => labels[label] === stem);
  return isNamed ? stem : name;
}
