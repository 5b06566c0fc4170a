/** The controls of the data: generated sentences, or MRPC and texts from files of the reader's own. */
import type { JSX } from 'preact';
import { Button, Slider } from '../shared/controls.tsx';
import { FileButton } from '../shared/file-button.tsx';
import { RANGES, isPretrained } from './config.ts';
import type { PanelProps } from './network-section.tsx';
import type { OwnFiles } from './own-files.ts';

export interface DataProps extends PanelProps {
  readonly files: OwnFiles;
  readonly onFiles: (files: readonly File[]) => void;
}

export function DataSection(props: DataProps): JSX.Element {
  const { config, onChange } = props;
  const pairs = config.task === 'pairs';
  return (
    <section class="lab-section">
      <h2>{pairs ? 'Sentence pairs' : 'Text'}</h2>
      <div class="fields">
        {pairs ? <PairsData {...props} /> : <TextData {...props} />}
        <Slider
          label={pairs ? 'Words that are read' : 'Characters of a window'}
          value={config.length}
          {...RANGES.length}
          stops={[8, 16, 24, 32, 40, 64, 128, 256]}
          onChange={(length) => onChange({ length })}
        />
      </div>
    </section>
  );
}

function PairsData({ config, onChange, files, onFiles }: DataProps): JSX.Element {
  const own = config.source === 'files' && files.pairs;
  return (
    <>
      <p class="field-note">
        {own
          ? 'The Microsoft Research Paraphrase Corpus, from your files. Its licence is for research, not for commerce; the files stay on this computer.'
          : 'Generated: the same event told in other words, or an event that differs in one part. Both kinds share equally many words.'}
      </p>
      {own ? (
        <Button label="Use generated pairs" onPress={() => onChange({ source: 'generated' })}>
          Use generated pairs
        </Button>
      ) : (
        <>
          <FileButton label="Choose MRPC’s files…" accept=".txt,.tsv,.parquet" multiple onFiles={onFiles} />
          <p class="field-note">
            msr_paraphrase_train.txt and msr_paraphrase_test.txt, together, or GLUE’s tables in Parquet; they can be
            dropped anywhere on the page.
          </p>
        </>
      )}
      {isPretrained(config) && (
        <>
          <FileButton label="Text to pre-train on…" accept=".txt,.pos,.neg" multiple onFiles={onFiles} />
          <p class="field-note">
            {files.corpus.length > 0
              ? `Beside the training sentences: ${files.corpus.map(({ name }) => name).join(', ')}.`
              : 'Now it is the training sentences without their labels. More text, such as that of WikiText, helps more.'}
          </p>
        </>
      )}
    </>
  );
}

function TextData({ config, onChange, files, onFiles }: DataProps): JSX.Element {
  const own = config.source === 'files' && files.text;
  return (
    <>
      <p class="field-note">
        {own
          ? `${own.name}, from this computer; its last tenth is not learnt.`
          : 'Generated: sentences about who did what to whom.'}
      </p>
      {own && (
        <Button label="Use generated text" onPress={() => onChange({ source: 'generated' })}>
          Use generated text
        </Button>
      )}
      <FileButton label="Choose a text file…" accept=".txt,.md,text/plain" onFiles={onFiles} />
    </>
  );
}
