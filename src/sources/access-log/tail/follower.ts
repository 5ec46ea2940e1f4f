import { stat } from 'node:fs/promises';
import { Fault, messageOf, quote } from '../../../base/fault.ts';
import { type LogBatch, OpenLog, type OpenLogOptions } from './open-log.ts';
import { findRotated, identityOf, isAt, type LogPosition, openLog } from './position.ts';
import { Wake } from './wake.ts';

export interface FollowerPorts {
  /** Resolves when the batch is stored, its position with it; nothing is read until then. What is
   *  refused is submitted again, as it is. */
  submit(batch: LogBatch): Promise<void>;
  /** The last position that was stored for a path. */
  resumeFrom(file: string): LogPosition | undefined;
  /** Something that an operator should know; each time that it begins. */
  onProblem(fault: Fault): void;
}

export interface FollowerOptions extends OpenLogOptions {
  readonly pollMs: number;
  readonly retryMs: number;
}

/** Follows one path: through growth, truncation, and files that take each other's place. */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #ports: FollowerPorts;
  readonly #wake: Wake;
  readonly #closing = Promise.withResolvers<void>();
  readonly #ended: Promise<void>;
  #isClosed = false;
  /** What was stored last of the file that is read, or was when this began. */
  #position: LogPosition | undefined;
  #log: OpenLog | undefined;
  /** Since when the path has another file, without this one having grown: on `performance.now`. */
  #leftAt: number | undefined;
  #problem = '';

  constructor(options: FollowerOptions, ports: FollowerPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#position = ports.resumeFrom(options.file);
    this.#wake = new Wake(options.file);
    this.#ended = this.#run();
  }

  /** Ends promptly: does not wait for a batch that is being stored. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#closing.resolve();
    this.#wake.ring();
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      const hasMore = await this.#step().catch((thrown: unknown) => this.#fail(thrown));
      if (!hasMore && !this.#isClosed) {
        await this.#wake.wait(this.#options.pollMs);
        await this.#restartIfRewritten().catch((thrown: unknown) => this.#fail(thrown));
      }
    }
    this.#wake.close();
    await this.#leave();
  }

  /** True where there may be more to read at once. */
  async #step(): Promise<boolean> {
    this.#log ??= await this.#open();
    if (this.#log === undefined) return false;
    const batch = await this.#log.next();
    this.#problem = '';
    if (batch !== undefined) {
      this.#leftAt = undefined;
      await this.#submit(batch);
      return true;
    }
    return this.#leaveIfReplaced(this.#log);
  }

  /** The file that was being read when this ended, under whatever name it has now; else the one that
   *  has the path. */
  async #open(): Promise<OpenLog | undefined> {
    const { file } = this.#options;
    const position = this.#position;
    const handle = await openLog(file).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return undefined;
      throw thrown;
    });
    try {
      if (handle !== undefined && !(await handle.stat()).isFile()) {
        throw new Fault('access-log/file-invalid', `${quote(file, 200)} is no regular file`);
      }
      if (position === undefined) {
        return handle && (await OpenLog.at(handle, 0, this.#options));
      }
      if (handle !== undefined && (await isAt(handle, position))) {
        return await OpenLog.at(handle, position.offset, this.#options);
      }
      const rotated = await findRotated(position);
      this.#position = undefined;
      if (rotated === undefined) {
        this.#tellGone(file);
        return handle && (await OpenLog.at(handle, 0, this.#options));
      }
      await handle?.close();
      return await OpenLog.at(rotated, position.offset, this.#options);
    } catch (thrown) {
      await handle?.close().catch(() => undefined);
      throw thrown;
    }
  }

  /** Programs go on writing to a renamed file for a while, so it is left only when it has not grown for
   *  the time of a poll. */
  async #leaveIfReplaced(log: OpenLog): Promise<boolean> {
    const stats = await stat(this.#options.file, { bigint: true }).catch(() => undefined);
    const isReplaced = stats !== undefined && identityOf(stats) !== log.identity;
    if (!isReplaced) return false;
    this.#leftAt ??= performance.now();
    if (performance.now() - this.#leftAt < this.#options.pollMs) return false;
    const last = log.last();
    if (last !== undefined) await this.#submit(last);
    await this.#leave();
    this.#position = undefined;
    return true;
  }

  async #leave(): Promise<void> {
    const log = this.#log;
    this.#log = undefined;
    this.#leftAt = undefined;
    await log?.handle.close().catch(() => undefined);
  }

  /** A file that was cut, or written anew in place, is read from its beginning. */
  async #restartIfRewritten(): Promise<void> {
    const log = this.#log;
    if (log === undefined || this.#isClosed || (await log.isIntact())) return;
    this.#position = undefined;
    this.#log = await OpenLog.at(log.handle, 0, this.#options);
  }

  async #submit(batch: LogBatch): Promise<void> {
    while (!this.#isClosed) {
      const isStored = await Promise.race([
        this.#ports.submit(batch).then(
          () => true,
          () => false,
        ),
        this.#closing.promise.then(() => true),
      ]);
      if (isStored) {
        this.#position = batch.position;
        return;
      }
      await this.#pause(this.#options.retryMs);
    }
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([promise, this.#closing.promise]);
    clearTimeout(timer);
  }

  #tellGone(file: string): void {
    this.#ports.onProblem(
      new Fault(
        'access-log/rest-not-found',
        `${quote(file, 200)} is not the file that was read before, which is gone: what was not read of it is missing`,
        { hint: 'let rotation keep the last file uncompressed (logrotate: `delaycompress`)' },
      ),
    );
  }

  async #fail(thrown: unknown): Promise<boolean> {
    await this.#leave();
    const why = messageOf(thrown);
    if (why === this.#problem) return false;
    this.#problem = why;
    this.#ports.onProblem(
      thrown instanceof Fault
        ? thrown
        : new Fault(
            'access-log/file-unreadable',
            `${quote(this.#options.file, 200)} cannot be read: ${why}`,
            { hint: 'let the user that Reeve runs as read it; it is tried again' },
          ),
    );
    return false;
  }
}
