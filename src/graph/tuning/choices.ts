/**
 * The choice among kernels that compute the same: the one that was measured to be the fastest on this adapter, or the
 * op's own rule until one was.
 *
 * What is measured by the way counts from the next start, so that a step keeps its kernels, and the same seed its bits.
 */
import { classOf, fingerprint, type Adapter, type Site } from './site.ts';
import type { TuningEntry, TuningTable } from './table.ts';

export class Choices {
  readonly adapter: Adapter;
  /** Classes of sites with a choice that plans have met, each by the first. */
  readonly met: Map<string, Site> = new Map();
  /** Called when a class is met that nothing is known of. */
  onUnknown: () => void = () => undefined;
  private readonly known: Map<string, TuningEntry>;
  private readonly used = new Map<string, Set<string>>();
  private readonly fingerprints = new Map<string, string>();

  constructor(adapter: Adapter, table: TuningTable) {
    this.adapter = adapter;
    this.known = new Map(Object.entries(table.entries));
  }

  /** Which kernel a site gets, and whether by measurement. */
  pick(site: Site, otherwise: string, among: readonly string[]): { name: string; measured: boolean } {
    const key = classOf(site);
    const met = this.met.has(key);
    if (!met) this.met.set(key, site);
    const fastest = this.entry(key)?.fastest;
    if (!met && fastest === undefined) this.onUnknown();
    const measured = fastest !== undefined && among.includes(fastest);
    const name = measured ? fastest : otherwise;
    this.used.set(key, (this.used.get(key) ?? new Set()).add(name));
    return { name, measured };
  }

  /** What is known of a class that was met; an entry about other kernels than today's is none. */
  entry(key: string): TuningEntry | undefined {
    const entry = this.known.get(key);
    if (!entry || entry.fingerprint === this.fingerprintOf(key)) return entry;
    this.known.delete(key);
    return undefined;
  }

  fingerprintOf(key: string): string {
    let known = this.fingerprints.get(key);
    if (known === undefined) this.fingerprints.set(key, (known = fingerprint(this.met.get(key)!, this.adapter)));
    return known;
  }

  /** From now on new plans go by this. True where existing ones do not. */
  learn(key: string, entry: TuningEntry): boolean {
    this.known.set(key, entry);
    const used = this.used.get(key);
    const changes = used !== undefined && [...used].some((name) => name !== entry.fastest);
    if (changes) this.used.delete(key);
    return changes;
  }
}
