const hex = /^[0-9a-f]*$/;

/**
 * Bits in which two texts of lower-case hex digits differ.
 * @throws RangeError where their lengths do, or where one is not hex
 */
export function hammingDistance(left: string, right: string): number {
  if (left.length !== right.length) throw new RangeError('hashes of one length');
  if (!hex.test(left) || !hex.test(right)) throw new RangeError('a hash in hex digits');
  let distance = 0;
  for (let at = 0; at < left.length; at += 8) {
    const [one, other] = [left.slice(at, at + 8), right.slice(at, at + 8)];
    if (one === other) continue;
    let bits = Number.parseInt(one, 16) ^ Number.parseInt(other, 16);
    for (; bits !== 0; bits &= bits - 1) distance += 1;
  }
  return distance;
}
