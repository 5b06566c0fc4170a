/**
 * What a reader sees when a lab cannot go on: what happened, and what to do about it. Knows the ways in which WebGPU
 * can be missing, and no particular lab.
 */
import type { ComponentChildren, JSX } from 'preact';
import { Button } from './controls.tsx';
import { formatCount } from './format.ts';
import type { Divergence } from './session-events.ts';
import './problem.css';

/** The engine could not start: nothing will train on this page. */
export function CannotStart({ error }: { error: Error }): JSX.Element {
  const missing = !('gpu' in navigator);
  return (
    <div class="problem" role="alert" data-kind="fatal">
      <h2>{missing ? 'This browser has no WebGPU' : 'No graphics adapter was found'}</h2>
      <p>
        {missing
          ? 'The lab trains on the GPU through WebGPU, which this page cannot reach.'
          : 'The browser knows WebGPU, but gave the page no adapter to train on.'}
      </p>
      {missing ? <MissingRemedies /> : <AdapterRemedies />}
      <details>
        <summary>What the engine said</summary>
        <p>{error.message}</p>
      </details>
      <Button label="Try again" onPress={() => location.reload()}>
        Try again
      </Button>
    </div>
  );
}

function MissingRemedies(): JSX.Element {
  return (
    <ul>
      {!isSecureContext && (
        <li>
          The page was not opened securely. Use <code>https://</code> or <code>localhost</code>; WebGPU exists nowhere
          else.
        </li>
      )}
      <li>Chrome or Edge 113 and later, on Windows, macOS, ChromeOS and Android; on Linux, a recent version.</li>
      <li>Safari 26 and later. Firefox 141 and later on Windows, 145 and later on macOS.</li>
    </ul>
  );
}

function AdapterRemedies(): JSX.Element {
  return (
    <ul>
      <li>
        In Chrome, open <code>chrome://gpu</code>: hardware acceleration must be on, and WebGPU must not be listed as
        disabled.
      </li>
      <li>
        On Linux, start Chrome with <code>--enable-unsafe-webgpu --enable-features=Vulkan</code> and a current Vulkan
        driver.
      </li>
      <li>
        With no GPU at all, train slowly on the CPU:{' '}
        <code>--enable-unsafe-webgpu --use-webgpu-adapter=swiftshader</code>.
      </li>
    </ul>
  );
}

/** Something failed while the page goes on. */
export function Notice(props: { title: string; children: ComponentChildren; action?: JSX.Element }): JSX.Element {
  return (
    <div class="problem" role="alert" data-kind="notice">
      <h2>{props.title}</h2>
      <p>{props.children}</p>
      {props.action}
    </div>
  );
}

export function DivergenceNotice({ divergence }: { divergence: Divergence }): JSX.Element {
  const { step, value, keptStep } = divergence;
  const became = Number.isNaN(value) ? 'NaN' : 'infinite';
  return (
    <Notice title={`The loss became ${became} at step ${formatCount(step)}`}>
      Training stopped, and the last good parameters, those of step {formatCount(keptStep)}, are back. Lower the
      learning rate and press play to go on, or reset.
    </Notice>
  );
}
