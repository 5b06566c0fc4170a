/**
 * `npm run train -- LAB`: a lab's training without a page to look at, in headless Chrome, with a progress bar.
 *
 * Progress goes to stderr and the result to stdout, so that the output can be piped. Exit code 2 means that the command
 * line was wrong, 1 that the training failed, 130 that it was interrupted.
 */
import { SingleBar } from 'cli-progress';
import type { Page } from 'puppeteer';
import { launch } from '../../kernels-tests/harness/browser.ts';
import type { TrainOptions, TrainProgress, TrainResult } from '../shared/train-run.ts';
import { formatDuration, formatLoss, formatPercent, formatRate } from '../shared/format.ts';
import { UsageError } from './lab.ts';
import { parseCommand, USAGE, type TrainCommand } from './train-options.ts';
import { serveLabs } from './train-server.ts';

/** Of a pre-training, what was told last. */
let toldTenth = 0;

try {
  const command = parseCommand(process.argv.slice(2));
  if (command) await train(command);
  else console.log(USAGE);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UsageError) console.error(`train: ${message}\n\nnpm run train -- --help lists what there is.`);
  else console.error(message);
  process.exit(error instanceof UsageError ? 2 : 1);
}

async function train(command: TrainCommand): Promise<void> {
  const server = await serveLabs(command.files);
  const address = `${server.origin}/${command.lab.name}/train-page.html`;
  try {
    const { browser } = await launch({ origin: address });
    const stop = (): void => {
      void Promise.allSettled([browser.close(), server.close()]).then(() => process.exit(130));
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    try {
      const page = await browser.newPage();
      // A busy machine takes its time, and who waits for a training waits for its page.
      await page.goto(address, { timeout: 0 });
      const result = await trainOn(page, optionsOf(command, server.urls), showProgress(command));
      tell(result, command);
    } finally {
      await browser.close();
    }
  } finally {
    await server.close();
  }
}

function optionsOf({ preset, epochs, seed }: TrainCommand, files: TrainOptions['files'] | null): TrainOptions {
  return {
    preset: preset.name,
    ...(epochs === null ? {} : { epochs }),
    ...(seed === null ? {} : { seed }),
    ...(files ? { files } : {}),
  };
}

interface Display {
  show(progress: TrainProgress): void;
  end(): void;
}

async function trainOn(page: Page, options: TrainOptions, display: Display): Promise<TrainResult> {
  await page.exposeFunction('reportProgress', (progress: TrainProgress) =>
    progress.pretraining ? tellPretraining(progress) : display.show(progress),
  );
  await page.waitForFunction(() => 'train' in window);
  try {
    return await page.evaluate((options) => {
      const { reportProgress } = window as unknown as { reportProgress: (progress: TrainProgress) => void };
      return window.train(options, reportProgress);
    }, options);
  } catch (error) {
    // Puppeteer's message is the page's, with the page's stack; one line says it all.
    throw new Error(error instanceof Error ? (error.message.split('\n')[0] ?? error.message) : String(error), {
      cause: error,
    });
  } finally {
    display.end();
  }
}

/** A line at each tenth of it. */
function tellPretraining({ pretraining, seconds }: TrainProgress): void {
  const { step, steps, loss } = pretraining!;
  const tenth = Math.floor((10 * step) / steps);
  if (tenth === toldTenth) return;
  toldTenth = tenth;
  const left = formatDuration((seconds * (steps - step)) / step);
  console.error(`pre-training ${step}/${steps}  loss ${formatLoss(loss)}  ${left} left`);
}

/** A bar in a terminal, a line an epoch elsewhere. */
function showProgress({ preset }: TrainCommand): Display {
  return process.stderr.isTTY ? bar(preset.name) : lines();
}

function bar(name: string): Display {
  const format = `${name} {bar} {percentage} % | epoch {epoch}/{epochs} | loss {loss} | test {accuracy} | {rate} examples/s | {left} left`;
  const single = new SingleBar({
    format,
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    stream: process.stderr,
  });
  let started = false;
  return {
    show(progress) {
      if (!started) single.start(progress.steps, 0, words(progress));
      started = true;
      single.update(progress.step, words(progress));
    },
    end: () => single.stop(),
  };
}

function lines(): Display {
  let shown = 0;
  return {
    show(progress) {
      if (Math.floor(progress.epoch) <= shown || progress.epoch % 1 !== 0) return;
      shown = progress.epoch;
      const { epoch, epochs, loss, accuracy, rate, left } = words(progress);
      console.error(`epoch ${epoch}/${epochs}  loss ${loss}  test ${accuracy}  ${rate} examples/s  ${left} left`);
    },
    end: () => undefined,
  };
}

function words(progress: TrainProgress): Record<'epoch' | 'epochs' | 'loss' | 'accuracy' | 'rate' | 'left', string> {
  const { step, steps, seconds } = progress;
  return {
    epoch: String(Math.floor(progress.epoch)),
    epochs: String(progress.epochs),
    loss: formatLoss(progress.loss),
    accuracy: formatPercent(progress.test?.accuracy),
    rate: formatRate(progress.examplesPerSecond),
    left: step > 0 ? formatDuration((seconds * (steps - step)) / step) : '–',
  };
}

function tell(result: TrainResult, { lab, json }: TrainCommand): void {
  if (json) {
    console.log(JSON.stringify(result));
    return;
  }
  const { testAccuracy, testExamples, epochs, seconds, adapter, software } = result;
  const data = result.data === 'files' ? 'test examples' : `generated test ${lab.examples}`;
  console.log(
    `\nTest accuracy ${formatPercent(testAccuracy)} on ${testExamples} ${data} after ${epochs} epochs, ${formatDuration(seconds)}.`,
  );
  console.log(software ? `Software adapter: trained on the CPU (${adapter}).` : `Trained on ${adapter}.`);
}
