/** What the benchmark's page and terminal make of results: comparisons, points under the roof, a shader's header. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { CASES, findCase } from '../demos/bench/cases/index.ts';
import { SWEEPS, type Sweep } from '../demos/bench/cases/sweeps.ts';
import { compare } from '../demos/bench/compare.ts';
import type { EngineName } from '../demos/bench/engine.ts';
import { onnxModel } from '../demos/bench/engines/onnxruntime/onnx.ts';
import { partsOf } from '../demos/bench/profile/header.ts';
import { FORMAT, QUICK, type BenchResult, type CaseResult, type EngineResult } from '../demos/bench/result.ts';
import { pointsOf } from '../demos/bench/roofline/points.ts';
import { byArithmetic, growthOf, verdictOf } from '../demos/bench/sizes/growth.ts';
import { linkOf, resultIn } from '../demos/bench/share.ts';
import { parseCommand, UsageError } from '../demos/cli/bench-options.ts';
import { changesOf, sizesOf } from '../demos/cli/bench-table.ts';

function engineResult(engine: EngineName, samples: readonly number[], failure: string | null = null): EngineResult {
  const nothing = {
    check: null,
    perIteration: null,
    gpuMs: null,
    first: null,
    settled: true,
    cold: [],
    coldFailure: null,
  };
  return { ...nothing, engine, failure, samples };
}

function caseResult(name: string, engines: readonly EngineResult[]): CaseResult {
  return { case: name, title: name, flops: 1e9, bytes: 1e8, iterations: 1, engines };
}

function result(cases: readonly CaseResult[], description = 'adapter'): BenchResult {
  return {
    format: FORMAT,
    date: '2026-01-01T00:00:00Z',
    wgrad: { version: '0', commit: null },
    environment: {
      browser: 'Chrome/1',
      userAgent: '',
      cores: 2,
      adapter: { vendor: '', architecture: '', device: '', description, software: true, subgroups: [4, 4] },
      features: [],
      limits: {},
    },
    options: QUICK,
    engines: {},
    cases,
  };
}

describe('a comparison with an earlier result', () => {
  const ours = (ms: number): EngineResult => engineResult('wgrad', [ms, ms * 1.01, ms * 0.99]);
  const peer = (ms: number): EngineResult => engineResult('jax-js', [ms, ms * 1.01, ms * 0.99]);

  test('says what became slower and faster, and lets noise be', () => {
    const before = result([caseResult('a', [ours(10)]), caseResult('b', [ours(10)]), caseResult('c', [ours(10)])]);
    const now = result([caseResult('a', [ours(12)]), caseResult('b', [ours(8)]), caseResult('c', [ours(10.3)])]);
    const { changes, caveats } = compare(before, now);
    expect(changes.map(({ verdict }) => verdict)).toEqual(['slower', 'faster', 'same']);
    expect(caveats).toEqual([]);
    expect(changesOf({ changes, caveats })).toMatch(/1 of 3 slower\n +slower +1\.20x/);
  });

  test('takes a machine that is twice as slow out of it, by a peer that both runs have', () => {
    const before = result([caseResult('a', [ours(10), peer(30)])]);
    const now = result([caseResult('a', [ours(20), peer(60)])]);
    expect(compare(before, now).changes[0]).toMatchObject({ verdict: 'same', relativeTo: 'jax-js' });
  });

  test('does not call wide samples a change', () => {
    const wide = engineResult('wgrad', [8, 10, 14]);
    const { changes } = compare(result([caseResult('a', [ours(10)])]), result([caseResult('a', [wide])]));
    expect(changes[0]?.verdict).toBe('same');
    const unsteady = engineResult('jax-js', [16, 22, 48]);
    const again = compare(
      result([caseResult('a', [ours(10), peer(30)])]),
      result([caseResult('a', [ours(10), unsteady])]),
    );
    expect(again.changes[0]).toMatchObject({ verdict: 'same', relativeTo: 'jax-js' });
    expect(again.changes[0]?.ratio).toBeGreaterThan(1.3);
  });

  test('leaves out what failed or is in one result alone, and warns of another adapter', () => {
    const failed = engineResult('wgrad', [1], 'wrong result');
    const before = result([caseResult('a', [ours(10)]), caseResult('gone', [ours(10)])]);
    const now = result([caseResult('a', [failed]), caseResult('new', [ours(1)])], 'another');
    const { changes, caveats } = compare(before, now);
    expect(changes).toEqual([]);
    expect(caveats).toEqual(['The adapter was adapter (software, on the CPU) and is another (software, on the CPU).']);
  });

  test('reads only files that the benchmark wrote', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'wgrad-bench-against-'));
    const file = path.join(folder, 'result.json');
    const read = (text: string) => {
      writeFileSync(file, text);
      return parseCommand(['--against', file]);
    };
    try {
      expect(read(JSON.stringify(result([])))?.against?.cases).toEqual([]);
      expect(() => read('{')).toThrow('is no JSON');
      expect(() => read('null')).toThrow('is no result of the benchmark');
      expect(() => read(JSON.stringify({ ...result([]), format: 99 }))).toThrow('has the format 99');
      expect(() => parseCommand(['--against', path.join(folder, 'none.json')])).toThrow(UsageError);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a link', () => {
  const made = result([caseResult('a', [engineResult('wgrad', [1, 2, 3])])]);

  test('carries a result, and nothing but letters that every address may have', async () => {
    const link = await linkOf(made, 'https://x.test/bench/#old');
    expect(link).toMatch(/^https:\/\/x\.test\/bench\/#result=[\w-]+$/);
    expect(await resultIn(new URL(link).hash)).toEqual(made);
  });

  test('that was cut or is of another format says so, and one without a result is none', async () => {
    const { hash } = new URL(await linkOf(made, 'https://x.test/'));
    await expect(resultIn(hash.slice(0, -20))).rejects.toThrow('is damaged');
    const other = await linkOf({ ...made, format: 99 as 1 }, 'https://x.test/');
    await expect(resultIn(new URL(other).hash)).rejects.toThrow('has the format 99');
    expect(await resultIn('#view=roofline')).toBeNull();
  });
});

describe('the roofline', () => {
  test('gives a kernel the roof over its own intensity', () => {
    const roof = { bandwidth: 4, compute: 16 };
    // 10 flops a byte lie under the ceiling, 1e9 flops in 100 ms are 10 GFLOP/s.
    const [below] = pointsOf([caseResult('a', [engineResult('wgrad', [100])])], roof);
    expect(below).toMatchObject({ intensity: 10, rate: 10, share: 10 / 16, bound: 'arithmetic' });
    const light = { ...caseResult('b', [engineResult('wgrad', [100])]), flops: 1e8 };
    expect(pointsOf([light], roof)[0]).toMatchObject({ intensity: 1, rate: 1, share: 1 / 4, bound: 'memory' });
  });

  test('prefers the time on the GPU, and has no point for a step or a failure', () => {
    const roof = { bandwidth: 4, compute: 16 };
    const timed = { ...engineResult('wgrad', [100]), gpuMs: 50 };
    const failed = engineResult('tfjs', [1], 'wrong result');
    expect(pointsOf([caseResult('a', [timed, failed])], roof).map(({ rate }) => rate)).toEqual([20]);
    expect(pointsOf([{ ...caseResult('a', [timed]), bytes: null }], roof)).toEqual([]);
  });
});

describe('sizes', () => {
  const measured = (sweep: Sweep, times: readonly (number | null)[]): CaseResult[] =>
    sweep.points.slice(0, times.length).map(({ work }, index) => {
      const ms = times[index] ?? null;
      return caseResult(work.name, [
        engineResult('wgrad', ms === null ? [] : [ms], ms === null ? 'wrong result' : null),
      ]);
    });
  const sweepOf = (name: string): Sweep => SWEEPS.find((sweep) => sweep.name === name)!;

  test('have names of their own, and each is found by it', () => {
    const works = SWEEPS.flatMap(({ points }) => points.map(({ work }) => work));
    expect(new Set([...works, ...CASES].map(({ name }) => name)).size).toBe(works.length + CASES.length);
    for (const work of works) expect(findCase(work.name)).toBe(work);
  });

  test('grow by time beside the arithmetic, from one that was measured to the next', () => {
    const growth = growthOf(sweepOf('batch'), measured(sweepOf('batch'), [4, 6, null, 36]));
    expect(growth.sizes.map(({ at }) => at)).toEqual([16, 32, 128]);
    expect(growth.sizes[0]?.growth).toBeNull();
    expect(growth.sizes[1]?.growth).toEqual({ time: 1.5, arithmetic: 2 });
    expect(growth.sizes[2]?.growth).toEqual({ time: 6, arithmetic: 4 });
    expect(growth.failures).toEqual([{ at: 64, why: 'wrong result' }]);
    expect(byArithmetic(growth).map(({ ms }) => ms)).toEqual([4, 8, 32]);
    expect(verdictOf(growth)).toContain('up to 1.50 times');
    expect(verdictOf(growthOf(sweepOf('batch'), measured(sweepOf('batch'), [4, 6, 12])))).toContain(
      'never grows by more',
    );
  });

  test('that are odd are held to the rate of the round one beside them', () => {
    const sweep = sweepOf('softmax-columns');
    expect(sweep.points.map(({ at, near }) => [at, near])).toEqual([
      [1021, 1024],
      [1024, undefined],
      [1031, 1024],
      [4093, 4096],
      [4096, undefined],
      [4097, 4096],
    ]);
    const growth = growthOf(sweep, measured(sweep, [2 * (1021 / 1024), 1, 1031 / 1024]));
    expect(growth.sizes.map(({ growth }) => growth)).toEqual([null, null, null]);
    expect(growth.sizes[0]?.ofRound?.share).toBeCloseTo(0.5);
    expect(growth.sizes[1]?.ofRound).toBeNull();
    expect(growth.sizes[2]?.ofRound?.share).toBeCloseTo(1);
    expect(sizesOf(sweep, measured(sweep, [2, 1]))).toMatch(/1021 .* 50 % of 1024\n +1024 /);
  });

  test('are chosen by name, for wgrad alone and without cold starts', () => {
    const command = parseCommand(['--sizes', 'depth,softmax'])!;
    expect(command.sweeps.map(({ name }) => name)).toEqual(['depth', 'softmax-columns']);
    expect(command.cases.map(({ name }) => name)).toContain('depth-32');
    expect(command.engines).toEqual(['wgrad']);
    expect(command.protocol.coldStarts).toBe(0);
    expect(() => parseCommand(['--sizes', 'height'])).toThrow('"height" names nothing');
    expect(() => parseCommand(['--sizes', 'all', '--only', 'lstm'])).toThrow('Leave --only');
  });
});

describe("a shader's header", () => {
  test('is taken apart into its fields, and the code is what follows', () => {
    const source = readFileSync(path.resolve(import.meta.dirname, '../shaders/softmax.wgsl'), 'utf8');
    const { title, fields, code } = partsOf(source);
    expect(title).toMatch(/^softmax: /);
    expect(fields.map(({ name }) => name)).toEqual(['Maths', 'Shapes', 'Bindings', 'Geometry', 'Source']);
    expect(code).toContain('fn softmax(');
    expect(code).not.toMatch(/^\/\/ softmax:/);
  });
});

describe('an ONNX model', () => {
  test('is written as protocol buffers that name the op, its shapes and its attributes', () => {
    const bytes = onnxModel({
      nodes: [{ op: 'Softmax', inputs: ['a'], outputs: ['y'], attributes: { axis: -1 } }],
      inputs: { a: [2, 300] },
      outputs: { y: [2, 300] },
    });
    const hex = Buffer.from(bytes).toString('hex');
    const name = Buffer.from('Softmax').toString('hex');
    // ir_version 8; op_type is field 4, of 7 bytes; axis -1 is ten bytes long; 300 is 0xac02.
    expect(hex).toMatch(/^0808/);
    expect(hex).toContain(`2207${name}`);
    expect(hex).toContain('18ffffffffffffffffff01');
    expect(hex).toContain('08ac02');
  });
});
