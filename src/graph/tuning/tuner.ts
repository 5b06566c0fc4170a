/**
 * The tuner: measures the kernels among which plans had a choice, when asked to or while nothing is computed, and
 * remembers by adapter which were the fastest.
 */
import type { Gpu } from '../../gpu/gpu.ts';
import type { Choices } from './choices.ts';
import { race, type RaceOptions } from './race.ts';
import { databaseStore, fileStore, type TuningStore } from './store.ts';
import { checkTable, emptyTable, readTable, WORTH, type TuningEntry, type TuningTable } from './table.ts';

export interface TuningOptions {
  /**
   * Measure while nothing is computed, for the next start; `tune` measures at once. Yes unless said otherwise, but not
   * on adapters that compute on the CPU, where it would take time from the page.
   */
  idle?: boolean;
  /** What was measured before, from `tuningTable`, in place of what this browser remembers; null for nothing. Not remembered. */
  table?: TuningTable | null;
  /** In Node: where to remember. Browsers remember in IndexedDB. */
  file?: string;
}

/** Milliseconds without work on the GPU that count as idle, and between looks. */
const QUIET = 1000;
/** Milliseconds of a kernel from which on nobody is made to wait for it unasked. */
const SLOW = 20;

export class Tuner {
  readonly choices: Choices;
  private readonly gpu: Gpu;
  private readonly store: TuningStore | null;
  private readonly entries: Record<string, TuningEntry>;
  private readonly hopeless = new Set<string>();
  private racing: Promise<unknown> = Promise.resolve();
  private waiting = false;
  private stopped = false;
  /** Dispatches when it last looked. */
  private seen = -1;
  /** Classes that idle hours leave alone. */
  private readonly passed = new Set<string>();
  /** Whether runs wait for their kernels. */
  isBusy: () => boolean = () => false;

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
   * @returns what was learned; null where the race was called off or cannot be held
   */
  measure(key: string, options?: RaceOptions): Promise<TuningEntry | null> {
    const turn = this.racing.then(() => this.measureNow(key, options));
    this.racing = turn.catch(() => undefined);
    return turn;
  }

  /** Measures nothing more. */
  stop(): void {
    this.stopped = true;
  }

  private async measureNow(key: string, options: RaceOptions = {}): Promise<TuningEntry | null> {
    const { choices, gpu, entries, store } = this;
    const site = choices.met.get(key)!;
    const raced = await race(gpu, choices.adapter, site, options);
    if (!raced) {
      if (!options.off?.() && options.slow === undefined) this.hopeless.add(key);
      return null;
    }
    const { rule, milliseconds } = raced;
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
    const quiet = dispatches === this.seen && gpu.probe === null && !this.isBusy() && !isHidden();
    this.seen = dispatches;
    if (gpu.lost !== null || this.stopped) return;
    const key = this.unknown().find((each) => !this.passed.has(each));
    if (key === undefined) return;
    const off = (): boolean =>
      gpu.counters.dispatches !== dispatches || this.isBusy() || this.stopped || gpu.lost !== null;
    if (quiet)
      try {
        if (!(await this.measure(key, { off, slow: SLOW })) && !off()) this.passed.add(key);
      } catch (error) {
        // Reading times brings the device's errors to light, which are those of the step before.
        this.passed.add(key);
        gpu.fail(error as Error);
      }
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

/** What is known of an adapter when its engine starts. */
interface Known {
  readonly table: TuningTable;
  readonly store: TuningStore | null;
  readonly idle: boolean;
}

/**
 * Where an engine with these options remembers; null where it does not.
 *
 * @throws Error for a file outside Node
 */
export function storeFor(tuning: boolean | TuningOptions): TuningStore | null {
  const { table, file } = optionsOf(tuning);
  if (tuning === false || table !== undefined) return null;
  return file === undefined ? databaseStore() : fileStore(file);
}

/** @throws Error for a table that is none, or is another adapter's */
export async function remembered(gpu: Gpu, tuning: boolean | TuningOptions, store: TuningStore | null): Promise<Known> {
  const name = nameOf(gpu);
  const { table } = optionsOf(tuning);
  if (tuning === false) return { table: emptyTable(name), store, idle: false };
  // Without timestamps short kernels cannot be told apart in passing, and without a store nobody would know.
  const canIdle = !gpu.adapter.software && gpu.device.features.has('timestamp-query') && store !== null;
  const { idle = canIdle } = optionsOf(tuning);
  if (table !== undefined && table !== null) checkTable(table, name);
  return { table: readTable(table === undefined ? await store?.read(name) : table, name), store, idle };
}

function optionsOf(tuning: boolean | TuningOptions): TuningOptions {
  return typeof tuning === 'boolean' ? {} : tuning;
}
