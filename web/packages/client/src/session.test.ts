// Goal: every tab is somebody of its own, a reload stays who it was, and no secret is stored. Method: two tabs' storages over one
// browser's, against a center in memory.
import { describe, expect, it } from 'vitest';
import { FakeCenter, furnish } from '../testing';
import { Drafts } from './drafts';
import { Rest } from './rest';
import { Session } from './session';

class Memory implements Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  readonly kept = new Map<string, string>();
  getItem(key: string) {
    return this.kept.get(key) ?? null;
  }
  setItem(key: string, value: string) {
    this.kept.set(key, value);
  }
  removeItem(key: string) {
    this.kept.delete(key);
  }
}

function tabOf(center: FakeCenter, browser: Memory, tab = new Memory()) {
  const session = new Session(tab, browser);
  const rest = new Rest({ fetch: center.fetch, credentials: session.credentials, wait: () => Promise.resolve() });
  return { session, rest, tab };
}

function center() {
  const made = new FakeCenter();
  furnish(made);
  return made;
}

const password = 'carillon-demo';

describe('Session', () => {
  it('lets two tabs of one browser be two people', async () => {
    const fake = center();
    const browser = new Memory();
    const a = tabOf(fake, browser);
    const b = tabOf(fake, browser);
    await a.session.signIn(a.rest, { username: 'maria', password });
    await b.session.signIn(b.rest, { username: 'ingrid', password });
    const [whoA, whoB] = [await a.rest.get('/me'), await b.rest.get('/me')];
    expect(whoA.ok && whoA.value.role).toBe('agent');
    expect(whoB.ok && whoB.value.role).toBe('supervisor');
  });

  it('is who it was after a reload, with a CSRF token again', async () => {
    const fake = center();
    const browser = new Memory();
    const before = tabOf(fake, browser);
    await before.session.signIn(before.rest, { username: 'maria', password });
    const after = tabOf(fake, browser, before.tab);
    await after.session.resume(after.rest);
    expect(after.session.me?.user?.username).toBe('maria');
    expect(after.session.credentials()?.csrf_token).toBe(before.session.credentials()?.csrf_token);
  });

  it('stores neither the CSRF token nor the password', async () => {
    const fake = center();
    const browser = new Memory();
    const tab = tabOf(fake, browser);
    await tab.session.signIn(tab.rest, { username: 'maria', password });
    const all = [...browser.kept.values(), ...tab.tab.kept.values()].join();
    expect(all).not.toContain('csrf');
    expect(all).not.toContain(password);
  });

  it('lets a fresh tab continue as somebody the browser knows, and forgets them when that has ended', async () => {
    const fake = center();
    const browser = new Memory();
    const first = tabOf(fake, browser);
    await first.session.signIn(first.rest, { username: 'maria', password });
    const fresh = tabOf(fake, browser);
    const known = fresh.session.known()[0];
    expect(known?.display_name).toBe('Maria Papadaki');
    await fresh.session.resume(fresh.rest, known?.session_id ?? '');
    expect(fresh.session.me?.user?.username).toBe('maria');
    await first.session.signOut(first.rest);
    expect(first.session.credentials()).toBeNull();
    await fresh.session.resume(fresh.rest);
    expect(fresh.session.known()).toEqual([]);
    expect(fresh.tab.getItem('carillon.session')).toBeNull();
  });

  it('keeps the sign-in when the server is only away', async () => {
    const fake = center();
    const tab = tabOf(fake, new Memory());
    await tab.session.signIn(tab.rest, { username: 'maria', password });
    fake.failing = { type: '', title: '', status: 503, code: 'unavailable', detail: '' };
    await tab.session.resume(tab.rest);
    expect(tab.session.stored()).not.toBeNull();
  });

  it('is not thrown off by nonsense in the storage', () => {
    const browser = new Memory();
    browser.setItem('carillon.sign-ins', '{"not":"a list"}');
    expect(new Session(new Memory(), browser).known()).toEqual([]);
    browser.setItem('carillon.sign-ins', 'broken');
    expect(new Session(new Memory(), browser).known()).toEqual([]);
  });
});

describe('Drafts', () => {
  it('keeps words by person and conversation, across a reload, for a week', () => {
    const storage = new Memory();
    let now = 0;
    const of = (owner: string) =>
      new Drafts(
        storage,
        () => owner,
        () => now,
      );
    of('maria').set('CH1', 'Good mor');
    expect(of('maria').get('CH1')).toBe('Good mor');
    expect(of('jonas').get('CH1')).toBe('');
    now += 8 * 86_400_000;
    of('maria').set('CH2', 'x');
    expect(of('maria').get('CH1')).toBe('');
  });

  it('keeps what was sent and not taken, until it is', () => {
    const storage = new Memory();
    const drafts = new Drafts(
      storage,
      () => 'maria',
      () => 5,
    );
    const message = { conversation: 'CH1', client_message_id: 'a', text: 'Hello', internal: false, at: 5 };
    drafts.keep(message);
    drafts.keep(message);
    expect(
      new Drafts(
        storage,
        () => 'maria',
        () => 5,
      ).unsent(),
    ).toEqual([message]);
    drafts.sent('a');
    expect(drafts.unsent()).toEqual([]);
  });

  it('only forgets when the storage refuses', () => {
    const full = {
      getItem: () => null,
      setItem: () => {
        throw new Error('quota');
      },
    };
    expect(() => new Drafts(full, () => 'maria').set('CH1', 'x')).not.toThrow();
  });
});
