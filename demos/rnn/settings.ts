/** The settings by the names that readers see. Knows no page. */
import { formatSetting } from '../shared/format.ts';
import type { RnnConfig } from './config.ts';

export const TASK_LABELS = {
  pairs: 'Sentence pairs',
  memory: 'Memory',
  characters: 'Writer',
} as const satisfies { [K in RnnConfig['task']]: string };

/** One line for a closed panel: what is trained, and how. */
export function describe({ task, length, lr }: RnnConfig): string {
  return `${TASK_LABELS[task]}, ${length} steps, Adam ${formatSetting(lr)}`;
}
