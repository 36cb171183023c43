/** A profile of the AWS config file whose credentials come from this command. */
export interface AwsProfile {
  readonly name: string;
  readonly region: string;
  readonly credentialProcess: string;
}

/** A word of a `credential_process` line: quoted where it holds a space. */
export function processWord(word: string): string {
  return /\s/.test(word) ? `"${word}"` : word;
}

/** Lines of a section, from its heading to before the next one; null where there is none. */
function sectionRange(lines: readonly string[], heading: string): { from: number; to: number } | null {
  const from = lines.findIndex((line) => line.trim() === heading);
  if (from < 0) return null;
  const next = lines.findIndex((line, index) => index > from && line.trim().startsWith('['));
  return { from, to: next < 0 ? lines.length : next };
}

/** The config file with the profile in it: its old section replaced, everything else untouched. */
export function withProfile(config: string, profile: AwsProfile): string {
  const section = [
    `[profile ${profile.name}]`,
    `credential_process = ${profile.credentialProcess}`,
    `region = ${profile.region}`,
    '',
  ];
  const lines = config === '' ? [] : config.replace(/\n$/, '').split('\n');
  const old = sectionRange(lines, `[profile ${profile.name}]`);
  if (old) lines.splice(old.from, old.to - old.from, ...section);
  else lines.push(...(lines.length > 0 && lines.at(-1)?.trim() !== '' ? [''] : []), ...section);
  return `${lines.join('\n').replace(/\n+$/, '')}\n`;
}

/** Whether the credentials file has a section that AWS tools would use instead of the profile. */
export function hasCredentialsSection(credentials: string, name: string): boolean {
  return sectionRange(credentials.split('\n'), `[${name}]`) !== null;
}
