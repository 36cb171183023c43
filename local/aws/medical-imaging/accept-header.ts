/** A media type of an Accept header, with its parameters. */
export interface AcceptedType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/**
 * Media types of an Accept header, best first; `application/dicom; transfer-syntax=*` has the parameter
 * `transfer-syntax`. An absent header accepts everything.
 */
export function acceptedTypes(header: string | undefined): AcceptedType[] {
  const types = splitOutsideQuotes(header ?? '*/*', ',').map((part): AcceptedType => {
    const [type = '', ...given] = splitOutsideQuotes(part, ';').map((piece) => piece.trim());
    const parameters = new Map(
      given.map((parameter) => {
        const at = parameter.indexOf('=');
        const value = parameter.slice(at + 1).trim();
        return [parameter.slice(0, at).trim().toLowerCase(), value.replace(/^"(.*)"$/, '$1')];
      }),
    );
    return { type: type.toLowerCase(), parameters, quality: Number(parameters.get('q') ?? 1) };
  });
  return types.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality);
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [''];
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (character === separator && !quoted) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}
