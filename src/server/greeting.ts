import type { ServerConfig } from './config.ts';
import type { RunningServer } from './main.ts';

/** What a person needs to know who has just started the server. */
export function greeting(server: RunningServer, config: ServerConfig): string[] {
  const folders = config.folders.map(({ name }) => name).join(', ');
  return [
    `Console   ${server.createLoginLink().url}`,
    `          (works once, within ${config.http.loginLinkMinutes} minutes; a new one: reeve login-link)`,
    `API       ${server.origin}/api/v1, described in ${server.origin}/openapi.json`,
    `          with the token in ${server.adminTokenFile}`,
    `OTLP      ${server.otlpOrigin}/v1/traces, and gRPC at ${server.otlpGrpcAddress}`,
    `Envoy     access logs by gRPC at ${server.envoyAddress}`,
    ...identityOf(server),
    `Data      ${server.dataFolder}`,
    folders === ''
      ? 'Folders   none: name some under `folders` in the configuration'
      : `Folders   ${folders}`,
  ];
}

function identityOf({
  workloadApiAddress,
  agentsAddress,
  admissionAddress,
  secretsAddress,
  isVaultSealed,
}: RunningServer): string[] {
  return [
    workloadApiAddress && `Identity  SPIFFE_ENDPOINT_SOCKET=${workloadApiAddress}`,
    agentsAddress && `Agents    join at ${agentsAddress}`,
    admissionAddress && `Admission https://${admissionAddress}/validate`,
    secretsAddress && `Secrets   https://${secretsAddress}, for workloads by their identity`,
    isVaultSealed() ? 'Vault     sealed: `reeve secret vault status` says why' : undefined,
  ].filter((line) => line !== undefined);
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
export function endOfProcess(): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      process.off('SIGINT', end).off('SIGTERM', end);
      resolve();
    };
    process.on('SIGINT', end).on('SIGTERM', end);
  });
}
