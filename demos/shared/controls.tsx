/**
 * The controls of every lab: each has a visible label, a name for screen readers and a keyboard. They hold no state of
 * their own beyond half-typed text, and know nothing of training.
 */
import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX, TargetedEvent } from 'preact';
import { useId } from 'preact/hooks';
import { Icon } from './icons.tsx';

export function Button(props: {
  children?: ComponentChildren;
  label: string;
  icon?: Parameters<typeof Icon>[0]['name'];
  variant?: 'primary' | 'plain' | 'quiet';
  title?: string;
  disabled?: boolean;
  pressed?: boolean;
  onPress: () => void;
}): JSX.Element {
  const iconOnly = props.children === undefined;
  return (
    <button
      type="button"
      class="button"
      data-variant={props.variant ?? 'plain'}
      data-icon-only={iconOnly ? '' : undefined}
      aria-label={iconOnly ? props.label : undefined}
      aria-pressed={props.pressed}
      title={props.title ?? (iconOnly ? props.label : undefined)}
      disabled={props.disabled}
      onClick={props.onPress}
    >
      {props.icon && <Icon name={props.icon} />}
      {props.children}
    </button>
  );
}

export function Select<T extends string>(props: {
  label: string;
  value: T | '';
  options: readonly { readonly value: T; readonly label: string }[];
  /** Shown when the value is the empty one. */
  placeholder?: string;
  note?: string | undefined;
  onChange: (value: T) => void;
}): JSX.Element {
  const id = useId();
  const pick = (event: TargetedEvent<HTMLSelectElement>): void => {
    const option = props.options.find(({ value }) => value === event.currentTarget.value);
    if (option) props.onChange(option.value);
  };
  return (
    <div class="field">
      <div class="field-head">
        <label for={id}>{props.label}</label>
      </div>
      <select
        id={id}
        class="select"
        value={props.value}
        onChange={pick}
        aria-describedby={props.note ? `${id}-note` : undefined}
      >
        {props.placeholder && (
          <option value="" disabled>
            {props.placeholder}
          </option>
        )}
        {props.options.map(({ value, label }) => (
          <option key={value} value={value} selected={value === props.value}>
            {label}
          </option>
        ))}
      </select>
      {props.note && (
        <p id={`${id}-note`} class="field-note">
          {props.note}
        </p>
      )}
    </div>
  );
}

/** A number typed by hand: taken on Enter or when the field is left, and clamped to its range. */
export function NumberInput(props: {
  label: string;
  id?: string;
  value: number;
  min: number;
  max: number;
  whole?: boolean;
  format?: (value: number) => string;
  onChange: (value: number) => void;
}): JSX.Element {
  const typed = useSignal<string | null>(null);
  const show = props.format ?? String;
  const invalid = typed.value !== null && (typed.value.trim() === '' || !Number.isFinite(Number(typed.value)));
  const commit = (): void => {
    if (typed.value !== null && !invalid) {
      const clamped = Math.min(props.max, Math.max(props.min, Number(typed.value)));
      const value = props.whole ? Math.round(clamped) : clamped;
      if (value !== props.value) props.onChange(value);
    }
    typed.value = null;
  };
  return (
    <input
      id={props.id}
      class="input"
      inputMode={props.whole ? 'numeric' : 'decimal'}
      autocomplete="off"
      aria-label={props.label}
      aria-invalid={invalid}
      value={typed.value ?? show(props.value)}
      onInput={(event) => (typed.value = event.currentTarget.value)}
      onBlur={commit}
      onFocus={(event) => event.currentTarget.select()}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') typed.value = null;
      }}
    />
  );
}

/** A slider with its number beside it. `scale: 'log'` spreads powers of ten evenly; `stops` allows only those values. */
export function Slider(props: {
  label: string;
  value: number;
  min: number;
  max: number;
  step?: number;
  scale?: 'linear' | 'log';
  stops?: readonly number[];
  /** The typed number may go beyond the slider's end. */
  typedMax?: number;
  format?: (value: number) => string;
  /** A word beside the label, such as "live". */
  tag?: string | undefined;
  onChange: (value: number) => void;
}): JSX.Element {
  const id = useId();
  const { min, max, stops } = props;
  const log = props.scale === 'log';
  const show = props.format ?? String;
  const toPosition = (value: number): number => {
    if (stops) return nearest(stops, value);
    return log ? Math.log10(Math.max(value, min)) : value;
  };
  const fromPosition = (position: number): number => {
    if (stops) return stops[Math.round(position)] ?? min;
    return log ? Number((10 ** position).toPrecision(2)) : position;
  };
  const low = stops ? 0 : toPosition(min);
  const high = stops ? stops.length - 1 : toPosition(max);
  const position = Math.min(high, Math.max(low, toPosition(props.value)));
  const fill = high > low ? (100 * (position - low)) / (high - low) : 0;
  return (
    <div class="field">
      <div class="field-head">
        <label for={id}>
          {props.label}
          {props.tag && <span class="tag">{props.tag}</span>}
        </label>
        <NumberInput
          label={`${props.label}, number`}
          value={props.value}
          min={min}
          max={props.typedMax ?? max}
          whole={!log && (stops ?? [props.step ?? 1]).every((stop) => stop % 1 === 0)}
          format={show}
          onChange={props.onChange}
        />
      </div>
      <input
        id={id}
        class="slider"
        type="range"
        min={low}
        max={high}
        step={stops ? 1 : log ? 0.05 : (props.step ?? 1)}
        value={position}
        aria-valuetext={show(props.value)}
        style={{ '--fill': `${fill}%` }}
        onInput={(event) => props.onChange(fromPosition(Number(event.currentTarget.value)))}
      />
    </div>
  );
}

export function Toggle(props: {
  label: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}): JSX.Element {
  return (
    <label class="toggle">
      {props.label}
      <input
        type="checkbox"
        role="switch"
        checked={props.checked}
        disabled={props.disabled}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
    </label>
  );
}

/** One of a few, all in sight. */
export function Segmented<T extends string>(props: {
  legend: string;
  hideLegend?: boolean;
  value: T;
  options: readonly { readonly value: T; readonly label: string; readonly picture?: JSX.Element }[];
  onChange: (value: T) => void;
}): JSX.Element {
  const name = useId();
  const pictured = props.options.some(({ picture }) => picture);
  const choices = (
    <div
      class="segmented"
      data-pictures={pictured ? '' : undefined}
      role={props.hideLegend ? 'radiogroup' : undefined}
      aria-label={props.hideLegend ? props.legend : undefined}
    >
      {props.options.map(({ value, label, picture }) => (
        <label key={value}>
          <input
            type="radio"
            name={name}
            value={value}
            checked={value === props.value}
            onChange={() => props.onChange(value)}
          />
          {picture}
          {label}
        </label>
      ))}
    </div>
  );
  if (props.hideLegend) return choices;
  return (
    <div class="field">
      <fieldset>
        <legend>{props.legend}</legend>
        {choices}
      </fieldset>
    </div>
  );
}

function nearest(stops: readonly number[], value: number): number {
  let best = 0;
  stops.forEach((stop, index) => {
    if (Math.abs(stop - value) < Math.abs((stops[best] ?? 0) - value)) best = index;
  });
  return best;
}
