import type { ServerResponse } from 'node:http';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { readWhole } from '../signature/payload';
import { escapeXml } from '../wire-errors';
import { malformedXml } from './s3-errors';

/** What becomes XML: a list repeats its element, `undefined` leaves it out. */
export type XmlValue =
  | string
  | number
  | boolean
  | undefined
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue };

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
/** A completion with 10,000 parts and their checksums stays below. */
const LARGEST_DOCUMENT = 4 << 20;

function elements(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((item: XmlValue) => elements(name, item)).join('');
  return `<${name}>${content(value)}</${name}>`;
}

function content(value: XmlValue): string {
  if (typeof value !== 'object') return escapeXml(String(value));
  return Object.entries(value)
    .map(([name, child]) => elements(name, child))
    .join('');
}

/** Answers with an XML document whose root carries S3's namespace. */
export function sendXml(
  response: ServerResponse,
  root: string,
  value: { readonly [name: string]: XmlValue },
): void {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">${content(value)}</${root}>`;
  response.setHeader('Content-Type', 'application/xml');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}

const LISTS = new Set(['Delete.Object', 'CompleteMultipartUpload.Part', 'Tagging.TagSet.Tag']);
const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  isArray: (_name, path) => LISTS.has(String(path)),
});

/** Reads a request's XML document, whose values are all text. Throws `MalformedXML`. */
export async function readXml(body: AsyncIterable<Buffer>, root: string): Promise<unknown> {
  const text = (await readWhole(body, LARGEST_DOCUMENT)).toString('utf8');
  return parseXml(text, root);
}

export function parseXml(text: string, root: string): unknown {
  if (/<!DOCTYPE/i.test(text) || XMLValidator.validate(text) !== true) throw malformedXml();
  const document = parser.parse(text) as Record<string, unknown>;
  const value = document[root];
  if (value === undefined) throw malformedXml();
  return value;
}
