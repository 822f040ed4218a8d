// Stand-ins for the browser's half of a phone.
export { FakePeer, FakeStream, FakeTrack, fakePhone } from './fake_peer';
export type { FakePhone } from './fake_peer';
