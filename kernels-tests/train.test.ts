/** `npm run train`: what it accepts, what it prints, and that it leaves no browser behind. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { UsageError } from '../demos/cli/lab.ts';
import { parseCommand, USAGE } from '../demos/cli/train-options.ts';
import { PRESETS } from '../demos/mlp/presets.ts';
import { ROOT } from './harness/server.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'wgrad-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the command line of the terminal run', () => {
  test('knows its options', () => {
    expect(parseCommand(['mlp'])).toMatchObject({
      lab: { name: 'mlp' },
      files: null,
      epochs: null,
      seed: null,
      json: false,
    });
    const command = parseCommand(['mlp', '--preset', 'sigmoid-32', '--epochs', '3', '--seed', '7', '--json']);
    expect(command).toMatchObject({ preset: { name: 'sigmoid-32' }, epochs: 3, seed: 7, json: true });
    expect(parseCommand(['--help'])).toBeNull();
    for (const { name } of PRESETS) expect(USAGE).toContain(name);
  });

  test.each([
    [[], 'name a lab: mlp, cnn, rnn'],
    [['gan'], 'there is no lab "gan". The labs are: mlp, cnn, rnn.'],
    [['mlp', 'rnn'], '"rnn" is not understood'],
    [['mlp', '--preset', 'best'], /there is no preset "best" in the mlp lab\. The presets are .*dropout-512/],
    [['mlp', '--epochs', '0'], '--epochs must be a whole number from 1 to 5000, got "0"'],
    [['mlp', '--epochs', '2.5'], 'got "2.5"'],
    [['mlp', '--seed', '-1'], /seed/],
    [['mlp', '--seed', ''], 'got ""'],
    [['mlp', '--fast'], /--fast/],
    [['mlp', '--data', '/no/such/folder'], '--data "/no/such/folder" is not there'],
    [['mlp', '--data', import.meta.filename], 'is not a folder'],
    [['mlp', '--preset', 'two-spirals', '--data', '.'], 'draws its own points'],
  ])('refuses %j', (argv, message) => {
    expect(() => parseCommand(argv)).toThrow(UsageError);
    expect(() => parseCommand(argv)).toThrow(message);
  });

  test('finds the four files of a folder, packed or not, and names those that are missing', () => {
    writeFileSync(path.join(folder, 'train-images-idx3-ubyte.gz'), '');
    writeFileSync(path.join(folder, 'train-labels.idx1-ubyte'), '');
    expect(() => parseCommand(['mlp', '--data', folder])).toThrow(
      "lacks t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte. Give MNIST's IDX files (each may end in .gz).",
    );
    writeFileSync(path.join(folder, 't10k-images-idx3-ubyte'), '');
    writeFileSync(path.join(folder, 't10k-labels-idx1-ubyte.gz'), '');
    expect(parseCommand(['mlp', '--data', folder])?.files).toEqual({
      trainImages: path.join(folder, 'train-images-idx3-ubyte.gz'),
      trainLabels: path.join(folder, 'train-labels.idx1-ubyte'),
      testImages: path.join(folder, 't10k-images-idx3-ubyte'),
      testLabels: path.join(folder, 't10k-labels-idx1-ubyte.gz'),
    });
  });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(...argv: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, ['--import', 'tsx', 'demos/cli/train.ts', ...argv], { cwd: ROOT });
  let [out, err] = ['', ''];
  child.stdout.on('data', (some: Buffer) => (out += some.toString()));
  child.stderr.on('data', (some: Buffer) => (err += some.toString()));
  return { child, ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err }))) };
}

describe('the terminal run', () => {
  test('trains, and ends with one JSON object', async () => {
    const { code, out, err } = await run('mlp', '--preset', 'moons-small', '--epochs', '30', '--seed', '4', '--json')
      .ended;
    expect(err).toMatch(/epoch 30\/30 +loss [\d.]+ +test [\d.]+ %/);
    expect(code).toBe(0);
    const result = JSON.parse(out.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
    expect(result).toMatchObject({
      preset: 'moons-small',
      data: 'generated',
      epochs: 30,
      seed: 4,
      steps: 300,
      testExamples: 150,
    });
    expect(result['testAccuracy']).toBeGreaterThan(0.8);
    expect(result['seconds']).toBeGreaterThan(0);
    expect(result['adapter']).toEqual(expect.stringMatching(/./));
    expect(result['history']).toHaveLength(30);
  });

  test('tells accuracy, F1 and MCC of sentence pairs from files', async () => {
    const place = mkdtempSync(path.join(folder, 'pairs-'));
    const rows = Array.from({ length: 40 }, (_, at) =>
      at % 4 === 0 ? '0\t1\t2\tthe dog barked\ta cat slept' : '1\t1\t2\tthe dog barked\tthe dog barked loudly',
    );
    for (const part of ['train', 'test'])
      writeFileSync(
        path.join(place, `msr_paraphrase_${part}.txt`),
        ['Quality\t#1 ID\t#2 ID\t#1 String\t#2 String', ...rows].join('\n'),
      );
    const { code, out } = await run('rnn', '--preset', 'lstm', '--epochs', '2', '--data', place, '--json').ended;
    expect(code).toBe(0);
    const result = JSON.parse(out.trim().split('\n').at(-1) ?? '') as Record<string, number>;
    expect(result).toMatchObject({ preset: 'lstm', data: 'files', testExamples: 40, majorityAccuracy: 0.75 });
    expect(result['overlapAccuracy']).toBe(1);
    // Two batches an epoch: all are still said to be of the greater class, of which 30 of 40 are.
    expect([result['testAccuracy'], result['f1'], result['mcc']]).toEqual([0.75, expect.closeTo(6 / 7, 6), 0]);
  });

  test('tells the validation loss of a text', async () => {
    const place = mkdtempSync(path.join(folder, 'text-'));
    writeFileSync(path.join(place, 'input.txt'), 'la la lo. '.repeat(700));
    const { code, out } = await run('rnn', '--preset', 'char', '--epochs', '1', '--data', place, '--json').ended;
    expect(code).toBe(0);
    const { validationLoss } = JSON.parse(out.trim().split('\n').at(-1) ?? '') as { validationLoss: number };
    // Below what one knows who has not read: the logarithm of 6 characters.
    expect(validationLoss).toBeGreaterThan(0);
    expect(validationLoss).toBeLessThan(Math.log(6));
  });

  test('says what is wrong and exits with 2 where the command line is wrong', async () => {
    const { code, out, err } = await run('mlp', '--preset', 'best').ended;
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('train: there is no preset "best"');
  });

  test('exits with 1 and names the trouble where a file is damaged', async () => {
    const { code, err } = await run('mlp', '--preset', 'sigmoid-32', '--data', folder).ended;
    expect(code).toBe(1);
    expect(err).toMatch(/idx|gzip/i);
  });

  test('closes its browser when it is interrupted', async () => {
    const { child, ended } = run('mlp', '--preset', 'momentum-256-128', '--epochs', '50');
    await new Promise<void>((resolve) =>
      child.stderr?.on('data', (some: Buffer) => some.includes('epoch 1/') && resolve()),
    );
    const before = descendants(child.pid ?? 0);
    expect(before.length).toBeGreaterThan(1);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    await expect.poll(() => before.filter(isAlive), { timeout: 10_000 }).toEqual([]);
  });
});

function descendants(pid: number): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = rows.map((row) => row.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    pairs.flatMap(([own = 0, above]) => (above === parent ? [own, ...below(own)] : []));
  return below(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
