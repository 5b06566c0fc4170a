/**
 * The tuner: measures the kernels among which plans had a choice, when asked to or while nothing is computed, and
 * remembers by adapter which were the fastest.
 */
import type { Gpu } from '../../gpu/gpu.ts';
import type { Choices } from './choices.ts';
import { race } from './race.ts';
import { databaseStore, fileStore, type TuningStore } from './store.ts';
import { emptyTable, readTable, WORTH, type TuningEntry, type TuningTable } from './table.ts';
import { lowerSite } from './site.ts';

export interface TuningOptions {
  /**
   * Measure while nothing is computed, for the next start; `tune` measures at once. Yes unless said otherwise, but not
   * on adapters that compute on the CPU, where it would take time from the page.
   */
  idle?: boolean;
  /** What was measured before, from `tuningTable`, in place of what this browser remembers; null for nothing. */
  table?: unknown;
  /** In Node: where to remember. Browsers remember in IndexedDB. */
  file?: string;
}

/** Milliseconds without work on the GPU that count as idle, and between looks. */
const QUIET = 1000;

export class Tuner {
  readonly choices: Choices;
  private readonly gpu: Gpu;
  private readonly store: TuningStore | null;
  private readonly entries: Record<string, TuningEntry>;
  private readonly hopeless = new Set<string>();
  private racing: Promise<unknown> = Promise.resolve();
  private waiting = false;
  private seen = 0;

  constructor(gpu: Gpu, choices: Choices, table: TuningTable, store: TuningStore | null, idle: boolean) {
    this.gpu = gpu;
    this.choices = choices;
    this.store = store;
    this.entries = { ...table.entries };
    if (idle) choices.onUnknown = () => this.waitForQuiet();
  }

  /** All that is known of this adapter. */
  get table(): TuningTable {
    return { adapter: nameOf(this.gpu), entries: { ...this.entries } };
  }

  /** Classes that plans have met and nothing is known of. */
  unknown(): string[] {
    const { choices, entries, hopeless } = this;
    return [...choices.met.keys()].filter(
      (key) => !hopeless.has(key) && entries[key]?.fingerprint !== choices.fingerprintOf(key),
    );
  }

  /**
   * Measures one class and remembers it.
   *
   * @param off whether to stop: the GPU is wanted
   * @returns what was learned; null where the race was called off or cannot be held
   */
  measure(key: string, off?: () => boolean): Promise<TuningEntry | null> {
    const turn = this.racing.then(() => this.measureNow(key, off));
    this.racing = turn.catch(() => undefined);
    return turn;
  }

  private async measureNow(key: string, off?: () => boolean): Promise<TuningEntry | null> {
    const { choices, gpu, entries, store } = this;
    const site = choices.met.get(key)!;
    const milliseconds = await race(gpu, choices.adapter, site, off);
    if (!milliseconds) {
      if (!off?.()) this.hopeless.add(key);
      return null;
    }
    let rule = '';
    lowerSite(site, choices.adapter, (otherwise) => (rule = otherwise));
    const [first] = Object.keys(milliseconds).sort((a, b) => milliseconds[a]! - milliseconds[b]!);
    const fastest = milliseconds[first!]! < milliseconds[rule]! * WORTH ? first! : rule;
    const entry = { fastest, rule, milliseconds, fingerprint: choices.fingerprintOf(key) };
    entries[key] = entry;
    await store?.write(nameOf(gpu), this.table);
    return entry;
  }

  private waitForQuiet(): void {
    if (this.waiting) return;
    this.waiting = true;
    const timer: unknown = setTimeout(() => {
      this.waiting = false;
      void this.useQuiet();
    }, QUIET);
    // Node would wait for it before it ends.
    (timer as { unref?(): void }).unref?.();
  }

  private async useQuiet(): Promise<void> {
    const { gpu } = this;
    const { dispatches } = gpu.counters;
    const quiet = dispatches === this.seen && gpu.probe === null && !isHidden();
    this.seen = dispatches;
    if (gpu.lost !== null) return;
    const [key] = this.unknown();
    if (key === undefined) return;
    const wanted = (): boolean => gpu.counters.dispatches !== dispatches || gpu.lost !== null;
    if (quiet) await this.measure(key, wanted).catch(() => this.hopeless.add(key));
    this.waitForQuiet();
  }
}

function isHidden(): boolean {
  return (globalThis as { document?: Document }).document?.visibilityState === 'hidden';
}

function nameOf({ adapter }: Gpu): string {
  const { vendor, architecture, description } = adapter;
  return [vendor, architecture, description].filter(Boolean).join(' ') || 'unnamed adapter';
}

/** What a new engine knows of its adapter, and where it keeps what it learns. */
export async function remembered(
  gpu: Gpu,
  tuning: boolean | TuningOptions,
): Promise<{ table: TuningTable; store: TuningStore | null; idle: boolean }> {
  const name = nameOf(gpu);
  if (tuning === false) return { table: emptyTable(name), store: null, idle: false };
  const { idle = !gpu.adapter.software, table, file } = tuning === true ? {} : tuning;
  const store = file === undefined ? databaseStore() : fileStore(file);
  return { table: readTable(table === undefined ? await store?.read(name) : table, name), store, idle };
}
