/** Which images are learnt: generated ones, or those of files. */
import type { ComponentChildren, JSX } from 'preact';
import { Button } from '../shared/controls.tsx';
import { FileButton } from '../shared/file-button.tsx';
import type { CnnConfig } from './config.ts';

interface ImagesSectionProps {
  readonly config: Pick<CnnConfig, 'source'>;
  readonly onChange: (patch: Pick<CnnConfig, 'source'>) => void;
  readonly onFiles: (files: readonly File[]) => void;
  /** Further settings, below. */
  readonly children?: ComponentChildren;
}

export function ImagesSection({ config, onChange, onFiles, children }: ImagesSectionProps): JSX.Element {
  return (
    <section class="lab-section">
      <h2>Images</h2>
      <div class="fields">
        <p class="field-note">
          {config.source === 'files'
            ? 'CIFAR-10, from your files.'
            : 'Generated: ten shapes in any colour on any ground. For CIFAR-10 drop its binary batches, or its tables in Parquet, on the page.'}
        </p>
        {config.source === 'files' ? (
          <Button label="Use generated shapes" onPress={() => onChange({ source: 'generated' })}>
            Use generated shapes
          </Button>
        ) : (
          <FileButton label="Choose CIFAR-10's files…" accept=".bin,.parquet" multiple onFiles={onFiles} />
        )}
        {children}
      </div>
    </section>
  );
}
