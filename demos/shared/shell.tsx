/**
 * The frame of every lab: header, controls, transport and readouts, stage, charts, status bar, help. A lab fills the
 * places; keys, theme, announcements and narrow screens are the same everywhere. Knows no particular lab.
 */
import { useSignal, type ReadonlySignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { AdapterSummary } from '../../src/index.ts';
import { Announcer } from './announcer.tsx';
import { Button } from './controls.tsx';
import { HelpDialog } from './help.tsx';
import { listenToKeys, type Shortcut } from './keyboard.ts';
import type { Running } from './run-store.ts';
import { theme, toggleTheme } from './theme.ts';
import './theme.css';
import './shell.css';
import './bars.css';
import './controls.css';
import './fields.css';
import './stage.css';

export interface ShellProps {
  /** "MLP": the lab's name in the header. */
  readonly name: string;
  readonly run: Running;
  readonly adapter: ReadonlySignal<AdapterSummary | null>;
  /** The engine could not start: nothing is being looked for any more. */
  readonly failed: boolean;
  /** Whether the controls are in sight; a teacher may hide them, and the address remembers. */
  readonly panelOpen: boolean;
  readonly onPanel: (open: boolean) => void;
  readonly onReset: () => void;
  /** One line on the configuration, for the closed panel of a narrow screen. */
  readonly configuration: string;
  readonly header?: ComponentChildren;
  readonly controls: ComponentChildren;
  readonly readouts: readonly Readout[];
  readonly notices?: ComponentChildren;
  readonly stage: ComponentChildren;
  readonly side: ComponentChildren;
  readonly status: ComponentChildren;
}

export interface Readout {
  readonly label: string;
  readonly value: string;
}

export function Shell(props: ShellProps): JSX.Element {
  const { run } = props;
  const helpOpen = useSignal(false);
  const latest = useRef(props);
  latest.current = props;

  const shortcuts: readonly Shortcut[] = [
    { keys: [' '], label: 'Space', does: 'Play or pause', run: () => playOrPause(run) },
    { keys: ['s', 'ArrowRight'], label: 'S or →', does: 'One step', run: () => void run.session.step() },
    { keys: ['r'], label: 'R', does: 'Reset to step 0', run: () => latest.current.onReset() },
    {
      keys: ['h'],
      label: 'H',
      does: 'Hide or show the controls',
      run: () => latest.current.onPanel(!latest.current.panelOpen),
    },
    { keys: ['d'], label: 'D', does: 'Dark or light', run: toggleTheme },
    { keys: ['?'], label: '?', does: 'This help', run: () => (helpOpen.value = true) },
  ];
  useEffect(() => listenToKeys(shortcuts), []);

  return (
    <div class="lab" data-panel={props.panelOpen ? 'open' : 'closed'}>
      <header class="lab-header">
        <div class="lab-brand">
          <a href="../index.html">wgrad</a>
          <span aria-hidden="true">/</span>
          <h1>{props.name} lab</h1>
        </div>
        {props.header}
        <div class="lab-tools">
          <Button
            label={props.panelOpen ? 'Hide controls (H)' : 'Show controls (H)'}
            icon="panel"
            variant="quiet"
            onPress={() => props.onPanel(!props.panelOpen)}
          />
          <CopyLink />
          <Button
            label={theme.value === 'dark' ? 'Light colours (D)' : 'Dark colours (D)'}
            icon={theme.value === 'dark' ? 'sun' : 'moon'}
            variant="quiet"
            onPress={toggleTheme}
          />
          <Button label="Help and keys (?)" icon="help" variant="quiet" onPress={() => (helpOpen.value = true)} />
        </div>
      </header>
      <div class="lab-body">
        {props.panelOpen && <Panel configuration={props.configuration}>{props.controls}</Panel>}
        <main class="lab-main">
          <div class="lab-runbar">
            <Transport run={run} onReset={props.onReset} />
            <dl class="readouts">
              {props.readouts.map(({ label, value }) => (
                <div key={label} class="readout">
                  <dt>{label}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </div>
          <div class="lab-stage">
            {props.notices}
            {props.stage}
          </div>
        </main>
        <aside class="lab-side" aria-label="Charts and model">
          {props.side}
        </aside>
      </div>
      <footer class="status-bar">
        <AdapterBadge adapter={props.adapter.value} failed={props.failed} />
        {props.status}
      </footer>
      <Announcer run={run} />
      <HelpDialog open={helpOpen} shortcuts={shortcuts} />
    </div>
  );
}

/** In a wide window always open; in a narrow one a disclosure, closed at first so that the stage comes first. */
function Panel({ configuration, children }: { configuration: string; children: ComponentChildren }): JSX.Element {
  const narrow = useNarrow();
  const opened = useSignal(false);
  return (
    <details
      class="lab-panel"
      open={!narrow.value || opened.value}
      onToggle={(event) => {
        if (narrow.value) opened.value = event.currentTarget.open;
      }}
    >
      <summary>
        <b>Configure</b>
        <span>{configuration}</span>
      </summary>
      {children}
    </details>
  );
}

function useNarrow(): ReadonlySignal<boolean> {
  const query = useRef(matchMedia('(max-width: 719px)')).current;
  const narrow = useSignal(query.matches);
  useEffect(() => {
    const update = (): void => {
      narrow.value = query.matches;
    };
    query.addEventListener('change', update);
    return () => query.removeEventListener('change', update);
  }, []);
  return narrow;
}

function Transport({ run, onReset }: { run: Running; onReset: () => void }): JSX.Element {
  const playing = run.state.value === 'playing';
  const idle = run.task.value === null;
  return (
    <div class="transport" role="group" aria-label="Training">
      <Button
        label="Play or pause"
        icon={playing ? 'pause' : 'play'}
        variant="primary"
        title="Space"
        disabled={idle}
        onPress={() => playOrPause(run)}
      >
        {playing ? 'Pause' : 'Play'}
      </Button>
      <Button label="One step (S)" icon="step" disabled={idle} onPress={() => void run.session.step()} />
      <Button label="Reset (R)" icon="reset" disabled={idle} onPress={onReset} />
    </div>
  );
}

function playOrPause({ session, state }: Running): void {
  void (state.value === 'playing' ? session.pause() : session.play());
}

function CopyLink(): JSX.Element {
  const copied = useSignal(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(location.href);
      copied.value = true;
      setTimeout(() => (copied.value = false), 1600);
    } catch {
      prompt('Copy this link to reopen the same configuration', location.href);
    }
  };
  return (
    <>
      <Button
        label={copied.value ? 'Link copied' : 'Copy a link to this configuration'}
        icon="link"
        variant="quiet"
        onPress={() => void copy()}
      />
      <span class="visually-hidden" role="status">
        {copied.value ? 'Link copied' : ''}
      </span>
    </>
  );
}

export function AdapterBadge({ adapter, failed }: { adapter: AdapterSummary | null; failed: boolean }): JSX.Element {
  if (!adapter) return <span class="adapter">{failed ? 'No graphics adapter' : 'Looking for a graphics adapter'}</span>;
  if (!adapter.software) {
    return (
      <span class="adapter" data-kind="gpu">
        Training on {adapter.name}
      </span>
    );
  }
  return (
    <span class="adapter" data-kind="software">
      Software adapter ({adapter.name}): training on the CPU, expect it to be slow
    </span>
  );
}
