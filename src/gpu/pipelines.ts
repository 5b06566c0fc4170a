/**
 * Pipelines: specialised, compiled asynchronously, and each only once.
 *
 * A kernel is specialised in three ways, none of which leaves WGSL: `override` values, replaced `const` and `alias`
 * declarations (a register array needs a constant size; a family may serve several element types), and replaced hook
 * functions, `prologue`, `epilogue` and `chain` among them, with the storage bindings that they read. The specialised
 * text is the cache key.
 */
import type { Gpu } from './gpu.ts';
import type { Kernel, KernelBinding } from './kernel.ts';
import { reachedFrom } from './wgsl-tokens.ts';

/** A storage binding that a hook adds to the kernel's own. */
export interface HookBinding {
  readonly name: string;
  readonly access: 'read' | 'read_write';
  readonly element: 'f32' | 'i32' | 'u32';
}

export interface Hook {
  /** Text that replaces the kernel's function of the same name. */
  readonly name: string;
  readonly text: string;
  readonly bindings: readonly HookBinding[];
  /** Helper functions that the text calls. */
  readonly library: string;
  /** A storage binding of the kernel that the hook makes unnecessary. */
  readonly drops?: string;
  /** Directives that the text needs at the top of the module. */
  readonly directives?: string;
}

export interface Specialisation {
  readonly kernel: Kernel;
  readonly overrides: Readonly<Record<string, number | boolean>>;
  readonly constants: Readonly<Record<string, number | string>>;
  readonly hooks: readonly Hook[];
  /** The ops this pipeline serves, for labels and errors. */
  readonly label: string;
}

/** Hook bindings follow the kernel's own, from this index on. */
const HOOK_BINDING = 16;

export class Pipeline {
  readonly label: string;
  readonly layout: GPUBindGroupLayout;
  /** Storage bindings in the order of the bind group. */
  readonly bindings: readonly KernelBinding[];
  readonly hasParams: boolean;
  handle: GPUComputePipeline | null = null;
  readonly ready: Promise<void>;

  constructor(gpu: Gpu, what: Specialisation, text: string) {
    this.label = what.label;
    const dropped = new Set(what.hooks.map((hook) => hook.drops));
    const own = what.kernel.bindings.filter(({ name }) => !dropped.has(name));
    const added = what.hooks.flatMap((hook) => hook.bindings);
    this.bindings = [...own, ...added.map((binding, index) => ({ ...binding, binding: HOOK_BINDING + index }))];
    this.hasParams = what.kernel.params !== null;
    if (this.bindings.length > gpu.limits.maxStorageBuffersPerShaderStage)
      throw new Error(
        `internal: ${what.label} binds ${this.bindings.length} storage buffers, and the device allows ${gpu.limits.maxStorageBuffersPerShaderStage}.`,
      );
    this.layout = gpu.device.createBindGroupLayout({
      label: what.label,
      entries: [
        ...(this.hasParams
          ? [{ binding: 0, visibility: GPUShaderStage.COMPUTE, buffer: { type: 'uniform' as const } }]
          : []),
        ...this.bindings.map(({ binding, access }) => ({
          binding,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: access === 'read' ? ('read-only-storage' as const) : ('storage' as const) },
        })),
      ],
    });
    this.ready = this.compile(gpu, what, text);
    this.ready.catch(() => undefined);
  }

  private async compile(gpu: Gpu, what: Specialisation, text: string): Promise<void> {
    gpu.counters.pipelines++;
    // The pipeline reports what is wrong with its module, and says it with the line.
    gpu.device.pushErrorScope('validation');
    const module = gpu.device.createShaderModule({ label: `${what.kernel.file} for ${what.label}`, code: text });
    void gpu.device.popErrorScope();
    const constants: Record<string, number> = {};
    // WebGPU refuses values for overrides that the text does not declare.
    for (const [name, value] of Object.entries(what.overrides))
      if (new RegExp(`\\boverride ${name}\\b`).test(text)) constants[name] = Number(value);
    try {
      this.handle = await gpu.device.createComputePipelineAsync({
        label: what.label,
        layout: gpu.device.createPipelineLayout({ label: what.label, bindGroupLayouts: [this.layout] }),
        compute: { module, entryPoint: what.kernel.entryPoint, constants },
      });
    } catch (error) {
      throw new Error(await describe(module, what, text, error as Error), { cause: error });
    }
  }
}

async function describe(module: GPUShaderModule, what: Specialisation, text: string, error: Error): Promise<string> {
  const { messages } = await module.getCompilationInfo();
  const first = messages.find((message) => message.type === 'error');
  const where = `internal: ${what.label}: kernel ${what.kernel.file}, entry point ${what.kernel.entryPoint}, does not compile`;
  if (!first) return `${where}. ${error.message}`;
  const line = text.split('\n')[first.lineNum - 1] ?? '';
  const from = Math.max(0, first.linePos - 80);
  return `${where}: ${first.message}\n  ${line.slice(from, first.linePos + 80)}\n  ${' '.repeat(Math.max(0, first.linePos - 1 - from))}^`;
}

export class PipelineCache {
  /** Texts to compile in place of others. */
  readonly edits: Map<string, string> = new Map();
  /** Keys of pipelines that some plan has waited for, from a certain run on: nobody need wait for them again. */
  readonly awaited: Set<string> = new Set();
  private readonly gpu: Gpu;
  private readonly byText = new Map<string, Pipeline>();

  constructor(gpu: Gpu) {
    this.gpu = gpu;
  }

  get(what: Specialisation): Pipeline {
    const own = specialise(what);
    const edited = this.edits.get(own);
    const key = keyOf(what, edited ?? own);
    let pipeline = this.byText.get(key);
    if (!pipeline) {
      pipeline = new Pipeline(this.gpu, what, edited ?? compiled(what, own));
      this.byText.set(key, pipeline);
    }
    return pipeline;
  }

  /** What pipelines differ by. */
  keyOf(what: Specialisation): string {
    const own = specialise(what);
    return keyOf(what, this.edits.get(own) ?? own);
  }
}

function keyOf({ kernel, overrides }: Specialisation, text: string): string {
  return `${kernel.entryPoint}|${JSON.stringify(overrides)}|${text}`;
}

/** What the entry point needs of its module: browsers parse and check all that they are given before they compile any. */
function compiled({ kernel }: Specialisation, text: string): string {
  const { directives, declarations } = reachedFrom(kernel.entryPoint, text);
  return directives + declarations.map(({ tokens }) => tokens.join('')).join('');
}

/** The kernel's text with its constants and hooks replaced. */
export function specialise({ kernel, constants, hooks }: Specialisation): string {
  let text = kernel.source;
  for (const [name, value] of Object.entries(constants)) {
    const declaration = new RegExp(`(const|alias) ${name}\\s*(:\\s*u32\\s*)?=\\s*[^;]+;`);
    if (!declaration.test(text)) throw new Error(`internal: ${kernel.file} has no constant ${name} to replace.`);
    text = text.replace(
      declaration,
      typeof value === 'string' ? `alias ${name} = ${value};` : `const ${name}: u32 = ${value}u;`,
    );
  }
  let binding = HOOK_BINDING;
  for (const hook of hooks) {
    const [start, end] = functionRange(text, hook.name, kernel.file);
    const declared = hook.bindings
      .map(({ name, access, element }) => {
        return `@group(0) @binding(${binding++}) var<storage, ${access}> ${name}: array<${element}>;\n`;
      })
      .join('');
    text = text.slice(0, start) + declared + undeclared(hook.library, text) + hook.text + text.slice(end);
    if (hook.drops) text = dropBinding(text, hook.drops);
  }
  const directives = hooks.map(({ directives = '' }) => directives);
  if (Object.values(constants).includes('f16')) directives.push('enable f16;\n');
  return [...new Set(directives)].join('') + text;
}

/** Helpers that neither the kernel nor an earlier hook has; each stands on a line of its own. */
function undeclared(library: string, text: string): string {
  const lines = library.split('\n').filter((line) => line !== '' && !text.includes(line));
  return lines.map((line) => `${line}\n`).join('');
}

function functionRange(text: string, name: string, file: string): [start: number, end: number] {
  const start = text.search(new RegExp(`\\bfn ${name}\\s*\\(`));
  if (start < 0) throw new Error(`internal: ${file} has no function ${name} to replace.`);
  let depth = 0;
  for (let at = text.indexOf('{', start); at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return [start, at + 1];
  }
  throw new Error(`internal: ${file}: function ${name} does not end.`);
}

function dropBinding(text: string, name: string): string {
  return text.replace(new RegExp(`@group\\(0\\)\\s*@binding\\(\\d+\\)\\s*var<storage[^>]*>\\s*${name}\\s*:[^;]*;`), '');
}
