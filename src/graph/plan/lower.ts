/**
 * From groups to dispatches: each op lowers itself, and the fused chains become hooks of its kernel.
 */
import type { Specialisation } from '../../gpu/pipelines.ts';
import type { Dispatch, Operand } from '../define-op.ts';
import type { Choices } from '../tuning/choices.ts';
import { lowerSite, type Adapter } from '../tuning/site.ts';
import { numel } from '../value.ts';
import { chainColumns, chainText, type Chain } from './chain.ts';
import { isStored, nodesOf } from './fuse.ts';
import type { Base, ComputedBase, Group, PlanNode } from './ir.ts';

/** Memory for the time of one group. */
export interface Scratch {
  readonly kind: 'scratch';
  readonly bytes: number;
}

export interface Step {
  readonly what: Specialisation;
  readonly params: Readonly<Record<string, number>>;
  readonly workgroups: readonly [number, number, number];
  /** What each storage binding stands for, and where in it the binding starts, in bytes. */
  readonly binds: ReadonlyMap<string, { readonly memory: Base | Scratch; readonly offset: number }>;
  /** Which of several kernels this is. */
  readonly choice: KernelChoice | null;
}

/** One of several kernels that compute the same. */
export interface KernelChoice {
  readonly name: string;
  /** It was measured to be the fastest, rather than taken by rule. */
  readonly measured: boolean;
  readonly among: readonly string[];
  /** In its place one that compiles quickly runs at first. */
  readonly early: boolean;
}

/** In milliseconds, on SwiftShader: what the others take to compile, and a run meanwhile. */
export interface EarlySteps {
  readonly steps: readonly Step[];
  readonly compile: number;
  readonly run: number;
}

/** A group as dispatches. */
export interface Lowering {
  readonly steps: readonly Step[];
  /** Those of the first runs, where they are others. */
  readonly early: EarlySteps | null;
}

export interface Device extends Adapter {
  readonly choices: Choices;
}

const INVOCATIONS = 64;

export function lower(group: Group, device: Device): Lowering {
  if (group.kind === 'pack') return { steps: [], early: null };
  return group.kind === 'pointwise' ? { steps: [lowerChain(group, device)], early: null } : lowerKernel(group, device);
}

function lowerChain(group: Group, device: Device): Step {
  const inside = new Set(group.members);
  const stores = group.members.map((node) => node.outputs[0]!).filter((output) => isStored(output, inside));
  const cols = chainColumns(group.members);
  const chain = chainText({ name: 'chain', nodes: group.members, stores, cols });
  const total = Math.ceil(group.elements / INVOCATIONS);
  const x = Math.min(total, device.limits.maxComputeWorkgroupsPerDimension);
  const { kernel } = group.members[0]!.op.pointwise!;
  return {
    what: { kernel, overrides: {}, constants: {}, hooks: [chain.hook], label: labelOf(group) },
    params: { size: group.elements, cols: cols ?? 1, width: x * INVOCATIONS },
    workgroups: [x, x === 0 ? 0 : Math.ceil(total / x), 1],
    binds: chainBinds(chain),
    choice: null,
  };
}

function chainBinds(chain: Chain): Map<string, { memory: Base; offset: number }> {
  return new Map([...chain.bases].map(([name, memory]) => [name, { memory, offset: 0 }]));
}

function lowerKernel(group: Group, device: Device): Lowering {
  const root = group.root!;
  const inside = new Set(nodesOf(group));
  const needed = root.outputs.map((output, index) => index === 0 || isStored(output, inside));
  const outputs = root.outputs.map(({ shape, dtype }) => ({ shape, dtype }));
  const site = { op: root.op, attrs: root.attrs, inputs: root.inputs, outputs, needed };
  let picked = { name: '', measured: false };
  const lowered = lowerSite(site, device, (otherwise, among) => {
    picked = device.choices.pick(site, otherwise, among);
    return picked.name;
  });
  const early = lowered.early?.() ?? null;
  const scratches = lowered.scratch.map((bytes): Scratch => ({ kind: 'scratch', bytes }));
  const choice = lowered.among.length > 1 ? { ...picked, among: lowered.among, early: false } : null;
  const epilogue = group.members.length ? epilogueOf(group, inside) : null;
  const prologue = group.prologue.length ? prologueOf(group) : null;
  const memoryOf = (operand: Operand): { memory: Base | Scratch; offset: number } => {
    if (operand.role === 'scratch') return { memory: scratches[operand.index]!, offset: 0 };
    if (operand.role === 'output') {
      const replaced = operand.index === 0 && epilogue ? epilogue.main : root.outputs[operand.index]!;
      return { memory: replaced, offset: 0 };
    }
    const { base, layout } = root.sources[operand.index]!;
    return { memory: base, offset: layout.offset * 4 };
  };
  const stepFor = (dispatch: Dispatch, choice: KernelChoice | null): Step => {
    const chains: Chain[] = [];
    if (dispatch.epilogue && epilogue) chains.push(epilogue.chain);
    if (dispatch.prologue && prologue) chains.push(prologue(dispatch.prologue));
    const binds = new Map<string, { memory: Base | Scratch; offset: number }>();
    const dropped = prologue ? dispatch.prologue : undefined;
    for (const [name, operand] of Object.entries(dispatch.bind))
      if (name !== dropped) binds.set(name, memoryOf(operand));
    for (const chain of chains) for (const [name, bound] of chainBinds(chain)) binds.set(name, bound);
    return { ...stepOf(dispatch, chains, labelOf(group), binds), choice };
  };
  return {
    steps: lowered.dispatches.map((dispatch) => stepFor(dispatch, choice)),
    early: early && {
      steps: early.dispatches.map((dispatch) => stepFor(dispatch, choice && { ...choice, early: true })),
      compile: early.compile,
      run: early.run,
    },
  };
}

function stepOf(
  dispatch: Dispatch,
  chains: readonly Chain[],
  label: string,
  binds: Step['binds'],
): Omit<Step, 'choice'> {
  const { kernel, params, overrides = {}, constants = {}, workgroups } = dispatch;
  const hooks = [...(dispatch.hooks ?? []), ...chains.map(({ hook }) => hook)];
  return { what: { kernel, overrides, constants, hooks, label }, params, workgroups, binds };
}

/** The last float result goes where the kernel writes; others are stored by the chain. */
function epilogueOf(group: Group, inside: ReadonlySet<PlanNode>): { chain: Chain; main: ComputedBase } {
  const given = group.root!.outputs[0]!;
  const stored = [given, ...group.members.map((node) => node.outputs[0]!)].filter((output) => isStored(output, inside));
  const main = stored.at(-1)!;
  const chain = chainText({
    name: 'epilogue',
    nodes: group.members,
    given,
    returns: main,
    stores: stored.filter((output) => output !== main),
    cols: given.shape.at(-1) ?? 1,
  });
  return { chain, main };
}

function prologueOf(group: Group): (drops: string) => Chain {
  const returns = group.prologue.at(-1)!.outputs[0]!;
  return (drops) => chainText({ name: 'prologue', nodes: group.prologue, returns, stores: [], cols: null, drops });
}

/** Names of the ops that a dispatch serves, such as "linear+relu". */
function labelOf(group: Group): string {
  return nodesOf(group)
    .map((node) => node.op.name)
    .join('+');
}

/** Bytes of a value or scratch area. */
export function bytesOf(memory: Base | Scratch): number {
  return memory.kind === 'scratch' ? memory.bytes : numel(memory.shape) * 4;
}
