/** A shader's text taken apart: the six fields of its header, and the code. Knows no particular shader. */

export interface Field {
  readonly name: string;
  /** Lines; their indentation beside each other is kept. */
  readonly text: string;
}

export interface SourceParts {
  /** The header's first line: what the kernel is. */
  readonly title: string;
  readonly fields: readonly Field[];
  readonly code: string;
}

const FIELD = /^(Maths|Shapes|Bindings|Geometry|Source):\s*(.*)$/;

export function partsOf(source: string): SourceParts {
  const lines = source.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  const header = lines.slice(0, end < 0 ? lines.length : end).map((line) => line.slice(2).replace(/^ /, ''));
  const [title = '', ...rest] = header;
  const fields: { name: string; text: string }[] = [];
  const lead: string[] = [title];
  for (const line of rest) {
    const [, name, text] = FIELD.exec(line) ?? [];
    const current = fields.at(-1);
    if (name !== undefined) fields.push({ name, text: text ?? '' });
    else if (current) current.text += `\n${line.trim()}`;
    else lead.push(line.trim());
  }
  const code = lines.slice(end < 0 ? lines.length : end).join('\n');
  return { title: lead.join(' ').trim(), fields, code: code.trim() };
}
