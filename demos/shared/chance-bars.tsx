/** Class probabilities as bars. */
import type { JSX } from 'preact';
import { percent } from './confusion.ts';
import './chances.css';

export function ChanceBars(props: {
  chances: ArrayLike<number> | null;
  names: readonly string[];
  /** The right class where it is known. */
  label?: number | undefined;
}): JSX.Element {
  const { chances, names, label } = props;
  const most = chances ? Array.from(chances).indexOf(Math.max(...Array.from(chances))) : -1;
  return (
    <ul
      class="chances"
      data-long={names.some(({ length }) => length > 3) ? '' : undefined}
      aria-label="Probability of each class"
    >
      {names.map((name, index) => {
        const kind = index === label ? 'right' : index === most && label !== undefined ? 'wrong' : undefined;
        return (
          <li key={name} data-top={index === most ? '' : undefined} data-kind={kind}>
            <span>{name}</span>
            <i aria-hidden="true" style={{ '--chance': chances?.[index] ?? 0 }} />
            <b>{chances ? percent(chances[index] ?? 0) : '–'}</b>
          </li>
        );
      })}
    </ul>
  );
}
