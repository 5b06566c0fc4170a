/**
 * The memory of a plan over its dispatches: across goes time, down go the bytes of each slab, and every value is a
 * rectangle from its first use to its last. What lies below another at another time shares its bytes.
 */
import type { JSX } from 'preact';
import type { ProfiledMemory } from '../../../src/index.ts';
import { formatBytes } from '../../shared/format.ts';

const WIDTH = 1000;
const HEIGHT = 260;
const LEFT = 84;
const GAP = 6;

export function MemoryMap({ memory, chosen }: { memory: ProfiledMemory; chosen: number | null }): JSX.Element {
  const { slabs, values, dispatches } = memory;
  const shown = slabs.map((bytes, slab) => ({ bytes, slab })).filter(({ bytes }) => bytes > 0);
  const total = shown.reduce((sum, { bytes }) => sum + bytes, 0);
  const scale = (HEIGHT - GAP * shown.length) / Math.max(1, total);
  const tops = new Map<number, number>();
  let top = 0;
  for (const { bytes, slab } of shown) {
    tops.set(slab, top);
    top += bytes * scale + GAP;
  }
  const x = (dispatch: number): number => LEFT + (dispatch / Math.max(1, dispatches)) * (WIDTH - LEFT);
  // Large ones first, so that the members of a pack lie over it.
  const inOrder = values.toSorted((a, b) => b.bytes - a.bytes);
  return (
    <>
      <div class="profile-scroll" role="region" aria-label="Memory" tabIndex={0}>
        <svg
          class="profile-picture"
          viewBox={`0 0 ${WIDTH} ${HEIGHT + 4}`}
          width={WIDTH}
          role="img"
          aria-label={`${values.length} values in ${shown.length} slabs of ${formatBytes(total)}.`}
        >
          {shown.map(({ bytes, slab }) => (
            <g key={slab}>
              <rect
                class="profile-slab"
                x={LEFT}
                y={tops.get(slab)}
                width={WIDTH - LEFT}
                height={Math.max(2, bytes * scale)}
              />
              {bytes * scale > 13 && (
                <text x="4" y={(tops.get(slab) ?? 0) + 12}>
                  {formatBytes(bytes)}
                </text>
              )}
            </g>
          ))}
          {inOrder.map((value, index) => (
            <rect
              key={index}
              class="profile-value"
              data-colour={(index % 4) + 1}
              data-live={chosen !== null && value.first <= chosen && chosen <= value.last ? '' : undefined}
              x={x(value.first)}
              y={(tops.get(value.slab) ?? 0) + value.offset * scale}
              width={x(value.last + 1) - x(value.first)}
              height={Math.max(1.5, value.bytes * scale)}
            >
              <title>
                {value.name} [{value.shape.join(', ')}], {formatBytes(value.bytes)}, slab {value.slab}, dispatches{' '}
                {value.first + 1} to {value.last + 1}
              </title>
            </rect>
          ))}
          {chosen !== null && (
            <line class="profile-now" x1={x(chosen + 0.5)} x2={x(chosen + 0.5)} y1="0" y2={HEIGHT + 4} />
          )}
        </svg>
      </div>
      <p class="muted">
        {values.length} values of {formatBytes(memory.unshared)} lie in {formatBytes(memory.held)}; at most{' '}
        {formatBytes(memory.peak)} are in use at once. Parameters, optimiser state and the batch are beside this.
      </p>
    </>
  );
}
