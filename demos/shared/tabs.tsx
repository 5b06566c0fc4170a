/** Tabs of every lab: one of several pictures in the same place. Arrow keys, Home and End move between them. */
import type { ComponentChildren, JSX, TargetedKeyboardEvent } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import './tabs.css';

export function Tabs<T extends string>(props: {
  label: string;
  value: T;
  options: readonly { readonly value: T; readonly label: string }[];
  onChange: (value: T) => void;
  children: ComponentChildren;
}): JSX.Element {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  // Where they do not all fit, the chosen one is in sight.
  useEffect(() => {
    const tab = list.current?.querySelector('[aria-selected=true]')?.getBoundingClientRect();
    const seen = list.current?.getBoundingClientRect();
    if (tab && seen) list.current?.scrollBy({ left: tab.left + tab.width / 2 - seen.left - seen.width / 2 });
  }, [props.value]);
  const at = props.options.findIndex(({ value }) => value === props.value);
  const move = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    const last = props.options.length - 1;
    const to = { ArrowLeft: at > 0 ? at - 1 : last, ArrowRight: at < last ? at + 1 : 0, Home: 0, End: last }[event.key];
    const option = to === undefined ? undefined : props.options[to];
    if (!option) return;
    event.preventDefault();
    props.onChange(option.value);
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[to ?? 0]?.focus();
  };
  return (
    <>
      <div ref={list} class="tabs" role="tablist" aria-label={props.label} onKeyDown={move}>
        {props.options.map(({ value, label }) => (
          <button
            key={value}
            type="button"
            role="tab"
            id={`${id}-${value}`}
            aria-selected={value === props.value}
            aria-controls={`${id}-panel`}
            tabIndex={value === props.value ? 0 : -1}
            onClick={() => props.onChange(value)}
          >
            {label}
          </button>
        ))}
      </div>
      <div class="tab-panel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${props.value}`}>
        {props.children}
      </div>
    </>
  );
}
