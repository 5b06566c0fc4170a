/**
 * The uniforms of a plan: every dispatch's `Params`, laid out once in one buffer.
 */
import type { ParamsField } from '../../gpu/kernel.ts';
import type { Step } from './lower.ts';

/** Offset at which any device can bind a uniform. */
const PARAMS_ALIGNMENT = 256;

/** A dispatch, as far as its uniforms go. */
type Parametrised = Pick<Step, 'what' | 'params'>;

export function packParams(steps: readonly Parametrised[]): { bytes: Uint8Array<ArrayBuffer>; offsets: number[] } {
  const offsets: number[] = [];
  let length = 0;
  for (const { what } of steps) {
    offsets.push(length);
    if (what.kernel.params) length += Math.ceil(what.kernel.params.size / PARAMS_ALIGNMENT) * PARAMS_ALIGNMENT;
  }
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  steps.forEach((step, index) => writeParams(step, view, offsets[index]!));
  return { bytes, offsets };
}

function writeParams({ what, params }: Parametrised, view: DataView, start: number): void {
  const fields = what.kernel.params?.fields ?? {};
  for (const [name, { offset, type }] of Object.entries(fields)) {
    write(view, start + offset, type, valueOf({ what, params }, name));
  }
  for (const name of Object.keys(params))
    if (!(name in fields))
      throw new Error(`internal: ${what.label}: Params of ${what.kernel.file} have no field ${name}.`);
}

function valueOf({ what, params }: Parametrised, name: string): number {
  const value = params[name];
  if (value === undefined)
    throw new Error(`internal: ${what.label}: Params field ${name} of ${what.kernel.file} is not given.`);
  return value;
}

const word = new DataView(new ArrayBuffer(4));

/** A field as the word that its Params hold. */
export function paramBits(step: Parametrised, name: string): number {
  write(word, 0, step.what.kernel.params!.fields[name]!.type, valueOf(step, name));
  return word.getUint32(0, true);
}

function write(view: DataView, at: number, type: ParamsField['type'], value: number): void {
  if (type === 'f32') view.setFloat32(at, value, true);
  else if (type === 'i32') view.setInt32(at, value, true);
  else view.setUint32(at, value, true);
}
