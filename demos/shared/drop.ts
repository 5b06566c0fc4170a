/** Files dropped anywhere on a page. Knows nothing of what is in them. */

/** Listens until the returned function is called; the lab shows where files would land. */
export function listenForFiles(onFiles: (files: readonly File[]) => void): () => void {
  const over = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    show(true);
  };
  const leave = (event: DragEvent): void => {
    if (event.relatedTarget === null) show(false);
  };
  const drop = (event: DragEvent): void => {
    show(false);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    onFiles(files);
  };
  addEventListener('dragover', over);
  addEventListener('dragleave', leave);
  addEventListener('drop', drop);
  return () => {
    removeEventListener('dragover', over);
    removeEventListener('dragleave', leave);
    removeEventListener('drop', drop);
  };
}

function show(dropping: boolean): void {
  document.querySelector('.lab')?.toggleAttribute('data-dropping', dropping);
}
