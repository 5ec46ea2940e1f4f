import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../src/base/config.ts';
import { parseYaml } from '../src/base/data.ts';
import { AgentFileConfig } from '../src/cli/agent/config.ts';
import { addAgent } from '../src/cli/commands/agent.ts';

const FOLDER = 'deploy/agent';

interface Manifest {
  readonly kind: string;
  readonly data: Readonly<Record<string, string>>;
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly serviceAccountName: string;
        readonly hostPID: boolean;
        readonly containers: readonly {
          readonly args: readonly string[];
          readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
        }[];
        readonly volumes: readonly { readonly name: string; readonly hostPath?: object }[];
      };
    };
  };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-deploy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The options of `reeve agent`, as `--help` names them. */
function options(): string[] {
  const program = new Command();
  addAgent(program);
  return program.commands[0]?.options.map(({ long }) => long ?? '') ?? [];
}

/** The options of a command line. */
const optionsOf = (words: readonly string[]) =>
  words.flatMap((word) => /^--[a-z0-9-]+/.exec(word)?.[0] ?? []);

describe('what agents are deployed with', () => {
  it('on a machine is a configuration that holds, and options that there are', () => {
    const config = loadConfig(AgentFileConfig, join(FOLDER, 'agent.yaml'));
    expect(config).toMatchObject({ trustDomain: 'example.org', joinTokenFile: expect.any(String) });
    const unit = readFileSync(join(FOLDER, 'reeve-agent.service'), 'utf8');
    const [, command = ''] = /^ExecStart=(.*)$/m.exec(unit) ?? [];
    expect(command).toContain('reeve agent --config');
    expect(options()).toEqual(expect.arrayContaining(optionsOf(command.split(' '))));
  });

  it('in Kubernetes is a configuration that holds, with its files and its socket mounted', () => {
    const text = readFileSync(join(FOLDER, 'daemonset.yaml'), 'utf8');
    const { documents, problems } = parseYaml(text);
    expect(problems).toEqual([]);
    const manifests = documents.map(({ value }) => value as Manifest);
    const file = join(folder, 'agent.yaml');
    writeFileSync(
      file,
      manifests.find(({ kind }) => kind === 'ConfigMap')?.data['agent.yaml'] ?? '',
    );
    const config = loadConfig(AgentFileConfig, file);
    const pod = manifests.find(({ kind }) => kind === 'DaemonSet')?.spec.template.spec;
    const [container] = pod?.containers ?? [];
    const mounted = container?.volumeMounts.map(({ mountPath }) => mountPath) ?? [];
    for (const path of [
      config.workloadApi.socket,
      config.data,
      config.trustBundleFile,
      config.kubernetesTokenFile,
    ]) {
      expect(
        mounted.filter((mount) => path?.startsWith(`${mount}/`) || path === mount),
      ).not.toEqual([]);
    }
    const volumes = pod?.volumes.map(({ name }) => name);
    expect(container?.volumeMounts.map(({ name }) => name).sort()).toEqual(volumes?.sort());
    expect(container?.args[0]).toBe('agent');
    expect(options()).toEqual(expect.arrayContaining(optionsOf(container?.args ?? [])));
    expect(pod).toMatchObject({ hostPID: true, serviceAccountName: 'reeve-agent' });
  });
});
