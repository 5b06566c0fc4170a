/** Where the blocks of a network's graph stand, from the image at the top to the classes, and the lines between them. */
import type { Block, Part } from './graph.ts';

export interface Place {
  readonly block: Block;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where several ways come together. */
export interface Join {
  readonly x: number;
  readonly y: number;
  /** Of a bar that joins; 0 of a sum. */
  readonly width: number;
  readonly label: string;
}

export interface Line {
  /** An SVG path. */
  readonly path: string;
  readonly kind: 'flow' | 'skip';
}

export interface Layout {
  readonly places: readonly Place[];
  readonly joins: readonly Join[];
  readonly lines: readonly Line[];
  readonly height: number;
}

/** Below this a block has no room for its second line in one. */
export const NARROW = 150;
const WIDEST = 250;
const GAP = 16;
const HEIGHT = { wide: 38, narrow: 50 };
const BAR = 20;
const RADIUS = 9;
/** Between a column and the skips beside it, and between two of these. */
const BESIDE = 16;
const APART = 7;

interface Point {
  readonly x: number;
  readonly y: number;
}

export function layOut(parts: readonly Part[], width: number): Layout {
  const plan = new Plan();
  // Skips need room on the right; so that the column stands in the middle, there is as much on the left.
  const end = plan.chain(parts, { x: width / 2, y: 4 }, width, false);
  return { places: plan.places, joins: plan.joins, lines: plan.lines, height: end.y + 4 };
}

class Plan {
  readonly places: Place[] = [];
  readonly joins: Join[] = [];
  readonly lines: Line[] = [];

  /** Puts parts below `from`; the point below the last. */
  chain(parts: readonly Part[], from: Point, width: number, connected = true): Point {
    let at = from;
    parts.forEach((part, index) => {
      const line = connected || index > 0;
      if (part.kind === 'block') at = this.block(part, at, width, line);
      else if (part.kind === 'dense') at = this.dense(part, at, width);
      else if (part.join === 'added') at = this.added(part.ways, at, width);
      else at = this.joined(part, at, width);
    });
    return at;
  }

  private block(block: Block, from: Point, room: number, line: boolean): Point {
    const width = Math.min(WIDEST, room - 8);
    const height = width < NARROW ? HEIGHT.narrow : HEIGHT.wide;
    const top = line ? from.y + GAP : from.y;
    if (line) this.flow(from, { x: from.x, y: top });
    this.places.push({ block, x: from.x - width / 2, y: top, width, height });
    return { x: from.x, y: top + height };
  }

  private joined(
    part: { ways: readonly (readonly Part[])[]; output: readonly number[] },
    from: Point,
    room: number,
  ): Point {
    const { ways } = part;
    const width = room / Math.max(ways.length, 2);
    const start = from.y + GAP;
    const ends = ways.map((way, at) => {
      const top = { x: from.x + (at - (ways.length - 1) / 2) * width, y: start };
      this.flow(from, top);
      return this.chain(way, top, width);
    });
    const y = Math.max(...ends.map((end) => end.y)) + GAP;
    for (const end of ends) this.flow(end, { x: end.x, y });
    return this.bar(
      `joined: ${part.output.join(' × ')}`,
      { x: from.x, y },
      Math.max(width * (ways.length - 1) + 60, 170),
    );
  }

  private bar(label: string, { x, y }: Point, width: number): Point {
    this.joins.push({ x, y, width, label });
    return { x, y: y + BAR };
  }

  private added([main = [], shortcut = []]: readonly (readonly Part[])[], from: Point, room: number): Point {
    const width = Math.min(WIDEST, room - 8);
    const end = this.chain(main, from, room);
    const y = end.y + GAP + RADIUS;
    this.flow(end, { x: end.x, y: y - RADIUS });
    const [block] = shortcut;
    const right = from.x + width / 2 + BESIDE;
    const start = { x: from.x, y: from.y + 3 };
    this.lines.push({ path: around(start, { x: from.x + RADIUS, y }, right), kind: 'skip' });
    this.joins.push({ x: from.x, y, width: 0, label: block?.kind === 'block' ? block.title.toLowerCase() : '' });
    return { x: from.x, y: y + RADIUS };
  }

  private dense(part: Extract<Part, { kind: 'dense' }>, from: Point, room: number): Point {
    const edge = from.x + Math.min(WIDEST, room - 8) / 2;
    const exits = [from];
    let at = from;
    part.layers.forEach((layer, index) => {
      // The one before is seen through the straight line, where it is seen.
      const straight = index === 0 || part.reach > 0;
      const top = { x: at.x, y: at.y + GAP };
      const first = this.places.length;
      const end = this.chain(layer, straight ? at : top, room, straight);
      const into = this.places[first]!.y + 8;
      for (let source = 0; source < index; source++) {
        const isSeen = source === 0 || source > index - part.reach;
        if (!isSeen || (source === index && straight)) continue;
        const exit = exits[source]!;
        this.lines.push({
          path: around(
            { x: exit.x, y: exit.y + 3 },
            { x: edge, y: into },
            edge + BESIDE + APART * (index - source - 1),
          ),
          kind: 'skip',
        });
      }
      exits.push(end);
      at = end;
    });
    const y = at.y + GAP;
    this.flow(at, { x: at.x, y });
    exits.slice(0, -1).forEach((exit, source) => {
      const away = edge + BESIDE + APART * (part.layers.length - source - 1);
      this.lines.push({ path: around({ x: exit.x, y: exit.y + 3 }, { x: edge, y: y + BAR / 2 }, away), kind: 'skip' });
    });
    return this.bar(`joined: ${part.output.join(' × ')}`, { x: at.x, y }, 2 * (edge - at.x));
  }

  private flow(from: Point, to: Point): void {
    const middle = (from.y + to.y) / 2;
    const bend = from.x === to.x ? '' : `C${from.x} ${middle} ${to.x} ${middle} `;
    this.lines.push({ path: `M${from.x} ${from.y}${bend || 'L'}${to.x} ${to.y}`, kind: 'flow' });
  }
}

/** Out to the right, down, and back. */
function around(from: Point, to: Point, right: number): string {
  const r = Math.min(10, (to.y - from.y) / 2);
  return `M${from.x} ${from.y}H${right - r}Q${right} ${from.y} ${right} ${from.y + r}V${to.y - r}Q${right} ${to.y} ${right - r} ${to.y}H${to.x}`;
}
