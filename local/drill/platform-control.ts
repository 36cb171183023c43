import { type ChildProcess, fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DrillSettings, Order, PlatformPlaces, ProcessMessage } from './drill-settings';

/** A start takes a few seconds; one that takes minutes will not end. */
const startLimitMilliseconds = 120_000;

const programme = join(__dirname, 'platform-process.ts');

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Keeps a platform up: a process that ends without having been told to is followed by another. */
export class PlatformControl {
  private child: ChildProcess | undefined;
  private places: PlatformPlaces | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private orders = 0;
  private stopping = false;
  private faultsBegun = false;
  restarts = 0;

  constructor(
    private readonly settings: DrillSettings,
    private readonly tell: (text: string) => void,
    /** Called when no process can be started. */
    private readonly onLost: (error: Error) => void,
  ) {}

  /** @throws Error where the platform does not start */
  async start(): Promise<PlatformPlaces> {
    this.places = await this.startProcess(this.settings);
    return this.places;
  }

  /** Has an order carried out, by the next process where this one ends before it answers. */
  async order(order: Order): Promise<unknown> {
    for (;;) {
      try {
        return await this.send(order);
      } catch (error) {
        if (!(error instanceof ProcessEnded) || this.stopping) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  async beginFaults(): Promise<void> {
    this.faultsBegun = true;
    await this.order({ do: 'begin-faults' });
  }

  async endFaults(): Promise<void> {
    this.faultsBegun = false;
    await this.order({ do: 'end-faults' });
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    await this.order({ do: 'stop' });
    this.stopping = true;
    child.disconnect();
    await ended;
  }

  /** Ends the process at once, whatever it does. */
  abandon(): void {
    this.stopping = true;
    this.child?.kill('SIGKILL');
  }

  private send(order: Order): Promise<unknown> {
    const { child } = this;
    if (child?.connected !== true || this.places === undefined) return Promise.reject(new ProcessEnded());
    this.orders += 1;
    const number = this.orders;
    return new Promise((resolve, reject) => {
      this.waiting.set(number, { resolve, reject });
      child.send({ number, order }, (error) => {
        if (error) this.settle(number)?.reject(new ProcessEnded());
      });
    });
  }

  private settle(number: number): Waiting | undefined {
    const waiting = this.waiting.get(number);
    this.waiting.delete(number);
    return waiting;
  }

  private startProcess(settings: DrillSettings): Promise<PlatformPlaces> {
    const file = join(settings.folder, 'settings.json');
    writeFileSync(file, JSON.stringify(settings));
    const child = fork(programme, [file], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.child = child;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new Error('The platform did not start in time.'));
      }, startLimitMilliseconds);
      child.on('message', (message: ProcessMessage) => {
        switch (message.kind) {
          case 'up':
            clearTimeout(timer);
            return resolve(message.addresses);
          case 'failed':
            clearTimeout(timer);
            return reject(new Error(message.message));
          case 'done':
            return this.settle(message.number)?.resolve(message.result);
          case 'refused':
            return this.settle(message.number)?.reject(new Error(message.message));
        }
      });
      child.on('exit', () => {
        clearTimeout(timer);
        reject(new ProcessEnded());
        this.onExit();
      });
    });
  }

  private onExit(): void {
    for (const number of [...this.waiting.keys()]) this.settle(number)?.reject(new ProcessEnded());
    const { places } = this;
    if (this.stopping || places === undefined) return;
    this.places = undefined;
    this.restarts += 1;
    this.tell('The platform was killed and is started again.');
    const portOf = (address: string): number => Number(new URL(address).port);
    const ports = {
      frontDoor: portOf(places.frontDoor),
      aws: portOf(places.aws),
      vpcEndpoint: portOf(places.vpcEndpoint),
    };
    this.startProcess({ ...this.settings, ports }).then(
      async (next) => {
        this.places = next;
        if (this.faultsBegun) await this.order({ do: 'begin-faults' });
      },
      (error: unknown) => this.onLost(error as Error),
    );
  }
}

/** The process that was asked has ended; the next one may be asked. */
class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded';

  constructor() {
    super('the process of the platform has ended');
  }
}
