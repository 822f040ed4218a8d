// A stage for one test file: a server and a browser, closed at the end; and who is on it.
import { after, before } from 'node:test';
import { launch } from './browser.mjs';
import { Customer, Person } from './people.mjs';
import { shot } from './looks.mjs';
import { Server } from './server.mjs';

// const stage = setStage();  then, inside of tests:  stage.server, stage.browser, await stage.agent('alice'), await stage.customer()
export function setStage(options) {
  const stage = {
    people: [],
    agent: async (username, more) => keep(stage, await Person.enter(stage.browser, stage.server, username, more)),
    customer: async (more) => keep(stage, await Customer.visit(stage.browser, stage.server, more)),
  };
  before(async () => {
    [stage.server, stage.browser] = await Promise.all([Server.start(options), launch(options)]);
  });
  after(async () => {
    await stage.browser?.close();
    await stage.server?.stop();
  });
  return stage;
}

function keep(stage, person) {
  stage.people.push(person);
  return person;
}

// A step of a story. When it fails, everybody's screen is kept to look at, and the story ends: what follows would only fail too.
export async function step(t, stage, name, run) {
  let fault = null;
  await t.test(name, async () => {
    try {
      await run();
    } catch (thrown) {
      fault = thrown;
      const word = name.replace(/\W+/g, '-').slice(0, 60);
      await Promise.all(stage.people.map((p, i) => shot(p.page, `FAILED-${word}-${i}`).catch(() => undefined)));
      throw thrown;
    }
  });
  if (fault) throw new Error(`the story ends here, because this failed: ${name}`);
}
