/**
 * The accuracy ladder: presets in the order in which each adds something to the one before, with what it adds and what
 * it came to. Pure data: a rung is added by adding a row.
 */
import { DEFAULTS, schema, type MlpConfig } from './config.ts';
import { PRESETS, type Preset } from './presets.ts';
import { differences } from '../shared/address.ts';
import { nameOf, valueOf } from './settings.ts';

export interface Rung {
  /** A name of `PRESETS`. */
  readonly preset: string;
  readonly title: string;
  /** What is learned on this rung. */
  readonly lesson: string;
  /** Test accuracy on MNIST's 10,000 test digits, as this engine reached it with this preset; null where not measured. */
  readonly measured: number | null;
  /** The figure that a course gives for this step, which names no data set. */
  readonly course: string;
}

export const LADDER: readonly Rung[] = [
  {
    preset: 'sigmoid-32-short',
    title: 'One pass, sigmoid',
    lesson: 'A small network that sees each digit once. It has hardly begun to learn.',
    measured: 79.7,
    course: '76 %',
  },
  {
    preset: 'sigmoid-32',
    title: 'Train longer',
    lesson: 'The same network, five passes. Time alone is worth ten points, and then less and less.',
    measured: 90.2,
    course: '89 %',
  },
  {
    preset: 'sgd-256-128',
    title: 'Wider, deeper, ReLU',
    lesson: 'ReLU passes gradients on undiminished, so two larger layers learn where sigmoid stalls.',
    measured: 94.65,
    course: '94.2 to 95 %',
  },
  {
    preset: 'momentum-256-128',
    title: 'Add momentum',
    lesson: 'The twin of the rung below: same start, same order of the data, and steps that remember their direction.',
    measured: 97.65,
    course: '97.4 %',
  },
  {
    preset: 'dropout-512',
    title: 'Add dropout',
    lesson: 'A network large enough to learn the training set by heart, kept from it by silencing units at random.',
    measured: 97.9,
    course: '98 to 99 %',
  },
  {
    preset: 'augmented',
    title: 'Deform the digits',
    lesson:
      'Every digit turned, sheared, shifted and bent anew in every step: the network never sees the same one twice.',
    measured: 99.29,
    course: '99.2 %',
  },
];

export interface Change {
  readonly key: keyof MlpConfig;
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

export interface Step extends Rung {
  /** What the preset sets, and nothing else. */
  readonly patch: Partial<MlpConfig>;
  /** Settings that differ from the rung before, for the reader; none on the first. */
  readonly changes: readonly Change[];
}

/** What says nothing of how a network learns. */
const ASIDE: readonly (keyof MlpConfig)[] = ['seed', 'pace', 'panel', 'view', 'showTest'];

export const STEPS: readonly Step[] = LADDER.map((rung, index) => {
  const patch = patchOf(rung);
  const config = { ...DEFAULTS, ...patch };
  const before = LADDER[index - 1];
  const previous = before ? { ...DEFAULTS, ...patchOf(before) } : config;
  const keys = differences(schema, previous, config).filter((key) => !ASIDE.includes(key));
  const changes = keys.map((key) => ({
    key,
    name: nameOf(key),
    from: valueOf(key, previous),
    to: valueOf(key, config),
  }));
  return { ...rung, patch, changes };
});

function patchOf({ preset }: Rung): Partial<MlpConfig> {
  return (PRESETS.find(({ name }) => name === preset) as Preset).config;
}

/** The rung that a configuration is on, whatever it is trained on and however it is looked at. */
export function currentStep(config: MlpConfig): Step | undefined {
  return STEPS.find(({ patch }) => differences(schema, config, { ...config, ...patch }).length === 0);
}

/** What the rung in hand changed, for the controls to mark. */
export function marksOf(config: MlpConfig): readonly Change[] {
  return config.mode === 'digits' ? (currentStep(config)?.changes ?? []) : [];
}
