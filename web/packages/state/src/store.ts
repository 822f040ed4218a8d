// Store: holds one Live, applies inputs, tells listeners. Listeners are told once for all inputs of the same turn of the event
// loop, however busy the center is.
import type { Input, Live } from './live';
import { emptyLive } from './live';
import { reduce } from './reduce';

export class Store {
  private live: Live = emptyLive();
  private readonly listeners = new Set<() => void>();
  private told = true;

  constructor(
    private readonly now: () => number = Date.now,
    private readonly later: (run: () => void) => void = (run) => queueMicrotask(run),
  ) {}

  readonly get = (): Live => this.live;

  readonly dispatch = (input: Input): void => {
    const next = reduce(this.live, input, this.now());
    if (next === this.live) return;
    this.live = next;
    if (!this.told) return;
    this.told = false;
    this.later(() => {
      this.told = true;
      for (const listener of [...this.listeners]) listener();
    });
  };

  // Returns what ends it.
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  // The server's clock, milliseconds.
  readonly serverNow = (): number => this.now() + this.live.skewMs;
}
