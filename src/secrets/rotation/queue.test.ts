import { expect, it } from 'vitest';
import { WorkQueue } from './queue.ts';

/** Work that ends when it is told to, and has its target from its name: `db-1` has `db`. */
class Works {
  readonly began: string[] = [];
  readonly queue: WorkQueue;
  readonly #ends = new Map<string, () => void>();

  constructor(atOnce: number) {
    this.queue = new WorkQueue(atOnce, (name) => this.#work(name));
  }

  async #work(name: string): Promise<void> {
    const [target = ''] = name.split('-');
    if (!this.queue.enter(target, name)) return;
    this.began.push(name);
    await new Promise<void>((end) => this.#ends.set(name, end));
    this.#ends.delete(name);
    this.queue.leave(target);
  }

  async end(name: string): Promise<void> {
    this.#ends.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

it('begins as much as may be at once, in order, and no name twice', async () => {
  const works = new Works(2);
  for (const name of ['a', 'b', 'c', 'd', 'c']) works.queue.add(name);
  expect(works.began).toEqual(['a', 'b']);
  await works.end('b');
  expect(works.began).toEqual(['a', 'b', 'c']);
  await works.end('a');
  await works.end('c');
  await works.end('d');
  await works.queue.settled();
  expect(works.began).toEqual(['a', 'b', 'c', 'd']);
});

it('works once more on what becomes due while it is worked on', async () => {
  const works = new Works(1);
  for (const name of ['a', 'b', 'a', 'a']) works.queue.add(name);
  await works.end('a');
  await works.end('b');
  expect(works.began).toEqual(['a', 'b', 'a']);
  await works.end('a');
  await works.queue.settled();
  expect(works.began).toEqual(['a', 'b', 'a']);
});

it('lets who finds its target taken give way to others, and begins it when that is free', async () => {
  const works = new Works(2);
  for (const name of ['db-1', 'db-2', 'db-3', 'mq-1']) works.queue.add(name);
  await works.end('none');
  expect(works.began).toEqual(['db-1', 'mq-1']);
  await works.end('db-1');
  expect(works.began).toEqual(['db-1', 'mq-1', 'db-2']);
  await works.end('db-2');
  expect(works.began).toEqual(['db-1', 'mq-1', 'db-2', 'db-3']);
});

it('works on a name once at a time, even where its target is free before it has given way', async () => {
  let atWork = 0;
  let most = 0;
  const queue: WorkQueue = new WorkQueue(4, async (name) => {
    most = Math.max(most, ++atWork);
    if (queue.enter('db', name)) queue.leave('db');
    else await new Promise((resolve) => setImmediate(resolve));
    atWork--;
  });
  queue.enter('db', 'before');
  queue.add('db-1');
  queue.leave('db');
  await queue.settled();
  expect(most).toBe(1);
});

it('begins nothing more when it is closed', async () => {
  const works = new Works(1);
  works.queue.add('a');
  works.queue.add('b');
  const closed = works.queue.close();
  await works.end('a');
  await closed;
  works.queue.add('c');
  expect(works.began).toEqual(['a']);
});
