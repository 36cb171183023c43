import { nativeSyntaxOf } from '../dictionary/transfer-syntaxes';
import type { InstanceHeader } from '../read/instance-reader';
import { nativeLength, readPixelDescription } from './validate-pixel-data';

/**
 * Believes the bytes where a file declares a compression but holds one value of exactly the length that its samples have
 * uncompressed: nothing else can have that length. All other contradictions stay and are refused.
 */
export function settleEncapsulation(header: InstanceHeader): InstanceHeader {
  const { pixelData, transferSyntax, dataSet, encoding } = header;
  if (!transferSyntax.encapsulated || pixelData === null || pixelData.length === null) return header;
  const expected = nativeLength(readPixelDescription(dataSet, encoding));
  if (pixelData.length !== expected + (expected & 1)) return header;
  return {
    ...header,
    transferSyntax: nativeSyntaxOf(encoding),
    warnings: [...header.warnings, 'TRANSFER_SYNTAX_CORRECTED'],
  };
}
