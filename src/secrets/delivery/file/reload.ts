import { quote } from '../../../base/fault.ts';
import { TargetFault } from '../../rotation/rotator.ts';
import type { Reload } from '../config.ts';
import type { DeliveryPorts } from '../place.ts';
import { readWhole } from './folder.ts';

const MOST_PID = 4_194_304;

/** Tells who uses a file that it is new. Who does not run needs not be told.
 *  @throws {TargetFault} */
export async function reload(
  ports: Pick<DeliveryPorts, 'config' | 'run' | 'kill'>,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const { reloads } = ports.config.files;
  const told = Object.hasOwn(reloads, name) ? reloads[name] : undefined;
  if (told === undefined) {
    const hint = 'see `delivery.files.reloads` of the configuration';
    throw new TargetFault('invalid', `The configuration has no reload ${quote(name)}`, hint);
  }
  if ('unit' in told) await reloadUnit(ports, told.unit, signal);
  else await sendSignal(ports, told);
}

async function reloadUnit(
  { run }: Pick<DeliveryPorts, 'run'>,
  unit: string,
  signal: AbortSignal,
): Promise<void> {
  // one that does not run reads the file when it begins
  const words = ['try-reload-or-restart', '--', unit];
  const status = await run('systemctl', words, signal);
  if (status === 0) return;
  const hint = `see \`systemctl status ${unit}\`; when it runs, try again`;
  throw new TargetFault('invalid', `${unit} does not come up with the new file`, hint);
}

async function sendSignal(
  { kill }: Pick<DeliveryPorts, 'kill'>,
  { pidFile, signal }: Extract<Reload, { readonly pidFile: string }>,
): Promise<void> {
  const seen = await readWhole(pidFile);
  if (seen === undefined) return;
  const pid = Number(/^\s*(\d{1,7})\s*$/.exec(seen.text)?.[1]);
  if (!(pid > 1 && pid <= MOST_PID)) {
    throw new TargetFault('invalid', `${quote(pidFile, 200)} holds no number of a process`);
  }
  try {
    kill(pid, signal);
  } catch {
    const hint = 'run both as one user, or name a unit of systemd';
    throw new TargetFault(
      'denied',
      `Reeve may not send ${signal} to the process of ${quote(pidFile, 200)}`,
      hint,
    );
  }
}
