// Goal: a browser that reaches nothing but a relay talks all the same, with credentials that the server gave it.
// Method: Debian's coturn on loopback, which shares a secret with the server; the page's connections may use relays only.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { assertNoTrouble, seen } from './harness/browser.mjs';
import { connectPhone, loudness, sipPort } from './harness/phones.mjs';
import { Rest } from './harness/rest.mjs';
import { setStage, step } from './harness/stage.mjs';
import { Telephone } from '../harness/telephone.mjs';

const kPatienceMs = 20_000;
const kSecret = 'north wind';
const noRelay = spawnSync('turnserver', ['--version']).error ? 'coturn is not installed (scripts/setup --test)' : false;

// A port that was free a moment ago: coturn does not say which one it took.
async function freePort() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
const relayPort = await freePort();
const options = {
  config: `sip = "udp:127.0.0.1:0"\nbrowser_port = 0\n\n[[turn]]\nurls = "turn:127.0.0.1:${relayPort}?transport=udp"\nsecret = "${kSecret}"\nvalid_s = 600\n`,
  args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required'],
};
const stage = noRelay ? null : setStage(options);
let relay, phone;
after(() => {
  phone?.close();
  relay?.kill('SIGTERM');
});

async function startRelay() {
  relay = spawn('turnserver', ['-n', '--listening-ip=127.0.0.1', `--listening-port=${relayPort}`, '--relay-ip=127.0.0.1', '--allow-loopback-peers', '--use-auth-secret',
    `--static-auth-secret=${kSecret}`, '--realm=carillon', '--no-cli', '--no-tls', '--no-dtls', '--log-file=stdout', '--verbose', '--pidfile='], { stdio: ['ignore', 'pipe', 'pipe'] });
  relay.said = '';
  const listens = new Promise((resolve, reject) => {
    const hear = (chunk) => {
      relay.said = (relay.said + chunk).slice(-100_000);
      if (/UDP listener opened/.test(relay.said)) resolve();
    };
    relay.stdout.on('data', hear);
    relay.stderr.on('data', hear);
    relay.on('exit', (code) => reject(new Error(`coturn ended with ${code}:\n${relay.said.slice(-2000)}`)));
  });
  await listens;
}


test('sound flows through a relay', { skip: noRelay }, async (t) => {
  let alice;

  await step(t, stage, 'the relay runs; credentials are of the asker and end', async () => {
    await startRelay();
    const rest = await Rest.signIn(stage.server, 'alice');
    const { ice_servers: [server], expires_at } = await rest.get('/ice-servers');
    assert.match(server.username, /^\d+:WK[0-9a-f]{32}$/);
    assert.ok(Math.abs(Date.parse(expires_at) - Date.now() - 600_000) < 60_000);
  });

  await step(t, stage, 'a browser that may use relays only connects its phone', async () => {
    alice = await stage.agent('alice');
    await alice.context.addInitScript(() => {
      const Real = window.RTCPeerConnection;
      window.RTCPeerConnection = class extends Real {
        constructor(configuration) {
          super({ ...configuration, iceTransportPolicy: 'relay' });
          window.lastPeer = this;
        }
      };
    });
    await alice.reload();
    await alice.become('Available');
    await connectPhone(alice);
    const kind = await alice.page.evaluate(async () => {
      const stats = [...(await window.lastPeer.getStats()).values()];
      const pair = stats.find((one) => one.type === 'candidate-pair' && one.nominated);
      return stats.find((one) => one.id === pair.localCandidateId).candidateType;
    });
    assert.equal(kind, 'relay');
  });

  await step(t, stage, 'a caller hears the agent, and the agent the caller', async () => {
    phone = await Telephone.make({ tone: 440 });
    await phone.call('shop', sipPort(stage.server));
    await alice.accept('Carl Caller');
    const limit = Date.now() + kPatienceMs;
    const beeps = () => {
      const levels = phone.heard.slice(-60).map(loudness);
      return levels.length === 60 && Math.max(...levels) > 500 && levels.filter((level) => level < 60).length > 20;
    };
    while (!beeps() && Date.now() < limit) await new Promise((done) => phone.sound.once('message', done));
    assert.ok(beeps(), 'the beeps of the agent arrive at the telephone');
    await alice.page.waitForFunction(async () => {
      const stats = [...(await window.lastPeer.getStats()).values()];
      return (stats.find((one) => one.type === 'inbound-rtp')?.totalAudioEnergy ?? 0) > 0.01;
    }, null, { timeout: kPatienceMs });
    assert.match(relay.said, /allocate|ALLOCATE/i);
    await phone.hangUp();
    assertNoTrouble(alice.page);
  });
});
