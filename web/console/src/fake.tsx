// The console on a center in memory: fake.html?scene=busy&as=maria&to=/work. For looking at pages; not part of the build.
import { FakeCenter, kScenes, signIn, work } from '@carillon/client/testing';
import { boot } from './boot';

const query = new URLSearchParams(location.search);
const fake = new FakeCenter({ delayMs: 15 });
const scene = kScenes[query.get('scene') ?? 'busy'];
if (!scene) throw new Error('no such scene');
const made = scene(fake);
const as = query.get('as') ?? 'maria';
if (as !== 'nobody') sessionStorage.setItem('carillon.session', signIn(fake, as).session_id);
else sessionStorage.removeItem('carillon.session');
if (query.get('beat') !== 'off') setInterval(() => work.tick(fake), 1000);
Object.assign(window, { fake, made, work });
history.replaceState(null, '', `/console${query.get('to') ?? '/'}`);
void boot({ fetch: fake.fetch, open: fake.open, tab: sessionStorage, browser: localStorage }).then((center) =>
  Object.assign(window, { center }),
);
