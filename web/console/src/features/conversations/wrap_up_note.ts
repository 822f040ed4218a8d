// The note of a wrap-up saves itself while it is written: a timer that runs out, a reload or a lost line must not cost a word.
//
// States: saved -> unsaved (typed) -> saving -> saved; a problem keeps it unsaved and is shown; flush() saves at once.
import type { Problem, Rest } from '@carillon/client';
import type { Schemas } from '@carillon/contract';

export interface NoteState {
  readonly text: string;
  readonly phase: 'reading' | 'saved' | 'unsaved' | 'saving';
  readonly problem: Problem | null;
}

export interface NoteOptions {
  readonly rest: Rest;
  readonly contact: string | null;
  readonly customer: string | null;
  // Whose note it is: the user's or worker's sid.
  readonly mine: (author: Schemas['Actor']) => boolean;
  readonly onState: (state: NoteState) => void;
  readonly afterMs?: number;
}

const kAfterMs = 1200;

export class WrapUpNote {
  private state: NoteState = { text: '', phase: 'reading', problem: null };
  private note: Schemas['Note'] | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private saving: Promise<void> | null = null;

  constructor(private readonly options: NoteOptions) {}

  // What was written about this contact before a reload goes on; `draft` is what this browser still holds.
  async begin(draft: string): Promise<void> {
    const { rest, contact, mine } = this.options;
    if (contact !== null) {
      const page = await rest.get('/notes', { query: { contact_sid: contact } });
      if (page.ok) this.note = page.value.items.find((n) => mine(n.author)) ?? null;
    }
    const saved = this.note?.text ?? '';
    const typed = this.state.text;
    if (typed !== '') return this.change(typed);
    this.become({ text: draft || saved, phase: draft && draft !== saved ? 'unsaved' : 'saved' });
    if (this.state.phase === 'unsaved') this.later();
  }

  change(text: string): void {
    this.become({ text, phase: this.state.phase === 'reading' ? 'reading' : 'unsaved', problem: null });
    if (this.state.phase !== 'reading') this.later();
  }

  async flush(): Promise<boolean> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    await this.saving;
    if (this.state.phase === 'unsaved') await this.save();
    return this.state.problem === null;
  }

  private later(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), this.options.afterMs ?? kAfterMs);
  }

  private save(): Promise<void> {
    this.saving = this.write().finally(() => {
      this.saving = null;
    });
    return this.saving;
  }

  private async write(): Promise<void> {
    const text = this.state.text.trim();
    if (text === (this.note?.text ?? '')) return this.become({ phase: 'saved' });
    // An emptied note is taken away when it was there at all.
    if (text === '') return this.remove();
    this.become({ phase: 'saving' });
    const answer = await this.put(text);
    if (answer.ok) this.note = answer.value;
    const typedOn = this.state.text.trim() !== text;
    this.become({ phase: answer.ok && !typedOn ? 'saved' : 'unsaved', problem: answer.ok ? null : answer.problem });
    if (answer.ok && typedOn) this.later();
  }

  private async put(text: string) {
    const { rest, contact, customer } = this.options;
    if (!this.note) {
      return rest.post('/notes', {
        body: { text, ...(contact ? { contact_sid: contact } : {}), ...(customer ? { customer_sid: customer } : {}) },
      });
    }
    const answer = await rest.patch('/notes/{sid}', {
      path: { sid: this.note.sid },
      body: { text },
      ifMatch: this.note.version,
    });
    if (answer.ok || answer.problem.status !== 412) return answer;
    // Another tab wrote on it; ours is the newest thought.
    const now = await rest.get('/notes/{sid}', { path: { sid: this.note.sid } });
    if (!now.ok) return now;
    return rest.patch('/notes/{sid}', { path: { sid: this.note.sid }, body: { text }, ifMatch: now.value.version });
  }

  private async remove(): Promise<void> {
    const { note } = this;
    this.note = null;
    if (note) await this.options.rest.delete('/notes/{sid}', { path: { sid: note.sid }, ifMatch: note.version });
    this.become({ phase: 'saved' });
  }

  private become(change: Partial<NoteState>): void {
    this.state = { ...this.state, ...change };
    this.options.onState(this.state);
  }
}
