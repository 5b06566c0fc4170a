/** The parts of the labs that need no browser: addresses, curves, presets, numbers as they are shown. */
import { describe, expect, test } from 'vitest';
import { DEFAULTS, canTakeOver, schema } from '../../demos/mlp/config.ts';
import { PRESETS, matchingPreset } from '../../demos/mlp/presets.ts';
import { LADDER, STEPS, currentStep, marksOf } from '../../demos/mlp/ladder.ts';
import { RACE_PRESETS, matchingRace, raceSchema } from '../../demos/mlp/race-config.ts';
import { mistakes } from '../../demos/mlp/mistakes.ts';
import { DEFAULTS as RNN, TASKS, poolingOf } from '../../demos/rnn/config.ts';
import { presetsOf } from '../../demos/rnn/lab-presets.ts';
import { describe as said } from '../../demos/rnn/settings.ts';
import { choice, decode, differences, encode, flag, numeric, wholeList } from '../../demos/shared/address.ts';
import { confusion, membersOf, worstCell } from '../../demos/shared/confusion.ts';
import { placeGuides } from '../../demos/shared/guides.ts';
import { Curves } from '../../demos/shared/curves.ts';
import {
  formatCount,
  formatDuration,
  formatFigure,
  formatLoss,
  formatPercent,
  formatSetting,
  formatTick,
} from '../../demos/shared/format.ts';

describe('a configuration in an address', () => {
  test('comes back as it was written', () => {
    const config = { ...DEFAULTS, hidden: [64, 7, 1], lr: 3e-5, plane: 'xor', showTest: false, dropout: 0.35 } as const;
    expect(decode(schema, `#${encode(schema, config)}`)).toEqual(config);
    expect(encode(schema, config)).toContain('hidden=64,7,1&');
    expect(decode(schema, encode(schema, { ...config, hidden: [] })).hidden).toEqual([]);
  });

  test('falls back field by field where it is nonsense', () => {
    const shape = {
      kind: choice(['a', 'b'], 'b'),
      size: numeric(3, { min: 1, max: 9 }),
      on: flag(true),
      widths: wholeList([5], { min: 1, max: 99, maxLength: 2 }),
    };
    const fallback = { kind: 'b', size: 3, on: true, widths: [5] };
    expect(decode(shape, '')).toEqual(fallback);
    expect(decode(shape, '#kind=c&size=&on=yes&widths=1,,2')).toEqual(fallback);
    expect(decode(shape, '#kind=%E0%A4&size=NaN&on&widths=x&%%')).toEqual(fallback);
    expect(decode(shape, '#kind=a&size=1000&on=0&widths=0,7.4,3')).toEqual({
      kind: 'a',
      size: 9,
      on: false,
      widths: [1, 7],
    });
  });

  test('tells which fields differ', () => {
    expect(differences(schema, DEFAULTS, { ...DEFAULTS })).toEqual([]);
    expect(differences(schema, DEFAULTS, { ...DEFAULTS, lr: 1, hidden: [3] }).toSorted()).toEqual(['hidden', 'lr']);
  });
});

describe('presets', () => {
  test('are recognised while nothing is changed', () => {
    expect(matchingPreset(DEFAULTS)?.name).toBe('two-spirals');
    for (const preset of PRESETS) {
      const config = { ...DEFAULTS, ...preset.config };
      expect(matchingPreset(config)?.name).toBe(preset.name);
      expect(matchingPreset({ ...config, batch: config.batch + 1 })).toBeUndefined();
    }
  });

  test('of the race are recognised too, the first of them in a page that was just opened', () => {
    const opened = decode(raceSchema, '');
    expect(matchingRace(opened)).toBe(RACE_PRESETS[0]);
    for (const preset of RACE_PRESETS) {
      expect(matchingRace({ ...opened, ...preset.config })).toBe(preset);
      expect(matchingRace({ ...opened, ...preset.config, batch: 7 })).toBeUndefined();
    }
  });

  test('lie within the ranges of their settings', () => {
    for (const preset of PRESETS) {
      const config = { ...DEFAULTS, ...preset.config };
      expect(decode(schema, encode(schema, config))).toEqual(config);
    }
  });
});

describe('the accuracy ladder', () => {
  test('has a preset behind each rung, and says what each changes', () => {
    expect(LADDER.every(({ preset }) => PRESETS.some(({ name }) => name === preset))).toBe(true);
    const changed = STEPS.map(({ changes }) => changes.map(({ name, from, to }) => `${name}: ${from} to ${to}`));
    expect(changed.slice(0, 2)).toEqual([[], ['Epochs: 1 to 5']]);
    expect(STEPS.slice(1).every(({ changes }) => changes.length > 0)).toBe(true);
  });

  test('has momentum and its twin without it as neighbours that differ in nothing else', () => {
    const momentum = STEPS.findIndex(({ preset }) => preset === 'momentum-256-128');
    expect(STEPS[momentum - 1]?.preset).toBe('sgd-256-128');
    expect(STEPS[momentum]?.changes.map(({ key }) => key)).toEqual(['optimizer']);
    expect(STEPS[momentum]?.patch.seed).toBe(STEPS[momentum - 1]?.patch.seed);
  });

  test('knows the rung in hand until a setting is changed', () => {
    const config = { ...DEFAULTS, ...STEPS[1]?.patch, view: 'draw', noise: 0.2 };
    expect(currentStep(config)).toBe(STEPS[1]);
    expect(marksOf(config).map(({ key }) => key)).toEqual(['epochs']);
    expect(currentStep({ ...config, lr: 0.5 })).toBeUndefined();
  });
});

test('a running training takes over what it can', () => {
  const next = (patch: Partial<typeof DEFAULTS>): boolean => canTakeOver(DEFAULTS, { ...DEFAULTS, ...patch });
  expect(next({ lr: 1, batch: 7, epochs: 3, weightDecay: 0.1, l1: 0.1, momentum: 0.5, view: 'draw' })).toBe(true);
  expect([{ activation: 'relu' }, { optimizer: 'sgd' }, { dropout: 0.5 }, { seed: 9 }] as const).toSatisfy(
    (patches: readonly Partial<typeof DEFAULTS>[]) => patches.every((patch) => !next(patch)),
  );
  const dropping = { ...DEFAULTS, dropout: 0.5 };
  expect(canTakeOver(dropping, { ...dropping, dropout: 0.2 })).toBe(true);
  expect(canTakeOver(dropping, DEFAULTS)).toBe(false);
});

test('answers on digits become counts, cells and mistakes', () => {
  const labels = Int32Array.of(4, 4, 4, 9, 4);
  const rows = [
    { 4: 0.9, 9: 0.1 },
    { 4: 0.3, 9: 0.7 },
    { 4: 0.1, 9: 0.9 },
    { 9: 0.8, 4: 0.2 },
    { 2: 1 },
  ] as readonly Record<number, number>[];
  const chances = Float32Array.from(rows.flatMap((row) => Array.from({ length: 10 }, (_, k) => row[k] ?? 0)));
  const answers = { chances, classes: Int32Array.of(4, 9, 9, 9, 2) };
  const counts = confusion(labels, answers, 10);
  expect([counts[44], counts[49], counts[42], counts[99]]).toEqual([1, 2, 1, 1]);
  expect(worstCell(counts, 10, { actual: 0, answer: 1 })).toEqual({ actual: 4, answer: 9 });
  expect(worstCell(new Int32Array(100), 10, { actual: 4, answer: 9 })).toEqual({ actual: 4, answer: 9 });
  expect(membersOf({ actual: 4, answer: 9 }, labels, answers)).toEqual([2, 1]);
  expect(mistakes(labels, answers)).toEqual([4, 2, 1]);
});

describe('curves', () => {
  test('average neighbours rather than grow without end', () => {
    const curves = new Curves(['train', 'test']);
    for (let step = 1; step <= 20_000; step++) {
      curves.add('train', step, step);
      if (step % 1000 === 0) curves.add('test', step, -step);
    }
    const [steps, train, tested] = curves.columns();
    expect(curves.size).toBeLessThanOrEqual(1000);
    expect(steps.length).toBe(train?.length);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(curves.last('train')).toBeGreaterThan(19_900);
    expect(curves.last('test')).toBe(-20_000);
    expect(tested?.filter((value) => value !== null).length).toBe(20);
    const total = train?.reduce((sum: number, value, row) => sum + Math.abs((value ?? 0) - (steps[row] ?? 0)), 0) ?? 0;
    expect(total / curves.size).toBeLessThan(32);
  });

  test('tell what they showed last at a step, and forget what came after one', () => {
    const curves = new Curves(['a', 'b']);
    curves.add('a', 1, 10);
    curves.add('b', 5, 20);
    curves.add('a', 9, 30);
    expect([0, 1, 5, 8, 9, 99].map((step) => curves.at(step))).toEqual([
      [null, null],
      [10, null],
      [10, 20],
      [10, 20],
      [30, 20],
      [30, 20],
    ]);
    curves.cut(5);
    expect(curves.at(99)).toEqual([10, 20]);
    expect(curves.size).toBe(2);
  });

  test('give a table the newest row, and null where a curve has no value yet', () => {
    const curves = new Curves(['a', 'b']);
    expect(curves.sample(5)).toEqual([]);
    expect(curves.last('a')).toBeNull();
    for (let step = 0; step < 50; step++) curves.add('a', step, step);
    curves.add('b', 45, -1);
    const rows = curves.sample(5);
    expect(rows.map(({ step }) => step)).toEqual([9, 19, 29, 39, 49]);
    curves.add('b', 60, -2);
    curves.add('a', 55, 55);
    expect(curves.columns()[0].slice(-3)).toEqual([49, 55, 60]);
    expect(rows[0]?.values).toEqual([9, null]);
    expect(rows.at(-1)?.values).toEqual([49, -1]);
  });

  test('refuse a name they do not have', () => {
    expect(() => new Curves(['a']).add('z', 0, 0)).toThrow('curves: no curve "z". The curves are a.');
  });
});

test('numbers read as people write them', () => {
  expect([0.00001234, 0.5, 12.345, 123.45, 48_792.3, 2.8e20, null, Number.NaN, -Infinity].map(formatLoss)).toEqual([
    '1.2e-5',
    '0.5000',
    '12.35',
    '123.5',
    '48,792',
    '2.8e+20',
    '–',
    'NaN',
    '−∞',
  ]);
  expect([formatPercent(0.9812), formatPercent(null), formatCount(1234567)]).toEqual(['98.1 %', '–', '1,234,567']);
  expect([5.25, 75, 3725].map(formatDuration)).toEqual(['5.3 s', '1 min 15 s', '1 h 02 min']);
  expect([0, 0.001, 0.00003, 10].map(formatSetting)).toEqual(['0', '0.001', '3e-5', '10']);
  expect([0, 1e-6, 0.25, 1000, 7.5e11].map(formatTick)).toEqual(['0', '1e-6', '0.25', '1,000', '8e11']);
  expect([null, 0, 0.00058, 0.0123, 3.456, 1234, 12345].map(formatFigure)).toEqual([
    '–',
    '0',
    '5.8e-4',
    '0.012',
    '3.5',
    '1,200',
    '1.2e+4',
  ]);
});

test('words of level lines in a chart stand on them, under them, or together', () => {
  const [a, b, c] = [
    { y: 40, label: 'a' },
    { y: 90, label: 'b' },
    { y: 90, label: 'c' },
  ] as const;
  expect(placeGuides([b, a], 14)).toEqual([
    { ...a, below: false },
    { ...b, below: false },
  ]);
  expect(placeGuides([b, c], 14)).toEqual([
    { ...b, below: false },
    { ...c, below: true },
  ]);
  expect(placeGuides([a, { y: 53, label: 'd' }, { y: 60, label: 'e' }, b], 14)).toEqual([
    { ...a, below: false },
    { y: 53, label: 'd, e', below: true },
    { ...b, below: false },
  ]);
});

test('a preset of the RNN lab leaves nothing of the one before, and a setting is told as it is used', () => {
  const presets = TASKS.flatMap(presetsOf);
  for (const { config: before } of presets)
    for (const { config } of presets) expect({ ...RNN, ...before, ...config }).toEqual({ ...RNN, ...config });
  expect(poolingOf(RNN)).toBe('last');
  for (const other of [{ attention: true }, { model: 'transformer' } as const]) {
    expect(poolingOf({ ...RNN, ...other })).toBe('max');
    expect(poolingOf({ ...RNN, ...other, pooling: 'mean' })).toBe('mean');
  }
  expect(said({ ...RNN, task: 'memory', optimizer: 'sgd', lr: 0.1 })).toBe('RNN against LSTM, 40 steps, SGD 0.1');
});
