/** Settings of training that every lab has, and their names. Pure data. */
export const SCHEDULES = ['constant', 'one-cycle', 'cosine', 'linear'] as const;
export const PACES = ['slow', 'quick', 'full'] as const;
/** Of the labs of images and of sequences; that of MLPs has more. */
export const OPTIMIZERS = ['sgd', 'momentum', 'adam', 'adamw'] as const;

/** Of the same labs. */
export const STEPS_PER_FRAME = {
  slow: 1,
  quick: 4,
  full: Number.POSITIVE_INFINITY,
} as const satisfies { [K in (typeof PACES)[number]]: number };

export const OPTIMIZER_LABELS = {
  sgd: 'SGD',
  momentum: 'SGD with momentum',
  adam: 'Adam',
  adamw: 'AdamW',
} as const satisfies { [K in (typeof OPTIMIZERS)[number]]: string };

export const SCHEDULE_LABELS = {
  constant: 'Constant',
  'one-cycle': 'One cycle: up, then far down',
  cosine: 'Cosine, down to 0',
  linear: 'Linear: up for a tenth, down to 0',
} as const satisfies { [K in (typeof SCHEDULES)[number]]: string };

/** @typeParam O names of the lab's optimisers */
export interface TrainingSettings<O extends string> {
  readonly lr: number;
  readonly schedule: (typeof SCHEDULES)[number];
  readonly optimizer: O;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly batch: number;
  readonly epochs: number;
  readonly pace: (typeof PACES)[number];
  readonly seed: number;
}
