/** The accuracy ladder among the controls: a rung is a button, and the one in hand says what it adds. */
import type { JSX } from 'preact';
import type { MlpConfig } from './config.ts';
import { STEPS, currentStep, type Step } from './ladder.ts';
import './ladder.css';

interface LadderProps {
  readonly config: MlpConfig;
  readonly onChange: (patch: Partial<MlpConfig>) => void;
}

export function LadderPanel({ config, onChange }: LadderProps): JSX.Element {
  const current = currentStep(config);
  return (
    <section class="lab-section ladder">
      <h2>The accuracy ladder</h2>
      <ol>
        {STEPS.map((step) => (
          <li key={step.preset} data-current={step === current ? '' : undefined}>
            <button
              type="button"
              aria-current={step === current ? 'step' : undefined}
              onClick={() => onChange(step.patch)}
            >
              <span>{step.title}</span>
              <b>{step.measured === null ? '–' : `${step.measured.toFixed(1)} %`}</b>
            </button>
            {step === current && <Lesson step={step} />}
          </li>
        ))}
      </ol>
      <p class="field-note">Measured with these presets on MNIST’s 10,000 test digits.{trainedOn(config)}</p>
    </section>
  );
}

function Lesson({ step }: { step: Step }): JSX.Element {
  return (
    <div class="ladder-lesson">
      <p>{step.lesson}</p>
      {step.changes.length > 0 && (
        <ul aria-label="Changed from the rung before">
          {step.changes.map(({ key, name, from, to }) => (
            <li key={key}>
              {name} <s>{from}</s> <b>{to}</b>
            </li>
          ))}
        </ul>
      )}
      <p class="muted">A course that names no data set gives {step.course} for this step.</p>
    </div>
  );
}

function trainedOn({ source }: MlpConfig): string {
  if (source === 'mnist') return ' You train on MNIST.';
  if (source === 'files') return ' You train on digits of your own.';
  return ' You train on 4,000 generated digits, where the order is the same and the figures are not.';
}
