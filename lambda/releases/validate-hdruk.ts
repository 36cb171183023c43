import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import type { Finding } from './finding';
import schema from './hdruk-3.0.0.data.json';

const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
addFormats(ajv, ['date', 'date-time', 'email', 'uri']);
const validate = ajv.compile(schema);

/** What an HDR UK description breaks of the schema 3.0.0; empty where nothing. */
export function hdrukFindings(document: unknown): Finding[] {
  if (validate(document)) return [];
  return (validate.errors ?? []).map(({ keyword, instancePath, message, params }) => ({
    rule: `HDR UK 3.0.0: ${keyword}`,
    path:
      keyword === 'additionalProperties'
        ? `${instancePath}/${params.additionalProperty}`
        : keyword === 'required'
          ? `${instancePath}/${params.missingProperty}`
          : instancePath,
    message: message ?? keyword,
  }));
}
