/** The command line of `npm run bench`, checked before anything is built or started. Knows the names of cases and engines. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Case } from '../bench/cases/case.ts';
import { CASES } from '../bench/cases/index.ts';
import { SWEEPS, type Sweep } from '../bench/cases/sweeps.ts';
import { ENGINES, OPTIONAL_ENGINES, type EngineName } from '../bench/engine.ts';
import { FORMAT, FULL, QUICK, type BenchResult, type Protocol } from '../bench/result.ts';

export interface BenchCommand {
  /** What is measured at several sizes, in place of the cases. */
  readonly sweeps: readonly Sweep[];
  readonly cases: readonly Case[];
  readonly engines: readonly EngineName[];
  readonly protocol: Protocol;
  /** Absolute path. */
  readonly out: string | null;
  /** An earlier result to compare with. */
  readonly against: BenchResult | null;
}

/** A command line that cannot be obeyed; its message says what can. */
export class UsageError extends Error {}

const MOST_ROUNDS = 1000;

export const USAGE = `Measures this engine against others on WebGPU: in headless Chrome, in one page, in turn, each result checked.

  npm run bench -- [--only A,B] [--engines A,B] [--rounds N] [--quick] [--out FILE] [--against FILE]
  npm run bench -- --sizes A,B [--rounds N] [--quick] [--out FILE] [--against FILE]

  --only A,B     cases, by name or by a part of it; without it all:
                   ${CASES.map(({ name }) => name).join(', ')}
  --engines A,B  engines; without it ${ENGINES.join(', ')}; also
                   ${OPTIONAL_ENGINES.join(', ')} (forward ops), after npm install --no-save onnxruntime-web@1.30.0
  --sizes A,B    in place of cases: wgrad alone at sizes that grow, beside what the arithmetic asks, and at sizes that
                 fill no block of a kernel beside round ones; all, or by a part of the name:
                   ${SWEEPS.map(({ name }) => name).join(', ')}
  --rounds N     samples of each engine, 1 to ${MOST_ROUNDS}; without it ${FULL.rounds}, with --quick ${QUICK.rounds}
  --quick        fewer and shorter samples, and one cold start instead of ${FULL.coldStarts}
  --out FILE     writes the result as JSON: every sample, adapter, features, browser, date, commit
  --against FILE compares with an earlier result and says what is slower; the exit code is 1 where something is
  --help         this text

A number is shown only where the result is right: ops against float64 values, training by its first losses. The first
step is cold: a fresh browser each time, uploading and building included, getting a device not.
The exit code is 1 where wgrad failed a case, 2 where the command line is wrong.
WGRAD_ADAPTER=hardware or swiftshader chooses the adapter, WGRAD_BROWSER the browser.`;

/** @throws UsageError; returns null where help was asked for. */
export function parseCommand(argv: readonly string[]): BenchCommand | null {
  const { values, positionals } = parse(argv);
  if (values.help) return null;
  if (positionals.length > 0)
    throw new UsageError(`"${positionals.join(' ')}" is not understood. Name cases with --only A,B.`);
  const sweeps = values.sizes === undefined ? [] : readSweeps(values.sizes);
  if (sweeps.length > 0 && (values.only !== undefined || values.engines !== undefined))
    throw new UsageError('--sizes measures wgrad alone at its own sizes. Leave --only and --engines away.');
  const preset = values.quick ? QUICK : FULL;
  const rounds = values.rounds === undefined ? preset.rounds : readRounds(values.rounds);
  const cases = values.only === undefined ? CASES : readCases(values.only);
  const engines = values.engines === undefined ? ENGINES : readEngines(values.engines);
  const protocol = { ...preset, rounds, leastRounds: Math.min(preset.leastRounds, rounds) };
  return {
    sweeps,
    cases: sweeps.length > 0 ? sweeps.flatMap(({ points }) => points.map(({ work }) => work)) : cases,
    engines: sweeps.length > 0 ? ['wgrad'] : engines,
    protocol: sweeps.length > 0 ? { ...protocol, coldStarts: 0 } : protocol,
    out: values.out === undefined ? null : readOut(values.out),
    against: values.against === undefined ? null : readResult(values.against),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        only: { type: 'string' },
        engines: { type: 'string' },
        sizes: { type: 'string' },
        rounds: { type: 'string' },
        quick: { type: 'boolean', default: false },
        out: { type: 'string' },
        against: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? firstSentence(error.message) : String(error));
  }
}

function readCases(text: string): Case[] {
  const parts = readList('only', text);
  for (const part of parts) {
    if (!CASES.some(({ name }) => name.includes(part)))
      throw new UsageError(
        `--only "${part}" names no case. The cases are ${CASES.map(({ name }) => name).join(', ')}.`,
      );
  }
  return CASES.filter(({ name }) => parts.some((part) => name.includes(part)));
}

function readSweeps(text: string): Sweep[] {
  if (text === 'all') return [...SWEEPS];
  const parts = readList('sizes', text);
  for (const part of parts) {
    if (!SWEEPS.some(({ name }) => name.includes(part)))
      throw new UsageError(
        `--sizes "${part}" names nothing that is measured at several sizes. There are ${SWEEPS.map(({ name }) => name).join(', ')}, and all.`,
      );
  }
  return SWEEPS.filter(({ name }) => parts.some((part) => name.includes(part)));
}

function readEngines(text: string): EngineName[] {
  const names = readList('engines', text);
  const known = [...ENGINES, ...OPTIONAL_ENGINES];
  for (const name of names) {
    if (!known.some((engine) => engine === name))
      throw new UsageError(`--engines "${name}" is no engine. The engines are ${known.join(', ')}.`);
  }
  return known.filter((engine) => names.includes(engine));
}

function readList(option: string, text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.includes('')) throw new UsageError(`--${option} must be names with commas between them, got "${text}".`);
  return parts;
}

function readRounds(text: string): number {
  const rounds = Number(text);
  if (text.trim() !== '' && Number.isInteger(rounds) && rounds >= 1 && rounds <= MOST_ROUNDS) return rounds;
  throw new UsageError(`--rounds must be a whole number from 1 to ${MOST_ROUNDS}, got "${text}".`);
}

/** Minutes of measuring must not end in a file that cannot be written. */
function readOut(file: string): string {
  const absolute = path.resolve(file);
  const folder = path.dirname(absolute);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--out "${file}" cannot be written: there is no folder ${folder}.`);
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--out "${file}" is a folder. Give a file's name.`);
  return absolute;
}

function readResult(file: string): BenchResult {
  const refused = (why: string): UsageError =>
    new UsageError(`--against "${file}" ${why}. Give a file that --out or the page's download wrote.`);
  let read: Partial<BenchResult>;
  try {
    read = JSON.parse(readFileSync(file, 'utf8')) as Partial<BenchResult>;
  } catch (error) {
    throw refused(error instanceof SyntaxError ? 'is no JSON' : 'cannot be read');
  }
  if (read === null || !Array.isArray(read.cases) || !read.environment) throw refused('is no result of the benchmark');
  if (read.format !== FORMAT) throw refused(`has the format ${String(read.format)}, and this version reads ${FORMAT}`);
  return read as BenchResult;
}

/** What follows in Node's messages is about options that begin with a dash. */
function firstSentence(text: string): string {
  return `${text.split('. ')[0]?.replace(/\.$/, '') ?? text}.`;
}
