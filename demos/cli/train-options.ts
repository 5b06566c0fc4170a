/**
 * The command line of `npm run train`, checked before a browser is started. Knows the labs' presets and nothing of how
 * they train.
 */
import { parseArgs } from 'node:util';
import { cnnLab } from './cnn-lab.ts';
import { UsageError, type DataFiles, type Lab, type LabPreset } from './lab.ts';
import { mlpLab } from './mlp-lab.ts';
import { rnnLab } from './rnn-lab.ts';

const LABS: readonly Lab[] = [mlpLab, cnnLab, rnnLab];
const NAMES = LABS.map(({ name }) => name).join(', ');

export interface TrainCommand {
  readonly lab: Lab;
  readonly preset: LabPreset;
  /** The files in the folder given with --data. */
  readonly files: DataFiles | null;
  readonly epochs: number | null;
  readonly seed: number | null;
  readonly json: boolean;
}

const usageOf = ({ name, data, defaultPreset, presets }: Lab): string => `
  npm run train -- ${name} [--preset NAME] [--data DIR] [--epochs N] [--seed N] [--json]

  --preset NAME  what to train; without it ${defaultPreset}
${presets.map(({ name, label }) => `                   ${name.padEnd(17)} ${label}`).join('\n')}
  --data DIR     ${data}
`;

export const USAGE = `Trains a lab's model in headless Chrome.
${LABS.map(usageOf).join('')}
In every lab:
  --epochs N     how often to go through the data; without it what the preset says
  --seed N       the same seed gives the same run on the same machine
  --json         one JSON object as the last line of the output`;

/** @throws UsageError; returns null where help was asked for. */
export function parseCommand(argv: readonly string[]): TrainCommand | null {
  const { values, positionals } = parse(argv);
  if (values.help) return null;
  const [name, ...others] = positionals;
  const lab = LABS.find((each) => each.name === name);
  if (!lab) throw new UsageError(name ? `there is no lab "${name}". The labs are: ${NAMES}.` : `name a lab: ${NAMES}.`);
  if (others.length > 0)
    throw new UsageError(`"${others.join(' ')}" is not understood. Only one lab can be trained at a time.`);
  const preset = findPreset(lab, values.preset ?? lab.defaultPreset);
  const { epochs, seed } = lab.ranges;
  return {
    lab,
    preset,
    files: values.data === undefined ? null : lab.findFiles(values.data, preset.name),
    epochs: values.epochs === undefined ? null : wholeNumber('epochs', values.epochs, epochs),
    seed: values.seed === undefined ? null : wholeNumber('seed', values.seed, seed),
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

function findPreset({ name: lab, presets }: Lab, name: string): LabPreset {
  const preset = presets.find((candidate) => candidate.name === name);
  if (preset) return preset;
  const names = presets.map((each) => each.name).join(', ');
  throw new UsageError(`there is no preset "${name}" in the ${lab} lab. The presets are ${names}.`);
}

function wholeNumber(option: string, text: string, { min, max }: { min: number; max: number }): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new UsageError(`--${option} must be a whole number from ${min} to ${max}, got "${text}".`);
}
