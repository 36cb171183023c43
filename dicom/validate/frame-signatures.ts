import type { FrameFormat } from '../dictionary/transfer-syntaxes';

/** What a fragment begins with: the frame itself, a file format around it, or neither. */
export type FrameSignature = 'frame' | 'container' | 'none';

/** Bytes of a fragment by which it is judged. */
export const signatureBytes = 12;

/** The first box of a JP2 file (ISO/IEC 15444-1 annex I.5.1), which some write where a bare code stream belongs. */
const jp2Signature = Buffer.from([0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a]);

/**
 * Whether the first bytes of a fragment are those of a frame of a format: markers SOI (ITU-T T.81), SOC and SIZ (ITU-T
 * T.800), the RLE header (PS3.5 annex G.5), a start code, a transport packet or a file type box of video.
 */
export function frameSignature(format: FrameFormat, head: Buffer): FrameSignature {
  switch (format) {
    case 'jpeg':
    case 'jpeg-ls':
      return head.length >= 3 && head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff ? 'frame' : 'none';
    case 'jpeg-2000':
      if (head.length >= 4 && head.readUInt32BE(0) === 0xff4fff51) return 'frame';
      return head.equals(jp2Signature) ? 'container' : 'none';
    case 'rle': {
      if (head.length < 8) return 'none';
      const segments = head.readUInt32LE(0);
      return segments >= 1 && segments <= 15 && head.readUInt32LE(4) === 64 ? 'frame' : 'none';
    }
    case 'video':
      if (head.length < 8) return 'none';
      return head.readUIntBE(0, 3) === 1 || head.readUInt32BE(0) === 1 || head[0] === 0x47
        ? 'frame'
        : head.toString('latin1', 4, 8) === 'ftyp'
          ? 'frame'
          : 'none';
    default:
      return head.length > 0 ? 'frame' : 'none';
  }
}
