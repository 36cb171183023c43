import type { Release } from './release.contract';

type Identity = Pick<Release, 'version' | 'publication' | 'issued' | 'address'>;

/** `NMIP 2026.4` in full. */
export const nameOf = ({ publication, version }: Identity): string => `${publication.title} ${version}`;

/** As MAJOR.MINOR.PATCH, for standards that ask for it. Releases never change, so the last is 0. */
export const semanticVersion = (version: string): string => `${version}.0`;

/** How to cite a release, in words. */
export function citation(release: Identity): string {
  const { publication, issued, address, version } = release;
  return `${publication.publisher.name}. ${publication.title}, release ${version} (${issued.slice(0, 4)}). ${address}`;
}

/** The same for BibTeX; braces and backslashes are what it would obey. */
export function bibtex(release: Identity): string {
  const plain = (text: string) => text.replace(/[{}\\]/g, '');
  const { publication, issued, address, version } = release;
  return [
    `@misc{nmip-${version},`,
    `  author = {{${plain(publication.publisher.name)}}},`,
    `  title = {{${plain(publication.title)}, release ${version}}},`,
    `  year = {${issued.slice(0, 4)}},`,
    `  url = {${plain(address)}}`,
    '}',
  ].join('\n');
}
