/**
 * The command line of `npm run train`, checked before a browser is started. Knows the labs' presets and nothing of how
 * they train.
 */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { RANGES } from '../mlp/config.ts';
import { PRESETS, type Preset } from '../mlp/presets.ts';

/** The four parts of MNIST, and the names under which their files go. */
const FILES = {
  trainImages: /^train-images[-.]idx3-ubyte(\.gz)?$/,
  trainLabels: /^train-labels[-.]idx1-ubyte(\.gz)?$/,
  testImages: /^t10k-images[-.]idx3-ubyte(\.gz)?$/,
  testLabels: /^t10k-labels[-.]idx1-ubyte(\.gz)?$/,
} as const;

export type DataFiles = { readonly [K in keyof typeof FILES]: string };

export interface TrainCommand {
  readonly lab: 'mlp';
  readonly preset: Preset;
  /** Paths of the files in the folder given with --data. */
  readonly files: DataFiles | null;
  readonly epochs: number | null;
  readonly seed: number | null;
  readonly json: boolean;
}

/** A command line that cannot be obeyed; its message says what can. */
export class UsageError extends Error {}

const DEFAULT_PRESET = 'digits-quick';

export const USAGE = `Trains a lab's model in headless Chrome.

  npm run train -- mlp [--preset NAME] [--data DIR] [--epochs N] [--seed N] [--json]

  --preset NAME  what to train; without it ${DEFAULT_PRESET}
${PRESETS.map(({ name, label }) => `                   ${name.padEnd(17)} ${label}`).join('\n')}
  --data DIR     a folder with MNIST's four IDX files, .gz or not; without it generated digits
  --epochs N     ${RANGES.epochs.min} to ${RANGES.epochs.max}; without it what the preset says
  --seed N       ${RANGES.seed.min} to ${RANGES.seed.max}; the same seed gives the same run on the same machine
  --json         one JSON object as the last line of the output`;

/** @throws UsageError; returns null where help was asked for. */
export function parseCommand(argv: readonly string[]): TrainCommand | null {
  const { values, positionals } = parse(argv);
  if (values.help) return null;
  const [lab, ...others] = positionals;
  if (lab !== 'mlp') {
    throw new UsageError(lab ? `there is no lab "${lab}". The labs are: mlp.` : 'name a lab: mlp.');
  }
  if (others.length > 0)
    throw new UsageError(`"${others.join(' ')}" is not understood. Only one lab can be trained at a time.`);
  const preset = findPreset(values.preset ?? DEFAULT_PRESET);
  if (values.data !== undefined && preset.config.mode === 'plane') {
    throw new UsageError(
      `preset "${preset.name}" draws its own points. Leave out --data, or choose a preset of digits.`,
    );
  }
  return {
    lab,
    preset,
    files: values.data === undefined ? null : findFiles(values.data),
    epochs: values.epochs === undefined ? null : wholeNumber('epochs', values.epochs, RANGES.epochs),
    seed: values.seed === undefined ? null : wholeNumber('seed', values.seed, RANGES.seed),
    json: values.json,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        preset: { type: 'string' },
        data: { type: 'string' },
        epochs: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function findPreset(name: string): Preset {
  const preset = PRESETS.find((candidate) => candidate.name === name);
  if (preset) return preset;
  throw new UsageError(`there is no preset "${name}". The presets are ${PRESETS.map((each) => each.name).join(', ')}.`);
}

function wholeNumber(option: string, text: string, { min, max }: { min: number; max: number }): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new UsageError(`--${option} must be a whole number from ${min} to ${max}, got "${text}".`);
}

function findFiles(folder: string): DataFiles {
  const info = statSync(folder, { throwIfNoEntry: false });
  if (!info?.isDirectory()) {
    throw new UsageError(
      `--data "${folder}" is ${info ? 'not a folder' : 'not there'}. Give the folder with MNIST's IDX files.`,
    );
  }
  const names = readdirSync(folder);
  const found = (pattern: RegExp): string | undefined => names.find((name) => pattern.test(name));
  const missing = Object.values(FILES).filter((pattern) => !found(pattern));
  if (missing.length > 0) {
    const wanted = missing.map(({ source }) =>
      source
        .replace(/\^|\$|\(.*\)\?/g, '')
        .replace('[-.]', '-')
        .replace('\\', ''),
    );
    throw new UsageError(`--data "${folder}" lacks ${wanted.join(', ')} (each may end in .gz).`);
  }
  const file = (part: keyof DataFiles): string => path.resolve(folder, found(FILES[part]) ?? '');
  return {
    trainImages: file('trainImages'),
    trainLabels: file('trainLabels'),
    testImages: file('testImages'),
    testLabels: file('testLabels'),
  };
}
