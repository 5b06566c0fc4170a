/**
 * A shader as data: entry points, the bindings each one uses, Params, overrides.
 *
 * wgsl_reflect parses and lays out; this file turns its answer into the Kernel objects of src/gpu/kernel.ts and refuses,
 * with a line, what a kernel must not do. Runs at build and test time only and knows neither Vite nor a device.
 */
import {
  ResourceType,
  WgslParser,
  WgslReflect,
  type FunctionInfo,
  type Node,
  type StructInfo,
  type TypeInfo,
  type VariableInfo,
} from 'wgsl_reflect/wgsl_reflect.module.js';
import type { Kernel, KernelBinding, ParamsField, ParamsLayout } from '../../src/gpu/kernel.ts';
import { overrideDefaults } from './overrides.ts';
import { declarations, mentions, ShaderError, strip, tokenize, type Declaration } from './lex.ts';

/** An entry point; its source is the module's. */
export interface EntryPoint extends Omit<Kernel, 'source' | 'overrides'> {
  /** Overrides that it depends on, with their defaults. */
  readonly overrides: Readonly<Record<string, number | boolean>>;
  /** With these defaults. */
  readonly workgroupSize: readonly [number, number, number];
}

export interface ShaderModule {
  readonly source: string;
  readonly entryPoints: readonly EntryPoint[];
}

const PARAM_TYPES: ReadonlySet<string> = new Set(['u32', 'i32', 'f32', 'vec4u']);

/** @throws {ShaderError} with the line at fault. */
export function reflect(file: string, text: string): ShaderModule {
  const parts = declarations(tokenize(text));
  const { ast, info } = parse(text);
  const lines = new Map(parts.map(({ name, tokens }) => [name, tokens[0]?.line ?? 1]));
  const line = (name: string): number => lines.get(name) ?? 1;
  checkNames(parts, info, line);
  const overrides = overrideDefaults(ast);
  const uses = closure(parts);
  const params = info.uniforms.map((variable) => paramsLayout(variable, line(variable.name)))[0] ?? null;
  const entryPoints = info.entry.compute.map((entry): EntryPoint => {
    checkSlots(entry, line);
    const reached = uses(entry.name);
    return {
      file,
      entryPoint: entry.name,
      bindings: storageBindings(entry, line),
      params: entry.resources.some(({ resourceType }) => resourceType === ResourceType.Uniform) ? params : null,
      overrides: Object.fromEntries([...overrides].filter(([name]) => reached.has(name))),
      workgroupSize: workgroupSize(entry, line),
    };
  });
  return { source: strip(parts), entryPoints };
}

/** wgsl_reflect 1.6.0 still takes `block` for a keyword, so it is shown another word of that length. */
const KEYWORD = /\bblock\b/g;
const STAND_IN = 'bl0ck';

function parse(text: string): { ast: Node[]; info: WgslReflect } {
  try {
    const ast = new WgslParser().parse(text.replace(KEYWORD, STAND_IN));
    const info = new WgslReflect();
    info.updateAST(ast);
    return { ast, info };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = /\s*Line: ?(\d+)/.exec(message);
    throw new ShaderError(message.replace(/\s*Line: ?\d+.*/s, '').replace(/\.+$/, ''), Number(line?.[1] ?? 1));
  }
}

function checkNames(parts: readonly Declaration[], info: WgslReflect, line: (name: string) => number): void {
  const fields = info.structs.flatMap(({ members }) => members.map(({ name }) => name));
  if (fields.includes(STAND_IN)) throw new ShaderError('"block" cannot be the name of a field; rename it', 1);
  const seen = new Set<string>();
  for (const { name, tokens } of parts) {
    if (name === 'block') throw new ShaderError('"block" cannot be a name at module scope; rename it', line(name));
    if (name && seen.has(name)) throw new ShaderError(`"${name}" is declared twice`, tokens[0]?.line ?? 1);
    seen.add(name);
  }
  const resources = [...info.uniforms, ...info.storage];
  for (const { name, group } of resources)
    if (group !== 0) throw new ShaderError(`"${name}" is in group ${group}; a kernel uses group 0 alone`, line(name));
  for (const { name } of [...info.textures, ...info.samplers])
    throw new ShaderError(`"${name}" is a texture or a sampler; kernels use storage buffers`, line(name));
  const bound = new Set(resources.map(({ name }) => name));
  for (const { name, arguments: parameters } of info.functions) {
    const hidden = parameters.find((parameter) => bound.has(parameter.name))?.name;
    if (!hidden) continue;
    throw new ShaderError(`parameter "${hidden}" of ${name} hides the binding "${hidden}"; rename it`, line(name));
  }
}

/** Every name that a declaration reaches through what it mentions. */
function closure(parts: readonly Declaration[]): (name: string) => ReadonlySet<string> {
  const graph = new Map(parts.map((part) => [part.name, mentions(part)]));
  return (name) => {
    const reached = new Set([name]);
    for (const at of reached) for (const next of graph.get(at) ?? []) if (graph.has(next)) reached.add(next);
    return reached;
  };
}

function paramsLayout({ name, binding, type }: VariableInfo, line: number): ParamsLayout {
  if (name !== 'params' || type.name !== 'Params' || !type.isStruct)
    throw new ShaderError(`the uniform must be "var<uniform> params: Params", got "${name}: ${type.name}"`, line);
  if (binding !== 0) throw new ShaderError(`Params must be at binding 0, got ${binding}`, line);
  const { members, startLine } = type as StructInfo;
  const fields = members.map((member): [string, ParamsField] => {
    const type = typeName(member.type);
    if (!isParamType(type))
      throw new ShaderError(`Params.${member.name} is ${type}; use ${[...PARAM_TYPES].join(', ')}`, startLine);
    return [member.name, { offset: member.offset, type }];
  });
  return { size: type.size, fields: Object.fromEntries(fields) };
}

function isParamType(name: string): name is ParamsField['type'] {
  return PARAM_TYPES.has(name);
}

/** Entry points may give one binding different names; within one it is one buffer. */
function checkSlots(entry: FunctionInfo, line: (name: string) => number): void {
  const slots = new Map<number, string>();
  for (const { name, binding } of entry.resources) {
    const other = slots.get(binding);
    if (other) throw new ShaderError(`"${name}" and "${other}" share binding ${binding} in ${entry.name}`, line(name));
    slots.set(binding, name);
  }
}

function storageBindings(entry: FunctionInfo, line: (name: string) => number): KernelBinding[] {
  return entry.resources
    .filter(({ resourceType }) => resourceType === ResourceType.Storage)
    .toSorted((a, b) => a.binding - b.binding)
    .map(({ name, binding, access, type }) => {
      if (access !== 'read' && access !== 'read_write')
        throw new ShaderError(`"${name}" must be read or read_write, got "${access}"`, line(name));
      const format = type.isArray && 'format' in type ? (type.format as TypeInfo) : type;
      const held = format.name === 'atomic' && 'format' in format ? (format.format as TypeInfo) : format;
      return { name, binding, access, element: typeName(held) };
    });
}

/** `vec4<f32>` and `vec4f` are one type; the short form is its name. */
function typeName(type: TypeInfo): string {
  const inner = 'format' in type && type.format ? (type.format as TypeInfo).name : '';
  return /^vec[234]$/.test(type.name) && /^[iuf]32$/.test(inner) ? type.name + inner[0] : type.name;
}

function workgroupSize(entry: FunctionInfo, line: (name: string) => number): readonly [number, number, number] {
  const size = entry.workgroupSize;
  if (size?.length === 3 && size.every((extent) => Number.isInteger(extent) && extent > 0)) return size;
  throw new ShaderError(`${entry.name} needs @workgroup_size of literals, constants or overrides`, line(entry.name));
}
