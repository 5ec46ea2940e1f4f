import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { release } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EntryIndex, explainNone, whyNone } from '../registration/index.ts';
import { entryWith } from '../registration/testing/entries.ts';
import { AttestationConfig } from './config.ts';
import {
  Executables,
  machinePorts,
  NodePods,
  openPeerReader,
  type Peer,
  type PeerReader,
  type ProcFiles,
  type WorkloadPorts,
} from './index.ts';
import { isRoot, NOBODY, Processes } from './testing/processes.ts';
import { attestWorkload, isStillRunning } from './workload.ts';

const ports = machinePorts(AttestationConfig.parse({}));
const sha256Of = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
/** Linux 6.5 and later give a handle on the process at the other end. */
const hasHandles = release().localeCompare('6.5', 'en', { numeric: true }) >= 0;
const code = (reason: string) =>
  expect.objectContaining({ code: `identity/attestation-forbidden/${reason}` });

describe.runIf(process.platform === 'linux')('a workload of this machine', () => {
  let processes: Processes;
  let peers: PeerReader;
  let copy: string;
  beforeAll(async () => {
    processes = await Processes.open();
    peers = await openPeerReader();
    copy = processes.copyOfNode('orders');
  });
  afterAll(() => processes.close());

  async function attest(socket: Socket, change: Partial<WorkloadPorts> = {}) {
    const peer = peers.peerOf(socket);
    try {
      return await attestWorkload(peer, { ...ports, ...change });
    } finally {
      peer.release();
    }
  }
  /** Selectors that do not depend on what started the tests. */
  async function selectorsOf(socket: Socket) {
    const { selectors } = await attest(socket);
    return selectors.filter((each) => /^unix:(uid|gid|path|sha256):/.test(each));
  }

  it('is known by its user, group, executable and digest', async () => {
    const { socket, child } = await processes.start();
    const { selectors, notes, facts } = await attest(socket);
    // Node adds the group of the process itself.
    const groups = process.getgroups?.().filter((group) => group !== process.getegid?.()) ?? [];
    expect(selectors).toEqual(
      expect.arrayContaining([
        `unix:uid:${process.getuid?.()}`,
        `unix:gid:${process.getgid?.()}`,
        `unix:path:${realpathSync(process.execPath)}`,
        `unix:sha256:${sha256Of(process.execPath)}`,
        ...groups.map((group) => `unix:supplementary_gid:${group}`),
      ]),
    );
    expect(notes).toEqual([]);
    expect(facts).toMatchObject({ pid: child.pid, runsAs: { uid: process.getuid?.() } });
    expect(await isStillRunning(facts, ports.proc)).toBe(true);
    expect(await isStillRunning({ ...facts, startTicks: 1 }, ports.proc)).toBe(false);
  });

  it.runIf(isRoot)('is known by the names of its user and group where there are any', async () => {
    const { socket } = await processes.start();
    const { selectors } = await attest(socket);
    expect(selectors).toEqual(expect.arrayContaining(['unix:user:root', 'unix:group:root']));
  });

  it('that was copied to another path is known by that, and by the same digest', async () => {
    const [here, there] = [await processes.start(), await processes.start({ executable: copy })];
    const [mine, other] = [await selectorsOf(here.socket), await selectorsOf(there.socket)];
    expect(other).toContain(`unix:path:${realpathSync(copy)}`);
    expect(other.filter((each) => !mine.includes(each))).toHaveLength(1);
    expect(other).toContain(`unix:sha256:${sha256Of(process.execPath)}`);
  });

  it('that was copied, or runs as another user, loses its identity, and it is said why', async () => {
    const [before, after] = [
      await processes.start(),
      await processes.start({ executable: copy, ...(isRoot && { uid: NOBODY }) }),
    ];
    const entry = entryWith({ selectors: await selectorsOf(before.socket) });
    const index = new EntryIndex([entry]);
    const workload = { selectors: await selectorsOf(after.socket), agent: null };
    expect(index.match({ ...workload, selectors: entry.selectors }, Date.now())).toHaveLength(1);
    expect(index.match(workload, Date.now())).toEqual([]);
    const said = explainNone(whyNone(index.entries(), workload, Date.now()));
    expect(said).toContain(`entry ${entry.spiffeId}\n`);
    expect(said).toContain('  lacks unix:path:');
    expect(said.includes(`lacks unix:uid:0; the workload has unix:uid:${NOBODY}`)).toBe(isRoot);
  });

  it('that was changed by a byte has another digest', async () => {
    const changed = processes.copyOfNode('changed');
    appendFileSync(changed, '\n');
    const { socket } = await processes.start({ executable: changed });
    const selectors = await selectorsOf(socket);
    expect(selectors).toContain(`unix:sha256:${sha256Of(changed)}`);
    expect(selectors).not.toContain(`unix:sha256:${sha256Of(process.execPath)}`);
  });

  it.runIf(isRoot)('that runs as another user is known as that one', async () => {
    const { socket } = await processes.start({ executable: copy, uid: NOBODY });
    const selectors = await selectorsOf(socket);
    expect(selectors).toEqual(expect.arrayContaining([`unix:uid:${NOBODY}`, `unix:gid:${NOBODY}`]));
    expect(selectors).not.toContain('unix:uid:0');
  });

  it.runIf(isRoot)('that changes its user after it connected is refused', async () => {
    const script = `socket.on('data', () => { process.setuid(${NOBODY}); socket.write('d'); });`;
    const { socket } = await processes.start({ executable: copy, script });
    await once(socket, 'data');
    socket.write('x');
    await once(socket, 'data');
    await expect(attest(socket)).rejects.toThrow(code('user-changed'));
    await expect(attest(socket)).rejects.toThrow(`connected as 0:0 and runs as ${NOBODY}:0`);
  });

  it('that has ended is refused', async () => {
    const { socket, child, exited } = await processes.start();
    const peer = peers.peerOf(socket);
    child.kill('SIGKILL');
    await exited;
    await expect(attestWorkload(peer, ports)).rejects.toThrow(code('workload-ended'));
    await expect(attestWorkload(peer, ports)).rejects.toThrow(`(pid ${child.pid}) has ended`);
    peer.release();
  });

  it('that has ended is refused even if its parent never asks how', async () => {
    const script = "socket.on('data', () => process.exit());";
    const { socket } = await processes.start({ isNeglected: true, script });
    const { facts } = await attest(socket);
    expect(await isStillRunning(facts, ports.proc)).toBe(true);
    const end = once(socket, 'end');
    socket.resume().write('end');
    await end;
    // The connection ends a moment before the process does.
    while (await isStillRunning(facts, ports.proc));
    expect((await ports.proc.bytes(facts.pid, 'stat')).toString()).toContain(') Z ');
    await expect(attest(socket)).rejects.toThrow(code('workload-ended'));
  });

  it.runIf(hasHandles)(
    'whose pid another process has by now is refused by the handle on the first',
    async () => {
      const { socket, child, exited } = await processes.start();
      const peer = peers.peerOf(socket);
      child.kill('SIGKILL');
      await exited;
      // This process has the same user, and lives: all that is read of it would do.
      const reused: ProcFiles = {
        bytes: (_, name) => ports.proc.bytes(process.pid, name),
        link: (_, name) => ports.proc.link(process.pid, name),
        stat: (_, name) => ports.proc.stat(process.pid, name),
        open: (_, name) => ports.proc.open(process.pid, name),
      };
      expect(peer.hasEnded()).toBe(true);
      const world = { ...ports, proc: reused, executables: new Executables(reused, 1e9) };
      await expect(attestWorkload(peer, world)).rejects.toThrow(code('workload-ended'));
      const unheld = { ...peer, hasEnded: () => false };
      await expect(attestWorkload(unheld, world)).resolves.toHaveProperty('kind', 'attested');
      peer.release();
    },
  );

  it('whose start changes while it is looked at is refused, where there is no handle', async () => {
    const { socket } = await processes.start();
    let readings = 0;
    const reused: ProcFiles = {
      ...ports.proc,
      bytes: async (pid, name) => {
        const bytes = await ports.proc.bytes(pid, name);
        if (name !== 'stat' || ++readings === 1) return bytes;
        return Buffer.from(
          bytes.toString('latin1').replace(/(?<=\) )([A-Z](?: -?\d+){18}) \d+/, '$1 7'),
        );
      },
    };
    const known = peers.peerOf(socket);
    known.release();
    const { pid, uid, gid } = known;
    const peer: Peer = { pid, uid, gid, hasEnded: () => false, release: () => {} };
    await expect(attestWorkload(peer, { ...ports, proc: reused })).rejects.toThrow(
      code('workload-ended'),
    );
    expect(readings).toBe(2);
  });

  it('whose executable was replaced has a digest and no path', async () => {
    const doomed = processes.copyOfNode('doomed');
    const { socket } = await processes.start({ executable: doomed });
    rmSync(doomed);
    processes.copyOfNode('doomed');
    const { selectors, notes } = await attest(socket);
    expect(selectors.some((each) => each.startsWith('unix:path:'))).toBe(false);
    expect(selectors).toContain(`unix:sha256:${sha256Of(process.execPath)}`);
    expect(notes).toEqual([expect.stringMatching(/^unix:path is left out: .*doomed \(deleted\)/)]);
  });

  it('that says to lie where another file lies has no path', async () => {
    const { socket } = await processes.start();
    // As a process in a mount namespace of its own may.
    const elsewhere = { ...ports.proc, link: async () => realpathSync('/bin/sh') };
    const { selectors, notes } = await attest(socket, {
      executables: new Executables(elsewhere, 1e9),
    });
    expect(selectors.some((each) => each.startsWith('unix:path:'))).toBe(false);
    expect(notes).toEqual([expect.stringContaining('unix:path is left out')]);
  });

  describe('in a pod', () => {
    const uid = '2c48913c-b29f-11e7-9350-020968147796';
    const id = 'b8e0a8f5a1c5a0e5d4f0b5b7a2e9c3d1f6a7b8c9d0e1f2a3b4c5d6e7f8091a2b';
    const proc: ProcFiles = {
      ...ports.proc,
      bytes: async (pid, name) =>
        name === 'cgroup'
          ? Buffer.from(`0::/kubepods/burstable/pod${uid}/${id}\n`)
          : ports.proc.bytes(pid, name),
    };
    const pods = new NodePods({ node: 'node-1', waitMs: 5 });
    const object = {
      metadata: { uid, namespace: 'shop', name: 'orders-1', labels: { app: 'orders' } },
      spec: { nodeName: 'node-1', serviceAccountName: 'orders', containers: [] },
    };
    const statuses = [{ name: 'app', containerID: `containerd://${id}` }];
    const tell = (more: object) =>
      pods.replace([pods.take({ ...object, ...more })].filter((pod) => pod !== undefined));
    const ofPod = (selectors: readonly string[]) =>
      selectors.filter((each) => each.startsWith('k8s:') && !each.startsWith('k8s:node'));

    it('is known by what the API server says of it', async () => {
      tell({ status: { containerStatuses: statuses } });
      const { socket } = await processes.start();
      const { selectors, notes, facts } = await attest(socket, { proc, pods });
      expect(ofPod(selectors)).toEqual([
        'k8s:container-name:app',
        'k8s:ns:shop',
        'k8s:pod-label:app:orders',
        'k8s:pod-name:orders-1',
        `k8s:pod-uid:${uid}`,
        'k8s:sa:orders',
      ]);
      expect(notes).toEqual([]);
      expect(facts.pod?.name).toBe('orders-1');
    });

    it('whose container is not told of yet has no container-name, with a note', async () => {
      tell({});
      const { socket } = await processes.start();
      const { selectors, notes } = await attest(socket, { proc, pods });
      expect(ofPod(selectors)).toContain('k8s:sa:orders');
      expect(notes).toEqual([
        'k8s:container-name is left out: the API server has not told of the container yet',
      ]);
    });

    it('that nobody tells of is known by its uid alone, with a note', async () => {
      pods.replace([]);
      const { socket } = await processes.start();
      const { selectors, notes } = await attest(socket, { proc, pods });
      expect(ofPod(selectors)).toEqual([`k8s:pod-uid:${uid}`]);
      expect(notes[0]).toMatch(/^k8s:ns, k8s:sa and k8s:pod-name are left out.*2c48913c/);
      expect((await attest(socket, { proc })).notes).toEqual([]);
    });
  });
});
