import * as z from 'zod';
import { CommandError, exitCode } from '../terminal/exit-code';
import type { DicomwebClient } from './dicomweb-client';

/** An element of the DICOM JSON Model (PS3.18 F.2), as far as it is read here. */
const element = z.object({ Value: z.array(z.union([z.string(), z.number()])).optional() });

/** PS3.5 section 9.1. Files are named by it, so nothing else may stand there. */
const uid = z.string().regex(/^\d[\d.]{0,63}$/);

const instanceMetadata = z.object({
  '00080018': z.object({ Value: z.tuple([uid]) }),
  '00280008': element.optional(),
  '00280010': element.optional(),
  '7FE00008': z.unknown().optional(),
  '7FE00009': z.unknown().optional(),
  '7FE00010': z.unknown().optional(),
});

const pixelDataTags = ['7FE00008', '7FE00009', '7FE00010'] as const;

export interface SeriesInstance {
  readonly sopInstanceUid: string;
  /** 0 where the instance has no image. */
  readonly frames: number;
  /** Whether the metadata names pixel data; a store may leave it out, and an image may have none. */
  readonly pixelDataNamed: boolean;
}

/** The instances of a series, by GetDICOMSeriesMetadata. */
export async function seriesInstances(
  client: DicomwebClient,
  study: string,
  series: string,
): Promise<SeriesInstance[]> {
  const response = await client.get(`/studies/${study}/series/${series}/metadata`, 'application/dicom+json');
  const parsed = z.array(instanceMetadata).safeParse(await response.json().catch(() => null));
  if (!parsed.success)
    throw new CommandError(
      `The image store describes series ${series} in an unknown form.`,
      exitCode.network,
      {
        code: 'UNKNOWN_ANSWER',
      },
    );
  return parsed.data.map((instance) => ({
    sopInstanceUid: instance['00080018'].Value[0],
    frames:
      instance['00280010']?.Value?.[0] === undefined ? 0 : Number(instance['00280008']?.Value?.[0] ?? 1),
    pixelDataNamed: pixelDataTags.some((tag) => instance[tag] !== undefined),
  }));
}
