/**
 * Looks for missing barriers by running one workgroup of a kernel, invocation by invocation, in wgsl_reflect.
 *
 * Only kernels that share workgroup memory can miss a barrier; the interpreter knows too little of matrices and
 * builtins to be an oracle for values, and is not used as one.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { detectRaces } from 'wgsl_reflect/wgsl_reflect.module.js';
import type { EntryPoint } from '../../shaders/build/reflect.ts';
import { SHADERS } from '../../shaders/build/types.ts';

/** Every size is this: a prime that leaves a ragged tile behind and takes several turns of the loops. */
const SIZE = 37;
const ELEMENTS = 2 * SIZE ** 3;
/** A step from an element to the next, which would lead to others' places if it were as long as a row; one part of all. */
const ONES = new Set(['y_col', 'splits']);

export function shaderText(file: string): string {
  return readFileSync(path.join(SHADERS, file), 'utf8');
}

export function sharesMemory(text: string): boolean {
  return text.includes('var<workgroup>');
}

/** What the detector says of one entry point; nothing when invocations are ordered. */
export function races(text: string, entry: EntryPoint): string[] {
  const group: Record<string, unknown> = {};
  for (const { binding } of entry.bindings) group[binding] = new Float32Array(ELEMENTS).fill(1).buffer;
  if (entry.params) group[0] = { uniform: paramsOf(entry.params) };
  const result = quietly(() => detectRaces(readable(text), entry.entryPoint, [1, 1, 1], { 0: group }));
  return [...result.races.map(({ message }) => message), ...result.errors];
}

/** It tells the console of every sum of matrices that it cannot compute, a hundred thousand times. */
function quietly<T>(run: () => T): T {
  const { error } = console;
  console.error = (...said: unknown[]) => {
    if (!String(said[0]).startsWith('Invalid type for += operator.')) error(...said);
  };
  try {
    return run();
  } finally {
    console.error = error;
  }
}

function paramsOf({ size, fields }: NonNullable<EntryPoint['params']>): ArrayBuffer {
  const buffer = new ArrayBuffer(Math.max(16, size));
  const view = new DataView(buffer);
  for (const [name, { offset, type }] of Object.entries(fields)) {
    const value = ONES.has(name) ? 1 : SIZE;
    if (type === 'f32') view.setFloat32(offset, 1, true);
    else for (let at = 0; at < (type === 'vec4u' ? 16 : 4); at += 4) view.setUint32(offset + at, value, true);
  }
  return buffer;
}

/** wgsl_reflect 1.6.0 passes over a barrier that opens a loop's body, and takes `block` for a keyword. */
function readable(text: string): string {
  return text
    .replace(/\/\/.*/g, '')
    .replace(/\bblock\b/g, 'bl0ck')
    .replace(/\b(?:for\s*\([^{}]*\)|while\b[^{}]*|loop)\s*\{/g, '$& let at_start = 0u;');
}
