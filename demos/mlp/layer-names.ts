/** The layers of a network by the names that readers see. */
import type { LayerName } from '../shared/layer-names.ts';
import type { MlpTask } from './recipe.ts';
import { ACTIVATION_LABELS } from './settings.ts';

/** Hidden layers from the input on, then the output. */
export function layerNames({ config, classes }: Pick<MlpTask, 'config' | 'classes'>): LayerName[] {
  const { hidden, activation } = config;
  const output = { name: 'Output', note: `${classes} classes`, color: '--layer-output' } as const;
  return [
    ...hidden.map((units, at) => ({
      name: `Hidden ${at + 1}`,
      note: `${units} ${ACTIVATION_LABELS[activation]}`,
      color: `--layer-${at + 1}` as const,
    })),
    output,
  ];
}
