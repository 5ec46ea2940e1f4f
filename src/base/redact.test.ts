import { expect, it } from 'vitest';
import { redacted } from './redact.ts';

it.each([
  ['see `https://user:word@example.com/a`', 'see `https://…@example.com/a`'],
  ['amqp://:word@broker and b://c:d@e', 'amqp://…@broker and b://…@e'],
  ['https://example.com/@scope/a:b@1', 'https://example.com/@scope/a:b@1'],
  ['https://user@example.com', 'https://user@example.com'],
  ['/x?access_token=word&page=2', '/x?access_token=…&page=2'],
  ['/x?page=2&X-Amz-Signature=word#top', '/x?page=2&X-Amz-Signature=…#top'],
  ['a key=value pair', 'a key=value pair'],
])('%s is told as %s', (text, want) => {
  expect(redacted(text)).toBe(want);
});
