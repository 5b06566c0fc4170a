/**
 * The cache of plans, by signature. The least recently used plans go first when there are many.
 */
import type { Gpu } from '../../gpu/gpu.ts';
import { sameSignature, type Capture } from './capture.ts';
import { Plan } from './plan.ts';

export interface PlanCache {
  get(captured: Capture): Plan;
  /** All plans held, oldest use first. */
  plans(): Iterable<Plan>;
}

const PLANS_KEPT = 128;

export function createPlanCache(gpu: Gpu, guarded: boolean): PlanCache {
  const byHash = new Map<number, Plan[]>();
  const recent = new Set<Plan>();
  const drop = (plan: Plan): void => {
    recent.delete(plan);
    for (const [hash, plans] of byHash)
      if (plans.includes(plan))
        byHash.set(
          hash,
          plans.filter((other) => other !== plan),
        );
    plan.destroy();
  };
  return {
    get(captured) {
      const candidates = byHash.get(captured.hash) ?? [];
      let plan = candidates.find((candidate) => sameSignature(candidate.signature, captured.signature));
      if (!plan) {
        plan = new Plan(gpu, captured, guarded);
        byHash.set(captured.hash, [...candidates, plan]);
        if (recent.size >= PLANS_KEPT)
          for (const oldest of recent)
            if (oldest.isReady) {
              drop(oldest);
              break;
            }
      }
      recent.delete(plan);
      recent.add(plan);
      return plan;
    },
    plans: () => recent,
  };
}
