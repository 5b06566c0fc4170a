/** A model as a file that other frameworks read, with the lab's settings as text in it. Knows no page. */
import { io } from '../../src/index.ts';
import { decode, encode } from '../shared/address.ts';
import type { Parameters, Task } from '../shared/task.ts';
import { schema, type MlpConfig } from './config.ts';

interface Place {
  readonly step: number;
  readonly epoch: number;
}

export interface SavedModel {
  readonly parameters: Parameters;
  /** Null where the file was not made by this lab. */
  readonly saved: (Place & { readonly config: Partial<MlpConfig> }) | null;
}

export function writeModel(task: Task, config: MlpConfig, { step, epoch }: Place): Promise<Uint8Array<ArrayBuffer>> {
  const metadata = { 'wgrad.mlp': encode(schema, config), 'wgrad.step': `${step}`, 'wgrad.epoch': `${epoch}` };
  return io.saveSafetensors(task.model.stateDict(), { metadata }) as Promise<Uint8Array<ArrayBuffer>>;
}

/** @throws Error where the bytes are no safetensors file. */
export function readModel(bytes: Uint8Array): SavedModel {
  const metadata = io.safetensorsMetadata(bytes);
  const tensors = Object.entries(io.loadSafetensors(bytes));
  const parameters = Object.fromEntries(
    tensors.map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]),
  );
  const config = metadata['wgrad.mlp'];
  if (config === undefined) return { parameters, saved: null };
  return {
    parameters,
    saved: {
      config: settingsIn(config),
      step: Number(metadata['wgrad.step']) || 0,
      epoch: Number(metadata['wgrad.epoch']) || 0,
    },
  };
}

/** The settings of a training as an address has them, without those of the page. */
export function settingsIn(text: string): Partial<MlpConfig> {
  const { view: _view, panel: _panel, pace: _pace, showTest: _shown, ...settings } = decode(schema, text);
  return settings;
}
