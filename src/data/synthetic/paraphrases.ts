/**
 * Pairs of sentences that say the same or do not, made on the spot: an embedded stand-in for MRPC that needs no download.
 *
 * A pair says the same event in two forms: other words for the same, active or passive, parts in another order. Of a
 * pair that does not say the same, one part is another, or who acts and who is acted upon have changed places. The two
 * kinds share equally many words, so that counting these tells nothing: it takes the words' meaning and their order.
 */
import { jaccard, words } from '../../text/tokenize.ts';
import type { SentencePairs } from '../mrpc.ts';
import { Random } from '../random.ts';

export interface ParaphraseOptions {
  /** How many pairs; half of them say the same. Default 4000. */
  n?: number;
  /** Default 0. */
  seed?: number;
}

/** Each entry has one meaning, and each of its words says it. */
const list = (text: string): string[][] => text.split(';').map((entry) => entry.split('/').map((word) => word.trim()));

const PEOPLE = list(
  'doctor/physician; teacher/instructor; lawyer/attorney; officer/policeman; child/kid; manager/boss; author/writer; ' +
    'pilot/aviator; customer/client; thief/robber; singer/vocalist; soldier/trooper; neighbour/resident; coach/trainer',
);
/** Past tense and participle alike, so that they fit both voices. */
const DEEDS = list(
  'helped/assisted; praised/commended; met/encountered; called/phoned; noticed/spotted; chased/pursued; hired/employed; ' +
    'warned/alerted; blamed/accused; paid/compensated; visited/called on; rescued/saved',
);
const PLACES = list(
  'in the garden/in the yard; at the station/at the terminal; near the forest/near the woods; in the shop/in the store; ' +
    'at the harbour/at the port; on the road/on the street; outside the hospital/outside the clinic; in the flat/in the apartment',
);
const TIMES = list(
  'yesterday/the day before; this morning/early today; last autumn/last fall; at midnight/at twelve; on sunday/at the weekend; ' +
    'a month ago/last month; during the storm/in bad weather; after dinner/in the evening',
);

const SLOTS = [PEOPLE, DEEDS, PEOPLE, PLACES, TIMES] as const;
/** Positions in the lists of the slots: who, did what, to whom, where, when. */
type Event = readonly [number, number, number, number, number];

const FORMS: readonly ((a: string, did: string, b: string, place: string, time: string) => string)[] = [
  (a, did, b, place, time) => `the ${a} ${did} the ${b} ${place} ${time}.`,
  (a, did, b, place, time) => `${time}, the ${a} ${did} the ${b} ${place}.`,
  (a, did, b, place, time) => `${place}, the ${a} ${did} the ${b} ${time}.`,
  (a, did, b, place, time) => `the ${b} was ${did} by the ${a} ${place} ${time}.`,
  (a, did, b, place, time) => `${time}, the ${b} was ${did} by the ${a} ${place}.`,
  (a, did, b, place, time) => `it was the ${a} who ${did} the ${b} ${place} ${time}.`,
  (a, did, b, place, time) => `it was the ${b} who was ${did} by the ${a} ${place} ${time}.`,
];

const anyOf = <T>(values: readonly T[], random: Random): T => values[random.integer(values.length)]!;

function anyEvent(random: Random): Event {
  const event = SLOTS.map(({ length }) => random.integer(length));
  while (event[2] === event[0]) event[2] = random.integer(PEOPLE.length);
  return event as unknown as Event;
}

/** An event that differs in one part, or in who does it to whom. */
function altered(event: Event, random: Random): Event {
  const [a, did, b, place, time] = event;
  if (random.integer(4) === 0) return [b, did, a, place, time];
  const slot = random.integer(SLOTS.length);
  const other = event.with(slot, random.integer(SLOTS[slot]!.length)) as unknown as Event;
  return other[slot] === event[slot] || other[0] === other[2] ? altered(event, random) : other;
}

function told(event: Event, random: Random): string {
  const parts = event.map((entry, slot) => anyOf(SLOTS[slot]![entry]!, random)) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const sentence = anyOf(FORMS, random)(...parts);
  return sentence[0]!.toUpperCase() + sentence.slice(1);
}

/** Shares of common words that count as equal. */
const ALIKE = 0.005;

/** One sentence; another of the same meaning, and one of another that shares as many words with it. */
function triple(random: Random): [sentence: string, same: string, other: string] {
  for (;;) {
    const event = anyEvent(random);
    const sentence = told(event, random);
    const own = words(sentence);
    const overlap = (other: string): number => jaccard(own, words(other));
    for (let tries = 0; tries < 20; tries++) {
      const [same, other] = [told(event, random), told(altered(event, random), random)];
      if (same !== sentence && Math.abs(overlap(same) - overlap(other)) < ALIKE) return [sentence, same, other];
    }
  }
}

/**
 * `n` pairs in random order, half of each kind. The same seed gives the same pairs.
 *
 * @throws Error unless n is a whole number from 2.
 */
export function paraphrases({ n = 4000, seed = 0 }: ParaphraseOptions = {}): SentencePairs {
  if (!Number.isInteger(n) || n < 2) throw new Error(`paraphrases: n must be a whole number from 2, got ${n}.`);
  const random = new Random(seed);
  const labels = random.permutation(n).map((index) => index % 2);
  const pairs = Array.from(labels, (label): [string, string] => {
    const [sentence, same, other] = triple(random);
    return [sentence, label ? same : other];
  });
  return { first: pairs.map(([first]) => first), second: pairs.map(([, second]) => second), labels };
}
