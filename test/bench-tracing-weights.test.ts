import { describe, expect, it } from 'vitest';
import { FEATURES, KINDS, weightInUse } from '../bench/support/tracing/features.ts';
import { labelled, toExamples } from '../bench/support/tracing/labels.ts';
import { type Example, fitLogistic, logOddsOf } from '../bench/support/tracing/logistic.ts';
import { DETECTIONS_OF_NEWS, SignCollector } from '../bench/support/tracing/signs.ts';
import { watch } from '../bench/support/tracing/watch.ts';
import { POLICY_WEIGHT, WEIGHT } from '../src/tracing/detections/weights.ts';

/** Of each point, as much of both as the coefficients say: they explain it best of all. */
function examplesOf(coefficients: readonly number[]): Example[] {
  const steps = [-2, -1, 0, 1, 3];
  return steps.flatMap((one) =>
    steps.flatMap((other) => {
      const features = [1, one, other];
      const probability = 1 / (1 + Math.exp(-logOddsOf(features, coefficients)));
      return [
        { features, isOf: true, weight: probability },
        { features, isOf: false, weight: 1 - probability },
      ];
    }),
  );
}

function closeTo(values: readonly number[]): unknown[] {
  return values.map((value) => expect.closeTo(value, 6));
}

describe('a logistic regression', () => {
  it.each([[[-1, 0.5, 2]], [[3, -2, 0]], [[-7, 4, 0.25]]])(
    'finds the coefficients %j that examples were made by',
    (coefficients) => {
      expect(fitLogistic(examplesOf(coefficients), 1e-12)).toEqual(closeTo(coefficients));
    },
  );

  it('counts an example as often as it weighs', () => {
    const counted = (isOf: boolean, hasIt: number, weight: number): Example => ({
      ...{ isOf, weight },
      features: [1, hasIt],
    });
    const examples = [
      counted(true, 0, 10),
      counted(false, 0, 40),
      counted(true, 1, 30),
      counted(false, 1, 10),
    ];
    // odds of 1 to 4 without it, of 3 to 1 with it
    const wanted = [Math.log(1 / 4), Math.log(3) - Math.log(1 / 4)];
    expect(fitLogistic(examples, 1e-12)).toEqual(closeTo(wanted));
  });

  it('keeps a coefficient small that nothing speaks against', () => {
    const examples = [{ features: [1], isOf: true, weight: 1 }];
    const [found = NaN] = fitLogistic(examples, 0.5);
    // where what one more would explain is what the ridge takes for it
    expect(0.5 * found).toBeCloseTo(1 / (1 + Math.exp(found)), 9);
  });

  it('finds them where whole steps lead away', () => {
    const examples = [
      { features: [1, 100], isOf: true, weight: 1_000 },
      { features: [1, -1], isOf: true, weight: 1_001 },
      { features: [1, -5], isOf: false, weight: 5 },
    ];
    const found = fitLogistic(examples, 0.01);
    const gradient = found.map((one, place) =>
      examples.reduce((sum, { features, isOf, weight }) => {
        const probability = 1 / (1 + Math.exp(-logOddsOf(features, found)));
        return sum + weight * (probability - (isOf ? 1 : 0)) * (features[place] ?? 0);
      }, 0.01 * one),
    );
    expect(gradient).toEqual(closeTo([0, 0]));
  });
});

describe('features of signs', () => {
  const inUse = (label: string) =>
    DETECTIONS_OF_NEWS.map((detection) => {
      const feature = FEATURES.find((one) => one.label === label);
      const weight = feature && weightInUse(feature, detection);
      return weight === undefined ? weight : Math.round(weight * 1e6) / 1e6;
    });

  it('are of a kind, or of all of them', () => {
    const kinds = DETECTIONS_OF_NEWS.map(({ kind }) => kind);
    expect(kinds).toEqual(KINDS);
    for (const { label } of FEATURES) {
      const weights = inUse(label).filter((weight) => weight !== undefined);
      expect([label, weights.length]).toEqual([label, expect.toBeOneOf([1, kinds.length])]);
      expect(weights.every(Number.isFinite)).toBe(true);
    }
  });

  // in the order of the kinds
  const { denied, newDenied, message, justDeployed, deployed } = WEIGHT;
  it.each([
    ['denied', [newDenied, newDenied, denied, denied]],
    ['message', [message, message, 0, 0]],
    ['undeclared', [POLICY_WEIGHT.undeclared, POLICY_WEIGHT.undeclared, 0, 0]],
    ['  within 3 h, besides', KINDS.map(() => justDeployed - deployed)],
    ['caller only ever answered', [WEIGHT.onlyAnswers, undefined, undefined, undefined]],
  ])('are told with the weight in use: %s', (label, weights) => {
    expect(inUse(label)).toEqual(weights);
  });
});

describe('signs of an estate', () => {
  it('weigh 1 together where they are of one kind and attack, and else each', () => {
    const sign = (kind: string, attack: string | undefined) => ({
      ...{ kind, attack, score: 1, features: [1] },
      shown: { from: 'a', to: 'b', at: 0, traceId: null },
    });
    const signs = [
      sign('new-edge', '1 0'),
      sign('new-edge', '1 0'),
      sign('new-endpoint', '1 0'),
      sign('new-edge', '2 0'),
      sign('new-edge', undefined),
      sign('new-edge', undefined),
    ];
    const weights = toExamples(signs).map(({ isOf, weight }) => (isOf ? weight : -weight));
    expect(weights).toEqual([0.5, 0.5, 1, 1, -1, -1]);
  });

  it('are collected once each, and are of its attacks or of none', () => {
    const settings = {
      ...{ workloads: 60, tracesADay: 1_500 },
      ...{ learningDays: 5, judgedDays: 3, attacksOfAKind: 1 },
    };
    let collector: SignCollector | undefined;
    const { attacks, judgedFrom } = watch(3, {
      world: settings,
      observe(parts, from) {
        const made = new SignCollector(parts, from);
        collector = made;
        return (hop) => made.look(hop);
      },
    });
    const signs = collector?.signs ?? [];
    expect(new Set(signs.map(({ kind }) => kind))).toEqual(new Set(KINDS));
    expect(signs.every(({ shown }) => shown.at >= judgedFrom)).toBe(true);

    const edges = signs.filter(({ kind }) => kind === 'new-edge');
    expect(new Set(edges.map(({ shown }) => `${shown.from} ${shown.to}`)).size).toBe(edges.length);
    const known = labelled(signs, attacks, 3);
    for (const { attack, shown } of known.filter((sign) => sign.attack !== undefined)) {
      const hops = attacks.find(({ number }) => attack === `3 ${number}`)?.hops ?? [];
      expect(hops.flatMap(({ to }) => to)).toContain(shown.to);
    }
    const scan = attacks.find(({ kind }) => kind === 'scan');
    expect(known.map(({ attack }) => attack)).toContain(`3 ${scan?.number}`);
    expect(known.map(({ attack }) => attack)).toContain(undefined);
  });
});
