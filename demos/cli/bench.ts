/**
 * `npm run bench`: this engine against jax-js and TensorFlow.js in headless Chrome.
 *
 * Progress goes to stderr and the tables to stdout, so that the output can be piped. Exit code 2 means that the command
 * line was wrong, 1 that this engine failed a case, nothing could be measured, or something became slower, 130 that it was interrupted.
 */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { bytesOf, flopsOf, type Case } from '../bench/cases/case.ts';
import { compare } from '../bench/compare.ts';
import { enginesFor, type EngineName } from '../bench/engine.ts';
import { adapterName } from '../bench/environment.ts';
import { FORMAT, type BenchResult, type CaseResult, type EngineResult, type FirstStep } from '../bench/result.ts';
import { Browsers } from './bench-browsers.ts';
import { parseCommand, USAGE, UsageError, type BenchCommand } from './bench-options.ts';
import { serveBench } from './bench-server.ts';
import { changesOf, sizesOf, tableOf } from './bench-table.ts';

try {
  const command = parseCommand(process.argv.slice(2));
  if (command) process.exitCode = await bench(command);
  else console.log(USAGE);
} catch (error) {
  if (error instanceof UsageError)
    console.error(`bench: ${error.message}\n\nnpm run bench -- --help lists what there is.`);
  else console.error(reason(error));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function bench(command: BenchCommand): Promise<number> {
  say('building the page');
  const server = await serveBench();
  const browsers = new Browsers(server.page);
  const stop = (): void => {
    void Promise.allSettled([browsers.close(), server.close()]).then(() => process.exit(130));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    const start = await describe(command, browsers);
    console.log(heading(start));
    const cases: CaseResult[] = [];
    const { sweeps } = command;
    for (const work of command.cases) {
      const result = await measure(work, command, browsers);
      cases.push(result);
      say('');
      const done = sweeps.find(({ points }) => points.at(-1)?.work === work);
      if (done) console.log(`\n${sizesOf(done, cases)}`);
      else if (sweeps.length === 0) console.log(`\n${tableOf(result)}`);
      // After each case: an interrupted run keeps what it has.
      if (command.out) await writeFile(command.out, `${JSON.stringify({ ...start, cases }, null, 2)}\n`);
    }
    if (command.out) console.log(`\nWritten to ${command.out}.`);
    const compared = command.against && compare(command.against, { ...start, cases });
    if (compared) console.log(`\n${changesOf(compared)}`);
    return cases.some(failed) || compared?.changes.some(({ verdict }) => verdict === 'slower') ? 1 : 0;
  } finally {
    await browsers.close();
    await server.close();
  }
}

function describe({ engines, protocol }: BenchCommand, browsers: Browsers): Promise<BenchResult> {
  say('starting the browser');
  return browsers.fresh(async (page) => {
    const environment = await page.evaluate(() => window.bench.environment());
    const versions = await page.evaluate((names) => window.bench.versions(names), engines);
    return {
      format: FORMAT,
      date: new Date().toISOString(),
      wgrad: { version: versions.wgrad ?? '', commit: readCommit() },
      environment: { ...environment, browser: await page.browser().version() },
      options: protocol,
      engines: versions,
      cases: [],
    };
  });
}

async function measure(work: Case, command: BenchCommand, browsers: Browsers): Promise<CaseResult> {
  const { protocol } = command;
  const engines = enginesFor(work, command.engines);
  const starts = await coldStarts(work, { engines, protocol }, browsers);
  const onProgress = ({ engine, doing }: { engine: EngineName | null; doing: string }): void =>
    say([work.name, engine, doing].filter(Boolean).join(' · '));
  const result = await browsers
    .fresh(
      (page) =>
        page.evaluate(
          (name, engines, protocol) => window.bench.measure(name, engines, protocol),
          work.name,
          engines,
          protocol,
        ),
      onProgress,
    )
    .catch((error: unknown) => allFailed(work, engines, reason(error)));
  return { ...result, engines: result.engines.map((each) => ({ ...each, ...starts.get(each.engine) })) };
}

type Cold = Pick<EngineResult, 'cold' | 'coldFailure'>;

async function coldStarts(
  work: Case,
  { engines, protocol }: Pick<BenchCommand, 'engines' | 'protocol'>,
  browsers: Browsers,
): Promise<Map<EngineName, Cold>> {
  const starts = new Map<EngineName, { cold: FirstStep[]; coldFailure: string | null }>();
  for (const engine of engines) starts.set(engine, { cold: [], coldFailure: null });
  for (let start = 0; start < protocol.coldStarts; start++) {
    for (const engine of start % 2 === 0 ? engines : engines.toReversed()) {
      say(`${work.name} · ${engine} · cold start ${start + 1} of ${protocol.coldStarts}`);
      const kept = starts.get(engine);
      if (!kept || kept.coldFailure !== null) continue;
      try {
        const first = await browsers.fresh((page) =>
          page.evaluate(
            (name, engine, protocol) => window.bench.cold(name, engine, protocol),
            work.name,
            engine,
            protocol,
          ),
        );
        kept.cold.push(first);
      } catch (error) {
        kept.coldFailure = `cold start: ${reason(error)}`;
      }
    }
  }
  return starts;
}

function allFailed(work: Case, engines: readonly EngineName[], failure: string): CaseResult {
  const none = {
    samples: [],
    check: null,
    perIteration: null,
    gpuMs: null,
    first: null,
    settled: false,
    cold: [],
    coldFailure: null,
  };
  return {
    case: work.name,
    title: work.title,
    flops: flopsOf(work),
    bytes: work.kind === 'op' ? bytesOf(work) : null,
    iterations: null,
    engines: engines.map((engine): EngineResult => ({ engine, failure, ...none })),
  };
}

function failed({ engines }: CaseResult): boolean {
  const ours = engines.find(({ engine }) => engine === 'wgrad');
  return ours ? ours.failure !== null || ours.coldFailure !== null : engines.every(({ failure }) => failure !== null);
}

function heading({ environment, engines, wgrad, options, date }: BenchResult): string {
  const names = Object.entries(engines).map(([name, version]) => `${name} ${version}`);
  const { coldStarts } = options;
  const cold = coldStarts > 0 ? ` First step: cold, the median of ${coldStarts} fresh browsers.` : '';
  const commit = wgrad.commit ? `, commit ${wgrad.commit.replace(/^(\w{10})\w*/, '$1')}` : '';
  return [
    `\n${names.join(', ')} on WebGPU`,
    `${adapterName(environment)}, ${environment.browser}, ${environment.cores} cores, ${date.slice(0, 10)}${commit}`,
    `Medians of ${options.rounds} samples, engines in turn.${cold}`,
  ].join('\n');
}

/** The commit that is measured, marked where files differ from it; null outside of a checkout. */
function readCommit(): string | null {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return git('rev-parse', 'HEAD').trim() + (git('status', '--porcelain') === '' ? '' : ' with changes');
  } catch {
    return null;
  }
}

/** One line that is written over in a terminal, and kept elsewhere. */
function say(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}`);
  else if (text !== '') process.stderr.write(`${text}\n`);
}

/** Puppeteer's message is the page's, with the page's stack; its first line says it all. */
function reason(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? error.message) : String(error);
}
