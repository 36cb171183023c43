import type { FileFate } from '../deidentification/pipeline.contract';
import type { Settlement } from '../deidentification/settlement.contract';
import type { ImportedPack } from '../imaging/import.contract';
import { UnbalancedReceiptError } from './receipt';

/**
 * The end of every settled file: imports answer for those that were to be imported.
 * @throws UnbalancedReceiptError where an import says nothing of a file, or speaks of one that was not to be imported.
 */
export function collectFates(settlement: Settlement, imports: readonly ImportedPack[]): FileFate[] {
  const imported = new Map<number, FileFate>();
  for (const { files } of imports)
    for (const file of files) {
      if (imported.has(file.ordinal))
        throw new UnbalancedReceiptError(`file ${file.ordinal} was imported twice`);
      imported.set(file.ordinal, file);
    }
  const fates = settlement.files.map((file): FileFate => {
    if (file.outcome !== 'to-import') return file;
    const fate = imported.get(file.ordinal);
    if (fate === undefined) throw new UnbalancedReceiptError(`no import speaks of file ${file.ordinal}`);
    imported.delete(file.ordinal);
    return fate;
  });
  if (imported.size > 0)
    throw new UnbalancedReceiptError(`${imported.size} imported files were not to be imported`);
  return fates;
}
