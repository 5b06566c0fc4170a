/** Where the words of level lines stand in a chart, so that none are printed over others. Draws nothing. */

export interface GuideLabel {
  /** Of the line, from the top. */
  readonly y: number;
  readonly label: string;
  /** The words stand under their line, not on it. */
  readonly below: boolean;
}

/**
 * Words stand on their line; under it where others or their line are too close above; and behind those where there is
 * no room under it either.
 *
 * @param height of a line of words, in the units of `y`
 */
export function placeGuides(guides: readonly { y: number; label: string }[], height: number): GuideLabel[] {
  const placed: GuideLabel[] = [];
  // How far down the lines and words so far reach.
  let taken = -Infinity;
  for (const { y, label } of guides.toSorted((a, b) => a.y - b.y)) {
    const last = placed.at(-1);
    const below = y - height < taken;
    if (last && below && y < taken) {
      placed[placed.length - 1] = { ...last, label: `${last.label}, ${label}` };
      taken = Math.max(taken, y);
    } else {
      placed.push({ y, label, below });
      taken = below ? y + height : y;
    }
  }
  return placed;
}
