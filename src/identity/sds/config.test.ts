import { describe, expect, it } from 'vitest';
import { SdsConfig } from './config.ts';

describe('the configuration', () => {
  it('has the names that SPIRE has', () => {
    expect(SdsConfig.parse({})).toEqual({
      defaultSvidName: 'default',
      defaultBundleName: 'ROOTCA',
      defaultAllBundlesName: 'ALL',
      spiffeValidator: true,
      maxNames: 256,
    });
  });

  it.each([
    [{ defaultSvidName: 'ROOTCA' }, 'must differ'],
    [{ defaultBundleName: 'spiffe://example.org' }, 'must not begin'],
    [{ defaultAllBundlesName: '*' }, 'not be `*`'],
    [{ defaultSvidName: '' }, 'Too small'],
    [{ defaultSvidName: 'a b' }, 'without spaces'],
    [{ maxNames: 0 }, 'Too small'],
    [{ more: 1 }, 'Unrecognized'],
  ])('%j is refused: %s', (config, why) => {
    expect(() => SdsConfig.parse(config)).toThrow(why);
  });
});
