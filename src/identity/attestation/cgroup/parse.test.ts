import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import { type CgroupPlace, type ContainerPlace, parseCgroups } from './index.ts';

const ID = 'b8e0a8f5a1c5a0e5d4f0b5b7a2e9c3d1f6a7b8c9d0e1f2a3b4c5d6e7f8091a2b';
const OTHER = 'c'.repeat(64);
const UID = '2c48913c-b29f-11e7-9350-020968147796';
const SLICE_UID = UID.replaceAll('-', '_');
const HASH = '72f7f152440b7e8f3a1c5d2e9b4a6c80';
const place = (runtime: ContainerPlace['runtime'], podUid?: string): CgroupPlace => ({
  container: { runtime, id: ID },
  ...(podUid !== undefined && { podUid }),
});

describe('the cgroups of a process say what runs it', () => {
  it.each<[string, string, CgroupPlace]>([
    ['a unit', '0::/system.slice/orders.service', { unit: 'orders.service' }],
    [
      'an instance of a unit',
      '0::/system.slice/system-orders.slice/orders@eu-1.service',
      { unit: 'orders@eu-1.service' },
    ],
    [
      'a unit that has delegated',
      '0::/system.slice/orders.service/payments.service',
      { unit: 'orders.service' },
    ],
    ['a session', '0::/user.slice/user-1000.slice/session-3.scope', { unit: 'session-3.scope' }],
    [
      "a user's own unit",
      '0::/user.slice/user-1000.slice/user@1000.service/app.slice/orders.service',
      { unit: 'user@1000.service' },
    ],
    ['an escaped unit', '0::/system.slice/_cpu.service', { unit: 'cpu.service' }],
    [
      'systemd on v1',
      '12:pids:/system.slice/ssh.service\n1:name=systemd:/system.slice/ssh.service',
      { unit: 'ssh.service' },
    ],
    [
      'systemd on both',
      '1:name=systemd:/system.slice/cron.service\n0::/system.slice/cron.service',
      { unit: 'cron.service' },
    ],
    ['a unit that only v1 resources name', '5:memory:/system.slice/ssh.service\n0::/', {}],
    ['the init of the machine', '0::/init.scope', { unit: 'init.scope' }],
    ['nothing', '0::/', {}],
    ['nothing that is known', '4:memory:/process_api/0f6fb139be1f0c3f34cd397e2542e473\n0::/', {}],
    ['no file at all', '', {}],
    [
      'Docker on v1',
      `11:cpuset:/docker/${ID}\n1:name=systemd:/docker/${ID}\n0::/system.slice/containerd.service`,
      place('docker'),
    ],
    ['Docker with systemd', `0::/system.slice/docker-${ID}.scope`, place('docker')],
    ['Docker without a private namespace', `0::/docker/${ID}`, place('docker')],
    [
      'Docker of a service on v1',
      `2:cpu:/system.slice/docker.service/docker/${ID}`,
      place('docker'),
    ],
    ['Docker in Docker', `0::/docker/${ID}/docker/${OTHER}`, place('docker')],
    [
      'a unit in a container',
      `0::/system.slice/docker-${ID}.scope/system.slice/orders.service`,
      place('docker'),
    ],
    ['podman as root', `0::/machine.slice/libpod-${ID}.scope/container`, place('podman')],
    ['podman without systemd', `0::/libpod_parent/libpod-${ID}`, place('podman')],
    [
      "podman's watcher",
      `0::/machine.slice/libpod-conmon-${ID}.scope`,
      { unit: `libpod-conmon-${ID}.scope` },
    ],
    [
      'podman of a user',
      `0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope`,
      { unit: 'user@1000.service' },
    ],
    ['a container of nerdctl', `0::/system.slice/nerdctl-${ID}.scope`, place('containerd')],
    [
      'a pod of containerd',
      `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${SLICE_UID}.slice/cri-containerd-${ID}.scope`,
      place('containerd', UID),
    ],
    [
      'a guaranteed pod',
      `0::/kubepods.slice/kubepods-pod${SLICE_UID}.slice/cri-containerd-${ID}.scope`,
      place('containerd', UID),
    ],
    [
      'a pod of CRI-O',
      `0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${SLICE_UID}.slice/crio-${ID}.scope/container`,
      place('cri-o', UID),
    ],
    [
      'a pod of CRI-O on cgroupfs',
      `9:pids:/kubepods/besteffort/pod${UID}/crio-${ID}`,
      place('cri-o', UID),
    ],
    ['a pod on cgroupfs', `9:pids:/kubepods/burstable/pod${UID}/${ID}`, place('containerd', UID)],
    ['a guaranteed pod on cgroupfs', `9:pids:/kubepods/pod${UID}/${ID}`, place('containerd', UID)],
    [
      'a pod of Docker',
      `1:name=systemd:/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${SLICE_UID}.slice/docker-${ID}.scope`,
      place('docker', UID),
    ],
    ['a static pod', `0::/kubepods/burstable/pod${HASH}/${ID}`, place('containerd', HASH)],
    [
      'a static pod with systemd',
      `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${HASH}.slice/cri-containerd-${ID}.scope`,
      place('containerd', HASH),
    ],
    [
      "containerd whose driver differs from the kubelet's",
      `0::/system.slice/containerd.service/kubepods-besteffort-pod${SLICE_UID}.slice:cri-containerd:${ID}`,
      place('containerd', UID),
    ],
    [
      'the same on v1',
      `10:devices:/system.slice/containerd.service/kubepods-pod${SLICE_UID}.slice:cri-containerd:${ID}\n1:name=systemd:/kubepods-pod${SLICE_UID}.slice:cri-containerd:${ID}`,
      place('containerd', UID),
    ],
    [
      'a pod of k3s',
      `0::/system.slice/k3s.service/kubepods/burstable/pod${UID}/${ID}`,
      place('containerd', UID),
    ],
    [
      'a pod of kind, seen from within',
      `0::/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod${SLICE_UID}.slice/cri-containerd-${ID}.scope`,
      place('containerd', UID),
    ],
    [
      'a pod of kind, seen from the machine',
      `0::/system.slice/docker-${ID}.scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${SLICE_UID}.slice/cri-containerd-${OTHER}.scope`,
      place('docker'),
    ],
    [
      'a neighbour of an agent in a pod',
      `0::/../../kubepods-burstable-pod${SLICE_UID}.slice/cri-containerd-${ID}.scope`,
      place('containerd', UID),
    ],
    [
      "a container of the agent's own pod",
      `0::/../cri-containerd-${ID}.scope`,
      place('containerd'),
    ],
    ["a unit beyond the agent's namespace", '0::/../orders.service', {}],
    ['a pod without its container', `0::/kubepods/burstable/pod${UID}`, { podUid: UID }],
    ['an id that is too short', `0::/docker/${ID.slice(1)}`, {}],
    ['an id of capitals', `0::/docker/${ID.toUpperCase()}`, {}],
    ['an id without its runtime', `0::/mine/${ID}`, {}],
    [
      'a container within another service',
      `0::/system.slice/eve.service/docker-${ID}.scope`,
      { unit: 'eve.service' },
    ],
    [
      'a pod within another service',
      `0::/system.slice/eve.service/kubepods/pod${UID}/${ID}`,
      { unit: 'eve.service' },
    ],
    ['a path with colons', '0::/system.slice/a:b.service', { unit: 'a:b.service' }],
  ])('%s', (_, text, want) => {
    expect(parseCgroups(Buffer.from(`${text}\n`))).toEqual(want);
  });

  it.each([
    ['2:cpu', 'process-unreadable', '`2:cpu` does not name a cgroup'],
    ['cpu:/', 'process-unreadable', 'does not name a cgroup'],
    ['0::relative', 'process-unreadable', 'does not name a cgroup'],
    ['0::/\n'.repeat(129), 'process-unreadable', 'more than 128 cgroups'],
    [`2:cpu:/docker/${ID}\n3:pids:/docker/${OTHER}`, 'cgroups-differ', 'more than one container'],
    [
      `2:cpu:/kubepods/pod${UID}\n3:pids:/kubepods/pod${HASH}`,
      'cgroups-differ',
      'more than one pod',
    ],
    [
      '1:name=systemd:/system.slice/a.service\n0::/system.slice/b.service',
      'cgroups-differ',
      'more than one unit',
    ],
  ])('but not by %j', (text, reason, why) => {
    expect(() => parseCgroups(Buffer.from(text))).toThrow(
      expect.objectContaining({
        code: `identity/attestation-forbidden/${reason}`,
        message: expect.stringContaining(why),
      }),
    );
  });

  it('by any bytes at all, or there is a Fault', () => {
    const part = fc.constantFrom(
      '/',
      '0::',
      '1:name=systemd:',
      '\n',
      '..',
      'docker',
      ID,
      `pod${UID}`,
      'a.service',
      'kubepods',
      ':',
      '.slice',
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 500 }).map((each) => Buffer.from(each)),
      fc.array(part, { maxLength: 40 }).map((parts) => Buffer.from(parts.join(''))),
    );
    fc.assert(
      fc.property(bytes, (given) => {
        try {
          const { unit = 'a.service', container } = parseCgroups(given);
          expect(unit).toMatch(/\.(service|scope|socket|mount|swap)$/);
          expect(container?.id ?? ID).toHaveLength(64);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Fault);
        }
      }),
    );
  });
});
