/** The words of a BERT, and how a sentence is cut into them: from `vocab.txt` or `tokenizer.json`. */
import { text } from '../../src/index.ts';

export interface Words {
  readonly vocabulary: text.Vocabulary;
  /** `pieces` as published models have them; the lab's own know whole words. */
  readonly unit: 'words' | 'pieces';
  /** A sentence as the model reads it, unknown words as they are. */
  readonly cut: (sentence: string) => string[];
}

/** @throws Error where the contents are neither, or lack a token that BERT needs. */
export function readVocabulary(contents: string, unit: Words['unit']): Words {
  const { tokens, lowercase } = contents.trimStart().startsWith('{') ? fromJson(contents) : fromLines(contents);
  const pieces = new text.WordPiece(new text.Vocabulary(tokens), { lowercase });
  const cut = unit === 'words' ? text.words : (sentence: string): string[] => pieces.tokenize(sentence);
  return { vocabulary: pieces.vocabulary, unit, cut };
}

interface Given {
  readonly tokens: readonly string[];
  readonly lowercase: boolean;
}

function fromLines(contents: string): Given {
  const tokens = contents.replace(/\r?\n$/, '').split(/\r?\n/);
  return { tokens, lowercase: isLower(tokens) };
}

function fromJson(contents: string): Given {
  let json: { model?: { type?: unknown; vocab?: unknown }; normalizer?: unknown };
  try {
    json = JSON.parse(contents) as typeof json;
  } catch (cause) {
    throw new Error('tokenizer.json is not JSON. Download it again, or give vocab.txt.', { cause });
  }
  const { type = 'WordPiece', vocab } = json.model ?? {};
  if (type !== 'WordPiece' || typeof vocab !== 'object' || vocab === null || Array.isArray(vocab))
    throw new Error(
      `tokenizer.json is of kind ${JSON.stringify(json.model?.type)}, and a BERT's is "WordPiece". Give that of a BERT.`,
    );
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(vocab)) tokens[Number(id)] = token;
  const gap = Array.from(tokens).indexOf(undefined as unknown as string);
  if (gap >= 0) throw new Error(`tokenizer.json has no token ${gap} of ${tokens.length}. Download it again.`);
  const { lowercase } = (json.normalizer ?? {}) as { lowercase?: unknown };
  return { tokens, lowercase: typeof lowercase === 'boolean' ? lowercase : isLower(tokens) };
}

/** An uncased vocabulary has no capitals outside its special tokens. */
function isLower(tokens: readonly string[]): boolean {
  return !tokens.some((token) => /^(##)?\p{Lu}/u.test(token));
}
