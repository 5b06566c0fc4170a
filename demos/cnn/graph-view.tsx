/** A network's graph as a drawing: blocks with their output shapes and parameters, branches, sums and skips. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { formatCount } from '../shared/format.ts';
import type { Block, Part } from './graph.ts';
import { layOut, NARROW, type Join, type Place } from './graph-layout.ts';
import './graph.css';

const WIDEST = 620;

export function GraphView({ parts, label }: { parts: readonly Part[]; label: string }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  useEffect(() => {
    const host = box.current;
    if (!host) return undefined;
    const watcher = new ResizeObserver(() => (width.value = Math.min(WIDEST, host.clientWidth)));
    watcher.observe(host);
    return () => watcher.disconnect();
  }, []);
  // Skips run beside the column: what is narrower has them over its edge.
  const layout = useMemo(() => (width.value > 0 ? layOut(parts, width.value) : null), [parts, width.value]);
  return (
    <div ref={box} class="graph">
      {layout && (
        <svg width={width.value} height={layout.height} role="img" aria-label={`${label}. The table has every layer.`}>
          {layout.lines.map(({ path, kind }, at) => (
            <path key={at} class="graph-line" data-kind={kind} d={path} />
          ))}
          {layout.joins.map((join, at) => (
            <JoinMark key={at} {...join} />
          ))}
          {layout.places.map((place, at) => (
            <BlockBox key={at} {...place} />
          ))}
        </svg>
      )}
    </div>
  );
}

function BlockBox({ block, x, y, width, height }: Place): JSX.Element {
  const narrow = width < NARROW;
  const middle = x + width / 2;
  const shape = block.output.join(' × ');
  const parameters = block.parameters > 0 ? `${formatCount(block.parameters)} parameters` : '';
  const title = narrow ? block.title.replace('Convolution', 'Conv') : block.title;
  const rows = narrow
    ? [shape, block.parameters > 0 ? formatCount(block.parameters) : '']
    : [[shape, parameters].filter(Boolean).join(' · ')];
  return (
    <g class="graph-block" data-tone={block.tone}>
      <title>{described(block)}</title>
      <rect x={x} y={y} width={width} height={height} rx="6" />
      <text x={middle} y={y + 15}>
        {title}
        {!narrow && block.extras.length > 0 && <tspan class="graph-extras"> + {block.extras.join(', ')}</tspan>}
      </text>
      {rows.map((row, at) => (
        <text key={at} class="graph-shape" x={middle} y={y + 29 + 13 * at}>
          {row}
        </text>
      ))}
    </g>
  );
}

function described({ title, path, first, extras, output, parameters }: Block): string {
  const all = [...(first.length > 0 ? [`${first.join(', ')}, then ${title}`] : [title]), ...extras].join(', ');
  return `${path ? `${path}: ` : ''}${all}. Gives ${output.join(' × ')}; ${formatCount(parameters)} parameters.`;
}

function JoinMark({ x, y, width, label }: Join): JSX.Element {
  if (width > 0) {
    return (
      <g class="graph-join">
        <rect x={x - width / 2} y={y} width={width} height="20" rx="10" />
        <text x={x} y={y + 14}>
          {label}
        </text>
      </g>
    );
  }
  return (
    <g class="graph-join">
      <title>{`The input is added${label ? `: ${label}` : ''}`}</title>
      <circle cx={x} cy={y} r="9" />
      <path d={`M${x - 4} ${y}h8M${x} ${y - 4}v8`} />
    </g>
  );
}
