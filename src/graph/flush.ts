/**
 * Flush: what has been traced is planned, or its plan looked up, and submitted.
 */
import { engine, type Engine } from './engine.ts';
import type { Kept } from './keep.ts';
import { capture } from './plan/capture.ts';
import type { Plan } from './plan/plan.ts';
import type { External } from './plan/recorder.ts';
import type { Stage } from './plan/stage.ts';
import { isAlias, type Storage, type Value } from './value.ts';

/** Submits all that is pending. Does nothing while a compiled step is being traced. */
export function flush(): void {
  const state = engine();
  if (state.recording || state.pending.length === 0) return;
  const nodes = state.pending;
  state.pending = [];
  const done = state.gpu.probe?.span?.('plan');
  const captured = capture(nodes, survives);
  const plan = state.plans.get(captured);
  done?.();
  submit(state, plan, captured.externals, captured.results);
  for (const node of nodes) node.executed = true;
}

function survives(value: Value): boolean {
  return value.keep || value.target !== null || (value.exposed && !value.consumed && !isAlias(value));
}

/**
 * Schedules one run of a plan and tells each result where it will be found.
 *
 * @param joined what runs in place of the plan's other steps
 */
export function submit(
  state: Engine,
  plan: Plan,
  externals: readonly Value[],
  results: readonly Value[],
  joined: Stage | null = state.joins ? plan.joined : null,
): void {
  const bound = externals.map(rangeOf);
  const targets = results.map((value) => value.target);
  const kept = plan.claimResults(state.ring, bound, results);
  results.forEach((value, index) => settle(value, targets[index]!, kept[index]!));
  const stage = joined ?? plan.next();
  const run = { externals: bound, targets, results: kept, stage };
  if (stage.isReady) state.queue.push(null, () => plan.execute(run));
  // Profiled in parts, a run would be several.
  else if (joined || state.gpu.probe) state.queue.push(stage.ready, () => plan.execute(run));
  else state.queue.push(stage.steps[0]?.pipeline.ready ?? null, () => plan.execute(run, true));
}

function rangeOf(value: Value): External {
  if (value.storage) return value.storage;
  if (value.host) return value.host.data;
  return value.kept!;
}

function settle(value: Value, target: Storage | null, kept: Kept | null): void {
  if (target) {
    value.storage = target;
    target.awaited = false;
    value.target = null;
  } else value.kept = kept;
  // A value that has its bytes needs its history only while a backward pass may still come.
  if (value.node && (!value.requiresGrad || value.node.released) && !isAlias(value)) value.node = null;
}
