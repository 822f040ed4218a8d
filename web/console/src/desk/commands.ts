// Commands: what keys and the palette can start besides the actions of the center: going somewhere, opening something. A page
// names its own while it is on the screen.
import { createContext, useContext, useEffect, useRef } from 'react';

export interface Command {
  readonly name: string;
  readonly label: string;
  readonly section: 'go' | 'work' | 'look' | 'account';
  readonly keys?: string;
  readonly run: () => void;
}

export class Commands {
  private readonly sources = new Map<symbol, () => readonly Command[]>();

  add(source: () => readonly Command[]): () => void {
    const id = Symbol();
    this.sources.set(id, source);
    return () => this.sources.delete(id);
  }

  all(): readonly Command[] {
    return [...this.sources.values()].flatMap((source) => source());
  }
}

export const CommandsContext = createContext(new Commands());

export function useCommands(commands: readonly Command[]): void {
  const registry = useContext(CommandsContext);
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  useEffect(() => registry.add(() => latest.current), [registry]);
}
