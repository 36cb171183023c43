/**
 * Body of the only part of a `multipart/related` answer (RFC 2387), or the whole body of another answer.
 * @returns null where the answer says multipart and is not, or has several parts
 */
export function singlePart(contentType: string, body: Buffer): Buffer | null {
  if (!/^multipart\//i.test(contentType)) return body;
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) return null;
  const start = body.indexOf(`--${boundary}\r\n`, 0, 'latin1');
  if (start < 0) return null;
  const headersEnd = body.indexOf('\r\n\r\n', start, 'latin1');
  if (headersEnd < 0) return null;
  const end = body.indexOf(`\r\n--${boundary}--`, headersEnd + 2, 'latin1');
  const another = body.indexOf(`\r\n--${boundary}\r\n`, headersEnd + 2, 'latin1');
  if (end < 0 || (another >= 0 && another < end)) return null;
  return body.subarray(headersEnd + 4, end);
}
