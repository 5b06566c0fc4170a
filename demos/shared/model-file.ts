/** A model as a file that other frameworks read, with a lab's settings as text in it. Knows no page. */
import { io } from '../../src/index.ts';
import type { Parameters, Task } from './task.ts';

interface Saved {
  /** The settings as an address has them. */
  readonly settings: string;
  readonly step: number;
  readonly epoch: number;
}

export interface SavedModel {
  readonly parameters: Parameters;
  /** Null where the file was not made by this lab. */
  readonly saved: Saved | null;
}

/** @param lab under whose name its settings are kept */
export function writeModel(
  task: Task,
  lab: string,
  { settings, step, epoch }: Saved,
): Promise<Uint8Array<ArrayBuffer>> {
  const metadata = { [`wgrad.${lab}`]: settings, 'wgrad.step': `${step}`, 'wgrad.epoch': `${epoch}` };
  return io.saveSafetensors(task.model.stateDict(), { metadata }) as Promise<Uint8Array<ArrayBuffer>>;
}

/** @throws Error where the bytes are no safetensors file. */
export function readModel(bytes: Uint8Array, lab: string): SavedModel {
  const metadata = io.safetensorsMetadata(bytes);
  const parameters = io.loadSafetensors(bytes);
  const settings = metadata[`wgrad.${lab}`];
  if (settings === undefined) return { parameters, saved: null };
  const place = (name: string): number => Number(metadata[`wgrad.${name}`]) || 0;
  return { parameters, saved: { settings, step: place('step'), epoch: place('epoch') } };
}
