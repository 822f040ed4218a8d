// Drafts: what somebody has typed and not sent, and what was sent and not yet taken, kept across reloads of the page.
//
// Owns:   the localStorage keys carillon.drafts and carillon.outbox. The newest kMost of each; nothing older than a week.
// Never:  throws: a full or forbidden storage only means that a reload forgets.
type Store = Pick<Storage, 'getItem' | 'setItem'>;

export interface Unsent {
  readonly conversation: string;
  readonly client_message_id: string;
  readonly text: string;
  readonly internal: boolean;
  readonly at: number;
}

interface Draft {
  readonly text: string;
  readonly at: number;
}

const kDrafts = 'carillon.drafts';
const kOutbox = 'carillon.outbox';
const kMost = 100;
const kKeptMs = 7 * 86_400_000;

export class Drafts {
  constructor(
    private readonly storage: Store,
    // Whose: two people may share a browser.
    private readonly owner: () => string,
    private readonly now: () => number = Date.now,
  ) {}

  get(conversation: string): string {
    return this.drafts()[this.key(conversation)]?.text ?? '';
  }

  set(conversation: string, text: string): void {
    const drafts = { ...this.drafts() };
    delete drafts[this.key(conversation)];
    if (text !== '') drafts[this.key(conversation)] = { text, at: this.now() };
    const newest = Object.entries(drafts)
      .filter(([, draft]) => this.now() - draft.at < kKeptMs)
      .sort((a, b) => b[1].at - a[1].at)
      .slice(0, kMost);
    this.write(kDrafts, Object.fromEntries(newest));
  }

  unsent(): Unsent[] {
    const mine = this.read<Record<string, Unsent[]>>(kOutbox)[this.owner()];
    return Array.isArray(mine) ? mine.filter((u) => this.now() - u.at < kKeptMs) : [];
  }

  keep(message: Unsent): void {
    this.writeUnsent([...this.unsent().filter((u) => u.client_message_id !== message.client_message_id), message]);
  }

  sent(clientMessageId: string): void {
    this.writeUnsent(this.unsent().filter((u) => u.client_message_id !== clientMessageId));
  }

  private key(conversation: string): string {
    return `${this.owner()}:${conversation}`;
  }

  private drafts(): Record<string, Draft> {
    return this.read(kDrafts);
  }

  private writeUnsent(list: Unsent[]): void {
    this.write(kOutbox, { ...this.read<Record<string, Unsent[]>>(kOutbox), [this.owner()]: list.slice(-kMost) });
  }

  private read<T extends object>(name: string): T {
    try {
      const value: unknown = JSON.parse(this.storage.getItem(name) ?? '{}');
      return (typeof value === 'object' && value !== null ? value : {}) as T;
    } catch {
      return {} as T;
    }
  }

  private write(name: string, value: object): void {
    try {
      this.storage.setItem(name, JSON.stringify(value));
    } catch {
      // Private windows and full disks: the words stay on the screen all the same.
    }
  }
}
