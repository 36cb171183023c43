import { spawn } from 'node:child_process';

const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  linux: ['xdg-open'],
};

/** Asks the desktop to open an address; where it cannot, the person opens the address that was printed. */
export function openBrowser(url: string): void {
  const [command, ...prefix] = openers[process.platform] ?? ['xdg-open'];
  const child = spawn(command ?? 'xdg-open', [...prefix, url], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
