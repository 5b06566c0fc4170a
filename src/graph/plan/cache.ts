/**
 * The cache of plans, by signature. The least recently used plans go first when there are many.
 */
import type { Gpu } from '../../gpu/gpu.ts';
import type { Choices } from '../tuning/choices.ts';
import { sameSignature, type Capture } from './capture.ts';
import { Plan, type PlanOptions } from './plan.ts';

export interface PlanCache {
  get(captured: Capture): Plan;
  /** Counts a use of a plan that somebody holds; false where it has been dropped. */
  touch(plan: Plan): boolean;
  /** All plans held, oldest use first. */
  plans(): Iterable<Plan>;
  /** Drops all plans; the next steps are planned anew. */
  clear(): void;
}

const PLANS_KEPT = 128;

/** @param schedule puts work behind the runs that have been asked for */
export function createPlanCache(
  gpu: Gpu,
  choices: Choices,
  options: PlanOptions,
  schedule: (work: () => void) => void,
): PlanCache {
  const byHash = new Map<number, Plan[]>();
  const recent = new Set<Plan>();
  const drop = (plan: Plan): void => {
    recent.delete(plan);
    const rest = (byHash.get(plan.hash) ?? []).filter((other) => other !== plan);
    if (rest.length) byHash.set(plan.hash, rest);
    else byHash.delete(plan.hash);
    plan.retire();
    schedule(() => plan.destroy());
  };
  const touch = (plan: Plan): boolean => {
    if (!recent.delete(plan)) return false;
    recent.add(plan);
    return true;
  };
  return {
    get(captured) {
      const candidates = byHash.get(captured.hash) ?? [];
      let plan = candidates.find((candidate) => sameSignature(candidate.signature, captured.signature));
      if (!plan) {
        plan = new Plan(gpu, choices, captured, options);
        byHash.set(captured.hash, [...candidates, plan]);
        recent.add(plan);
        if (recent.size > PLANS_KEPT) drop(recent.values().next().value!);
      }
      touch(plan);
      return plan;
    },
    touch,
    plans: () => recent,
    clear: () => [...recent].forEach(drop),
  };
}
