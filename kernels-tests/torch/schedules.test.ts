import { describe, expect, test } from 'vitest';
import { optim } from '../../src/index.ts';
import { read } from './references.ts';

const { lrScheduler: s } = optim;

interface References {
  metrics: number[];
  /** For each step, rate and momentum of the two groups. */
  runs: { name: string; rows: [number, number][][] }[];
}

const { metrics, runs } = read('schedules.json') as References;

/** What schedules see of an optimiser; rates need no GPU. */
function optimizerOf(...rates: optim.PerMember[]): optim.Optimizer {
  return { paramGroups: rates.map((lr) => ({ lr, momentum: 0.9, params: [] })) } as unknown as optim.Optimizer;
}

type Schedules = optim.lrScheduler.LRScheduler[];

/** As make_schedules.py has them. */
const schedules: Record<string, (o: optim.Optimizer) => Schedules> = {
  StepLR: (o) => [new s.StepLR(o, 5, { gamma: 0.5 })],
  MultiStepLR: (o) => [new s.MultiStepLR(o, [3, 8, 8, 20], { gamma: 0.3 })],
  ExponentialLR: (o) => [new s.ExponentialLR(o, 0.9)],
  LambdaLR: (o) => [new s.LambdaLR(o, (t) => 1 / (1 + t))],
  'LambdaLR of each group': (o) => [new s.LambdaLR(o, [(t) => 0.9 ** t, (t) => 2 + t])],
  LinearLR: (o) => [new s.LinearLR(o)],
  'LinearLR downwards': (o) => [new s.LinearLR(o, { startFactor: 1, endFactor: 0.1, totalIters: 9 })],
  ConstantLR: (o) => [new s.ConstantLR(o, { factor: 0.25, totalIters: 4 })],
  CosineAnnealingLR: (o) => [new s.CosineAnnealingLR(o, 10, { etaMin: 0.01 })],
  CosineAnnealingWarmRestarts: (o) => [new s.CosineAnnealingWarmRestarts(o, 4, { tMult: 2, etaMin: 0.001 })],
  OneCycleLR: (o) => [new s.OneCycleLR(o, 0.5, { totalSteps: 24 })],
  'OneCycleLR, linear in three phases': (o) => [
    new s.OneCycleLR(o, [0.5, 0.2], { totalSteps: 24, annealStrategy: 'linear', threePhase: true, pctStart: 0.4 }),
  ],
  ReduceLROnPlateau: (o) => [new s.ReduceLROnPlateau(o, { factor: 0.5, patience: 2, cooldown: 1, minLr: 0.01 })],
  'ReduceLROnPlateau of a difference, upwards': (o) => [
    new s.ReduceLROnPlateau(o, { mode: 'max', patience: 1, threshold: 0.02, thresholdMode: 'abs' }),
  ],
  SequentialLR: (o) => [
    new s.SequentialLR(
      o,
      [
        new s.LinearLR(o, { totalIters: 4 }),
        new s.CosineAnnealingLR(o, 8),
        new s.ConstantLR(o, { totalIters: 3 }),
        new s.StepLR(o, 2),
      ],
      [4, 12, 17],
    ),
  ],
  'LinearLR upon ExponentialLR': (o) => [new s.LinearLR(o, { totalIters: 6 }), new s.ExponentialLR(o, 0.8)],
  'CosineAnnealingLR upon StepLR': (o) => [new s.CosineAnnealingLR(o, 12), new s.StepLR(o, 7)],
};

function advance(list: Schedules, step: number): void {
  for (const schedule of list)
    if (schedule instanceof s.ReduceLROnPlateau) schedule.step(metrics[step]);
    else schedule.step();
}

type Groups = { lr: number; momentum: number }[];

describe('the rates are those of PyTorch:', () => {
  test.each(runs)('$name', ({ name, rows }) => {
    const optimizer = optimizerOf(0.1, 0.04);
    const list = schedules[name]!(optimizer);
    rows.forEach((wanted, step) => {
      const groups = optimizer.paramGroups as unknown as Groups;
      groups.forEach(({ lr, momentum }, group) => {
        expect(Math.abs(lr - wanted[group]![0]), `rate of step ${step}`).toBeLessThan(1e-8);
        expect(Math.abs(momentum - wanted[group]![1]), `momentum of step ${step}`).toBeLessThan(1e-8);
      });
      advance(list, step);
      expect(list.at(-1)!.getLastLr()).toEqual(groups.map(({ lr }) => lr));
    });
  });

  test('every schedule is compared', () => {
    expect(Object.keys(schedules)).toEqual(runs.map(({ name }) => name));
  });
});

describe('a schedule goes on from its state, which is plain data:', () => {
  test.each(Object.keys(schedules))('%s', (name) => {
    const rates = (optimizer: optim.Optimizer, list: Schedules, from: number): unknown[] =>
      Array.from({ length: 8 }, (_, step) => {
        advance(list, from + step);
        return structuredClone(optimizer.paramGroups);
      });
    const optimizer = optimizerOf(0.1, 0.04);
    const list = schedules[name]!(optimizer);
    for (let step = 0; step < 9; step++) advance(list, step);
    const states = JSON.parse(
      JSON.stringify(list.map((schedule) => schedule.stateDict())),
    ) as optim.lrScheduler.SchedulerState[];
    const groups = structuredClone(optimizer.paramGroups);
    const wanted = rates(optimizer, list, 9);
    const other = optimizerOf(0.1, 0.04);
    const resumed = schedules[name]!(other);
    other.paramGroups.forEach((group, index) => Object.assign(group, groups[index]));
    resumed.forEach((schedule, index) => schedule.loadStateDict(states[index]!));
    expect(rates(other, resumed, 9)).toEqual(wanted);
  });
});

test('a cycle whose rise takes no step begins at its peak', () => {
  const optimizer = optimizerOf(0.1);
  const cycle = new s.OneCycleLR(optimizer, 0.5, { totalSteps: 10, pctStart: 0.1 });
  const [group] = optimizer.paramGroups;
  expect(group!.lr).toBe(0.5);
  cycle.step();
  expect(group!.lr).toBeLessThan(0.5);
  expect(group!.lr).toBeGreaterThan(0.4);
});

test('each member of a stacked model keeps its own rate', () => {
  const optimizer = optimizerOf([0.1, 0.4]);
  const schedule = new s.LinearLR(optimizer, { startFactor: 0.5, totalIters: 2 });
  expect(schedule.getLastLr()).toEqual([[0.05, 0.2]]);
  schedule.step();
  schedule.step();
  const [first, second] = optimizer.paramGroups[0]!.lr as number[];
  expect(first).toBeCloseTo(0.1, 12);
  expect(second).toBeCloseTo(0.4, 12);
});

describe('a clear error for', () => {
  const o = (): optim.Optimizer => optimizerOf(0.1);
  test.each([
    ['no step size', () => new s.StepLR(o(), 0), 'StepLR: stepSize must be at least 1, got 0.'],
    ['a factor of 0', () => new s.LinearLR(o(), { startFactor: 0 }), 'LinearLR: startFactor must be above 0'],
    [
      'a plateau without a metric',
      () => new s.ReduceLROnPlateau(o()).step(),
      'ReduceLROnPlateau: step() needs a number',
    ],
    ['functions for other groups', () => new s.LambdaLR(o(), []), 'LambdaLR: got 0 functions for 1 groups'],
    ['milestones that are too few', () => new s.SequentialLR(o(), [], []), 'SequentialLR: 0 schedulers'],
    [
      'a cycle that is over',
      () => {
        const cycle = new s.OneCycleLR(o(), 0.1, { totalSteps: 2 });
        for (let step = 0; step < 3; step++) cycle.step();
      },
      'OneCycleLR: the cycle has 2 steps',
    ],
    ['a state of something else', () => new s.StepLR(o(), 1).loadStateDict({}), 'loadStateDict: there is no lastEpoch'],
  ])('%s', (_, make, says) => expect(make).toThrow(says));
});
