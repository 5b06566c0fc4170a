import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { inputsOf, type OpCase, type TrainingCase } from '../demos/bench/cases/case.ts';
import { findCase } from '../demos/bench/cases/index.ts';
import { checkLosses, checkOutput } from '../demos/bench/check.ts';
import { iterationsFor, sampleInTurn, warmUp, type Lane } from '../demos/bench/measure.ts';
import { QUICK, type BenchResult, type CaseResult, type EngineResult } from '../demos/bench/result.ts';
import { agree, median, pairedRatio, quantile } from '../demos/bench/statistics.ts';
import { rowsOf } from '../demos/bench/summary.ts';
import { parseCommand, UsageError } from '../demos/cli/bench-options.ts';
import { tableOf } from '../demos/cli/bench-table.ts';

const matmul = findCase('matmul-256') as OpCase;
const tinyMlp = findCase('tiny-mlp') as TrainingCase;

describe('a result counts only where it is right:', () => {
  const inputs = inputsOf(matmul);
  const right = Float32Array.from({ length: 256 * 256 }, (_, index) => matmul.reference(inputs, index));

  test('a product that float64 confirms passes', () => {
    expect(checkOutput(matmul, right).error).toBeLessThan(1e-6);
  });

  test.each([
    ['that is off by a thousandth', right.map((value) => value * 1.001)],
    ['with NaN in a corner', right.with(right.length - 1, NaN)],
    ['that lacks a row', right.subarray(256)],
    ['of zeros', new Float32Array(right.length)],
  ])('a product %s does not', (_, output) => {
    expect(() => checkOutput(matmul, output)).toThrow('wrong result');
  });

  test('losses pass as float64 has them, and not where one is off or missing', () => {
    const losses = tinyMlp.losses();
    expect(checkLosses(tinyMlp, losses).losses).toEqual(losses);
    expect(() => checkLosses(tinyMlp, losses.with(3, (losses[3] ?? 0) * 1.001))).toThrow('wrong result');
    expect(() => checkLosses(tinyMlp, losses.slice(0, 4))).toThrow('wrong result');
  });

  test('the reference descends along its own gradient', () => {
    // A first-order step of SGD lowers the loss by about lr * |gradient|^2, so half the rate lowers it half as much.
    const fallAt = (lr: number): number => {
      const [first = NaN, second = NaN] = tinyMlp.losses({ name: 'sgd', lr, momentum: 0 });
      return first - second;
    };
    expect(fallAt(1e-4)).toBeGreaterThan(0);
    expect(fallAt(1e-4) / fallAt(5e-5)).toBeCloseTo(2, 3);
  });
});

describe('the protocol', () => {
  function lane(milliseconds: number, log: string[], name: string, failing = false): Lane {
    const made: Lane = {
      samples: [],
      estimate: milliseconds,
      failed: false,
      fail: () => undefined,
      async run() {
        log.push(name);
        if (failing) throw new Error('broken');
      },
    };
    return made;
  }

  test('takes the engines in turn, there and back, and goes on without one that fails', async () => {
    const log: string[] = [];
    const lanes = [lane(1, log, 'A'), lane(1, log, 'B', true), lane(1, log, 'C')];
    await sampleInTurn(lanes, 1, { ...QUICK, rounds: 3 }, () => undefined);
    expect(log.join('')).toBe('ABCCAAC');
    expect(lanes.map(({ samples }) => samples.length)).toEqual([3, 0, 3]);
    expect(lanes.map(({ failed }) => failed)).toEqual([false, true, false]);
  });

  test('gives all engines samples of one length, long for the fastest and bearable for the slowest', () => {
    const lanes = [lane(0.4, [], 'A'), lane(40, [], 'B')];
    expect(iterationsFor(lanes, { ...QUICK, sampleMs: 100, mostSampleMs: 2000, leastSampleMs: 20 })).toBe(50);
    expect(iterationsFor([lane(3000, [], 'A')], QUICK)).toBe(1);
  });

  test('warms up until three samples agree', async () => {
    const durations = [40, 30, 25, 25, 25];
    let runs = 0;
    const slow = { ...lane(NaN, [], 'A'), run: () => sleep(durations[runs++] ?? 25) };
    await warmUp(slow, { ...QUICK, warmUpMs: 2000 });
    expect(runs).toBeGreaterThanOrEqual(3);
    expect(slow.estimate).toBeGreaterThan(20);
  });

  test('stops between samples when it is told to', async () => {
    const log: string[] = [];
    const stopped = AbortSignal.abort(new Error('hidden'));
    await expect(sampleInTurn([lane(1, log, 'A')], 1, QUICK, () => undefined, stopped)).rejects.toThrow('hidden');
    expect(log).toEqual([]);
  });
});

describe('statistics', () => {
  test('quantiles lie between samples', () => {
    expect(median([3, 1, 2, 4])).toBe(2.5);
    expect(quantile([0, 10], 0.1)).toBeCloseTo(1);
    expect(median([])).toBeNaN();
  });

  test('ratios are of neighbours in time, so a slow spell that hits both does not show', () => {
    expect(pairedRatio([20, 200, 20], [10, 100, 10])).toBe(2);
    expect(pairedRatio([20, 40], [10, 10, 10])).toBe(3);
  });

  test('three samples within a share of the smallest agree', () => {
    expect(agree([9, 100, 102, 104], 3, 0.05)).toBe(true);
    expect(agree([100, 102, 106], 3, 0.05)).toBe(false);
    expect(agree([100, 100], 3, 0.05)).toBe(false);
  });
});

describe('the table', () => {
  const nothing = {
    check: null,
    perIteration: null,
    gpuMs: null,
    first: null,
    settled: true,
    cold: [],
    coldFailure: null,
  };
  const start = { startMs: 50, prepareMs: 20, stepMs: 80 };
  const engines: EngineResult[] = [
    { ...nothing, engine: 'wgrad', failure: null, samples: [10, 11, 12], cold: [start] },
    { ...nothing, engine: 'jax-js', failure: null, samples: [20, 22, 24], cold: [{ ...start, prepareMs: 320 }] },
    { ...nothing, engine: 'tfjs', failure: 'wrong result: 1', samples: [1, 1, 1] },
  ];
  const result: CaseResult = { case: 'x', title: 'x', flops: 1e7, bytes: null, iterations: 2, engines };

  test('gives our ratio against each peer, and no number to a failed one', () => {
    const [ours, jaxJs, tfjs] = rowsOf(result);
    expect(ours).toMatchObject({ median: '11.0', rate: '0.91', first: '100', speedup: '' });
    expect(jaxJs).toMatchObject({ speedup: '2.00x as fast', firstRatio: '0.25x the time' });
    expect(tfjs).toMatchObject({ median: '', speedup: '', failure: 'wrong result: 1' });
    expect(tableOf(result)).toContain('failed: wrong result: 1');
  });
});

describe('npm run bench', () => {
  test.each([
    [['--only', 'matmul-7'], '--only "matmul-7" names no case'],
    [['--only', 'tiny,,mnist'], '--only must be names with commas between them'],
    [['--engines', 'jax'], '--engines "jax" is no engine'],
    [['--rounds', '0'], '--rounds must be a whole number from 1 to 1000'],
    [['--rounds', '2.5'], '--rounds must be a whole number from 1 to 1000'],
    [['--out', '/no/such/folder/result.json'], 'there is no folder /no/such/folder'],
    [['--out', os.tmpdir()], 'is a folder'],
    [['--fast'], "Unknown option '--fast'"],
    [['matmul-256'], '"matmul-256" is not understood'],
  ])('refuses %j', (argv, message) => {
    expect(() => parseCommand(argv)).toThrow(UsageError);
    expect(() => parseCommand(argv)).toThrow(message);
  });

  test('takes parts of names, and fewer samples when it must be quick', () => {
    const command = parseCommand([
      '--only',
      'matmul-5,tiny,layernorm',
      '--engines',
      'tfjs,wgrad',
      '--quick',
      '--rounds',
      '2',
    ]);
    expect(command?.cases.map(({ name }) => name)).toEqual(['matmul-512', 'layernorm', 'tiny-mlp']);
    expect(command?.engines).toEqual(['wgrad', 'tfjs']);
    expect(command?.protocol).toEqual({ ...QUICK, rounds: 2, leastRounds: 2 });
  });

  test('measures in a browser and writes what it found', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'wgrad-bench-test-'));
    try {
      const out = path.join(folder, 'result.json');
      const root = path.resolve(import.meta.dirname, '..');
      const argv = ['--quick', '--rounds', '1', '--only', 'tiny-mlp', '--engines', 'wgrad', '--out', out];
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [path.join(root, 'node_modules/tsx/dist/cli.mjs'), path.join(root, 'demos/cli/bench.ts'), ...argv],
        { cwd: root },
      );
      expect(stdout).toMatch(/wgrad +[\d.]+ /);
      const written = JSON.parse(readFileSync(out, 'utf8')) as BenchResult;
      expect(written.environment.features.length).toBeGreaterThan(0);
      expect(written.environment.browser).toMatch(/Chrome/);
      const ours = written.cases[0]?.engines[0];
      expect(ours).toMatchObject({ engine: 'wgrad', failure: null, coldFailure: null });
      expect(ours?.samples).toHaveLength(1);
      expect(ours?.cold).toHaveLength(1);
      expect(ours?.check?.error).toBeLessThan(1e-4);
      expect(ours?.perIteration).toMatchObject({ submits: 1, buffers: 0 });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
