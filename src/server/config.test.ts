import { describe, expect, it } from 'vitest';
import { ServerConfig } from './config.ts';

describe('the configuration of the server', () => {
  it('needs nothing, and then stays on this machine', () => {
    expect(ServerConfig.parse({})).toMatchObject({
      http: { host: '127.0.0.1', port: 7070 },
      otlp: { host: '127.0.0.1', httpPort: 4318 },
      folders: [],
    });
  });

  it('names folders after themselves', () => {
    const { folders } = ServerConfig.parse({ folders: [{ path: '/src/shop' }] });
    expect(folders).toEqual([{ path: '/src/shop', name: 'shop' }]);
  });

  it.each([
    [{ http: { host: '0.0.0.0' } }, 'http.host', /tls\.certificateFile/],
    [{ otlp: { host: '10.0.0.1' } }, 'otlp.host', /tls\.certificateFile/],
    [{ http: { port: 70_000 } }, 'http.port', /65535/],
    [{ folders: [{ path: 'a/x' }, { path: 'b/x' }] }, 'folders.1.name', /another folder/],
    [
      { clusters: [{ name: 'eu-1' }], identity: { clusters: [{ name: 'eu-2' }] } },
      'identity.clusters.0.name',
      /no cluster is called eu-2: add it to clusters/,
    ],
    [{ unknown: 1 }, '', /unknown/],
  ])('refuses %j', (config, path, message) => {
    const result = ServerConfig.safeParse(config);
    expect(result.error?.issues[0]?.path.join('.')).toBe(path);
    expect(result.error?.issues[0]?.message).toMatch(message);
  });

  it('listens beyond loopback with TLS', () => {
    const tls = { certificateFile: 'a.pem', keyFile: 'b.pem' };
    expect(ServerConfig.safeParse({ http: { host: '0.0.0.0' }, tls }).success).toBe(true);
  });
});
