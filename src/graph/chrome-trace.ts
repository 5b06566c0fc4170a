/** chromeTrace: a profile as the JSON that chrome://tracing and ui.perfetto.dev open. */
import type { StepProfile } from './profile.ts';

/** One event of the Trace Event Format, of phase `X` (complete), `C` (counter) or `M` (metadata); times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: 'X' | 'C' | 'M';
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

const HOST = 1;
const GPU = 2;

/** Source: "Trace Event Format", https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU */
export function chromeTrace({ host, dispatches }: StepProfile): { traceEvents: TraceEvent[] } {
  const threads = [
    { tid: HOST, name: 'JavaScript' },
    { tid: GPU, name: 'GPU' },
  ];
  const names = threads.map(({ tid, name }): TraceEvent => ({
    name: 'thread_name',
    ph: 'M',
    pid: 1,
    tid,
    args: { name },
  }));
  const spans = host.map((span): TraceEvent => ({ name: span.name, ph: 'X', pid: 1, tid: HOST, ...lengthOf(span) }));
  const kernels = dispatches.flatMap((dispatch): TraceEvent[] => {
    const { label, file, entryPoint, variant, workgroups, bindings, gpu } = dispatch;
    if (!gpu) return [];
    const args = { file, entryPoint, variant, workgroups, bindings };
    return [{ name: label, ph: 'X', pid: 1, tid: GPU, ...lengthOf(gpu), args }];
  });
  return { traceEvents: [...names, ...spans, ...kernels] };
}

function lengthOf({ start, end }: { start: number; end: number }): { ts: number; dur: number } {
  return { ts: start * 1000, dur: (end - start) * 1000 };
}
