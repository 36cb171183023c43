import { CommandError, exitCode } from '../terminal/exit-code';

/** The sign-in service is only trusted over TLS, or on this machine. */
export function requireSecureAddress(address: string, what: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  const loopback = url !== null && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && loopback)))
    throw new CommandError(`${what} must be an https address.`, exitCode.usage, {
      code: 'INSECURE_ADDRESS',
      fix: 'Give the address in full, as in https://nmip.example.nhs.uk.',
    });
  return url;
}

/** Base address of an API, without a slash at the end. */
export function apiOf(address: string): string {
  return requireSecureAddress(address, 'The address of the API').toString().replace(/\/+$/, '');
}
